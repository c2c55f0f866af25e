/** Optimizers, losses, metrics, callbacks and schedules: tfjs' names, with Keras' class names, options and defaults. */
import { boolean, builder, type Builders, integer, name, number, option } from './kinds.ts';
import type { Option } from './option.ts';

const learningRate = (fallback: number): Option =>
  option(
    {
      is: 'either',
      of: [
        { is: 'number', above: 0 },
        { is: 'built', family: 'schedule', names: [] },
      ],
    },
    'Size of the steps: a number, or a schedule.',
    {
      default: fallback,
    },
  );
const epsilon = number('Added to the denominator, against dividing by 0.', { above: 0, default: 1e-7 });
const beta = (of: string, fallback: number): Option =>
  number(`How slowly the average of ${of} follows.`, { min: 0, below: 1, default: fallback });

const momentum = (fallback: number): Option => number('Share of the speed that is kept.', { min: 0, below: 1, default: fallback });
const nesterov = boolean('Whether the gradient is taken ahead (Nesterov).', false);

export const optimizers: Builders = {
  sgd: builder('SGD', 'Goes against the gradient.', { learningRate: learningRate(0.01), momentum: momentum(0), nesterov }),
  momentum: builder('SGD', 'Goes against the gradient and keeps some speed.', {
    learningRate: learningRate(0.01),
    momentum: momentum(0.9),
    nesterov,
  }),
  rmsprop: builder('RMSprop', 'Divides by a running mean of the gradients’ size.', {
    learningRate: learningRate(0.001),
    rho: beta('the squared gradients', 0.9),
    momentum: momentum(0),
    epsilon,
    centered: boolean('Whether the gradients’ mean is taken off first.', false),
  }),
  adam: builder('Adam', 'Adapts each weight’s step to its gradients’ mean and size.', {
    learningRate: learningRate(0.001),
    beta1: beta('the gradients', 0.9),
    beta2: beta('the squared gradients', 0.999),
    epsilon,
  }),
  adamax: builder('Adamax', 'Adam with the largest gradient in place of the mean size.', {
    learningRate: learningRate(0.001),
    beta1: beta('the gradients', 0.9),
    beta2: beta('the largest gradients', 0.999),
    epsilon,
  }),
  adagrad: builder('Adagrad', 'Takes smaller steps for weights that have moved much.', {
    learningRate: learningRate(0.001),
    initialAccumulatorValue: number('Where the sum of squared gradients starts.', { above: 0, default: 0.1 }),
  }),
  adadelta: builder('Adadelta', 'Adapts its steps to recent gradients and recent steps.', {
    learningRate: learningRate(0.001),
    rho: beta('the squared gradients', 0.95),
    epsilon,
  }),
};

const steps = (doc: string): Option => integer(doc, { required: true, min: 1 });
const initialLearningRate = number('The learning rate of the first step.', { required: true, above: 0 });

/** Keras' schedules: the learning rate as a function of the step, counted from 0 over all epochs. */
export const schedules: Builders = {
  exponentialDecay: builder('ExponentialDecay', 'initialLearningRate × decayRate ^ (step / decaySteps).', {
    initialLearningRate,
    decaySteps: steps('Steps after which the rate has been multiplied once.'),
    decayRate: number('What it is multiplied by.', { required: true, above: 0 }),
    staircase: boolean('Whether it falls in stairs.', false),
  }),
  inverseTimeDecay: builder('InverseTimeDecay', 'initialLearningRate / (1 + decayRate × step / decaySteps).', {
    initialLearningRate,
    decaySteps: steps('Steps by which time is measured.'),
    decayRate: number('How fast it falls.', { required: true, above: 0 }),
    staircase: boolean('Whether it falls in stairs.', false),
  }),
  polynomialDecay: builder('PolynomialDecay', 'Falls to endLearningRate within decaySteps, straight or curved.', {
    initialLearningRate,
    decaySteps: steps('Steps until the end.'),
    endLearningRate: number('The rate from then on.', { min: 0, default: 0.0001 }),
    power: number('1 is a straight line.', { above: 0, default: 1 }),
  }),
  cosineDecay: builder('CosineDecay', 'Falls along half a cosine within decaySteps.', {
    initialLearningRate,
    decaySteps: steps('Steps until the end.'),
    alpha: number('The rate at the end, as a share of the first.', { min: 0, max: 1, default: 0 }),
  }),
  piecewiseConstantDecay: builder('PiecewiseConstantDecay', 'One rate up to each boundary.', {
    boundaries: option({ is: 'list', of: { is: 'integer', min: 0 }, min: 1 }, 'Steps at which the rate changes.', { required: true }),
    values: option({ is: 'list', of: { is: 'number', above: 0 }, min: 2 }, 'The rates: one more than there are boundaries.', {
      required: true,
    }),
  }),
};

