/**
 * What is done to the data before a model sees it is fitted on the training part, kept with the run, and goes with every
 * export: a reader that knows nothing but an export's own files comes to the same answers as the app, step by step.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Feature, Preparation, Transform } from '#contract/samples.ts';
import type { DataSource, DataStep, Spec } from '#contract/spec.ts';
import { loadDataset } from '#data/load.ts';
import { npyOf } from '#data/testing/numpy-files.ts';
import { forkTrainerOnNode } from './fork-node.ts';
import { createTrainerHost, type TrainerHost } from './host.ts';

const kinds = ['red', 'green', 'blue'];
const random = (row: number, factor: number) => Math.abs(Math.sin((row + 1) * factor));
/** Two numbers, one of them with gaps and far outliers, a word with gaps, and a code that is no quantity. */
const rows = Array.from({ length: 160 }, (_, row) => {
  const size = row % 9 === 4 ? '' : (row % 40 === 7 ? 4000 : 1 + 90 * random(row, 12.9)).toFixed(2);
  const kind = row % 11 === 3 ? '' : kinds[Math.floor(3 * random(row, 7.7))];
  return [size, (random(row, 3.3) * 8 - 4).toFixed(3), kind, String(row % 3), random(row, 3.3) > 0.5 ? 'yes' : 'no'];
});
/** As they may come later: gaps, a word that was never seen, numbers beyond all. */
const later = [
  ['12.5', '0.25', 'red', '2', ''],
  ['', '-3.9', 'blue', '0', ''],
  ['99999', '77', 'green', '1', ''],
  ['3', '0', '', '1', ''],
  ['40', '1.5', 'violet', '7', ''],
];
const csv = (lines: string[][]) => ['size,level,kind,code,target', ...lines.map((line) => line.join(','))].join('\n');

let folder: string;
let host: TrainerHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-prepared-'));
  writeFileSync(join(folder, 'rows.csv'), csv(rows));
  writeFileSync(join(folder, 'later.csv'), csv(later));
  const pictures = Array.from({ length: 40 * 6 * 4 }, (_, index) => Math.floor(255 * random(index, 5.1)));
  writeFileSync(join(folder, 'pictures.npy'), npyOf([40, 6, 4], pictures, 'u1'));
  writeFileSync(
    join(folder, 'seen.npy'),
    npyOf(
      [40],
      Array.from({ length: 40 }, (_, row) => Number(pictures[row * 24] > 120)),
      'u1',
    ),
  );
  writeFileSync(
    join(folder, 'later.npy'),
    npyOf(
      [3, 6, 4],
      pictures.slice(100, 172).map((pixel) => 255 - pixel),
      'u1',
    ),
  );
  host = createTrainerHost({ fork: forkTrainerOnNode() });
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Trains, asks the app about the file, exports both ways, and gives the answers and the exports' own words. */
async function used(source: DataSource, steps: DataStep[], path: string, layers: Spec['model']['config']['layers'] = []) {
  const spec: Spec = {
    version: 1,
    data: { source, steps },
    model: {
      class_name: 'Sequential',
      config: {
        layers: [
          ...(layers as object[]),
          { class_name: 'Dense', config: { units: 5, activation: 'tanh' } },
          { class_name: 'Dense', config: { activation: 'softmax' } },
        ] as never,
      },
    },
    train: {
      epochs: 2,
      batchSize: 16,
      optimizer: { class_name: 'Adam', config: { learningRate: 0.05 } },
      loss: 'sparseCategoricalCrossentropy',
      metrics: [],
      callbacks: [],
      seed: 3,
      shuffle: true,
    },
  };
  const folders = { notebook: folder, workspace: folder };
  const checkpointFolder = mkdtempSync(join(folder, 'checkpoints-'));
  let dataHash = '';
  await host.train({ spec, folders, backend: 'native', threads: 1, checkpointFolder }, (news) => {
    if (news.type === 'started') ({ dataHash } = news);
  }).ended;
  const checkpointFile = join(checkpointFolder, 'last.safetensors');
  const model = { name: 'run', spec, folders, backend: 'native' as const, threads: 1, checkpointFile, dataHash };
  const { rows: said } = await host.predict({ model, given: { paths: [path], folder }, rows: 100, tells: false }, () => undefined);
  const run = { id: 'abcdefghijkl' as never, name: 'run', backend: 'native' as const, dataHash, metrics: {} };
  const exported = (format: 'onnx' | 'tfjs') =>
    host.export({ spec, folders, format, checkpointFile, folder: join(checkpointFolder, format), run });
  await exported('onnx');
  await exported('tfjs');
  const metadata = JSON.parse(readFileSync(join(checkpointFolder, 'onnx', 'metadata.json'), 'utf8')) as Preparation;
  const tfjs = JSON.parse(readFileSync(join(checkpointFolder, 'tfjs', 'model.json'), 'utf8')) as { userDefinedMetadata: object };
  expect({ madeBy: 'Epochbook', ...tfjs.userDefinedMetadata }).toEqual(metadata);
  const session = await InferenceSession.create(join(checkpointFolder, 'onnx', 'model.onnx'));
  return {
    metadata,
    said: said.map(({ answers: [{ probabilities }] }) => probabilities!),
    ask: async (inputs: number[]): Promise<number[]> => {
      const shape = [1, ...metadata.inputShape];
      const results = await session.run({ [session.inputNames[0]]: new Tensor('float32', Float32Array.from(inputs), shape) });
      return Array.from(results[session.outputNames[0]].data as Float32Array);
    },
  };
}

