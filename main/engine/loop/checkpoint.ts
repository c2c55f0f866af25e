/** All that a run needs to go on, and its file: safetensors, whose metadata holds everything that is not a tensor. */
import type { Json } from '#contract/spec.ts';

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Checkpoint {
  readonly epoch: number;
  /** By Keras' weight name, e.g. `conv2d_1/kernel`, in the model's order. */
  readonly weights: ReadonlyMap<string, NamedTensor>;
  /** Optimizer slots by name; empty in a checkpoint kept for its weights alone. */
  readonly slots: ReadonlyMap<string, NamedTensor>;
  /** Random streams, place in the epoch, schedule and stopping state. */
  readonly state: Json;
}
