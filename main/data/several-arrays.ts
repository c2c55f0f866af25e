/** Several arrays as one: each sample's row holds the values of all inputs one after another, and so of all targets. */
import { EpochbookError } from '#contract/errors.ts';
import type { ArrayStep, InputPart, TargetPart } from '#contract/samples.ts';
import { type Arrays, sizeOf } from './arrays.ts';

/** One of them, with what its values are multiplied with. */
export type InputArray = Pick<Arrays, 'path' | 'values' | 'inputShape' | 'scale'> & { readonly name: string };
export type TargetArray = Pick<Arrays, 'targets' | 'targetShape' | 'classes'> & { readonly name: string };

/** Rows of all inputs, each already brought to its scale. */
export function packInputs(inputs: readonly InputArray[], count: number): { values: Float32Array; inputs: InputPart[] } {
  const sizes = inputs.map(({ inputShape }) => sizeOf(inputShape));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const values = new Float32Array(count * total);
  let from = 0;
  inputs.forEach((input, index) => {
    const size = sizes[index];
    for (let row = 0; row < count; row += 1)
      for (let place = 0; place < size; place += 1) values[row * total + from + place] = input.values[row * size + place] * input.scale;
    from += size;
  });
  return { values, inputs: inputParts(inputs) };
}

export const inputParts = (inputs: readonly Omit<InputArray, 'path' | 'values'>[]): InputPart[] =>
  inputs.map(({ name, inputShape, scale }) => ({ name, shape: inputShape, ...(scale !== 1 && { scale }) }));

export function packTargets(targets: readonly TargetArray[], count: number): { targets: Float64Array; targetParts: TargetPart[] } {
  const sizes = targets.map(({ targetShape }) => sizeOf(targetShape));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const values = new Float64Array(count * total);
  let from = 0;
  targets.forEach((target, index) => {
    const size = sizes[index];
    for (let row = 0; row < count; row += 1)
      for (let place = 0; place < size; place += 1) values[row * total + from + place] = target.targets[row * size + place];
    from += size;
  });
  return {
    targets: values,
    targetParts: targets.map(({ name, targetShape, classes }) => ({
      name,
      shape: targetShape,
      task: classes ? 'classification' : 'regression',
      ...(classes && { classes }),
    })),
  };
}

/** A scale for each place of a row, from those of the last dimension of the inputs that are wanted; the others stay. */
export function spreadScale(
  inputs: readonly InputPart[],
  wanted: readonly string[] | undefined,
  fit: (input: InputPart, from: number) => Extract<ArrayStep, { op: 'normalize' }>,
  at: string,
): ArrayStep {
  const unknown = wanted?.find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw new EpochbookError('data.inputUnknown', { name: unknown, names }, { at });
  }
  const offset: number[] = [];
  const scale: number[] = [];
  for (const input of inputs) {
    const size = sizeOf(input.shape);
    const found = wanted?.includes(input.name) === false ? { offset: [0], scale: [1] } : fit(input, offset.length);
    for (let place = 0; place < size; place += 1) {
      offset.push(found.offset[place % found.offset.length]);
      scale.push(found.scale[place % found.scale.length]);
    }
  }
  return { op: 'normalize', offset, scale };
}
