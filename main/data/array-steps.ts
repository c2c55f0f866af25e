/** What is done to the samples of arrays: fitted on the training part, done alike to every part and to what is predicted. */
import { EpochbookError } from '#contract/errors.ts';
import type { ArrayStep, Dataset, InputPart, Part } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { spreadScale } from './several-arrays.ts';
import { place } from './steps.ts';

/** Samples of a part: `[count, ...shape]`. */
export interface Samples {
  readonly shape: readonly number[];
  readonly count: number;
  readonly values: Float32Array;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, one) => product * one, 1);

function resized({ shape, count, values }: Samples, [height, width]: readonly [number, number]): Samples {
  const [oldHeight, oldWidth, channels] = shape;
  const made = new Float32Array(count * height * width * channels);
  /** Where each new middle lies among the old ones. */
  const axis = (size: number, oldSize: number) =>
    Array.from({ length: size }, (_, index) => {
      const at = Math.min(oldSize - 1, Math.max(0, ((index + 0.5) * oldSize) / size - 0.5));
      const low = Math.floor(at);
      return { low, high: Math.min(oldSize - 1, low + 1), share: at - low };
    });
  const [rows, columns] = [axis(height, oldHeight), axis(width, oldWidth)];
  let filled = 0;
  for (let sample = 0; sample < count; sample += 1) {
    const from = sample * oldHeight * oldWidth * channels;
    const at = (row: number, column: number, channel: number) => values[from + (row * oldWidth + column) * channels + channel];
    for (const row of rows)
      for (const column of columns)
        for (let channel = 0; channel < channels; channel += 1) {
          const above = at(row.low, column.low, channel) * (1 - column.share) + at(row.low, column.high, channel) * column.share;
          const below = at(row.high, column.low, channel) * (1 - column.share) + at(row.high, column.high, channel) * column.share;
          made[filled++] = above * (1 - row.share) + below * row.share;
        }
  }
  return { shape: [height, width, channels], count, values: made };
}

/** Does a step to samples; their values may be changed in place. */
function applyArrayStep(step: ArrayStep, samples: Samples): Samples {
  switch (step.op) {
    case 'reshape':
      return { ...samples, shape: step.shape };
    case 'resize':
      return resized(samples, step.size);
    default: {
      const { values } = samples;
      const { offset, scale } = step;
      for (let index = 0; index < values.length; index += 1) {
        const channel = index % offset.length;
        values[index] = (values[index] - offset[channel]) / scale[channel];
      }
      return samples;
    }
  }
}

/** Does all steps; the values may be changed in place. */
export function applyArraySteps(steps: readonly ArrayStep[], samples: Samples): Float32Array {
  let all = samples;
  for (const step of steps) all = applyArrayStep(step, all);
  return all.values;
}

/** A fit in passes over all values, some samples at a time; `total`: how many values there are. */
export function startNormalize(
  shape: readonly number[],
  total: number,
  method: 'standard' | 'minMax',
): { readonly passes: readonly ((values: Float32Array) => void)[]; readonly result: () => Extract<ArrayStep, { op: 'normalize' }> } {
  const channels = shape.at(-1) ?? 1;
  const count = total / channels;
  const offset = new Float64Array(channels);
  const scale = new Float64Array(channels);
  // What never changes is only centred.
  const result = () => ({ op: 'normalize' as const, offset: [...offset], scale: Array.from(scale, (one) => one || 1) });
  if (method === 'minMax') {
    const highest = new Float64Array(channels).fill(-Infinity);
    offset.fill(Infinity);
    const extremes = (values: Float32Array) => {
      for (let index = 0; index < values.length; index += 1) {
        const channel = index % channels;
        if (values[index] < offset[channel]) offset[channel] = values[index];
        if (values[index] > highest[channel]) highest[channel] = values[index];
      }
      for (let channel = 0; channel < channels; channel += 1) scale[channel] = highest[channel] - offset[channel];
    };
    return { passes: [extremes], result };
  }
  const means = (values: Float32Array) => {
    for (let index = 0; index < values.length; index += 1) offset[index % channels] += values[index] / count;
  };
  const variances = (values: Float32Array) => {
    for (let index = 0; index < values.length; index += 1)
      scale[index % channels] += (values[index] - offset[index % channels]) ** 2 / count;
  };
  return {
    passes: [means, variances],
    result() {
      for (let channel = 0; channel < channels; channel += 1) scale[channel] = Math.sqrt(scale[channel]);
      return result();
    },
  };
}

