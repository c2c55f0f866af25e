/**
 * Optimizers with Keras 3's formulas, defaults and names. What changes from step to step is an input of the traced
 * step (`scalars`), what is remembered of a weight is explicit state (`slots`).
 */
import { EpochbookError } from '#contract/errors.ts';
import { type Json, type KerasObject, kerasObject } from '#contract/spec.ts';
import { camelCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';
import { adafactor } from './adafactor.ts';
import { clipperOf } from './gradient-clipping.ts';
import { muon } from './muon.ts';
import {
  adamRate,
  alike,
  type Kind,
  moved,
  number,
  type Optimizer,
  type Options,
  rateAlone,
  type Rules,
  type Tensors,
  type Updated,
  updatedByAdam,
} from './optimizer-kind.ts';
import { constantRate, makeSchedule, type Schedule } from './schedules.ts';

export type { Optimizer } from './optimizer-kind.ts';

const isPositive = (value: number) => value > 0;

const sgd: Kind = {
  defaults: { learningRate: 0.01, momentum: 0, nesterov: false },
  make: (options) => {
    const momentum = number(options, 'momentum');
    return {
      slots: alike(momentum > 0 ? ['momentum'] : []),
      scalars: rateAlone,
      update: (weight, gradient, slots, { rate }): Updated => {
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
      slots: alike(['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['average_gradient'] : [])]),
      scalars: rateAlone,
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
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false },
  make: (options) => {
    const beta1 = number(options, 'beta1');
    const beta2 = number(options, 'beta2');
    const { amsgrad } = options;
    return {
      slots: alike(['momentum', 'velocity', ...(amsgrad ? ['velocity_hat'] : [])]),
      scalars: (iteration, rate) => ({ rate: adamRate(iteration, rate, beta1, beta2) }),
      update: (weight, gradient, slots, { rate }) =>
        updatedByAdam(weight, gradient, slots, { rate, beta1, beta2, epsilon: number(options, 'epsilon'), amsgrad: amsgrad === true }),
    };
  },
};

/** Adam with the largest gradient in place of the second moment (Kingma and Ba, 2015, section 7.1). */
const adamax: Kind = {
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  make: (options) => {
    const beta1 = number(options, 'beta1');
    return {
      slots: alike(['momentum', 'norm']),
      scalars: (iteration, rate) => ({ rate: rate / (1 - beta1 ** iteration) }),
      update: (weight, gradient, slots, { rate }) => {
        const momentum = moved(slots.momentum, gradient, beta1);
        const norm = tf.maximum(tf.mul(slots.norm, number(options, 'beta2')), tf.abs(gradient));
        const step = tf.div(tf.mul(momentum, rate), tf.add(norm, number(options, 'epsilon')));
        return { weight: tf.sub(weight, step), slots: { momentum, norm } };
      },
    };
  },
};

/** Adam with Nesterov's momentum, whose share warms up by 1 − 0.5 · 0.96 ^ step (Dozat, 2015). */
const nadam: Kind = {
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  make: (options) => {
    const beta1 = number(options, 'beta1');
    const beta2 = number(options, 'beta2');
    const share = (step: number) => beta1 * (1 - 0.5 * 0.96 ** step);
    // The product of all shares so far, multiplied up in one order whether training began or went on here.
    let known = { iteration: 0, product: 1 };
    const productAt = (iteration: number): number => {
      if (iteration < known.iteration) known = { iteration: 0, product: 1 };
      while (known.iteration < iteration) {
        const next = known.iteration + 1;
        known = { iteration: next, product: known.product * share(next) };
      }
      return known.product;
    };
    return {
      slots: alike(['momentum', 'velocity']),
      scalars: (iteration, rate) => {
        const product = productAt(iteration);
        const next = share(iteration + 1);
        return {
          momentumRate: (rate * next) / (1 - product * next),
          gradientRate: (rate * (1 - share(iteration))) / (1 - product),
          correction: 1 / (1 - beta2 ** iteration),
        };
      },
      update: (weight, gradient, slots, { momentumRate, gradientRate, correction }) => {
        const momentum = moved(slots.momentum, gradient, beta1);
        const velocity = moved(slots.velocity, tf.square(gradient), beta2);
        const ahead = tf.add(tf.mul(momentum, momentumRate), tf.mul(gradient, gradientRate));
        const size = tf.add(tf.sqrt(tf.mul(velocity, correction)), number(options, 'epsilon'));
        return { weight: tf.sub(weight, tf.div(ahead, size)), slots: { momentum, velocity } };
      },
    };
  },
};

const adagrad: Kind = {
  defaults: { learningRate: 0.001, initialAccumulatorValue: 0.1, epsilon: 1e-7 },
  make: (options) => ({
    slots: alike(['accumulator'], number(options, 'initialAccumulatorValue')),
    scalars: rateAlone,
    update: (weight, gradient, slots, { rate }) => {
      const accumulator = tf.add(slots.accumulator, tf.square(gradient));
      const step = tf.div(tf.mul(gradient, rate), tf.sqrt(tf.add(accumulator, number(options, 'epsilon'))));
      return { weight: tf.sub(weight, step), slots: { accumulator } };
    },
  }),
};

const adadelta: Kind = {
  defaults: { learningRate: 0.001, rho: 0.95, epsilon: 1e-7 },
  make: (options) => {
    const rho = number(options, 'rho');
    const size = (average: tf.Tensor) => tf.sqrt(tf.add(average, number(options, 'epsilon')));
    return {
      slots: alike(['accumulated_gradient', 'accumulated_change']),
      scalars: rateAlone,
      update: (weight, gradient, slots, { rate }) => {
        const accumulated = moved(slots.accumulated_gradient, tf.square(gradient), rho);
        const change = tf.div(tf.mul(size(slots.accumulated_change), gradient), size(accumulated));
        const changes = moved(slots.accumulated_change, tf.square(change), rho);
        return {
          weight: tf.sub(weight, tf.mul(change, rate)),
          slots: { accumulated_gradient: accumulated, accumulated_change: changes },
        };
      },
    };
  },
};

/** The sign of the momentum alone decides (Chen et al., 2023). */
const lion: Kind = {
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.99 },
  make: (options) => ({
    slots: alike(['momentum']),
    scalars: rateAlone,
    update: (weight, gradient, slots, { rate }) => {
      const direction = tf.sign(moved(slots.momentum, gradient, number(options, 'beta1')));
      const momentum = moved(slots.momentum, gradient, number(options, 'beta2'));
      return { weight: tf.sub(weight, tf.mul(direction, rate)), slots: { momentum } };
    },
  }),
};

/** Adam whose step is as long as the weight is large, times the rate (You et al., 2020). */
const lamb: Kind = {
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  make: (options) => {
    const [beta1, beta2] = [number(options, 'beta1'), number(options, 'beta2')];
    return {
      slots: alike(['momentum', 'velocity']),
      scalars: (iteration, rate) => ({ rate, first: 1 / (1 - beta1 ** iteration), second: 1 / (1 - beta2 ** iteration) }),
      update: (weight, gradient, slots, { rate, first, second }) => {
        const momentum = moved(slots.momentum, gradient, beta1);
        const velocity = moved(slots.velocity, tf.square(gradient), beta2);
        const step = tf.div(tf.mul(momentum, first), tf.add(tf.sqrt(tf.mul(velocity, second)), number(options, 'epsilon')));
        const length = (x: tf.Tensor) => tf.sqrt(tf.sum(tf.square(x)));
        const [size, reach] = [length(weight), length(step)];
        // 1 where one of both is 0.
        const both = tf.mul(tf.cast(tf.greater(size, 0), 'float32'), tf.cast(tf.greater(reach, 0), 'float32'));
        const ratio = tf.add(tf.div(tf.mul(size, both), tf.add(reach, tf.sub(1, both))), tf.sub(1, both));
        return { weight: tf.sub(weight, tf.mul(step, tf.mul(ratio, rate))), slots: { momentum, velocity } };
      },
    };
  },
};

/** Follow the regularized leader (McMahan et al., 2013): weights of little use become exactly 0. */
const ftrl: Kind = {
  defaults: {
    learningRate: 0.001,
    learningRatePower: -0.5,
    initialAccumulatorValue: 0.1,
    l1RegularizationStrength: 0,
    l2RegularizationStrength: 0,
    l2ShrinkageRegularizationStrength: 0,
    beta: 0,
  },
  make: (options) => {
    const [l1, l2] = [number(options, 'l1RegularizationStrength'), number(options, 'l2RegularizationStrength')];
    const shrinkage = number(options, 'l2ShrinkageRegularizationStrength');
    const power = -number(options, 'learningRatePower');
    const raised = (x: tf.Tensor) => (power === 0.5 ? tf.sqrt(x) : power === 0 ? tf.onesLike(x) : tf.pow(x, power));
    return {
      slots: (weight) => [...alike(['accumulator'], number(options, 'initialAccumulatorValue'))(weight), ...alike(['linear'])(weight)],
      scalars: (_, rate) => ({ inverse: 1 / rate, quadratic: 2 * (l2 + number(options, 'beta') / (2 * rate)) }),
      update: (weight, gradient, slots, { inverse, quadratic }) => {
        const used = shrinkage > 0 ? tf.add(gradient, tf.mul(weight, 2 * shrinkage)) : gradient;
        const accumulator = tf.add(slots.accumulator, tf.square(gradient));
        const grown = raised(accumulator);
        const change = tf.mul(tf.mul(tf.sub(grown, raised(slots.accumulator)), inverse), weight);
        const linear = tf.add(slots.linear, tf.sub(used, change));
        const size = tf.add(tf.mul(grown, inverse), quadratic);
        return { weight: tf.div(tf.sub(tf.clipByValue(linear, -l1, l1), linear), size), slots: { accumulator, linear } };
      },
    };
  },
};

/**
 * Adam whose weights are between where its steps lead and the average of all of these, instead of a falling rate
 * (Defazio et al., 2024). As in Keras the model is evaluated where it is trained.
 */
const scheduleFreeAdamW: Kind = {
  defaults: { learningRate: 0.0025, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, warmupSteps: 0 },
  // What the average was is found by dividing by it.
  checks: { beta1: isPositive },
  make: (options) => {
    const [beta1, beta2, warmup] = [number(options, 'beta1'), number(options, 'beta2'), number(options, 'warmupSteps')];
    return {
      slots: (weight) => [...alike(['momentum'], 'weight')(weight), ...alike(['velocity'])(weight)],
      scalars: (iteration, rate) => ({
        rate: warmup > 0 ? rate * Math.min(iteration / warmup, 1) : rate,
        correction: 1 / (1 - beta2 ** iteration),
        share: 1 / iteration,
        rest: 1 - 1 / iteration,
      }),
      update: (weight, gradient, slots, { rate, correction, share, rest }) => {
        const velocity = moved(slots.velocity, tf.square(gradient), beta2);
        const size = tf.add(tf.sqrt(tf.mul(velocity, correction)), number(options, 'epsilon'));
        const momentum = tf.sub(slots.momentum, tf.div(tf.mul(gradient, rate), size));
        const before = tf.div(tf.sub(weight, tf.mul(slots.momentum, 1 - beta1)), beta1);
        const average = tf.add(tf.mul(before, rest), tf.mul(momentum, share));
        return { weight: moved(average, momentum, beta1), slots: { momentum, velocity } };
      },
    };
  },
};

/** Options that every optimizer has. */
const common: Options = {
  weightDecay: null,
  clipnorm: null,
  clipvalue: null,
  globalClipnorm: null,
  useEma: false,
  emaMomentum: 0.99,
  emaOverwriteFrequency: null,
  gradientAccumulationSteps: null,
};

const kinds: Readonly<Record<string, Kind>> = {
  SGD: sgd,
  RMSprop: rmsprop,
  Adam: adam,
  AdamW: { ...adam, defaults: { ...adam.defaults, weightDecay: 0.004 } },
  Adamax: adamax,
  Nadam: nadam,
  Adagrad: adagrad,
  Adadelta: adadelta,
  Lion: lion,
  Lamb: lamb,
  Ftrl: ftrl,
  Adafactor: adafactor,
  Muon: muon,
  ScheduleFreeAdamW: scheduleFreeAdamW,
};

export const optimizerNames: readonly string[] = Object.keys(kinds);

const isShare = (value: number) => value >= 0 && value < 1;
const isNotNegative = (value: number) => value >= 0;
const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
const checks: Readonly<Record<string, (value: number) => boolean>> = {
  learningRate: isNotNegative,
  epsilon: isNotNegative,
  initialAccumulatorValue: isNotNegative,
  learningRatePower: (value) => value <= 0,
  l1RegularizationStrength: isNotNegative,
  l2RegularizationStrength: isNotNegative,
  l2ShrinkageRegularizationStrength: isNotNegative,
  beta: isNotNegative,
  weightDecay: isNotNegative,
  clipnorm: isPositive,
  clipvalue: isPositive,
  globalClipnorm: isPositive,
  adamWeightDecay: isNotNegative,
  adamLrRatio: isNotNegative,
  adamBeta1: isShare,
  adamBeta2: isShare,
  nsSteps: isCount,
  rmsRate: isPositive,
  beta2Decay: (value) => value <= 0,
  epsilon1: isNotNegative,
  epsilon2: isNotNegative,
  clipThreshold: isPositive,
  warmupSteps: (value) => Number.isSafeInteger(value) && value >= 0,
  momentum: isShare,
  rho: isShare,
  beta1: isShare,
  beta2: isShare,
  emaMomentum: (value) => value >= 0 && value <= 1,
  emaOverwriteFrequency: isCount,
  gradientAccumulationSteps: isCount,
};

const averageSlot = 'moving_average';
const accumulatorSlot = 'gradient_accumulator';

/**
 * Weight decay before the update, w − w · decay · rate, the moving average of the weights after it, and gradients
 * gathered over several steps, as Keras' base class has them.
 */
function withCommon(rules: Rules, options: Options): Omit<Optimizer, 'className' | 'schedule' | 'clip'> {
  const decay = rules.decays ? 0 : number(options, 'weightDecay');
  const momentum = number(options, 'emaMomentum');
  const averages = options.useEma === true;
  const overwrites = averages ? number(options, 'emaOverwriteFrequency') : 0;
  const accumulationSteps = number(options, 'gradientAccumulationSteps') || 1;
  const gathers = accumulationSteps > 1;
  /** Updates before a step: what Keras calls iterations. */
  const updatesBefore = (iteration: number) => Math.floor((iteration - 1) / accumulationSteps);
  return {
    accumulationSteps,
    slots: (weight) => [
      ...rules.slots(weight),
      ...alike(averages ? [averageSlot] : [], 'weight')(weight),
      ...alike(gathers ? [accumulatorSlot] : [])(weight),
    ],
    finalSlot: averages ? averageSlot : null,
    overwritesAt: (iteration) => overwrites > 0 && (updatesBefore(iteration) + 1) % overwrites === 0,
    scalars: (iteration, rate) => {
      const isFirst = updatesBefore(iteration) === 0;
      return {
        ...rules.scalars(updatesBefore(iteration) + 1, rate),
        ...(decay > 0 && { decay: decay * rate }),
        // The average starts as the weight after the first update.
        ...(averages && { averageShare: isFirst ? 0 : momentum, weightShare: isFirst ? 1 : 1 - momentum }),
      };
    },
    update: (weight, gradient, slots, scalars) => {
      const decayed = decay > 0 ? tf.sub(weight, tf.mul(weight, scalars.decay)) : weight;
      return rules.update(decayed, gradient, slots, scalars);
    },
    follow: (weight, slots, scalars): Tensors =>
      averages ? { [averageSlot]: tf.add(tf.mul(slots[averageSlot], scalars.averageShare), tf.mul(weight, scalars.weightShare)) } : {},
  };
}

/** A weight with its gradient and slots in a step. */
export interface Stepped {
  readonly weight: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly slots: Tensors;
}

/** All weights and slots after a step that updates. */
export function updated(optimizer: Optimizer, all: readonly Stepped[], scalars: Tensors): Updated[] {
  const { accumulationSteps: steps } = optimizer;
  const gradients = all.map(({ gradient, slots }) => (steps > 1 ? tf.div(tf.add(gradient, slots[accumulatorSlot]), steps) : gradient));
  const clipped = optimizer.clip(gradients);
  return all.map(({ weight, slots }, index) => {
    const next = optimizer.update(weight, clipped[index], slots, scalars);
    const emptied: Tensors = steps > 1 ? { [accumulatorSlot]: tf.zerosLike(slots[accumulatorSlot]) } : {};
    return { weight: next.weight, slots: { ...next.slots, ...optimizer.follow(next.weight, slots, scalars), ...emptied } };
  });
}

/** Slots after a step whose gradients are only gathered. */
export function gathered(optimizer: Optimizer, all: readonly Stepped[], scalars: Tensors): Tensors[] {
  return all.map(({ weight, gradient, slots }) => ({
    ...optimizer.follow(weight, slots, scalars),
    [accumulatorSlot]: tf.add(slots[accumulatorSlot], gradient),
  }));
}

/** Whether step `iteration`, counted from 1, updates the weights. */
export const updatesAt = ({ accumulationSteps }: Optimizer, iteration: number): boolean => iteration % accumulationSteps === 0;

/** Keras writes `beta_1`, tfjs `beta1`, and `lr` is an old name. */
const optionName = (key: string) => (key === 'lr' ? 'learningRate' : camelCase(key));

const at = '/train/optimizer';

/** From `{ class_name, config }`. Throws, with `at`, for what does not exist or cannot be. */
export function makeOptimizer(spec: KerasObject): Optimizer {
  const className = optimizerNames.find((known) => known.toLowerCase() === spec.class_name.toLowerCase());
  if (!className) {
    const values = { name: spec.class_name, nearest: nearest(spec.class_name, optimizerNames) };
    throw new EpochbookError('engine.optimizerUnknown', values, { at });
  }
  const kind = kinds[className];
  const defaults = { ...common, ...kind.defaults };
  const options: Record<string, Options[string]> = { ...defaults };
  let schedule: Schedule | null = null;
  for (const [key, value] of Object.entries(spec.config)) {
    if (key === 'name') continue;
    const place = `${at}/config/${key}`;
    const option = optionName(key);
    if (value === null) {
      if (kind.nullable?.includes(option)) options[option] = null;
      continue;
    }
    if (!(option in defaults)) {
      const values = { layer: className, option: key, nearest: nearest(option, Object.keys(defaults)) };
      throw new EpochbookError('engine.optionUnknown', values, { at: place });
    }
    const scheduled = option === 'learningRate' ? kerasObject.safeParse(value) : null;
    if (scheduled?.success) {
      schedule = makeSchedule(scheduled.data, place);
      continue;
    }
    if (!isValid(option, value, defaults) || (typeof value === 'number' && kind.checks?.[option]?.(value) === false)) {
      throw new EpochbookError('engine.optimizerOption', { optimizer: className, option, value: JSON.stringify(value) }, { at: place });
    }
    options[option] = value as Options[string];
  }
  return {
    className,
    schedule: schedule ?? constantRate(options.learningRate as number),
    clip: clipperOf(options, at),
    ...withCommon(kind.make(options), options),
  };
}

/** A text that is a regular expression. */
function isPattern(value: Json): boolean {
  try {
    return typeof value === 'string' && new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}

function isValid(option: string, value: Json, defaults: Options): boolean {
  const usual = defaults[option] ?? 0;
  if (Array.isArray(usual)) return Array.isArray(value) && value.every(isPattern);
  if (typeof value !== typeof usual) return false;
  return typeof value !== 'number' || (Number.isFinite(value) && (checks[option]?.(value) ?? true));
}
