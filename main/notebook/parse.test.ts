import { tests as specification } from 'commonmark-spec';
import { describe, expect, it } from 'vitest';
import type { Block, CellBlock } from '#contract/notebook.ts';
import { printFrontMatter } from './front-matter.ts';
import { decodeNotebook, parseNotebook } from './parse.ts';
import { printNotebook, withWrittenIds } from './print.ts';

const cells = (text: string): CellBlock[] => parseNotebook(text).blocks.filter((block) => block.type === 'cell');
const written = (block: Block): string => (block.type === 'cell' ? block.open + block.source + block.close : block.text);
const codes = (text: string): string[] => parseNotebook(text).problems.map((problem) => problem.code);
const front = '---\nepochbook: 1\ntitle: A title\n---\n';

function stream(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  '---', 'epochbook: 1', 'title: "Quoted: title"', '```ts data #clothes', '```ts model', '```ts train #training extra words', '```', '````ts code #a', '````', '~~~ts data #tilde', '~~~', '  ```ts model #indented', '   ```', '    ```ts data #four', '> ```ts data #quoted', '- ```ts data #listed', '  ```ts data #in-list', '<div>', '</div>', '<!--', '-->', '```ts', '```python data #no', '```ts Model #case', 'prose', '\ttab', '', '  ', 'data.csv("a")', '# Heading', '你好 😀', '\u2028', '\f',
]; // prettier-ignore
const lineEnds = ['\n', '\n', '\n', '\r\n', '\r'];

function generated(seed: number): string {
  const pick = stream(seed);
  let text = pick(8) === 0 ? '\uFEFF' : '';
  if (pick(2) === 0) text += front;
  const count = pick(25);
  const end = lineEnds[pick(lineEnds.length)];
  for (let line = 0; line < count; line += 1)
    text += pieces[pick(pieces.length)] + (pick(10) === 0 ? lineEnds[pick(lineEnds.length)] : end);
  return pick(3) === 0 ? text.replace(/[\r\n]+$/, '') : text;
}

describe('parse and print', () => {
  it('give any text back byte for byte, with ids that differ, in 10,000 generated files', () => {
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const text = generated(seed);
      const { blocks } = parseNotebook(text);
      expect(printNotebook(blocks), `seed ${seed}`).toBe(text);
      const ids = blocks.filter((block) => block.type === 'cell').map((cell) => cell.id);
      expect(new Set(ids).size, `seed ${seed}`).toBe(ids.length);
    }
  });

  it('give every example of the CommonMark specification back, with any line ends, marked and unfinished', () => {
    expect(specification.length).toBeGreaterThan(600);
    for (const { number, markdown } of specification) {
      for (const end of ['\n', '\r\n', '\r']) {
        const text = markdown.replaceAll('→', '\t').replaceAll('\n', end);
        for (const shape of [text, `\uFEFF${text}`, text.replace(/[\r\n]+$/, ''), front + text]) {
          expect(printNotebook(parseNotebook(shape).blocks), `example ${number}`).toBe(shape);
        }
      }
    }
  });

  it('change the lines of an edited cell alone, in 2,000 generated files', () => {
    let edited = 0;
    for (let seed = 1; seed <= 2000; seed += 1) {
      const text = generated(seed);
      const { blocks } = parseNotebook(text);
      const found = blocks.filter((block) => block.type === 'cell' && block.close !== '');
      const cell = found[seed % Math.max(found.length, 1)];
      if (cell?.type !== 'cell') continue;
      edited += 1;
      const at = blocks.indexOf(cell);
      const before = blocks.slice(0, at).map(written).join('');
      const after = blocks
        .slice(at + 1)
        .map(written)
        .join('');
      const printed = printNotebook(blocks.map((block) => (block === cell ? { ...cell, source: `edited(${seed})\n` } : block)));
      expect(printed, `seed ${seed}`).toBe(`${before}${cell.open}edited(${seed})\n${cell.close}${after}`);
      expect(before + written(cell) + after, `seed ${seed}`).toBe(text);
    }
    expect(edited).toBeGreaterThan(400);
  });

  it('keep an edited, moved, renamed or added cell what it is, in 3,000 generated files', () => {
    for (let seed = 1; seed <= 3000; seed += 1) {
      const pick = stream(seed ^ 0x5bd1e995);
      const blocks: Block[] = parseNotebook(generated(seed)).blocks.map((block) => ({ ...block }));
      const found = blocks.filter((block) => block.type === 'cell');
      const cell = found[pick(Math.max(found.length, 1))];
      const change = pick(4);
      if (cell && change === 0) cell.source = ['a\n```\nb\n', '`\n~~~~\n', 'no line end', '', '  ````\n'][pick(5)];
      else if (cell && change === 1) cell.id = `renamed-${seed}`;
      else if (cell && change === 2) {
        const rest = blocks.filter((block) => block !== cell);
        const at = rest[0]?.type === 'front' ? 1 + pick(rest.length) : pick(rest.length + 1);
        blocks.splice(0, blocks.length, ...rest.slice(0, at), cell, ...rest.slice(at));
      } else {
        const at = blocks[0]?.type === 'front' ? 1 + pick(blocks.length) : pick(blocks.length + 1);
        const id = `new-${seed}`;
        blocks.splice(at, 0, { type: 'cell', id, kind: 'code', open: `\`\`\`ts code #${id}\n`, source: '1\n', close: '```\n' });
      }
      const wanted = blocks.filter((block) => block.type === 'cell');
      const read = cells(printNotebook(blocks));
      const summary = (of: CellBlock) => [of.id, of.kind, of.source.replace(/(?:\r\n|\n|\r)$/, '')];
      expect(read.map(summary), `seed ${seed}`).toEqual(wanted.map(summary));
    }
  });

  it('touch nothing but the cell that needs it', () => {
    const text = `${front}Prose  \n\n\`\`\`ts data #a\n1\n\`\`\`\n\n\`\`\`ts model #b   \n2\n\`\`\`\n* odd   list\n`;
    const { blocks } = parseNotebook(text);
    const changed = blocks.map((block) => (block.type === 'cell' && block.id === 'a' ? { ...block, source: 'x`\n```\n' } : block));
    expect(printNotebook(changed)).toBe(text.replace('```ts data #a\n1\n```', '````ts data #a\nx`\n```\n````'));
  });

  it('write generated ids only when asked to', () => {
    const text = `${front}\`\`\`ts data\n1\n\`\`\`\n\n~~~ts model #m x=1\n2\n~~~\n\`\`\`ts train #m\n3\n\`\`\`\n`;
    const { blocks, problems } = parseNotebook(text);
    expect(problems.map(({ code, where }) => [code, where?.line])).toEqual([
      ['notebook.idMissing', 5],
      ['notebook.idDuplicate', 12],
    ]);
    expect(cells(text).map((cell) => cell.id)).toEqual(['data', 'm', 'm-2']);
    expect(printNotebook(blocks)).toBe(text);
    expect(printNotebook(withWrittenIds(blocks))).toBe(text.replace('ts data', 'ts data #data').replace('ts train #m', 'ts train #m-2'));
  });
});