function fitNormalize({ shape, values }: Samples, method: 'standard' | 'minMax'): Extract<ArrayStep, { op: 'normalize' }> {
  const { passes, result } = startNormalize(shape, values.length, method);
  for (const pass of passes) pass(values);
  return result();
}

/** One of the inputs that lie in each row. */
export function inputOf({ count, values }: Samples, shape: readonly number[], from: number): Samples {
  const [size, total] = [sizeOf(shape), values.length / count];
  const part = new Float32Array(count * size);
  for (let row = 0; row < count; row += 1) part.set(values.subarray(row * total + from, row * total + from + size), row * size);
  return { shape, count, values: part };
}

export function fitArrayStep(
  step: DataSpec['steps'][number],
  samples: Samples,
  at: string,
  inputs?: readonly InputPart[],
): ArrayStep | undefined {
  switch (step.op) {
    case 'reshape': {
      const [wanted, found] = [step.shape, samples.shape].map((shape) => shape.join(' × '));
      const [wantedSize, foundSize] = [sizeOf(step.shape), sizeOf(samples.shape)];
      if (wantedSize !== foundSize) throw new EpochbookError('data.reshape', { wanted, wantedSize, found, foundSize }, { at });
      return { op: 'reshape', shape: step.shape };
    }
    case 'resize': {
      const found = samples.shape.join(' × ');
      if (samples.shape.length !== 3) throw new EpochbookError('data.notPictures', { step: step.op, found }, { at });
      return { op: 'resize', size: step.size };
    }
    case 'normalize': {
      const method = step.method ?? 'standard';
      if (!inputs) return fitNormalize(samples, method);
      return spreadScale(inputs, step.columns, ({ shape }, from) => fitNormalize(inputOf(samples, shape, from), method), at);
    }
    default:
      return undefined;
  }
}

type Made = Pick<Dataset, 'train' | 'validation' | 'test'>;

/**
 * Does the steps among `ops` to all parts, fitted on the training part, or those that were fitted before; inputs may be
 * changed in place.
 * Throws `data.reshape` and `data.notPictures`.
 */
export function shapeParts(
  spec: DataSpec,
  inputShape: readonly number[],
  parts: Made,
  ops: readonly ArrayStep['op'][],
  { known, inputs }: { readonly known?: readonly ArrayStep[] | undefined; readonly inputs?: readonly InputPart[] | undefined } = {},
): Made & Pick<Dataset, 'inputShape' | 'arraySteps'> {
  const samplesOf = (part: Part): Samples => ({ shape: inputShape, count: part.count, values: part.inputs });
  const steps: ArrayStep[] = [];
  let train = samplesOf(parts.train);
  for (const [index, step] of spec.steps.entries()) {
    const isWanted = (ops as readonly string[]).includes(step.op);
    const fitted = isWanted ? (known?.[steps.length] ?? fitArrayStep(step, train, place({ index }), inputs)) : undefined;
    if (!fitted) continue;
    steps.push(fitted);
    train = applyArrayStep(fitted, train);
  }
  const alike = (part: Part): Part => ({ ...part, inputs: applyArraySteps(steps, samplesOf(part)) });
  return {
    inputShape: train.shape,
    ...(steps.length > 0 && { arraySteps: steps }),
    train: { ...parts.train, inputs: train.values },
    ...(parts.validation && { validation: alike(parts.validation) }),
    ...(parts.test && { test: alike(parts.test) }),
  };
}
