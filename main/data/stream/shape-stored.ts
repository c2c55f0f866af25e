/** Samples in files, some megabytes at a time; and what is done to them, fitted in passes and written to another file. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ArrayStep, Dataset, InputPart, Part, StoredInputs } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { applyArraySteps, fitArrayStep, inputOf, startNormalize } from '../array-steps.ts';
import { sizeOf } from '../arrays.ts';
import type { Folders } from '../files.ts';
import { spreadScale } from '../several-arrays.ts';
import { place } from '../steps.ts';
import { samplesFile } from '../stored-arrays.ts';
import { blockBytes, piecesOf } from './unpacked.ts';

/** A part's samples as they are stored, a few megabytes at a time; `from`: the first one's place in the part. */
export async function* storedBlocks(
  { stored, count, inputs, windows }: Pick<Part, 'stored' | 'count' | 'inputs' | 'windows'>,
  signal?: AbortSignal,
): AsyncGenerator<{ values: Float32Array; from: number }> {
  if (!stored) {
    const size = inputs.length / count;
    const perBlock = Math.max(1, Math.floor(blockBytes / (size * 4)));
    for (let from = 0; from < count; from += perBlock)
      yield { values: inputs.slice(from * size, Math.min(count, from + perBlock) * size), from };
    return;
  }
  const { file, type, offset, size, scale, places } = stored;
  const width = type === 'uint8' ? 1 : 4;
  const perBlock = Math.max(1, Math.floor(blockBytes / (size * 4)));
  /** The first of a sample's values in the file. */
  const startOf = (index: number) => (windows ? windows.starts[index] : (places ? places[index] : index) * size);
  for (let from = 0; from < count; from += perBlock) {
    const to = Math.min(count, from + perBlock);
    const first = startOf(from);
    const length = (startOf(to - 1) - first + size) * width;
    const pieces: Buffer[] = [];
    for await (const piece of piecesOf(file, offset + first * width, length, width, signal)) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const values = type === 'uint8' ? bytes : new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const made = new Float32Array((to - from) * size);
    for (let index = from; index < to; index += 1) {
      const start = startOf(index) - first;
      for (let value = 0; value < size; value += 1) made[(index - from) * size + value] = values[start + value] * scale;
    }
    yield { values: made, from };
    await nextTurn();
  }
}

export interface ShapeOptions {
  readonly folders: Folders;
  /** Of the file. */
  readonly name: string;
  /** What was fitted before, to be done alike. */
  readonly known?: readonly ArrayStep[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears the share that is done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Does `reshape`, `resize` and `normalize` to parts that are stored, fitted on the training part in passes over it, and
 * writes what comes out into a file of the cache, windows each by itself. The same numbers as in memory. Throws what
 * `shapeParts` throws.
 */
export async function shapeStored(
  dataset: Omit<Dataset, 'hash'>,
  rawShape: readonly number[],
  spec: DataSpec,
  { folders, name, known, signal, onProgress = () => {} }: ShapeOptions,
): Promise<Omit<Dataset, 'hash'>> {
  const steps: ArrayStep[] = [];
  let shape = rawShape;
  const { train } = dataset;
  const passesOf = (step: DataSpec['steps'][number]) => (step.op !== 'normalize' || known ? 0 : step.method === 'minMax' ? 1 : 2);
  const passes = spec.steps.reduce((sum, step) => sum + passesOf(step), 0);
  const all = passes * train.count + [train, dataset.validation, dataset.test].reduce((sum, part) => sum + (part?.count ?? 0), 0);
  let done = 0;
  const tell = (samples: number) => onProgress((done += samples) / all);
  for (const [index, step] of spec.steps.entries()) {
    const before = known?.[steps.length];
    if (step.op === 'normalize' && before) steps.push(before);
    else if (step.op === 'normalize') {
      const method = step.method ?? 'standard';
      // Of several inputs, each by itself.
      const inputs: readonly Pick<InputPart, 'shape'>[] = dataset.inputs ?? [{ shape }];
      const starts = inputs.map((_, input) => inputs.slice(0, input).reduce((sum, one) => sum + sizeOf(one.shape), 0));
      const fits = inputs.map((input) => startNormalize(input.shape, train.count * sizeOf(input.shape), method));
      for (const pass of fits[0].passes.keys())
        for await (const { values } of storedBlocks(train, signal)) {
          const count = values.length / sizeOf(rawShape);
          const samples = { shape, count, values: applyArraySteps(steps, { shape: rawShape, count, values }) };
          for (const [input, fit] of fits.entries())
            fit.passes[pass](dataset.inputs ? inputOf(samples, inputs[input].shape, starts[input]).values : samples.values);
          tell(count);
        }
      const fitted = (from: number) => fits[starts.indexOf(from)].result();
      steps.push(dataset.inputs ? spreadScale(dataset.inputs, step.columns, (_, from) => fitted(from), place({ index })) : fitted(0));
    } else if (step.op === 'reshape' || step.op === 'resize') {
      const fitted = fitArrayStep(step, { shape, count: 0, values: new Float32Array(0) }, place({ index }))!;
      steps.push(fitted);
      shape = fitted.op === 'reshape' ? fitted.shape : fitted.op === 'resize' ? [...fitted.size, shape[2]] : shape;
    }
  }
  const size = sizeOf(shape);
  const { file, writtenAtMs, write } = await samplesFile(folders, name);
  const parts: { train?: Part; validation?: Part; test?: Part } = {};
  let bytes = 0;
  try {
    for (const part of ['train', 'validation', 'test'] as const) {
      const found = dataset[part];
      if (!found) continue;
      const { windows: _, ...own } = found;
      const offset = bytes;
      for await (const { values, from } of storedBlocks(found, signal)) {
        const count = values.length / sizeOf(rawShape);
        const made = applyArraySteps(steps, { shape: rawShape, count, values });
        write.put(new Uint8Array(made.buffer, made.byteOffset, made.byteLength), offset + from * size * 4);
        tell(count);
      }
      bytes += own.count * size * 4;
      parts[part] = {
        ...own,
        inputs: new Float32Array(0),
        stored: { file, type: 'float32', offset, size, scale: 1, writtenAtMs } satisfies StoredInputs,
      };
    }
    await write.done(bytes);
  } catch (error) {
    await write.fail();
    throw error;
  }
  return { ...dataset, ...parts, inputShape: shape, arraySteps: steps };
}
