/** Layers that mix samples of a batch say so: what they are mixed of then counts for each of their targets. */
import type { tf } from '../tfjs.ts';

/** A sample is `share` of itself and the rest of the sample at its place in `order`; both `[batch]`. */
export interface Mixing {
  readonly order: tf.Tensor;
  readonly share: tf.Tensor;
}

let gathered: Mixing[] | null = null;

/** Called by a layer that has mixed its samples. */
export const tellMixing = (mixing: Mixing): void => void gathered?.push(mixing);

/** Runs `body`, in which a model is, and gives how its layers mixed, in their order. */
export function withMixing<T>(body: () => T): { result: T; mixings: readonly Mixing[] } {
  const mixings: Mixing[] = [];
  const before = gathered;
  gathered = mixings;
  try {
    return { result: body(), mixings };
  } finally {
    gathered = before;
  }
}
