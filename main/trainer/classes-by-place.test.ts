/** A class at each step of a sequence or each pixel of a picture: read, trained, judged without its padding, and told. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from '#contract/spec.ts';
import { npyOf } from '#data/testing/numpy-files.ts';
import { fault, makeWorkspace, type TestWorkspace } from '#data/testing/workspace.ts';
import { zipOf } from '#data/testing/zip-files.ts';
import { openBackend } from '#engine/backends/index.ts';
import { answerOf, outputReaders } from '#engine/loop/answers.ts';
import { completeModel } from '#engine/model/complete.ts';
import { createPredictor } from '#engine/loop/predict.ts';
import { openSession } from '#engine/loop/session.ts';
import { collect, eventsOf, layer, sequential } from '#engine/testing/harness.ts';

const [count, steps] = [40, 6];
/** Words from 1 to 5; 0 is padding, at the end. Tagged: 1 where a word is above 3, else 0. */
const words = Array.from({ length: count * steps }, (_, index) => {
  const [row, step] = [Math.floor(index / steps), index % steps];
  return step < 3 + (row % 4) ? 1 + ((row * 7 + step * 3) % 5) : 0;
});
const tags = words.map((word) => Number(word > 3));
const source = { format: 'npz', path: 'tags.npz', inputs: 'words', targets: 'tags', kind: 'classes' } satisfies DataSource;

let workspace: TestWorkspace;
beforeAll(() => {
  workspace = makeWorkspace();
  workspace.write(
    'tags.npz',
    zipOf({
      'words.npy': npyOf([count, steps], words),
      'tags.npy': npyOf([count, steps], tags),
      'odd.npy': npyOf(
        [count, steps],
        tags.map((tag, index) => (index === 20 ? 0.5 : tag)),
      ),
      'pictures.npy': npyOf([count, 2, 3], words, 'u1'),
      'masks.npy': npyOf([count, 2, 3, 1], tags, 'u1'),
    }),
  );
});

const train = {
  epochs: 30,
  batchSize: 8,
  optimizer: layer('Adam', { learningRate: 0.05 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy', 'meanIoU', layer('Recall', { classId: 1 })],
  callbacks: [],
  seed: 1,
  shuffle: true,
};

describe('a class at each step', () => {
  it('is learnt and judged over the steps that are no padding', async () => {
    const { dataset, preview } = await workspace.load(source);
    expect(dataset).toMatchObject({ task: 'classification', targetShape: [steps], classes: ['0', '1'] });
    expect(preview.classes?.map(({ count: found }) => found)).toEqual([0, 1].map((tag) => tags.filter((each) => each === tag).length));
    const model = completeModel(
      sequential(
        layer('Embedding', { inputDim: 6, outputDim: 4, maskZero: true }),
        layer('LSTM', { units: 4, returnSequences: true }),
        layer('Dense', { activation: 'softmax' }),
      ),
      dataset,
    );
    const backend = await openBackend('native', { threads: 1 });
    const events = await collect({ model, data: dataset, train }, { backend });
    const { metrics } = eventsOf(events, 'epochEnded').at(-1)!.row;
    expect(metrics).toMatchObject({ accuracy: 1, mean_io_u: 1, recall: 1 });

    // By hand: what is said of the steps with a word, by weights as they are at the start.
    const session = openSession({ model, data: dataset, train }, backend);
    try {
      const batch = { size: count, inputs: dataset.train.inputs, targets: dataset.train.targets };
      await session.fetch();
      const predictor = await createPredictor(model, session.weights(), backend);
      const outputs = await predictor.predict(batch.inputs);
      await predictor.dispose();
      const results = session.results(
        new Map([...(await session.evaluate(batch))].map(([name, values]) => [name, Float64Array.from(values)])),
        count,
      );
      const said = tags.map((_, index) => Number(outputs[index * 2 + 1] > outputs[index * 2]));
      const seen = [...words.keys()].filter((index) => words[index] > 0);
      expect(seen.length).toBeLessThan(count * steps);
      expect(results['accuracy']).toBeCloseTo(seen.filter((index) => said[index] === tags[index]).length / seen.length, 6);
      const share = (index: number) => outputs[index * 2 + tags[index]];
      expect(results['loss']).toBeCloseTo(seen.reduce((sum, index) => sum - Math.log(share(index)), 0) / seen.length, 5);
      const [reader] = outputReaders(model, train, dataset);
      expect(answerOf(reader, outputs.subarray(0, steps * 2))).toEqual({ classes: said.slice(0, steps).map(String) });
    } finally {
      await session.dispose();
    }
  });

  it('that is no class is said with its sample', async () => {
    expect(await fault(workspace.load({ ...source, targets: 'odd' }))).toMatchObject({
      code: 'data.labelOfPlace',
      at: '/data/source/kind',
      values: { row: 3, label: 0.5 },
    });
    expect(await fault(workspace.load({ ...source, classNames: ['word'] }))).toMatchObject({ code: 'data.labelOutside' });
  });

  it('wants an output at each step, and a loss that can judge it', async () => {
    const { dataset } = await workspace.load(source);
    const run = (last: ReturnType<typeof layer>[], loss: typeof train.loss | ReturnType<typeof layer> = train.loss) => {
      const model = completeModel(sequential(layer('Embedding', { inputDim: 6, outputDim: 4 }), ...last), dataset);
      return collect({ model, data: dataset, train: { ...train, loss, metrics: [] } }, {});
    };
    const flat = [layer('Flatten'), layer('Dense', { units: 2, activation: 'softmax' })];
    const each = [layer('Dense', { units: 2, activation: 'softmax' })];
    expect(await fault(run(flat))).toMatchObject({ code: 'engine.lossFit', values: { problem: 'positions' } });
    expect(await fault(run(each, layer('Dice', { axis: [1] })))).toMatchObject({ values: { problem: 'notByPosition' } });
    expect(eventsOf(await run(each, layer('Dice', {})), 'ended')).toMatchObject([{ status: 'completed' }]);
  });
});

it('a class at each pixel is learnt, a mask of one channel being one without', async () => {
  const { dataset } = await workspace.load({ ...source, inputs: 'pictures', targets: 'masks' }, { op: 'split', validation: 0.25, seed: 1 });
  expect(dataset).toMatchObject({ inputShape: [2, 3, 1], targetShape: [2, 3] });
  const model = completeModel(
    sequential(
      layer('Conv2D', { filters: 6, kernelSize: 1, activation: 'relu' }),
      layer('Conv2D', { filters: 2, kernelSize: 1, activation: 'softmax' }),
    ),
    dataset,
  );
  const events = await collect(
    { model, data: dataset, train: { ...train, epochs: 100, metrics: ['accuracy'], classWeight: 'balanced' } },
    { backend: await openBackend('native', { threads: 1 }) },
  );
  expect(eventsOf(events, 'epochEnded').at(-1)!.row.metrics['val_accuracy']).toBeGreaterThan(0.95);
});
