/** ONNX: one file with graph and weights, which ONNX Runtime and many others run without any of our code. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { Exported } from '#contract/runs.ts';
import { loadNativeRuntime } from '#engine/backends/native-runtime.ts';
import { type InferenceModel, inferenceModel, tracedSamples } from '#engine/compile/inference.ts';
import { inferenceProgram, nextName, stateName, weightName } from '#engine/loop/programs.ts';
import { buildModel, type BuiltModel } from '#engine/model/build.ts';
import { replaceFolder } from './exported-folder.ts';
import type { TfjsExport } from './tfjs.ts';

const modelFile = 'model.onnx';
const metadataFile = 'metadata.json';
const tolerance = 1e-4;

/** Weights by their names in a program. */
function weightsOf(model: BuiltModel, given: TfjsExport['checkpoint']['weights']): Map<string, Float32Array> {
  return new Map(
    model.weights.map(({ name, variable }) => {
      const values = given.get(name)?.values;
      if (values?.length !== variable.size) throw new EpochbookError('engine.checkpointFit', { name });
      return [weightName(name), values];
    }),
  );
}

const lengthOf = (shape: readonly number[]) => shape.reduce((all, length) => all * length, 1);

/** A relative difference; Infinity where there is no number. */
function apart(own: number, theirs: number): number {
  const difference = Math.abs(own - theirs) / Math.max(1, Math.abs(own));
  return Number.isNaN(difference) ? Infinity : difference;
}

/** Of layers that carry their state: one sample after another, with what the one before has left. */
async function carriedDifference(made: InferenceModel, model: BuiltModel, { samples, predict }: TfjsExport): Promise<number> {
  const runtime = await loadNativeRuntime();
  const session = await runtime.InferenceSession.create(made.bytes, {});
  const width = lengthOf(model.inputShape);
  const ours = await predict(samples.inputs);
  if (!ours.every(Number.isFinite)) throw new EpochbookError('interchange.notFinite');
  let largest = 0;
  let place = 0;
  let states = Object.fromEntries(
    model.states.map(({ name, shape }) => [
      stateName(name),
      new runtime.Tensor('float32', new Float32Array(lengthOf(shape)), [1, ...shape]),
    ]),
  );
  try {
    for (let sample = 0; sample < samples.count; sample++) {
      let from = sample * width;
      const inputs = model.inputs.map(({ name, shape }) => {
        const values = samples.inputs.slice(from, (from += lengthOf(shape)));
        return [name, new runtime.Tensor('float32', values, [1, ...shape])] as const;
      });
      const results = await session.run({ ...Object.fromEntries(inputs), ...states });
      states = Object.fromEntries(Object.keys(states).map((name) => [name, results[nextName(name)]]));
      for (const { name } of model.outputs)
        for (const value of results[name].data as Float32Array) largest = Math.max(largest, apart(ours[place++], value));
    }
  } finally {
    await session.release();
  }
  return place === ours.length ? largest : Infinity;
}

/** Largest difference from our own predictions, in batches of these sizes. */
async function differenceOf(
  made: InferenceModel,
  model: BuiltModel,
  { samples, predict }: TfjsExport,
  sizes: readonly number[],
): Promise<number> {
  const runtime = await loadNativeRuntime();
  const session = await runtime.InferenceSession.create(made.bytes, {});
  const width = lengthOf(model.inputShape);
  let largest = 0;
  try {
    for (const size of sizes) {
      const count = Math.min(size, samples.count);
      const rows = samples.inputs.subarray(0, count * width);
      const ours = await predict(rows);
      if (!ours.every(Number.isFinite)) throw new EpochbookError('interchange.notFinite');
      let from = 0;
      const feeds = Object.fromEntries(
        model.inputs.map(({ name, shape }) => {
          const length = lengthOf(shape);
          const values = Float32Array.from(
            { length: count * length },
            (_, index) => rows[Math.floor(index / length) * width + from + (index % length)],
          );
          from += length;
          return [name, new runtime.Tensor('float32', values, [count, ...shape])];
        }),
      );
      const results = await session.run(Object.fromEntries(made.inputs.map((name) => [name, feeds[name]])));
      const total = lengthOf(model.outputShape);
      let place = 0;
      for (const { name, shape } of model.outputs) {
        const length = lengthOf(shape);
        const theirs = results[name].data as Float32Array;
        if (theirs.length !== count * length) return Infinity;
        for (let index = 0; index < theirs.length; index++) {
          const own = ours[Math.floor(index / length) * total + place + (index % length)];
          largest = Math.max(largest, apart(own, theirs[index]));
        }
        place += length;
      }
    }
  } finally {
    await session.release();
  }
  return largest;
}

/**
 * For any number of samples where the model allows it, else for one at a time; loaded by ONNX Runtime and compared on
 * real samples before it is kept. Throws interchange.predictionsDiffer, .loadFailed, .notFinite and .folderInUse.
 */
export async function exportOnnx(request: TfjsExport): Promise<Exported> {
  const { checkpoint, samples, folder, metadata } = request;
  const model = buildModel(request.model, null);
  let made: InferenceModel | undefined;
  let difference = Infinity;
  try {
    const weights = weightsOf(model, checkpoint.weights);
    let failure: unknown;
    for (const batch of [tracedSamples, null] as const) {
      try {
        made = inferenceModel(inferenceProgram(model, batch ?? 1), weights, batch);
        difference =
          model.states.length > 0
            ? await carriedDifference(made, model, request)
            : await differenceOf(made, model, request, batch === null ? [1] : [samples.count, 1, 3]);
      } catch (error) {
        if (error instanceof EpochbookError) throw error;
        failure = error;
      }
      if (difference <= tolerance) break;
    }
    if (!made || (difference === Infinity && failure)) {
      const detail = failure instanceof Error ? failure.message : String(failure);
      throw new EpochbookError('interchange.loadFailed', { format: 'ONNX Runtime', detail }, { cause: failure });
    }
    if (!(difference <= tolerance)) {
      const values = { format: 'ONNX Runtime', difference: difference.toPrecision(3), tolerance };
      throw new EpochbookError('interchange.predictionsDiffer', values);
    }
  } finally {
    model.dispose();
  }
  const { bytes } = made;
  const described = new TextEncoder().encode(JSON.stringify({ madeBy: 'Epochbook', ...metadata }, null, 2));
  await replaceFolder({
    target: folder,
    isOurs: async (_, files) => Promise.resolve(files.every((file) => file === modelFile || file === metadataFile)),
    async write(into) {
      await disk.writeFile(join(into, modelFile), bytes, { flush: true });
      await disk.writeFile(join(into, metadataFile), described, { flush: true });
    },
  });
  return {
    folder,
    files: [modelFile, metadataFile],
    bytes: bytes.length + described.length,
    verified: true,
    samples: samples.count,
    maxAbsoluteDifference: difference,
  };
}
