import { tests as specification } from 'commonmark-spec';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { scanFences } from './markdown.ts';

/** Lines without the white space that a fence's own indentation takes away or expands. */
const trimmed = (lines: readonly string[]): string => lines.map((line) => line.trim()).join('\n');

/** Top-level fences as another implementation of CommonMark finds them: opening line, and the line after the block. */
function reference(text: string): { line: number; info: string; content: string }[] {
  return new MarkdownIt('commonmark')
    .parse(text, {})
    .filter((token) => token.type === 'fence' && token.level === 0)
    .map((token) => ({ line: token.map![0], info: token.info.trim(), content: trimmed(token.content.replace(/\n$/, '').split('\n')) }));
}

function ours(text: string): { line: number; info: string; content: string }[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return scanFences(lines).fences.map((fence) => {
    return { line: fence.openLine, info: fence.info, content: trimmed(lines.slice(fence.openLine + 1, fence.contentEnd)) };
  });
}

/** A small generator of its own, so that a failing text can be made again from its seed. */
function stream(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  '```ts data #a',
  '```',
  '````',
  '~~~',
  '~~~~ ts model #b',
  '  ```ts train #c',
  '   ~~~',
  '    ```',
  '`````ts code #d',
  '``` `not` a fence',
  'text',
  'more *text*',
  '',
  '',
  '    code',
  '> quote',
  '> ```ts data #q',
  '> > deep',
  '- item',
  '- ```ts data #l',
  '  in item',
  '      code in item',
  '1. one',
  '2. two',
  '10) ten',
  '-',
  '+ plus',
  '  - inner',
  '    ```',
  '<div>',
  '</div>',
  '<!-- comment',
  '-->',
  '<custom-tag>',
  '<b>inline</b>',
  '<script>',
  '</script>',
  '<?php',
  '?>',
  '# heading',
  '===',
  '---',
  '***',
  '\t```',
  '-\ttab item',
  '>\t```',
  ' \tx',
];

describe('top-level fences', () => {
  it('are where another CommonMark parser finds them, in 6,000 generated texts', () => {
    const differing: { seed: number; text: string }[] = [];
    for (let seed = 1; seed <= 6000; seed += 1) {
      const pick = stream(seed);
      const text = `${Array.from({ length: 1 + pick(14) }, () => pieces[pick(pieces.length)]).join('\n')}\n`;
      if (JSON.stringify(ours(text)) !== JSON.stringify(reference(text))) differing.push({ seed, text });
    }
    expect(differing.slice(0, 5)).toEqual([]);
  });

  it('are where another CommonMark parser finds them, in the specification’s own examples', () => {
    const differing = specification
      .map(({ number, markdown }) => ({ number, text: `${markdown.replaceAll('→', '\t').replace(/\n$/, '')}\n` }))
      .filter(({ text }) => JSON.stringify(ours(text)) !== JSON.stringify(reference(text)));
    expect(differing).toEqual([]);
  });

  it.each([
    ['in a list item', '- a\n\n  ```ts data #x\n  1\n  ```\n', 0],
    ['in a block quote', '> ```ts data #x\n> 1\n> ```\n', 0],
    ['in an HTML block', '<div>\n```ts data #x\n</div>\n\n', 0],
    ['in an HTML comment over blank lines', '<!--\n\n```ts data #x\n```\n-->\n', 0],
    ['after a list, at its margin', '- a\n```ts data #x\n1\n```\n', 1],
    ['right after a paragraph', 'text\n```ts data #x\n1\n```\n', 1],
    ['indented by three', '   ```ts data #x\n   1\n   ```\n', 1],
    ['indented by four', 'a\n\n    ```ts data #x\n    ```\n', 0],
    ['with a backtick in its info string', '```ts `x`\n```\n', 1],
  ])('%s', (_name, text, count) => {
    expect(ours(text)).toHaveLength(count);
    expect(ours(text)).toEqual(reference(text));
  });
});
