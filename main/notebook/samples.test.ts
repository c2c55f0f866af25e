import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '#data/load.ts';
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

async function opened({ folder, notebook }: Entry) {
  const text = decodeNotebook(readFileSync(`${root}${folder}/${notebook}`));
  const parsed = parseNotebook(text);
  const evaluated = await evaluateNotebook(parsed.blocks);
  const data = await loadDataset(evaluated.specFor().data, { notebook: `${root}${folder}`, workspace: `${root}${folder}` });
  return { text, parsed, evaluated, ...data };
}

describe('samples', () => {
  it.each(samples)('$id: the manifest lists the folder’s files', ({ folder, files, notebook }) => {
    expect(readdirSync(`${root}${folder}`).sort()).toEqual([...files, notebook].sort());
    expect(files).toContain('LICENCE');
    expect(existsSync(`${root}${folder}/${notebook}`)).toBe(true);
  });

  it.each(samples)('$id: reads without a problem, prints the same, evaluates', async (sample) => {
    const { text, parsed, evaluated } = await opened(sample);
    expect(parsed).toMatchObject({ title: sample.title['en'], problems: [] });
    expect(printNotebook(parsed.blocks)).toBe(text);
    expect(evaluated.cells.map(({ kind, status }) => [kind, status])).toEqual([
      ['data', 'ok'],
      ['model', 'ok'],
      ['train', 'ok'],
    ]);
  });

  it('clothes are 10,000 images in ten classes, a thousand of each', async () => {
    const { dataset, preview } = await opened(samples.find(({ id }) => id === 'clothes')!);
    expect(dataset).toMatchObject({ inputShape: [28, 28, 1], task: 'classification', train: { count: 8000 }, validation: { count: 2000 } });
    expect(preview.classes).toHaveLength(10);
    expect(preview.classes!.map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 1000));
    expect(preview.images!.thumbnails[0].label).toBe('Ankle boot');
  });

  it('wines are 178 rows of 13 numbers in three classes', async () => {
    const { dataset, preview } = await opened(samples.find(({ id }) => id === 'wine')!);
    expect(dataset).toMatchObject({
      inputShape: [13],
      classes: ['class_0', 'class_1', 'class_2'],
      train: { count: 133 },
      validation: { count: 45 },
    });
    expect(preview.classes!.map(({ count }) => count)).toEqual([59, 71, 48]);
    expect(preview.findings).toEqual([]);
  });
});
