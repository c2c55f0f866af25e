/**
 * Optimizers with Keras 3's formulas, defaults and names. What changes from step to step is an input of the traced
 * step (`scalars`), what is remembered of a weight is explicit state (`slots`).
 */
import { EpochbookError } from '#contract/errors.ts';
import type { Json, KerasObject } from '#contract/spec.ts';
import { camelCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';

type Tensors = Readonly<Record<string, tf.Tensor>>;

export interface Optimizer {
  readonly className: string;
  readonly learningRate: number;
  /** One tensor of each, in the weight's shape and starting at 0, for every trainable weight. */
  readonly slots: readonly string[];
  /** Numbers for step `iteration`, counted from 1. */
  scalars(iteration: number, learningRate: number): Readonly<Record<string, number>>;
  /** The weight and its slots after the step. */
  update(weight: tf.Tensor, gradient: tf.Tensor, slots: Tensors, scalars: Tensors): { weight: tf.Tensor; slots: Tensors };
}

type Options = Readonly<Record<string, number | boolean>>;

type Rules = Omit<Optimizer, 'className' | 'learningRate'>;

interface Kind {
  readonly defaults: Options;
  readonly make: (options: Options) => Rules;
}

const number = (options: Options, name: string) => options[name] as number;

/** decay · average + (1 − decay) · value */
const moved = (average: tf.Tensor, value: tf.Tensor, decay: number) => tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay));

const sgd: Kind = {
  defaults: { learningRate: 0.01, momentum: 0, nesterov: false },
  make: (options): Rules => {
    const momentum = number(options, 'momentum');
    return {
      slots: momentum > 0 ? ['momentum'] : [],
      scalars: (_, rate) => ({ rate }),
      update: (weight, gradient, slots, { rate }): { weight: tf.Tensor; slots: Tensors } => {
        const step = tf.mul(gradient, rate);
        if (momentum === 0) return { weight: tf.sub(weight, step), slots: {} };
        const velocity = tf.sub(tf.mul(slots.momentum, momentum), step);
        const change = options.nesterov ? tf.sub(tf.mul(velocity, momentum), step) : velocity;
        return { weight: tf.add(weight, change), slots: { momentum: velocity } };
      },
    };
  },
};

const rmsprop: Kind = {
  defaults: { learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false },
  make: (options) => {
    const rho = number(options, 'rho');
    const momentum = number(options, 'momentum');
    const epsilon = number(options, 'epsilon');
    const { centered } = options;
    return {
      slots: ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['average_gradient'] : [])],
      scalars: (_, rate) => ({ rate }),
      update: (weight, gradient, slots, { rate }) => {
        const velocity = moved(slots.velocity, tf.square(gradient), rho);
        const average = centered ? moved(slots.average_gradient, gradient, rho) : null;
        // The variance is never negative, but its rounding may be.
        const spread = average ? tf.maximum(tf.sub(velocity, tf.square(average)), 0) : velocity;
        const step = tf.div(tf.mul(gradient, rate), tf.sqrt(tf.add(spread, epsilon)));
        const gathered = momentum > 0 ? tf.add(tf.mul(slots.momentum, momentum), step) : null;
        return {
          weight: tf.sub(weight, gathered ?? step),
          slots: { velocity, ...(gathered && { momentum: gathered }), ...(average && { average_gradient: average }) },
        };
      },
    };
  },
};

const adam: Kind = {
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  make: (options) => {
    const beta1 = number(options, 'beta1');
    const beta2 = number(options, 'beta2');
    return {
      slots: ['momentum', 'velocity'],
      // Kingma and Ba, 2015, the order of computation at the end of section 2.
      scalars: (iteration, rate) => ({ rate: (rate * Math.sqrt(1 - beta2 ** iteration)) / (1 - beta1 ** iteration) }),
      update: (weight, gradient, slots, { rate }) => {
        const momentum = moved(slots.momentum, gradient, beta1);
        const velocity = moved(slots.velocity, tf.square(gradient), beta2);
        const step = tf.div(tf.mul(momentum, rate), tf.add(tf.sqrt(velocity), number(options, 'epsilon')));
        return { weight: tf.sub(weight, step), slots: { momentum, velocity } };
      },
    };
  },
};

const kinds: Readonly<Record<string, Kind>> = { SGD: sgd, RMSprop: rmsprop, Adam: adam };
const isShare = (value: number) => value >= 0 && value < 1;
const checks: Readonly<Record<string, (value: number) => boolean>> = {
  learningRate: (value) => value >= 0,
  epsilon: (value) => value >= 0,
  momentum: isShare,
  rho: isShare,
  beta1: isShare,
  beta2: isShare,
};

/** Keras writes `beta_1`, tfjs `beta1`, and `lr` is an old name. */
const optionName = (key: string) => (key === 'lr' ? 'learningRate' : camelCase(key));

/** From `{ class_name, config }`. Throws, with `at`, for what does not exist or cannot be. */
export function makeOptimizer(spec: KerasObject): Optimizer {
  const className = Object.keys(kinds).find((known) => known.toLowerCase() === spec.class_name.toLowerCase());
  if (!className) {
    const at = '/train/optimizer';
    throw new EpochbookError(
      'engine.optimizerUnknown',
      { name: spec.class_name, nearest: nearest(spec.class_name, Object.keys(kinds)) },
      { at },
    );
  }
  const { defaults, make } = kinds[className];
  const options: Record<string, number | boolean> = { ...defaults };
  for (const [key, value] of Object.entries(spec.config)) {
    if (value === null || key === 'name') continue;
    const at = `/train/optimizer/config/${key}`;
    const option = optionName(key);
    if (!(option in defaults)) {
      throw new EpochbookError(
        'engine.optionUnknown',
        { layer: className, option: key, nearest: nearest(option, Object.keys(defaults)) },
        { at },
      );
    }
    if (!isValid(option, value, defaults)) {
      throw new EpochbookError('engine.optimizerOption', { optimizer: className, option, value: JSON.stringify(value) }, { at });
    }
    options[option] = value as number | boolean;
  }
  return { className, learningRate: options.learningRate as number, ...make(options) };
}

function isValid(option: string, value: Json, defaults: Options): boolean {
  if (typeof value !== typeof defaults[option]) return false;
  return typeof value !== 'number' || (Number.isFinite(value) && (checks[option]?.(value) ?? true));
}
