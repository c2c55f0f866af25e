/** A model with several inputs and outputs, trained on arrays of one archive. */
import { beforeAll, expect, it } from 'vitest';
import type { DataSource } from '#contract/spec.ts';
import { npyOf } from '#data/testing/numpy-files.ts';
import { makeWorkspace, type TestWorkspace } from '#data/testing/workspace.ts';
import { zipOf } from '#data/testing/zip-files.ts';
import { openBackend } from '#engine/backends/index.ts';
import { completeModel } from '#engine/model/complete.ts';
import { collect, eventsOf, layer } from '#engine/testing/harness.ts';

let workspace: TestWorkspace;
const count = 12;
beforeAll(() => {
  workspace = makeWorkspace();
  const every = (size: number, value: (row: number, place: number) => number) =>
    Array.from({ length: count * size }, (_, index) => value(Math.floor(index / size), index % size));
  workspace.write(
    'all.npz',
    zipOf({
      'pictures.npy': npyOf(
        [count, 4, 4],
        every(16, (row, place) => (row * 16 + place) % 256),
        'u1',
      ),
      'rows.npy': npyOf(
        [count, 2],
        every(2, (row, place) => row * (place + 1)),
      ),
      'kind.npy': npyOf(
        [count],
        every(1, (row) => row % 3),
        'u1',
      ),
      'size.npy': npyOf(
        [count, 2],
        every(2, (row, place) => row + place / 2),
      ),
      'short.npy': npyOf([count - 1], every(1, () => 0).slice(1)),
    }),
  );
});
const source: DataSource = {
  format: 'npz',
  path: 'all.npz',
  inputs: { image: 'pictures', facts: 'rows' },
  targets: { kind: 'kind', size: 'size' },
};

it('train a model with an input and an output for each', async () => {
  const { dataset } = await workspace.load(source);
  const node = (className: string, config: object, ...from: string[]) => ({
    ...layer(className, config as never),
    inbound_nodes: from.length > 0 ? [from.map((name) => [name, 0, 0, {}])] : [],
  });
  const model = completeModel(
    {
      class_name: 'Functional',
      config: {
        layers: [
          node('InputLayer', { name: 'facts' }),
          node('InputLayer', { name: 'image' }),
          node('Conv2D', { name: 'seen', filters: 2, kernelSize: 2 }, 'image'),
          node('Flatten', { name: 'flat' }, 'seen'),
          node('Concatenate', { name: 'both' }, 'flat', 'facts'),
          node('Dense', { name: 'kind', activation: 'softmax' }, 'both'),
          node('Dense', { name: 'size' }, 'both'),
        ] as never,
        input_layers: [
          ['facts', 0, 0],
          ['image', 0, 0],
        ],
        output_layers: [
          ['kind', 0, 0],
          ['size', 0, 0],
        ],
      },
    },
    dataset,
  );
  const job = {
    model,
    data: dataset,
    train: {
      epochs: 2,
      batchSize: 4,
      optimizer: layer('Adam', {}),
      loss: { kind: 'sparseCategoricalCrossentropy', size: 'meanSquaredError' },
      metrics: { kind: ['accuracy'] },
      callbacks: [],
      seed: 1,
      shuffle: true,
    },
  };
  const events = await collect(job, { backend: await openBackend('native', { threads: 1 }) });
  expect(Object.keys(eventsOf(events, 'epochEnded')[1].row.metrics)).toEqual(['loss', 'kind_loss', 'kind_accuracy', 'size_loss']);
});
