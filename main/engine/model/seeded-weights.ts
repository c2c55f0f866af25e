/** Weights' values from streams named by layer and weight, in place of tfjs' one global generator. */
import { type Shape, sizeOf } from '../compile/graph.ts';
import { type RandomStream, randomStream } from '../loop/random.ts';
import { tf, tfl } from '../tfjs.ts';
import { initialValues, type InitializerLike } from './initialize.ts';

/** What is not public of tfjs' layers. */
interface LayerInternals {
  addWeight: (
    this: tfl.layers.Layer,
    name: string,
    shape: Shape,
    dtype: string,
    initializer: InitializerLike,
    ...rest: unknown[]
  ) => unknown;
}

/** What makes LSTM's bias: tfjs wraps the layer's own initializer in one that sets the forget gate's quarter to 1. */
interface GatedCell {
  readonly units: number;
  readonly biasInitializer: InitializerLike;
}
const gatedBias = 'CustomInit';

function seededValues(layer: tfl.layers.Layer, initializer: InitializerLike, shape: Shape, stream: RandomStream): Float32Array {
  if (initializer.getClassName() !== gatedBias) return initialValues(initializer, shape, stream);
  const { units, biasInitializer } = layer as unknown as GatedCell;
  return initialValues(biasInitializer, shape, stream).fill(1, units, 2 * units);
}

/** Of an initializer with a seed: the same values wherever it is used, as in Keras. */
function ownStream(initializer: InitializerLike): RandomStream | null {
  const { seed } = initializer.getConfig();
  return typeof seed === 'number' ? randomStream(seed, 'initializer') : null;
}

/**
 * While `build` runs; with the seed null, all are 0. tfjs makes cells and wrapped layers itself, under running
 * numbers, so it is the method that all layers share that is replaced for as long.
 */
export function withSeededWeights<T>(seed: number | null, layerName: string, build: () => T): T {
  const prototype = tfl.layers.Layer.prototype as unknown as LayerInternals;
  const original = Object.getOwnPropertyDescriptor(prototype, 'addWeight')!;
  const addWeight = original.value as LayerInternals['addWeight'];
  const counts = new Map<string, number>();
  prototype.addWeight = function addSeededWeight(this: tfl.layers.Layer, name, shape, dtype, initializer, ...rest) {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const values = () =>
      seed === null
        ? new Float32Array(sizeOf(shape))
        : seededValues(this, initializer, shape, ownStream(initializer) ?? randomStream(seed, 'initializers', layerName, name, count));
    const seeded = {
      getClassName: () => initializer.getClassName(),
      getConfig: () => initializer.getConfig(),
      apply: () => tf.tensor(values(), [...shape]),
    };
    return addWeight.call(this, name, shape, dtype, seeded, ...rest);
  };
  try {
    return build();
  } finally {
    Object.defineProperty(prototype, 'addWeight', original);
  }
}
