import type { ModelTable } from '#contract/notebook.ts';
import type { ModelSpec } from '#contract/spec.ts';
import { buildModel } from './build.ts';
import { insideOf } from './inside.ts';
import { layersOf } from './layer-config.ts';

/** Layers, output shapes and numbers of parameters of a completed model. Throws what buildModel throws. */
export function describeModel(model: ModelSpec): ModelTable {
  const built = buildModel(model, null);
  const configs = layersOf(model);
  try {
    const size = (trainableOnly: boolean) =>
      built.weights.reduce((total, { variable, trainable }) => (trainable || !trainableOnly ? total + variable.size : total), 0);
    return {
      layers: built.layers.map(({ name, className, outputShape, parameters, index }) => {
        const inside = insideOf(className, configs[index]?.config ?? {}, outputShape);
        return { name, className, outputShape: [...outputShape], parameters, ...(inside > 0 && { inside }) };
      }),
      inputShape: [...built.inputShape],
      parameters: size(false),
      trainableParameters: size(true),
      trainable: built.weights.flatMap(({ name, variable, trainable }) => (trainable ? [{ name, shape: [...variable.shape] }] : [])),
    };
  } finally {
    built.dispose();
  }
}
