/** Optimizers, losses, metrics, callbacks and schedules: tfjs' names, with Keras' class names, options and defaults. */
import { boolean, builder, type Builder, type Builders, integer, name, number, option } from './kinds.ts';
import type { Option, Options } from './option.ts';

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

/** What every optimizer takes. */
const common: Options = {
  clipvalue: number('Every value of the gradients is kept within this of 0.', { above: 0 }),
  clipnorm: number('The length of each weight’s gradient is kept at most at this.', { above: 0 }),
  globalClipnorm: number('The length of all gradients together is kept at most at this.', { above: 0 }),
  useEma: option({ is: 'boolean' }, 'Whether a moving average of the weights is kept, which the model gets in the end.'),
  emaMomentum: number('How slowly that average follows; 0.99 if left out.', { min: 0, max: 1 }),
};
const weightDecay = number('Share of each weight that is taken off, times the learning rate.', { min: 0 });
const optimizer = (className: string, doc: string, options: Options): Builder =>
  builder(className, doc, { weightDecay, ...options, ...common });

const moments = (first: number, second: number): Options => ({
  beta1: beta('the gradients', first),
  beta2: beta('the squared gradients', second),
});
const amsgrad = option({ is: 'boolean' }, 'Whether the largest mean size so far counts (AMSGrad).');

export const optimizers: Builders = {
  sgd: optimizer('SGD', 'Goes against the gradient.', { learningRate: learningRate(0.01), momentum: momentum(0), nesterov }),
  momentum: optimizer('SGD', 'Goes against the gradient and keeps some speed.', {
    learningRate: learningRate(0.01),
    momentum: momentum(0.9),
    nesterov,
  }),
  rmsprop: optimizer('RMSprop', 'Divides by a running mean of the gradients’ size.', {
    learningRate: learningRate(0.001),
    rho: beta('the squared gradients', 0.9),
    momentum: momentum(0),
    epsilon,
    centered: boolean('Whether the gradients’ mean is taken off first.', false),
  }),
  adam: optimizer('Adam', 'Adapts each weight’s step to its gradients’ mean and size.', {
    learningRate: learningRate(0.001),
    ...moments(0.9, 0.999),
    epsilon,
    amsgrad,
  }),
  adamW: optimizer('AdamW', 'Adam that also lets weights decay.', {
    learningRate: learningRate(0.001),
    weightDecay: { ...weightDecay, default: 0.004 },
    ...moments(0.9, 0.999),
    epsilon,
    amsgrad,
  }),
  nadam: optimizer('Nadam', 'Adam with Nesterov’s momentum.', { learningRate: learningRate(0.001), ...moments(0.9, 0.999), epsilon }),
  adamax: optimizer('Adamax', 'Adam with the largest gradient in place of the mean size.', {
    learningRate: learningRate(0.001),
    beta1: beta('the gradients', 0.9),
    beta2: beta('the largest gradients', 0.999),
    epsilon,
  }),
  adagrad: optimizer('Adagrad', 'Takes smaller steps for weights that have moved much.', {
    learningRate: learningRate(0.001),
    initialAccumulatorValue: number('Where the sum of squared gradients starts.', { min: 0, default: 0.1 }),
    epsilon,
  }),
  adadelta: optimizer('Adadelta', 'Adapts its steps to recent gradients and recent steps.', {
    learningRate: learningRate(0.001),
    rho: beta('the squared gradients', 0.95),
    epsilon,
  }),
  lion: optimizer('Lion', 'Steps of one size, by the sign of the momentum alone.', {
    learningRate: learningRate(0.001),
    beta1: beta('the gradients, for the step', 0.9),
    beta2: beta('the gradients, for what is remembered', 0.99),
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
    cycle: boolean('Whether it starts again, over a longer stretch, where it has ended.', false),
  }),
  cosineDecay: builder('CosineDecay', 'Falls along half a cosine within decaySteps.', {
    initialLearningRate,
    decaySteps: steps('Steps until the end.'),
    alpha: number('The rate at the end, as a share of the highest.', { min: 0, max: 1, default: 0 }),
    warmupTarget: number('The rate that is risen to first, straight from the initial one.', { above: 0 }),
    warmupSteps: integer('Steps of that rise.', { min: 0, default: 0 }),
  }),
  cosineDecayRestarts: builder('CosineDecayRestarts', 'Falls along half a cosine, over and over.', {
    initialLearningRate,
    firstDecaySteps: steps('Steps of the first fall.'),
    tMul: number('How many times longer each fall is than the one before.', { min: 1, default: 2 }),
    mMul: number('How many times higher each fall starts than the one before.', { min: 0, default: 1 }),
    alpha: number('The lowest rate, as a share of the first.', { min: 0, max: 1, default: 0 }),
  }),
  oneCycle: builder('OneCycle', 'Rises along half a cosine and falls along another, far below the start.', {
    maxLearningRate: number('The highest learning rate.', { required: true, above: 0 }),
    totalSteps: integer('Steps until the end; all of the run if left out.', { min: 2 }),
    warmupShare: number('Share of the steps that rise.', { min: 0, max: 1, default: 0.3 }),
    divFactor: number('The highest rate divided by the first.', { above: 0, default: 25 }),
    finalDivFactor: number('The first rate divided by the last.', { above: 0, default: 10_000 }),
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
    minLr: number('It is not lowered below this.', { min: 0, default: 0 }),
  }),
  timeBudget: builder('TimeBudget', 'Ends training with the last epoch that fits into a time.', {
    seconds: number('The time of all epochs together.', { required: true, above: 0 }),
  }),
};

/** Names by the words they may also be called. */
export interface Named {
  readonly doc: string;
  readonly aliases?: readonly string[];
}

