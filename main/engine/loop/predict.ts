/** Predictions of a trained model. */
import { EpochbookError } from '#contract/errors.ts';
import type { ModelSpec } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import { type HostTensor, type Shape, sizeOf } from '../compile/graph.ts';
import { checkNumbers } from '../model/check-numbers.ts';
import { buildModel } from '../model/build.ts';
import type { NamedTensor } from './checkpoint.ts';
import { inputsName, outputName, predictionProgram, weightName } from './programs.ts';

export interface Predictor {
  /** Of one sample, without the batch. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** `inputs` is `[count, ...inputShape]`, the answer `[count, ...outputShape]`. */
  predict(inputs: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const batchSize = 128;

/** `weights` by Keras' names, as a checkpoint has them. Throws where they are not this model's. */
export async function createPredictor(model: ModelSpec, weights: ReadonlyMap<string, NamedTensor>, backend: Backend): Promise<Predictor> {
  const built = buildModel(model, null);
  try {
    const { inputShape, outputShape } = built;
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
      checkNumbers(built, inputs);
      const count = inputs.length / inputSize;
      const outputs = new Float32Array(count * outputSize);
      for (let from = 0; from < count; from += batchSize) {
        const to = Math.min(count, from + batchSize);
        // A last, smaller batch is filled up: no sample's output depends on another's.
        const batch = new Float32Array(batchSize * inputSize);
        batch.set(inputs.subarray(from * inputSize, to * inputSize));
        const given = new Map(state).set(inputsName, { data: batch, shape: [batchSize, ...inputShape], dtype: 'float32' });
        const { data } = (await executable.run(given)).get(outputName)!;
        outputs.set((data as Float32Array).subarray(0, (to - from) * outputSize), from * outputSize);
      }
      return outputs;
    };
    return { inputShape, outputShape, predict, dispose: () => executable.release() };
  } finally {
    built.dispose();
  }
}
