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

it('texts are shown with their words, windows with their columns and steps', () => {
  const [data, train] = [makeData({ inputShape: [4], classes: 2, train: 3 }), { shuffle: false, seed: 1, batchSize: 3 }];
  const text = { by: 'words', lowercase: true, tokens: ['', '�', 'good', 'bad'], length: 4, padding: 'post' } as const;
  const inputs = Float32Array.of(2, 3, 1, 0, 3, 0, 0, 0, 2, 2, 2, 2);
  const told = lookAtBatch({ ...data, text, train: { ...data.train, inputs } }, train, 1, 1);
  expect(told.samples.map(({ tokens }) => tokens)).toEqual([
    ['good', 'bad', '�', ''],
    ['bad', '', '', ''],
    ['good', 'good', 'good', 'good'],
  ]);
  const features = [
    { column: 'height', offset: 0, scale: 1 },
    { column: 'sky', category: 'clear', offset: 0, scale: 1 },
  ];
  const series = lookAtBatch({ ...makeData({ inputShape: [2, 2], classes: 2, train: 3 }), features }, train, 1, 1);
  expect(series.features).toEqual(['height t−1', 'sky = clear t−1', 'height t', 'sky = clear t']);
  expect(series.samples[0].tokens).toBeUndefined();
});
