import { expect, test } from 'vitest';
import { formatted } from './format.ts';

test('a cell is set in the style of the samples, and again comes out the same', async () => {
  const untidy =
    'const units=10; // ten classes\nsequential( [layers.conv2d({filters : 8,kernelSize:3, activation:"relu",padding: "same"}), layers.flatten( ),layers.dense({units})])';
  const tidy = `const units = 10 // ten classes
sequential([
  layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', padding: 'same' }),
  layers.flatten(),
  layers.dense({ units }),
])`;
  expect(await formatted(untidy)).toBe(tidy);
  expect(await formatted(tidy)).toBe(tidy);
  expect(await formatted('const x: number = 1 as number\nx')).toBe('const x: number = 1 as number\nx');
  await expect(formatted('sequential([')).rejects.toThrow();
});
