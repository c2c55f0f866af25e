/** What is shown as a batch is what the engine is given, to the bit. */
import { expect, it } from 'vitest';
import type { Backend } from '#engine/backends/backend.ts';
import { openNative } from '#engine/backends/native.ts';
import { inputsName, targetsName } from '#engine/loop/programs.ts';
import { collect, makeData, makeJob, layer, sequential } from '#engine/testing/harness.ts';
import { lookAtBatch } from './batch-task.ts';

/** The backend, and every batch that it is given. */
async function overheard(): Promise<{ backend: Backend; given: { inputs: Float32Array; targets: Float32Array }[] }> {
  const native = await openNative(1);
  const given: { inputs: Float32Array; targets: Float32Array }[] = [];
  const compile: Backend['compile'] = async (...asked) => {
    const executable = await native.compile(...asked);
    return {
      ...executable,
      run: (inputs, ...more) => {
        const [seen, wanted] = [inputsName, targetsName].map((name) => Float32Array.from(inputs.get(name)!.data));
        given.push({ inputs: seen, targets: wanted });
        return executable.run(inputs, ...more);
      },
    };
  };
  return { backend: { ...native, compile }, given };
}

it.each([
  ['shuffled', { shuffle: true }, undefined],
  ['in order', { shuffle: false }, undefined],
  ['augmented', { shuffle: true }, { flip: 'both', shift: 0.2, rotate: 30, crop: 0.7, noise: 0.1, cutout: 0.4 }],
  ['mixed, by a seed of its own', { shuffle: true }, { mixup: 0.4, seed: 9 }],
] as const)('%s', async (_, settings, augmentation) => {
  const data = { ...makeData({ inputShape: [8, 8, 1], classes: 3, train: 50 }), ...(augmentation && { augmentation }) };
  const { backend, given } = await overheard();
  const job = makeJob(sequential(layer('Flatten'), layer('Dense', { units: 3, activation: 'softmax' })), data, {
    epochs: 2,
    batchSize: 16,
    seed: 5,
    ...settings,
  });
  await collect(job, { backend });
  expect(given).toHaveLength(8);
  given.forEach(({ inputs, targets }, index) => {
    const shown = lookAtBatch(data, job.train, 1 + Math.floor(index / 4), 1 + (index % 4));
    expect(shown.samples).toHaveLength(index % 4 === 3 ? 2 : 16);
    shown.samples.forEach(({ values, label }, place) => {
      expect(Buffer.from(values).equals(Buffer.from(inputs.slice(place * 64, (place + 1) * 64).buffer))).toBe(true);
      expect(label).toBe(data.classes![targets[place]]);
    });
  });
});
