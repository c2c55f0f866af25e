/** A model with several inputs and outputs, trained on arrays of one archive. */
import { beforeAll, expect, it } from 'vitest';
import { archive, writeArchive } from '#data/testing/archive.ts';
import { makeWorkspace, type TestWorkspace } from '#data/testing/workspace.ts';
import { openBackend } from '#engine/backends/index.ts';
import { completeModel } from '#engine/model/complete.ts';
import { collect, eventsOf, layer } from '#engine/testing/harness.ts';

let workspace: TestWorkspace;
beforeAll(() => {
  workspace = makeWorkspace();
  writeArchive(workspace);
});

it('train a model with an input and an output for each', async () => {
  const { dataset } = await workspace.load(archive);
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
