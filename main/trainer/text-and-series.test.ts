/** Text and series, from the files to a trained model. */
import { expect, it } from 'vitest';
import { openBackend } from '#engine/backends/index.ts';
import { train } from '#engine/loop/train.ts';
import { completeModel } from '#engine/model/complete.ts';
import { layer, sequential } from '#engine/testing/harness.ts';
import { makeWorkspace, type TestWorkspace } from '#data/testing/workspace.ts';
import { writtenOut } from '#data/windows.ts';
import type { DataStep, KerasObject, TrainSpec } from '#contract/spec.ts';

const { write, load } = makeWorkspace();

async function learn(data: Awaited<ReturnType<TestWorkspace['load']>>, layers: KerasObject[], settings: Partial<TrainSpec>) {
  const model = completeModel(sequential(...layers), data.dataset);
  const backend = await openBackend('native', { threads: 1 });
  const spec: TrainSpec = {
    epochs: 12,
    batchSize: 32,
    optimizer: { class_name: 'Adam', config: { learningRate: 0.01 } },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    callbacks: [],
    seed: 3,
    shuffle: true,
    ...settings,
  };
  let last: Record<string, number> = {};
  let weights: Float32Array[] = [];
  for await (const event of train({ model, train: spec, data: data.dataset }, { backend })) {
    if (event.type === 'epochEnded') last = event.row.metrics;
    if (event.type === 'checkpoint') weights = [...event.checkpoint.weights.values()].map(({ values }) => values.slice());
  }
  return { last, model, weights };
}

it('learns which words tell two kinds of texts apart; the embedding takes the size of the vocabulary', async () => {
  for (let index = 0; index < 60; index += 1) {
    write(`mails/spam/${index}.txt`, `please ${index % 3 ? 'win' : 'earn'} much money now ${index}`);
    write(`mails/ham/${index}.txt`, `please ${index % 2 ? 'come' : 'write'} back home soon ${index}`);
  }
  const data = await load({ format: 'textFolder', path: 'mails' }, { op: 'tokenize', vocabulary: 20 }, { op: 'split', validation: 0.25 });
  const { last, model } = await learn(
    data,
    [layer('Embedding', { outputDim: 4 }), layer('GlobalAveragePooling1D', {}), layer('Dense', { activation: 'softmax' })],
    {},
  );
  expect(last['val_accuracy']).toBe(1);
  expect(JSON.stringify(model)).toContain('"inputDim":20');
});

it('learns to go on with a running text', async () => {
  write('round.txt', 'one two three four five '.repeat(40));
  const data = await load(
    { format: 'text', path: 'round.txt' },
    { op: 'tokenize', length: 8, stride: 1 },
    { op: 'split', validation: 0.2 },
  );
  const { last } = await learn(
    data,
    [
      layer('Embedding', { outputDim: 8 }),
      layer('Flatten', {}),
      layer('Dense', { units: 32, activation: 'relu' }),
      layer('Dense', { activation: 'softmax' }),
    ],
    {},
  );
  expect(last['val_accuracy']).toBeGreaterThan(0.98);
});

it('learns to foresee a wave', async () => {
  const rows = Array.from({ length: 300 }, (_, hour) => `${hour},${Math.sin(hour / 4).toFixed(4)}`);
  write('wave.csv', ['hour,height', ...rows].join('\n'));
  const steps: DataStep[] = [
    { op: 'target', column: 'height' },
    { op: 'window', length: 12, horizon: 3, time: 'hour' },
    { op: 'split', validation: 0.2 },
  ];
  const data = await load({ format: 'csv', path: 'wave.csv' }, ...steps);
  const settings = { loss: 'meanSquaredError', metrics: [], epochs: 20 };
  const layers = [layer('LSTM', { units: 8 }), layer('Dense', {})];
  const { last, weights } = await learn(data, layers, settings);
  expect(last['val_loss']).toBeLessThan(0.02);
  // Windows are views over the rows: written out one by one, they train the same model to the bit.
  const { train: trained, validation } = data.dataset;
  // The last three of 240 rows are targets alone.
  expect(trained.inputs.length).toBe(237);
  const written = { ...data.dataset, train: writtenOut(trained), validation: writtenOut(validation!) };
  expect(written.train.inputs.length).toBe(written.train.count * 12);
  const again = await learn({ ...data, dataset: written }, layers, settings);
  expect(again.last).toEqual(last);
  expect(again.weights).toEqual(weights);
  expect(weights.length).toBeGreaterThan(3);
  // Larger than what it may take, the rows lie in a file, and are trained on alike.
  const filed = await load({ format: 'csv', path: 'wave.csv' }, ...steps, { op: 'memory', megabytes: 0.001 });
  expect(filed.dataset.train.stored).toBeDefined();
  const streamed = await learn(filed, layers, settings);
  expect(streamed.last).toEqual(last);
  expect(streamed.weights).toEqual(weights);
});
