import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  collect,
  eventsOf,
  largestDifference,
  layer,
  makeData,
  makeJob,
  runOn,
  sequential,
  traced,
  uniformValues,
} from '../testing/harness.ts';
import { tf } from '../tfjs.ts';
import { availableBackends, openBackend } from './index.ts';
import { bindingFile, tensorflowFolder } from './tensorflow-folder.ts';

describe('backends', () => {
  it('are all here, with their versions', async () => {
    const found = await availableBackends();
    // Whether there is a graphics processor is the machine's own matter.
    expect(found[1].name).toBe('webgpu');
    expect(found.toSpliced(1, 1).map(({ name, available }) => [name, available])).toEqual([
      ['native', true],
      ['wasm', true],
      ['tensorflow', existsSync(bindingFile(tensorflowFolder()))],
      ['reference', true],
    ]);
    for (const { version, available } of found) if (available) expect(version).toMatch(/\d+\.\d+/);
  });

  it('say which there are when asked for another', async () => {
    await expect(openBackend('cuda')).rejects.toThrow(/native, webgpu, wasm, tensorflow, reference/);
  });

  it('compute the same', async () => {
    const shapes = [[5, 6], [6, 7], [7]];
    const values = shapes.map((shape, index) => uniformValues(shape[0] * (shape[1] ?? 1), index));
    const example = traced(shapes, values, (x, w, b) => tf.softmax(tf.relu(tf.add(tf.matMul(x, w), b))));
    const results = await Promise.all(
      ['native', 'wasm', 'reference'].map(async (name) => (await runOn(await openBackend(name, { threads: 1 }), example)).get('y0')!),
    );
    expect(largestDifference(results[0], results[2])).toBeLessThan(1e-6);
    expect(largestDifference(results[1], results[2])).toBeLessThan(1e-6);
  });

  it.each(['native', 'wasm'])('train where padding comes before narrower pooling: %s', async (name) => {
    const pooling = { strides: 2, padding: 'same' };
    const model = sequential(
      layer('AveragePooling2D', { ...pooling, poolSize: 3 }),
      layer('ZeroPadding2D', { padding: 1 }),
      layer('MaxPooling2D', { ...pooling, poolSize: 1 }),
      layer('Flatten'),
      layer('Dense', { units: 1 }),
    );
    const losses = async (backend: string) => {
      const job = makeJob(model, makeData({ inputShape: [7, 6, 2], train: 8 }), { epochs: 2, batchSize: 4 });
      const rows = eventsOf(await collect(job, { backend: await openBackend(backend, { threads: 1 }) }), 'epochEnded');
      return rows.map(({ row }) => row.metrics['loss'].toFixed(5));
    };
    expect(await losses(name)).toEqual(await losses('reference'));
  });

  it.skipIf(!existsSync(bindingFile(tensorflowFolder())))(
    'train the same in TensorFlow, also with dropout, normalization and an LSTM',
    async () => {
      const models = [
        [
          [8, 8, 1],
          layer('Conv2D', { filters: 3, kernelSize: 3, activation: 'relu' }),
          layer('BatchNormalization'),
          layer('MaxPooling2D'),
          layer('Flatten'),
          layer('Dropout', { rate: 0.3 }),
        ],
        [[6, 4], layer('LSTM', { units: 5 })],
      ] as const;
      for (const [inputShape, ...layers] of models) {
        const job = makeJob(
          sequential(...layers, layer('Dense', { activation: 'softmax' })),
          makeData({ inputShape: [...inputShape], classes: 3 }),
          { epochs: 3 },
        );
        const losses: number[][] = [];
        for (const name of ['native', 'tensorflow', 'tensorflow']) {
          const events = await collect(job, { backend: await openBackend(name, { threads: 1 }) });
          losses.push(eventsOf(events, 'epochEnded').map(({ row }) => row.metrics.loss));
        }
        expect(losses[0]).toHaveLength(3);
        expect(largestDifference(losses[0], losses[1])).toBeLessThan(1e-4);
        expect(losses[2]).toEqual(losses[1]);
      }
    },
  );

  it('train the same in WebAssembly, to the last bits', async () => {
    const job = makeJob(
      sequential(
        layer('Conv2D', { filters: 3, kernelSize: 3, activation: 'relu' }),
        layer('MaxPooling2D'),
        layer('Flatten'),
        layer('Dense', { activation: 'softmax' }),
      ),
      makeData({ inputShape: [8, 8, 1], classes: 3 }),
      { epochs: 3 },
    );
    const losses = await Promise.all(
      ['native', 'wasm'].map(async (name) => {
        const events = await collect(job, { backend: await openBackend(name, { threads: 1 }) });
        return eventsOf(events, 'epochEnded').map(({ row }) => row.metrics.loss);
      }),
    );
    expect(largestDifference(losses[0], losses[1])).toBeLessThan(1e-5);
  });
});