/** As the export's metadata says it, by nothing but that. */
function prepared({ column, before = [], category, offset, scale }: Feature, row: Record<string, string>): number {
  const text = row[column];
  let value: string | number = text === '' ? Number.NaN : Number.isNaN(Number(text)) ? text : Number(text);
  for (const step of before) value = transformed(step, value);
  if (category !== undefined) return String(value) === category ? 1 : 0;
  return ((value as number) - offset) / scale;
}

function transformed(step: Transform, value: string | number): string | number {
  const isMissing = typeof value === 'number' && Number.isNaN(value);
  switch (step.op) {
    case 'impute':
      return isMissing ? step.value : value;
    case 'replace':
      return step.values[String(value)] ?? value;
    case 'ordinal':
      return step.categories.indexOf(String(value));
    case 'logical':
      return value === 'true' ? 1 : 0;
    case 'clip':
      return Math.min(step.max ?? Infinity, Math.max(step.min ?? -Infinity, value as number));
    case 'log':
      return Math.log(step.plus + (value as number));
    case 'bucketize':
      return step.boundaries.filter((boundary) => boundary <= (value as number)).length;
    default:
      return ((value as number) - step.offset) / step.scale;
  }
}

const impute: DataStep[] = [
  { op: 'impute', columns: ['size'], method: 'mean' },
  { op: 'impute', columns: ['kind'] },
];
const numbers: DataStep = { op: 'select', columns: ['size', 'level'] };
const split: DataStep = { op: 'split', validation: 0.3, seed: 5 };

