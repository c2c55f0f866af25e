/** What an optimizer is made of. */
import type { Shape } from '../compile/graph.ts';
import { tf } from '../tfjs.ts';
import type { GradientClipper } from './gradient-clipping.ts';
import type { Schedule } from './schedules.ts';

export type Tensors = Readonly<Record<string, tf.Tensor>>;
type Scalars = Readonly<Record<string, number>>;
export interface Updated {
  readonly weight: tf.Tensor;
  readonly slots: Tensors;
}

/** A weight by the path of its name: `dense/kernel`. */
export interface OptimizedWeight {
  readonly name: string;
  readonly shape: Shape;
}

/** Something remembered of a weight. */
export interface Slot {
  readonly name: string;
  readonly shape: Shape;
  /** What every element starts as; `weight` where the slot starts as the weight itself. */
  readonly start: number | 'weight';
}

export interface Optimizer {
  readonly className: string;
  readonly schedule: Schedule;
  /** What is remembered of a trainable weight. */
  slots(weight: OptimizedWeight): readonly Slot[];
  /** Numbers for step `iteration`, counted from 1. */
  scalars(iteration: number, learningRate: number): Scalars;
  /** Gradients of so many steps are averaged for one update; 1 where each step updates. */
  readonly accumulationSteps: number;
  /** All trainable weights' gradients, in the order of the weights, as the update is to see them. */
  clip: GradientClipper;
  /** The weight and its slots after an update. */
  update(weight: tf.Tensor, gradient: tf.Tensor, slots: Tensors, scalars: Tensors): Updated;
  /** Slots that follow the weight, after a step that changes it or not. */
  follow(weight: tf.Tensor, slots: Tensors, scalars: Tensors): Tensors;
  /** Whether weights take the values of `finalSlot` after step `iteration`, counted from 1. */
  overwritesAt(iteration: number): boolean;
  /** The slot with the values that a weight is to have when training is over, where it is not the weight itself. */
  readonly finalSlot: string | null;
}

export type Options = Readonly<Record<string, number | boolean | readonly string[] | null>>;

export interface Rules {
  readonly slots: Optimizer['slots'];
  readonly scalars: Optimizer['scalars'];
  readonly update: Optimizer['update'];
  /** Whether `update` does the weight decay. */
  readonly decays?: boolean;
}

export interface Kind {
  /** Null where an option is off unless it is given a number. */
  readonly defaults: Options;
  /** Options that null turns off; elsewhere it stands for the default. */
  readonly nullable?: readonly string[];
  /** What numbers must fulfil beyond what they must everywhere. */
  readonly checks?: Readonly<Record<string, (value: number) => boolean>>;
  readonly make: (options: Options) => Rules;
}

export const number = (options: Options, name: string): number => options[name] as number;
export const rateAlone = (_: number, rate: number): Scalars => ({ rate });

/** Slots in the weight's own shape. */
export const alike =
  (names: readonly string[], start: Slot['start'] = 0) =>
  ({ shape }: OptimizedWeight): readonly Slot[] =>
    names.map((name) => ({ name, shape, start }));

/** decay · average + (1 − decay) · value */
export const moved = (average: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor =>
  tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay));

/** Kingma and Ba, 2015, the order of computation at the end of section 2. */
export const adamRate = (iteration: number, rate: number, beta1: number, beta2: number): number =>
  (rate * Math.sqrt(1 - beta2 ** iteration)) / (1 - beta1 ** iteration);

interface AdamStep {
  /** As `adamRate` has it. */
  readonly rate: tf.Tensor;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad?: boolean;
}

/** A step of Adam; slots `momentum` and `velocity`, and `velocity_hat` for AMSGrad. */
export function updatedByAdam(weight: tf.Tensor, gradient: tf.Tensor, slots: Tensors, step: AdamStep): Updated {
  const { rate, beta1, beta2, epsilon, amsgrad } = step;
  const momentum = moved(slots.momentum, gradient, beta1);
  const velocity = moved(slots.velocity, tf.square(gradient), beta2);
  const largest = amsgrad ? tf.maximum(slots.velocity_hat, velocity) : null;
  const change = tf.div(tf.mul(momentum, rate), tf.add(tf.sqrt(largest ?? velocity), epsilon));
  return { weight: tf.sub(weight, change), slots: { momentum, velocity, ...(largest && { velocity_hat: largest }) } };
}
