/** Predictions of a trained model. */
import { EpochbookError } from '#contract/errors.ts';
import type { ModelSpec } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import { type HostTensor, type Shape, sizeOf } from '../compile/graph.ts';
import { checkNumbers } from '../model/check-numbers.ts';
import { buildModel } from '../model/build.ts';
import type { NamedTensor } from './checkpoint.ts';
import { inputsName, outputName, predictionProgram, stateName, weightName } from './programs.ts';

export interface Predictor {
  /** Of one sample, without the batch. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Whether a sample's output depends on those before it in the same call. */
  readonly isStateful: boolean;
  /**
   * `inputs` is `[count, ...inputShape]`, the answer `[count, ...outputShape]`. Layers that carry their state start from
   * 0 with each call.
   */
  predict(inputs: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const usualBatchSize = 128;

/**
 * `weights` by Keras' names, as a checkpoint has them. Throws where they are not this model's. `statefulBatchSize`: how
 * many sequences go on side by side, where layers carry their state from batch to batch; in training as many as a batch
 * has samples.
 */
export async function createPredictor(
  model: ModelSpec,
  weights: ReadonlyMap<string, NamedTensor>,
  backend: Backend,
  { statefulBatchSize = 1 }: { readonly statefulBatchSize?: number } = {},
): Promise<Predictor> {
  const built = buildModel(model, null);
  try {
    const { inputShape, outputShape, states } = built;
    const batchSize = states.length > 0 ? statefulBatchSize : usualBatchSize;
    const state = built.weights.map(({ name, variable: { shape } }): [string, HostTensor] => {
      const given = weights.get(name);
      if (!given || given.values.length !== sizeOf(shape)) throw new EpochbookError('engine.checkpointFit', { name });
      return [weightName(name), { data: given.values, shape, dtype: 'float32' }];
    });
    const executable = await backend.compile(predictionProgram(built, batchSize));
    const inputSize = sizeOf(inputShape);
    const outputSize = sizeOf(outputShape);
    const predict = async (inputs: Float32Array): Promise<Float32Array> => {
      if (inputs.length % inputSize > 0) throw new EpochbookError('internal', { detail: 'inputs are not whole samples' });
      const count = inputs.length / inputSize;
      checkNumbers(built, { inputs, count });
      const outputs = new Float32Array(count * outputSize);
      const carried = new Map(
        states.map(({ name, shape }): [string, HostTensor] => {
          const zeros = new Float32Array(batchSize * sizeOf(shape));
          return [stateName(name), { data: zeros, shape: [batchSize, ...shape], dtype: 'float32' }];
        }),
      );
      for (let from = 0; from < count; from += batchSize) {
        const to = Math.min(count, from + batchSize);
        // A last, smaller batch is filled up: no sample's output depends on another's.
        const batch = new Float32Array(batchSize * inputSize);
        batch.set(inputs.subarray(from * inputSize, to * inputSize));
        const given = new Map([...state, ...carried]);
        given.set(inputsName, { data: batch, shape: [batchSize, ...inputShape], dtype: 'float32' });
        const results = await executable.run(given);
        for (const name of carried.keys()) carried.set(name, results.get(name)!);
        const { data } = results.get(outputName)!;
        outputs.set((data as Float32Array).subarray(0, (to - from) * outputSize), from * outputSize);
      }
      return outputs;
    };
    return { inputShape, outputShape, isStateful: states.length > 0, predict, dispose: () => executable.release() };
  } finally {
    built.dispose();
  }
}