it.each<[string, ...DataStep[]]>([
  ['select and impute', numbers, { op: 'impute' }],
  ['impute by a value', numbers, { op: 'impute', columns: ['size'], value: -1 }],
  ['drop', { op: 'drop', columns: ['kind'] }, { op: 'impute', columns: ['size'], method: 'mean' }],
  ['normalize', numbers, { op: 'impute' }, { op: 'normalize' }],
  ['minMax of one', numbers, { op: 'impute' }, { op: 'normalize', columns: ['size'], method: 'minMax' }],
  ['one-hot, with a word never seen', ...impute, { op: 'oneHot' }],
  [
    'ordinal',
    { op: 'impute', columns: ['size'] },
    { op: 'impute', columns: ['kind'], value: 'red' },
    { op: 'replace', column: 'kind', values: { violet: 'blue' } },
    { op: 'ordinal' },
  ],
  [
    'clip, log and scale',
    numbers,
    { op: 'impute' },
    { op: 'clip', columns: ['size', 'level'], min: 0, max: 100 },
    { op: 'log', columns: ['size'] },
    { op: 'normalize' },
  ],
  ['bucketize', numbers, { op: 'impute' }, { op: 'bucketize', columns: ['size'], buckets: 4 }, { op: 'normalize', columns: ['level'] }],
  ['bucketize by boundaries', numbers, { op: 'impute' }, { op: 'bucketize', columns: ['size'], boundaries: [10, 50] }],
  [
    'cast to words, with one never seen',
    { op: 'select', columns: ['level', 'code'] },
    { op: 'cast', columns: ['code'], to: 'text' },
    { op: 'oneHot' },
  ],
  ['map', { op: 'map', column: 'bent', expression: 'level ** 2 + 1' }, { op: 'select', columns: ['level', 'bent'] }, { op: 'normalize' }],
  ['filter before', { op: 'filter', column: 'size', max: 100 }, numbers, { op: 'normalize' }],
  [
    'all at once',
    { op: 'where', expression: 'level > -3.8' },
    ...impute,
    { op: 'clip', columns: ['size'], max: 500 },
    { op: 'log', columns: ['size'] },
    { op: 'normalize', columns: ['size', 'level'] },
    { op: 'oneHot' },
  ],
])('a table: %s', async (_, ...steps) => {
  const whole = steps.some((step) => step.op === 'impute') ? later : later.filter(([size, , kind]) => size !== '' && kind !== '');
  writeFileSync(join(folder, 'asked.csv'), csv(whole));
  const { metadata, said, ask } = await used(
    { format: 'csv', path: 'rows.csv' },
    [{ op: 'target', column: 'target' }, ...steps, split],
    'asked.csv',
  );
  expect(said).toHaveLength(whole.length);
  for (const [index, [size, level, kind, code]] of whole.entries()) {
    // The one formula that is in these cases.
    const derived = Object.fromEntries(
      (metadata.derived ?? []).map(({ column, expression }) => {
        expect(expression).toBe('level ** 2 + 1');
        return [column, String(Number(level) ** 2 + 1)];
      }),
    );
    const found = await ask(metadata.features!.map((feature) => prepared(feature, { size, level, kind, code, ...derived })));
    found.forEach((share, place) => expect(share, `row ${index + 1}`).toBeCloseTo(said[index][place], 5));
  }
});

it('a table: what is fitted is fitted on the training part alone', async () => {
  const steps: DataStep[] = [{ op: 'target', column: 'target' }, numbers, { op: 'impute' }, { op: 'normalize' }, split];
  const source: DataSource = { format: 'csv', path: 'rows.csv' };
  writeFileSync(join(folder, 'asked.csv'), csv(later));
  const { metadata } = await used(source, steps, 'asked.csv');
  const { dataset } = await loadDataset({ source, steps }, { notebook: folder, workspace: folder });
  const trained = Array.from(dataset.train.rows, (row) => rows[row]);
  expect(trained.length).toBeLessThan(rows.length);
  const sizes = trained.flatMap(([size]) => (size === '' ? [] : [Number(size)])).sort((a, b) => a - b);
  const median = (sizes[Math.floor((sizes.length - 1) / 2)] + sizes[Math.ceil((sizes.length - 1) / 2)]) / 2;
  for (const [index, column] of ['size', 'level'].entries()) {
    const values = trained.map((row) => (row[index] === '' ? median : Number(row[index])));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const feature = metadata.features!.find((one) => one.column === column)!;
    expect(feature.offset).toBeCloseTo(mean, 9);
    expect(feature.scale).toBeCloseTo(deviation, 9);
    if (column === 'size') expect(feature.before).toContainEqual({ op: 'impute', value: median });
  }
});

const flat = [{ class_name: 'Flatten', config: {} }] as never;