const monitor = (of: string): Option => option({ is: 'text' }, of, { default: 'val_loss' });
const mode = name(['auto', 'min', 'max'], 'Whether smaller or larger is better; auto goes by the metric’s name.', { default: 'auto' });

export const callbacks: Builders = {
  earlyStopping: builder('EarlyStopping', 'Ends training when a metric stops getting better.', {
    monitor: monitor('The metric that is watched.'),
    minDelta: number('The least change that counts as better.', { min: 0, default: 0 }),
    patience: integer('Epochs to wait for a better one.', { min: 0, default: 0 }),
    mode,
    baseline: number('The metric must get better than this.'),
    restoreBestWeights: boolean('Whether the best epoch’s weights are taken in the end.', false),
    startFromEpoch: integer('Epochs before the metric is watched.', { min: 0, default: 0 }),
  }),
  reduceLROnPlateau: builder('ReduceLROnPlateau', 'Lowers the learning rate when a metric stops getting better.', {
    monitor: monitor('The metric that is watched.'),
    factor: number('What the learning rate is multiplied by.', { above: 0, below: 1, default: 0.1 }),
    patience: integer('Epochs to wait for a better one.', { min: 0, default: 10 }),
    mode,
    minDelta: number('The least change that counts as better.', { min: 0, default: 1e-4 }),
    cooldown: integer('Epochs to wait after lowering it.', { min: 0, default: 0 }),
    minLearningRate: number('It is not lowered below this.', { min: 0, default: 0 }),
  }),
};

/** Names by the words they may also be called. */
export interface Named {
  readonly doc: string;
  readonly aliases?: readonly string[];
}

export const losses: Readonly<Record<string, Named>> = {
  meanSquaredError: { doc: 'Mean of the squared differences, for numbers.', aliases: ['mse', 'MSE'] },
  meanAbsoluteError: { doc: 'Mean of the differences’ sizes, for numbers.', aliases: ['mae', 'MAE'] },
  binaryCrossentropy: { doc: 'For two classes and one sigmoid output.' },
  categoricalCrossentropy: { doc: 'For classes as rows of 0 and 1, and a softmax output.' },
  sparseCategoricalCrossentropy: { doc: 'For classes as their index, and a softmax output.' },
  meanAbsolutePercentageError: { doc: 'Mean of the differences as shares of the true values, in percent.', aliases: ['mape', 'MAPE'] },
  meanSquaredLogarithmicError: { doc: 'Mean of the squared differences of logarithms.', aliases: ['msle', 'MSLE'] },
  squaredHinge: { doc: 'Squared hinge loss, for targets of -1 and 1.' },
  hinge: { doc: 'Hinge loss, for targets of -1 and 1.' },
  categoricalHinge: { doc: 'Hinge loss for classes as rows of 0 and 1.' },
  logcosh: { doc: 'Mean of the logarithm of the differences’ hyperbolic cosine.' },
  kullbackLeiblerDivergence: { doc: 'How far one distribution is from another.', aliases: ['kld', 'KLD'] },
  poisson: { doc: 'For counts.' },
  cosineProximity: { doc: 'Angle between true and predicted vectors.' },
};

export const metrics: Readonly<Record<string, Named>> = {
  accuracy: { doc: 'Share of samples whose class is right.', aliases: ['acc'] },
  binaryAccuracy: { doc: 'Share of outputs on the right side of 0.5.' },
  categoricalAccuracy: { doc: 'Share of right classes, for rows of 0 and 1.' },
  sparseCategoricalAccuracy: { doc: 'Share of right classes, for class indices.' },
  precision: { doc: 'Share of the positives found that are right.' },
  recall: { doc: 'Share of the true positives that are found.' },
  meanSquaredError: { doc: 'Mean of the squared differences.', aliases: ['mse', 'MSE'] },
  meanAbsoluteError: { doc: 'Mean of the differences’ sizes.', aliases: ['mae', 'MAE'] },
  meanAbsolutePercentageError: { doc: 'Mean difference in percent of the true value.', aliases: ['mape', 'MAPE'] },
  r2Score: { doc: 'Share of the targets’ variance that is explained.' },
  binaryCrossentropy: { doc: 'The loss of that name.' },
  categoricalCrossentropy: { doc: 'The loss of that name.' },
  sparseCategoricalCrossentropy: { doc: 'The loss of that name.' },
  cosineProximity: { doc: 'Angle between true and predicted vectors.' },
};