/** A loss: a name as it is, or with options. */
export interface LossBuilder extends Builder, Named {}
const loss = (className: string, doc: string, options: Options = {}, aliases: readonly string[] = []): LossBuilder => ({
  ...builder(className, doc, options),
  aliases,
});
const labelSmoothing = number('Share of certainty that is taken from the targets.', { min: 0, below: 1, default: 0 });
const gamma = number('How little samples count that are right already.', { min: 0, default: 2 });
const alpha = number('Weight of the second class.', { min: 0, max: 1, default: 0.25 });

export const losses: Readonly<Record<string, LossBuilder>> = {
  meanSquaredError: loss('MeanSquaredError', 'Mean of the squared differences, for numbers.', {}, ['mse', 'MSE']),
  meanAbsoluteError: loss('MeanAbsoluteError', 'Mean of the differences’ sizes, for numbers.', {}, ['mae', 'MAE']),
  binaryCrossentropy: loss('BinaryCrossentropy', 'For two classes and one sigmoid output.', { labelSmoothing }),
  categoricalCrossentropy: loss('CategoricalCrossentropy', 'For classes and a softmax output.', { labelSmoothing }),
  sparseCategoricalCrossentropy: loss('SparseCategoricalCrossentropy', 'For classes and a softmax output.'),
  meanAbsolutePercentageError: loss(
    'MeanAbsolutePercentageError',
    'Mean of the differences as shares of the true values, in percent.',
    {},
    ['mape', 'MAPE'],
  ),
  meanSquaredLogarithmicError: loss('MeanSquaredLogarithmicError', 'Mean of the squared differences of logarithms.', {}, ['msle', 'MSLE']),
  huber: loss('Huber', 'Squared for small differences, straight for large ones.', {
    delta: number('Where the line begins.', { above: 0, default: 1 }),
  }),
  logCosh: loss('LogCosh', 'Mean of the logarithm of the differences’ hyperbolic cosine.', {}, ['logcosh']),
  poisson: loss('Poisson', 'For counts, and an output above 0.'),
  cosineSimilarity: loss('CosineSimilarity', 'Cosine of the angle between true and predicted vectors, negative.', {}, ['cosineProximity']),
  hinge: loss('Hinge', 'For two classes and one output, below 0 for the first and above for the second.'),
  squaredHinge: loss('SquaredHinge', 'Hinge, squared.'),
  categoricalHinge: loss('CategoricalHinge', 'Hinge for several classes: the right output is to lead by 1.'),
  kullbackLeiblerDivergence: loss('KLDivergence', 'How far the output’s shares are from the true ones; for a softmax.', {}, ['kld', 'KLD']),
  categoricalFocalCrossentropy: loss('CategoricalFocalCrossentropy', 'Crossentropy that counts less where the class is found already.', {
    alpha: { ...alpha, doc: 'Weight of all.' },
    gamma,
    labelSmoothing,
  }),
  binaryFocalCrossentropy: loss('BinaryFocalCrossentropy', 'Binary crossentropy that counts less where the class is found already.', {
    gamma,
    applyClassBalancing: boolean('Whether the classes have weights.', false),
    alpha,
    labelSmoothing,
  }),
};

export const metrics: Readonly<Record<string, Named>> = {
  accuracy: { doc: 'Share of samples whose class is right.', aliases: ['acc'] },
  binaryAccuracy: { doc: 'Share of outputs on the right side of 0.5.' },
  categoricalAccuracy: { doc: 'Share of samples whose class is right, for several classes.' },
  sparseCategoricalAccuracy: { doc: 'Share of samples whose class is right, for several classes.' },
  topKCategoricalAccuracy: { doc: 'Share of samples whose class is among the 5 likeliest.' },
  sparseTopKCategoricalAccuracy: { doc: 'Share of samples whose class is among the 5 likeliest.' },
  precision: { doc: 'Share of the positives found that are right.' },
  recall: { doc: 'Share of the true positives that are found.' },
  f1Score: { doc: 'Harmonic mean of precision and recall; of several classes, the mean of theirs.', aliases: ['f1'] },
  auc: { doc: 'Area under the curve of true over false positive rates.', aliases: ['AUC'] },
  meanSquaredError: { doc: 'Mean of the squared differences.', aliases: ['mse', 'MSE'] },
  rootMeanSquaredError: { doc: 'Root of that mean.', aliases: ['rmse', 'RMSE'] },
  meanAbsoluteError: { doc: 'Mean of the differences’ sizes.', aliases: ['mae', 'MAE'] },
  meanAbsolutePercentageError: { doc: 'Mean difference in percent of the true value.', aliases: ['mape', 'MAPE'] },
  meanSquaredLogarithmicError: { doc: 'Mean of the squared differences of logarithms.', aliases: ['msle', 'MSLE'] },
  r2Score: { doc: 'Share of the targets’ variance that is explained.', aliases: ['r2'] },
  cosineSimilarity: { doc: 'Cosine of the angle between true and predicted vectors.' },
  huber: { doc: 'The loss of that name.' },
  logCosh: { doc: 'The loss of that name.' },
  poisson: { doc: 'The loss of that name.' },
  binaryCrossentropy: { doc: 'The loss of that name.' },
  binaryFocalCrossentropy: { doc: 'The loss of that name.' },
  categoricalCrossentropy: { doc: 'The loss of that name.' },
  sparseCategoricalCrossentropy: { doc: 'The loss of that name.' },
  categoricalFocalCrossentropy: { doc: 'The loss of that name.' },
  hinge: { doc: 'The loss of that name.' },
  squaredHinge: { doc: 'The loss of that name.' },
  categoricalHinge: { doc: 'The loss of that name.' },
  kullbackLeiblerDivergence: { doc: 'The loss of that name.', aliases: ['kld', 'KLD'] },
};
