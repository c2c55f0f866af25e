/** Several inputs and targets from arrays and pictures. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Part } from '#contract/samples.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { loadDataset } from './load.ts';
import { archive, writeArchive } from './testing/archive.ts';
import { fault, makeWorkspace, type TestWorkspace } from './testing/workspace.ts';

let workspace: TestWorkspace;
beforeAll(() => {
  workspace = makeWorkspace();
  writeArchive(workspace);
});

describe('arrays of one archive', () => {
  it('lie in a row one after another, each by its own scale', async () => {
    const { dataset, preview } = await workspace.load(
      archive,
      { op: 'normalize', columns: ['facts'] },
      { op: 'split', validation: 0.25, seed: 1 },
    );
    expect(dataset).toMatchObject({
      inputShape: [18],
      inputs: [
        { name: 'image', shape: [4, 4, 1], scale: 1 / 255 },
        { name: 'facts', shape: [2] },
      ],
      task: 'regression',
      targetShape: [3],
      targets: [
        { name: 'kind', shape: [], task: 'classification', classes: ['0', '1', '2'] },
        { name: 'size', shape: [2], task: 'regression' },
      ],
    });
    const { train } = dataset;
    expect(train.inputs[3]).toBeCloseTo((train.rows[0] * 16 + 3) / 255, 6);
    const facts = Array.from(train.rows, (_, index) => train.inputs[index * 18 + 16]);
    expect(facts.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4);
    expect([...train.targets.subarray(3, 6)]).toEqual([train.rows[1] % 3, train.rows[1], train.rows[1] + 0.5]);
    expect(preview.images).toMatchObject({ height: 4, width: 4, channels: 1 });
  });

  it('what cannot be is said where it stands', async () => {
    expect(await fault(workspace.load({ ...archive, inputs: { image: 'picturs' } }))).toMatchObject({
      code: 'data.npzArrayNear',
      at: '/data/source/inputs',
    });
    expect(await fault(workspace.load({ ...archive, inputs: { image: 'pictures', more: 'short' } }))).toMatchObject({
      code: 'data.samplesDiffer',
    });
    expect(await fault(workspace.load({ ...archive, targets: { kind: 'short' } }))).toMatchObject({ code: 'data.samplesDiffer' });
    expect(await fault(workspace.load(archive, { op: 'resize', size: [2, 2] }))).toMatchObject({
      code: 'data.stepOfSeveral',
      at: '/data/steps/0',
    });
    expect(await fault(workspace.load(archive, { op: 'normalize', columns: ['fact'] }))).toMatchObject({
      code: 'data.inputUnknown',
      at: '/data/steps/0',
    });
  });
});

describe('pictures and columns of their table', () => {
  const faces: DataSource = { format: 'imageFolder', path: 'faces', labels: 'faces.csv', columns: { facts: ['age', 'tall'] } };
  beforeAll(async () => {
    const sharp = (await import('sharp')).default;
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const background = { r: 50 * index, g: 50 * index, b: 50 * index };
      workspace.write(
        `faces/${name}.png`,
        await sharp({ create: { width: 2, height: 2, channels: 3, background } })
          .png()
          .toBuffer(),
      );
    }
    workspace.write('faces/broken.png', 'no picture');
    workspace.write('faces.csv', 'file,kind,age,tall\na,old,81,true\nbroken,old,1,true\nc,young,9,false\nb,old,77.5,true\n');
  });

  it('go in as inputs of their own, without the pictures that are left out', async () => {
    const { dataset, preview } = await workspace.load({ ...faces, damaged: 'skip' });
    expect(dataset.inputs).toMatchObject([
      { name: 'image', shape: [2, 2, 3] },
      { name: 'facts', shape: [2] },
    ]);
    const rows = [0, 1, 2].map((row) => [...dataset.train.inputs.subarray(row * 14 + 11, (row + 1) * 14)]);
    expect(rows.map((row) => row.slice(1))).toEqual([
      [81, 1],
      [9, 0],
      [77.5, 1],
    ]);
    expect(rows.map(([pixel]) => Math.round(pixel * 255))).toEqual([0, 100, 50]);
    expect(preview.images!.thumbnails).toHaveLength(3);
  });

  it('go in alike where they are larger than memory, the columns beside the pixels in a file', async () => {
    const load = (mostInMemory: number, source: DataSource, ...steps: DataStep[]) =>
      loadDataset({ source, steps: [{ op: 'split', validation: 1 }, ...steps] }, workspace.folders, { mostInMemory });
    const inputsOf = ({ stored, count, inputs }: Part) => {
      if (!stored) return [...inputs];
      const bytes = readFileSync(stored.file);
      return Array.from({ length: count * stored.size }, (_, index) => {
        const row = Math.floor(index / stored.size);
        const place = stored.places?.[row] ?? row;
        return bytes.readFloatLE(stored.offset + 4 * (place * stored.size + (index % stored.size))) * stored.scale;
      });
    };
    const both = { facts: ['age'], more: ['tall', 'age'] };
    for (const columns of [faces.columns, both] as Record<string, string[]>[])
      for (const steps of [[], [{ op: 'normalize', columns: ['facts'] }]] as DataStep[][]) {
        const source = { ...faces, damaged: 'skip', columns } as DataSource;
        const [memory, file] = [await load(1e12, source, ...steps), await load(1, source, ...steps)];
        expect(file.dataset.train.stored).toBeDefined();
        const { train: _, validation: __, ...wanted } = memory.dataset;
        expect(file.dataset).toMatchObject(wanted);
        for (const part of ['train', 'validation'] as const) {
          expect(file.dataset[part]).toMatchObject({ rows: memory.dataset[part]!.rows, targets: memory.dataset[part]!.targets });
          expect(inputsOf(file.dataset[part]!)).toEqual(inputsOf(memory.dataset[part]!));
        }
        expect(file.preview.images!.thumbnails.map(({ pixels }) => [...pixels])).toEqual(
          memory.preview.images!.thumbnails.map(({ pixels }) => [...pixels]),
        );
      }
    // Another table is another file; the decoded pictures stay.
    workspace.write('faces.csv', 'file,kind,age,tall\na,old,80,true\nc,young,9,false\nb,old,77.5,true\n');
    const later = await load(1, faces);
    expect(inputsOf(later.dataset.train)).toEqual(inputsOf((await load(1e12, faces)).dataset.train));
  });

  it('what cannot be is said where it stands', async () => {
    workspace.write('faces.csv', 'file,kind,age,tall\na,old,81,true\nbroken,old,1,true\n');
    expect(await fault(workspace.load({ ...faces, damaged: 'skip', columns: { facts: ['kind'] } }))).toMatchObject({
      code: 'data.notANumber',
      where: { file: 'faces.csv', line: 2 },
    });
    const { labels: _, ...unlabelled } = faces;
    expect(await fault(workspace.load(unlabelled as DataSource))).toMatchObject({ code: 'data.noLabelTable', at: '/data/source/columns' });
  });
});
