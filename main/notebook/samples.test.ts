import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dataPaths } from '#contract/spec.ts';
import { evaluateNotebook } from './evaluate.ts';
import { decodeNotebook, parseNotebook } from './parse.ts';
import { printNotebook } from './print.ts';

const root = fileURLToPath(new URL('../../resources/samples/', import.meta.url));

interface Entry {
  readonly id: string;
  readonly title: Record<string, string>;
  readonly folder: string;
  readonly notebook: string;
  readonly files: readonly string[];
}
const samples = JSON.parse(readFileSync(`${root}samples.json`, 'utf8')) as Entry[];

const bytesOf = (path: string): Buffer => readFileSync(`${root}${path}`);

describe('samples', () => {
  it.each(samples)('$id: the manifest lists the folder’s files', ({ folder, files, notebook }) => {
    expect(readdirSync(`${root}${folder}`).sort()).toEqual([...files, notebook].sort());
    expect(files).toContain('LICENCE');
  });

  it.each(samples)('$id: reads without a problem, prints the same, evaluates', async (sample) => {
    const text = decodeNotebook(bytesOf(`${sample.folder}/${sample.notebook}`));
    const parsed = parseNotebook(text);
    const evaluated = await evaluateNotebook(parsed.blocks);
    expect(parsed).toMatchObject({ title: sample.title['en'], problems: [] });
    expect(printNotebook(parsed.blocks)).toBe(text);
    expect(evaluated.cells.map(({ kind, status }) => [kind, status])).toEqual([
      ['data', 'ok'],
      ['model', 'ok'],
      ['train', 'ok'],
    ]);
  });

  it.each(samples)('$id: its notebook names the files beside it', async ({ folder, notebook, files }) => {
    const { blocks } = parseNotebook(decodeNotebook(bytesOf(`${folder}/${notebook}`)));
    const { data } = (await evaluateNotebook(blocks)).specFor();
    expect([...dataPaths(data), 'LICENCE'].sort()).toEqual([...files].sort());
  });

  it('clothes are Fashion-MNIST’s test files as they were published', () => {
    const sums = ['images-idx3', 'labels-idx1'].map((name) =>
      createHash('sha256')
        .update(bytesOf(`clothes/t10k-${name}-ubyte.gz`))
        .digest('hex'),
    );
    expect(sums).toEqual([
      'cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa',
      '8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05',
    ]);
  });

  it('wines are 178 rows of 13 numbers and a cultivar', () => {
    const [header, ...rows] = bytesOf('wine/wine.csv')
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(header).toHaveLength(14);
    expect(rows).toHaveLength(178);
    expect(rows.every((row) => row.length === 14 && row.slice(0, 13).every((field) => Number.isFinite(Number(field))))).toBe(true);
    const count = (name: string) => rows.filter((row) => row[13] === name).length;
    expect(['class_0', 'class_1', 'class_2'].map(count)).toEqual([59, 71, 48]);
  });
});