it.each<[string, number[], DataStep[]]>([
  ['scaled and normalized', [24], [{ op: 'reshape', shape: [4, 6, 1] }, { op: 'normalize' }, { op: 'reshape', shape: [24] }]],
  // Twice as small by bilinear interpolation: each pixel is the mean of four.
  ['resized, then normalized', [2, 3, 1], [{ op: 'reshape', shape: [4, 6, 1] }, { op: 'resize', size: [2, 3] }, { op: 'normalize' }]],
  [
    'augmented in training alone',
    [4, 6, 1],
    [
      { op: 'reshape', shape: [4, 6, 1] },
      { op: 'augment', flip: 'both', shift: 0.4, noise: 0.5 },
    ],
  ],
])('pictures: %s', async (_, shape, steps) => {
  const { metadata, said, ask } = await used(
    { format: 'npy', inputs: 'pictures.npy', targets: 'seen.npy', kind: 'classes' },
    [...steps, split],
    'later.npy',
    flat,
  );
  expect(metadata.inputShape).toEqual(shape);
  const pixels = readFileSync(join(folder, 'later.npy')).subarray(-72);
  for (let index = 0; index < 3; index++) {
    let values = Array.from(pixels.subarray(index * 24, index * 24 + 24), (pixel) => pixel * metadata.scale!);
    for (const step of metadata.arraySteps ?? [])
      if (step.op === 'normalize')
        values = values.map((value, place) => (value - step.offset[place % step.offset.length]) / step.scale[place % step.scale.length]);
      else if (step.op === 'resize')
        values = Array.from({ length: 6 }, (__, place) => {
          const corner = Math.floor(place / 3) * 12 + (place % 3) * 2;
          return (values[corner] + values[corner + 1] + values[corner + 6] + values[corner + 7]) / 4;
        });
    (await ask(values)).forEach((share, place) => expect(share).toBeCloseTo(said[index][place], 5));
  }
});

it.each(['characters', 'words'] as const)('texts: %s by number, cut and filled up', async (by) => {
  const texts = ['good day', 'bad day', 'a good good thing', 'bad, bad thing'];
  writeFileSync(
    join(folder, 'texts.csv'),
    `text,target\n${Array.from({ length: 40 }, (_, row) => `"${texts[row % 4]}",${row % 2 ? 'no' : 'yes'}`).join('\n')}\n`,
  );
  const asked = ['Good thing', 'never seen', 'a very, very long text that is cut'];
  writeFileSync(join(folder, 'asked-texts.csv'), `text\n${asked.map((text) => `"${text}"`).join('\n')}\n`);
  const steps: DataStep[] = [{ op: 'target', column: 'target' }, { op: 'tokenize', by, length: 8, lowercase: true }, split];
  const layers = [
    { class_name: 'Embedding', config: { outputDim: 3 } },
    { class_name: 'GlobalAveragePooling1D', config: {} },
  ];
  const { metadata, said, ask } = await used({ format: 'csv', path: 'texts.csv' }, steps, 'asked-texts.csv', layers as never);
  const { tokens, length, padding } = metadata.text!;
  expect(padding).toBe('post');
  for (const [index, text] of asked.entries()) {
    const found = by === 'characters' ? Array.from(text.toLowerCase()) : text.toLowerCase().match(/[a-z]+|[,.]/g)!;
    const numbers = found.map((token) => Math.max(1, tokens.indexOf(token))).slice(0, length);
    const filled = Array.from({ length }, (_, place) => numbers[place] ?? 0);
    (await ask(filled)).forEach((share, place) => expect(share, text).toBeCloseTo(said[index][place], 5));
  }
});

it('a series: windows of scaled rows, as many as the metadata says', async () => {
  const value = (row: number) => Number((10 * random(row, 2.2)).toFixed(2));
  const lines = (count: number, from = 0) =>
    Array.from({ length: count }, (_, row) => `${row},${value(row + from)},${value(row + from) > 5 ? 'high' : 'low'}`);
  writeFileSync(join(folder, 'series.csv'), `t,x,target\n${lines(80).join('\n')}\n`);
  writeFileSync(join(folder, 'series-later.csv'), `t,x,target\n${lines(6, 100).join('\n')}\n`);
  const { metadata, said, ask } = await used(
    { format: 'csv', path: 'series.csv' },
    [
      { op: 'target', column: 'target' },
      { op: 'select', columns: ['x'] },
      { op: 'normalize' },
      { op: 'window', length: 4, time: 't' },
      { op: 'split', validation: 0.25 },
    ],
    'series-later.csv',
    [{ class_name: 'Flatten', config: {} }] as never,
  );
  const { length } = metadata.series!;
  expect(said).toHaveLength(6 - length + 1);
  for (const [from, shares] of said.entries()) {
    const rowsOf = Array.from({ length }, (_, step) =>
      metadata.features!.map((feature) => prepared(feature, { x: String(value(100 + from + step)) })),
    );
    (await ask(rowsOf.flat())).forEach((share, place) => expect(share).toBeCloseTo(shares[place], 5));
  }
});