describe('parseNotebook', () => {
  it('finds the sample page’s parts', () => {
    const text = `${front}Question?\n\n\`\`\`ts data #clothes\ndata.idx()\n\`\`\`\nEnd`;
    expect(parseNotebook(text)).toEqual({
      title: 'A title',
      problems: [],
      blocks: [
        { type: 'front', text: front },
        { type: 'prose', text: 'Question?\n\n' },
        { type: 'cell', id: 'clothes', kind: 'data', open: '```ts data #clothes\n', source: 'data.idx()\n', close: '```\n' },
        { type: 'prose', text: 'End' },
      ],
    });
  });

  it.each([
    ['title: plain', 'plain'],
    ['title: "with \\"quotes\\": yes"  # comment', 'with "quotes": yes'],
    ["title: 'it''s'", "it's"],
    ['title: plain # comment', 'plain'],
    ['other: 1', ''],
  ])('reads %s', (line, title) => {
    expect(parseNotebook(`---\nepochbook: 1\n${line}\n---\n`).title).toBe(title);
  });

  it('falls back to the first heading, not one inside a cell', () => {
    expect(parseNotebook('```ts code #a\n# no\n```\n## Heading ##\n').title).toBe('Heading');
  });

  it.each([
    ['Text', ['notebook.frontMissing']],
    ['---\ntitle: a\n---\n', ['notebook.versionMissing']],
    ['---\nepochbook: 2\n---\n', ['notebook.versionUnknown']],
    ['---\nepochbook: 1\n', ['notebook.frontUnclosed']],
    [`${front}\`\`\`ts modle #a\n\`\`\`\n`, ['notebook.kindUnknown']],
    [`${front}\`\`\`ts model #a\n`, ['notebook.fenceUnclosed']],
    [`${front}\`\`\`ts\nconst a = 1\n\`\`\`\n`, []],
  ])('reports %j', (text, expected) => {
    expect(codes(text)).toEqual(expected);
    expect(printNotebook(parseNotebook(text).blocks)).toBe(text);
  });

  it('refuses bytes that are not UTF-8, and keeps a byte order mark', () => {
    expect(() => decodeNotebook(Uint8Array.from([0x61, 0xff]))).toThrow(expect.objectContaining({ code: 'notebook.notUtf8' }));
    const marked = new TextEncoder().encode(`\uFEFF${front}`);
    const { title, blocks } = parseNotebook(decodeNotebook(marked));
    expect(title).toBe('A title');
    expect(new TextEncoder().encode(printNotebook(blocks))).toEqual(marked);
  });

  it.each(['Plain title', 'With: colon', '"quoted"', '# hash', 'true', '12', '标题', ' spaced ', 'a # b'])(
    'prints the title %j so that it reads back',
    (title) => {
      expect(parseNotebook(printFrontMatter(title))).toMatchObject({ title, problems: [] });
    },
  );
});
