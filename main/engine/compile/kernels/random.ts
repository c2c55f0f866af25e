/**
 * Random numbers in a traced step. tfjs fills host buffers with them, which a trace would bake in as constants; every
 * random layer asks this kernel instead (see model/random-layers.ts), and a program gets it as an input.
 */
import { tf } from '../../tfjs.ts';
import type { RandomInput, Shape } from '../graph.ts';

export const randomKernel = 'EpochbookRandom';

export interface RandomAttributes {
  readonly shape: Shape;
  readonly distribution: RandomInput['distribution'];
  /** Names the stream within the model, e.g. the layer's name. */
  readonly stream: string;
}

/** A float32 tensor of fresh random numbers. Only inside a trace. */
export function random(attributes: RandomAttributes): tf.Tensor {
  return tf.engine().runKernel(randomKernel, {}, attributes as unknown as tf.NamedAttrMap);
}
