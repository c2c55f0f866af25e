/** Sequences of classes that are said without being told where: read, trained with CTC, told, and refused where they cannot be. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from '#contract/spec.ts';
import { npyOf } from '#data/testing/numpy-files.ts';
import { fault, makeWorkspace, type TestWorkspace } from '#data/testing/workspace.ts';
import { zipOf } from '#data/testing/zip-files.ts';
import { openBackend } from '#engine/backends/index.ts';
import { answerOf, outputReaders } from '#engine/loop/answers.ts';
import { completeModel } from '#engine/model/complete.ts';
import { createPredictor } from '#engine/loop/predict.ts';
import { collect, eventsOf, layer, sequential } from '#engine/testing/harness.ts';

const [count, steps] = [60, 9];
/** Of each sample two of three sounds, a different one each time, that last for some steps, with silence around them. */
const said = Array.from({ length: count }, (_, row) => [1 + (row % 3), 1 + ((row + 1 + (row % 2)) % 3)]);
const heard = said.flatMap(([first, second], row) => {
  const [start, middle] = [row % 3, 3 + (row % 4)];
  return Array.from({ length: steps }, (_, step) => {
    const sound = step < start ? 0 : step < middle ? first : step < middle + 2 ? second : 0;
    return [1, 2, 3].map((each) => (each === sound ? 1 : 0));
  }).flat();
});
const source = {
  format: 'npz',
  path: 'said.npz',
  inputs: 'heard',
  targets: 'said',
  kind: 'classes',
} satisfies DataSource;
const train = {
  epochs: 120,
  batchSize: 10,
  optimizer: layer('Adam', { learningRate: 0.03 }),
  loss: 'ctc',
  metrics: ['cer'],
  callbacks: [],
  seed: 1,
  shuffle: true,
};
const layers = [
  layer('Conv1D', {
    filters: 8,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
  }),
  layer('Dense', { units: 4 }),
];

let workspace: TestWorkspace;
beforeAll(() => {
  workspace = makeWorkspace();
  workspace.write(
    'said.npz',
    zipOf({
      'heard.npy': npyOf([count, steps, 3], heard),
      'said.npy': npyOf(
        [count, 3],
        said.flatMap((labels) => [...labels, 0]),
      ),
      'long.npy': npyOf(
        [count, 7],
        said.flatMap(([first]) => Array.from({ length: 7 }, () => first)),
      ),
      'one.npy': npyOf(
        [count],
        said.map(([first]) => first),
      ),
    }),
  );
});

describe('ctc', () => {
  it('learns to say them', async () => {
    const { dataset } = await workspace.load(source, {
      op: 'split',
      validation: 0.2,
      seed: 1,
    });
    const model = completeModel(sequential(...layers), dataset);
    const backend = await openBackend('native', { threads: 1 });
    const events = await collect({ model, data: dataset, train }, { backend });
    const losses = eventsOf(events, 'epochEnded').map(({ row }) => row.metrics['loss']);
    expect(losses.at(-1)!).toBeLessThan(0.1 * losses[0]);
    const rates = eventsOf(events, 'epochEnded').map(({ row }) => row.metrics['val_cer']);
    expect(rates[0]).toBeGreaterThan(0.5);
    const { weights } = eventsOf(events, 'checkpoint').at(-1)!.checkpoint;
    const predictor = await createPredictor(model, weights, backend);
    const { inputs, targets, count: others } = dataset.validation!;
    const outputs = await predictor.predict(inputs);
    await predictor.dispose();
    const [reader] = outputReaders(model, train, dataset);
    const answers = Array.from({ length: others }, (_, row) =>
      answerOf(reader, outputs.subarray(row * reader.size, (row + 1) * reader.size)),
    );
    const wanted = Array.from({ length: others }, (_, row) => Array.from(targets.subarray(row * 3, row * 3 + 2), String));
    const right = answers.filter(({ classes }, row) => classes!.join() === wanted[row].join()).length;
    expect(right).toBeGreaterThanOrEqual(others - 1);
    // What the answers say, the metric counts.
    const wrong = answers.reduce((sum, { classes }, row) => sum + wanted[row].filter((label, at) => classes![at] !== label).length, 0);
    expect(rates.at(-1)!).toBeCloseTo(wrong / (2 * others), 6);
  });

  it('says what it lacks', async () => {
    const fails = async (
      targets: string,
      last: ReturnType<typeof layer>[],
      more: Partial<typeof train> & { classWeight?: 'balanced' } = {},
    ) => {
      const { dataset } = await workspace.load({ ...source, targets });
      const model = completeModel(sequential(...last), dataset);
      return fault(collect({ model, data: dataset, train: { ...train, ...more } }, {}));
    };
    const at = '/train/loss';
    expect(await fails('one', layers)).toMatchObject({
      at,
      values: { problem: 'noSequences' },
    });
    expect(await fails('said', [layer('Flatten'), layer('Dense', { units: 4 })])).toMatchObject({ at, values: { problem: 'wantsSteps' } });
    expect(await fails('said', [layer('Dense', { units: 3 })])).toMatchObject({
      at,
      values: { problem: 'tooFewUnits', classes: 4 },
    });
    const shares = [layer('Dense', { units: 4, activation: 'softmax' })];
    expect(await fails('said', shares)).toMatchObject({
      at,
      values: { problem: 'wantsLogits', activation: 'softmax' },
    });
    expect(await fails('long', layers)).toMatchObject({
      at,
      values: { problem: 'tooFewSteps', steps: steps, wanted: 13 },
    });
    expect(await fails('said', layers, { metrics: ['accuracy'] as never[] })).toMatchObject({ code: 'engine.metricFit' });
    expect(await fails('said', layers, { classWeight: 'balanced' })).toMatchObject({ values: { target: 'sequence' } });
  });
});
