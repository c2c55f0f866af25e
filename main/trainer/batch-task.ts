/** A batch as training makes it, to be looked at. */
import { placesText } from '#contract/places-text.ts';
import type { LookBatch } from '#contract/look.ts';
import type { Dataset } from '#contract/samples.ts';
import type { TrainSpec } from '#contract/spec.ts';
import { batchAt } from '#engine/loop/batches.ts';

/** Samples sent, and values of them all. */
const mostSamples = 60;
const mostValues = 1_500_000;

/** `epoch` and `step` from 1; a step beyond the last is the last. */
export function lookAtBatch(
  data: Dataset,
  train: Pick<TrainSpec, 'shuffle' | 'seed' | 'batchSize'>,
  epoch: number,
  wanted: number,
): LookBatch {
  const steps = Math.ceil(data.train.count / Math.min(train.batchSize, data.train.count));
  const step = Math.min(wanted, steps);
  const { batch, rows } = batchAt(data, train, epoch, step - 1);
  const { size, inputs, targets, mixed } = batch;
  const [inputSize, targetSize] = [inputs.length / size, targets.length / size];
  const label = (from: Float32Array, index: number) => {
    const values = from.subarray(index * targetSize, (index + 1) * targetSize);
    const { classes } = data;
    return classes
      ? placesText(Array.from(values, (value) => classes[value] ?? ''))
      : Array.from(values, (value) => Number(value.toPrecision(5))).join(', ');
  };
  const shown = Math.max(1, Math.min(size, mostSamples, Math.floor(mostValues / inputSize)));
  return {
    epoch,
    step,
    steps,
    size,
    inputShape: [...data.inputShape],
    ...namesOf(data),
    samples: Array.from({ length: shown }, (_, index) => ({
      row: rows[index],
      label: label(targets, index),
      ...(mixed && mixed.shares[index] < 1 && { mixed: { label: label(mixed.targets, index), share: mixed.shares[index] } }),
      ...(data.text && {
        tokens: Array.from(inputs.subarray(index * inputSize, (index + 1) * inputSize), (token) => data.text!.tokens[token] ?? ''),
      }),
      values: new Uint8Array(inputs.slice(index * inputSize, (index + 1) * inputSize).buffer),
    })),
  };
}

/** What the values of a row, or of a window's rows one after another, are of. */
function namesOf({ features, inputShape }: Dataset): { features?: string[] } {
  const names = features?.map(({ column, category }) => (category === undefined ? column : `${column} = ${category}`));
  const [length, width] = inputShape;
  if (names?.length === length && width === undefined) return { features: names };
  if (names?.length !== width || inputShape.length !== 2) return {};
  return {
    features: Array.from({ length }, (_, step) =>
      names.map((name) => `${name} t${step === length - 1 ? '' : `−${length - 1 - step}`}`),
    ).flat(),
  };
}
