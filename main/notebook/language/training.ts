/** Optimizers, losses, metrics, callbacks and schedules: tfjs' names, with Keras' class names, options and defaults. */
import { boolean, builder, type Builder, type Builders, integer, name, number, option, text } from './kinds.ts';
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
  emaOverwriteFrequency: integer('Every so many updates the weights take the average’s values; only in the end if left out.', { min: 1 }),
  gradientAccumulationSteps: integer('The gradients of so many steps are averaged for one update: larger batches in the same memory.', {
    min: 1,
  }),
};
const weightDecay = number('Share of each weight that is taken off, times the learning rate.', { min: 0 });
const optimizer = (className: string, doc: string, options: Options): Builder =>
  builder(className, doc, { weightDecay, ...options, ...common });

const moments = (first: number, second: number): Options => ({
  beta1: beta('the gradients', first),
  beta2: beta('the squared gradients', second),
});
const amsgrad = option({ is: 'boolean' }, 'Whether the largest mean size so far counts (AMSGrad).');

/** An option that null turns off. */
const orNull = ({ type, doc }: Option, fallback: number): Option =>
  option({ is: 'either', of: [type, { is: 'null' }] }, doc, { default: fallback });

const strength = (doc: string) => number(doc, { min: 0, default: 0 });

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
  lamb: optimizer('Lamb', 'Adam whose steps are as long as the weights are large; for very large batches.', {
    learningRate: learningRate(0.001),
    ...moments(0.9, 0.999),
    epsilon,
  }),
  ftrl: optimizer('Ftrl', 'Follows the regularized leader: weights of little use become exactly 0.', {
    learningRate: learningRate(0.001),
    learningRatePower: number('How the rate falls with what was gathered; 0: not at all.', { max: 0, default: -0.5 }),
    initialAccumulatorValue: number('Where the sum of squared gradients starts.', { min: 0, default: 0.1 }),
    l1RegularizationStrength: strength('How much small weights are drawn to 0.'),
    l2RegularizationStrength: strength('How much large weights are held back.'),
    l2ShrinkageRegularizationStrength: strength('How much of each weight is taken off.'),
    beta: strength('Added to what was gathered.'),
  }),
  adafactor: optimizer('Adafactor', 'Remembers little: of a matrix’s squared gradients, the means of its rows and columns.', {
    learningRate: learningRate(0.001),
    beta2Decay: number('How fast the average of the squared gradients comes to follow slowly.', { max: 0, default: -0.8 }),
    epsilon1: number('Added to the squared gradients, against dividing by 0.', { min: 0, default: 1e-30 }),
    epsilon2: number('The least size of a weight by which its steps are measured.', { min: 0, default: 1e-3 }),
    clipThreshold: number('The most that a step is in the root of its mean square, before the rate.', { above: 0, default: 1 }),
    relativeStep: option({ is: 'boolean' }, 'Keras’ option; on or off, a step’s rate is at most 1 / √step.'),
  }),
  muon: optimizer('Muon', 'Momentum whose matrices are made nearly orthogonal; what is no matrix, and embeddings, goes with AdamW.', {
    learningRate: learningRate(0.001),
    weightDecay: orNull(weightDecay, 0.004),
    momentum: momentum(0.95),
    nesterov: boolean('Whether the gradient is taken ahead (Nesterov).', true),
    nsSteps: integer('Steps of the iteration (Newton–Schulz) that makes a matrix nearly orthogonal.', { min: 1, default: 5 }),
    rmsRate: orNull(
      number('A step’s size against Adam’s, so that rate and decay can stay as they are for Adam; null: none.', { above: 0 }),
      0.2,
    ),
    excludeLayers: option(
      { is: 'list', of: { is: 'text' } },
      'Layers whose matrices go with AdamW as well, such as the last: names, or parts.',
    ),
    excludeEmbeddings: boolean('Whether embeddings go with AdamW.', true),
    adamLrRatio: number('How many times the learning rate AdamW has.', { min: 0, default: 1 }),
    adamBeta1: beta('the gradients, for AdamW', 0.9),
    adamBeta2: beta('the squared gradients, for AdamW', 0.999),
    adamWeightDecay: orNull(number('Share of each of AdamW’s weights that is taken off, times the learning rate.', { min: 0 }), 0.004),
    epsilon,
    muonA: number('The iteration’s share of the matrix itself.', { default: 3.4445 }),
    muonB: number('The iteration’s share of the third power.', { default: -4.775 }),
    muonC: number('The iteration’s share of the fifth power.', { default: 2.0315 }),
  }),
  scheduleFreeAdamW: optimizer('ScheduleFreeAdamW', 'Adam that averages its steps, in place of a learning rate that falls.', {
    learningRate: learningRate(0.0025),
    beta1: number('How near to the average of all steps the weights are kept.', { above: 0, below: 1, default: 0.9 }),
    beta2: beta('the squared gradients', 0.999),
    epsilon: { ...epsilon, default: 1e-8 },
    warmupSteps: integer('Steps in which the rate rises from 0.', { min: 0, default: 0 }),
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
  learningRateFinder: builder(
    'LearningRateFinder',
    'Before the first epoch, lets a copy of the model train while the learning rate rises: the run shows which rates are good.',
    {
      minLearningRate: number('The first rate.', { above: 0, default: 1e-6 }),
      maxLearningRate: number('The last rate.', { above: 0, default: 1 }),
      steps: integer('How many steps there are between them.', { min: 10, max: 10_000, default: 100 }),
      stopFactor: number('It ends early where the loss is so many times the smallest so far.', { above: 1, default: 4 }),
    },
  ),
  swapEMAWeights: builder('SwapEMAWeights', 'Judges averaged weights in validation; for optimizers with useEma.', {
    swapOnEpoch: boolean('Whether they are also the best epoch’s, and those that early stopping keeps.', false),
  }),
  timeBudget: builder('TimeBudget', 'Ends training with the last epoch that fits into a time.', {
    seconds: number('The time of all epochs together.', { required: true, above: 0 }),
  }),
  backupAndRestore: builder('BackupAndRestore', 'Keeps more checkpoints inside of epochs, to go on from after a crash.', {
    saveFreq: integer('Steps from one to the next; a checkpoint at each epoch’s end, and every half minute, is kept in any case.', {
      min: 1,
    }),
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

const overlapAxis = option(
  { is: 'either', of: [{ is: 'integer' }, { is: 'list', of: { is: 'integer' }, min: 1 }] },
  'The dimensions that are summed over, 0 the batch: [1, 2, 3] compares each image by itself; all if left out.',
);

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
  categoricalGeneralizedCrossEntropy: loss(
    'CategoricalGeneralizedCrossEntropy',
    'For classes and a softmax output, where labels may be wrong: between crossentropy and the error of the share.',
    { q: number('How little wrong labels count; near 0 it is crossentropy.', { above: 0, below: 1, default: 0.5 }) },
  ),
  dice: loss('Dice', 'How little output and truth overlap, over the whole batch; for masks and classes of few samples.', {
    axis: overlapAxis,
  }),
  tversky: loss('Tversky', 'Dice in which what is missed and what is too much count differently.', {
    alpha: number('How much what is missed counts.', { min: 0, max: 1, default: 0.5 }),
    beta: number('How much what is too much counts.', { min: 0, max: 1, default: 0.5 }),
    axis: overlapAxis,
  }),
  ctc: loss('CTC', 'Says a sequence of classes from a longer one of logits, without being told where each class stands; 0 is the blank.'),
  circle: loss('Circle', 'For an output of vectors of length 1: those of a class are to be near each other, and far from all others.', {
    gamma: number('How sharply it tells near from far.', { above: 0, default: 80 }),
    margin: number('How near is near enough.', { min: 0, max: 1, default: 0.4 }),
    removeDiagonal: boolean('Whether a sample is not compared with itself.', true),
  }),
};

/** A metric: a name as it is, or with options. */
export type MetricBuilder = LossBuilder;
const metric = (className: string, doc: string, options: Options = {}, aliases: readonly string[] = []): MetricBuilder => ({
  ...builder(className, doc, { ...options, name: text('What it is reported as; its own name if left out.') }),
  aliases,
});
const k = integer('How many of the likeliest classes count.', { min: 1, default: 5 });
const threshold = number('Above it an output says yes; 0.5, or 0 for margins, if left out.', { min: 0, max: 1 });
const perClass = boolean('Whether there is one value a class, by the largest output.', false);
const ofYesAndNo: Options = {
  thresholds: threshold,
  topK: integer('Only this many of the largest outputs say yes.', { min: 1 }),
  classId: option({ is: 'either', of: [{ is: 'integer', min: 0 }, { is: 'text' }] }, 'Only this class counts: its name or its number.'),
  perClass,
};
const averaged: Options = {
  average: name(['micro', 'macro', 'weighted'], 'How classes come together: by sample, evenly, or by their samples.', {
    default: 'macro',
  }),
  threshold,
  perClass,
};
const numThresholds = integer('How many thresholds the curve is made of.', { min: 2, default: 200 });
const atLeast = (rate: string): Options => ({
  [rate]: number('What is to be kept at least.', { required: true, min: 0, max: 1 }),
  numThresholds,
});
const errorOf = (loss: keyof typeof losses, className = losses[loss].className): MetricBuilder =>
  metric(className, losses[loss].doc, losses[loss].options, losses[loss].aliases);

const ofOverlap: Options = {
  targetClassIds: option(
    { is: 'list', of: { is: 'either', of: [{ is: 'integer', min: 0 }, { is: 'text' }] }, min: 1 },
    'Only these classes count: their names or numbers; all if left out.',
  ),
  threshold,
  perClass,
};

/** Keras' metrics. All are exact over an epoch. */
export const metrics: Readonly<Record<string, MetricBuilder>> = {
  accuracy: metric('Accuracy', 'Share of samples whose class is right.', {}, ['acc']),
  binaryAccuracy: metric('BinaryAccuracy', 'Share of outputs on the right side of the threshold.', { threshold }),
  categoricalAccuracy: metric('CategoricalAccuracy', 'Share of samples whose class is right, for several classes.'),
  sparseCategoricalAccuracy: metric('SparseCategoricalAccuracy', 'Share of samples whose class is right, for several classes.'),
  topKCategoricalAccuracy: metric('TopKCategoricalAccuracy', 'Share of samples whose class is among the k likeliest.', { k }),
  sparseTopKCategoricalAccuracy: metric('SparseTopKCategoricalAccuracy', 'Share of samples whose class is among the k likeliest.', { k }),
  precision: metric('Precision', 'Share of the positives found that are right.', ofYesAndNo),
  recall: metric('Recall', 'Share of the true positives that are found.', ofYesAndNo),
  f1Score: metric('F1Score', 'Harmonic mean of precision and recall; of several classes, the mean of theirs.', averaged, ['f1']),
  fbetaScore: metric('FBetaScore', 'Mean of precision and recall in which recall counts beta times as much.', {
    beta: number('How much more recall counts.', { above: 0, default: 1 }),
    ...averaged,
  }),
  ioU: metric('IoU', 'What is both found and true over what is either; of several classes, the mean of theirs.', ofOverlap),
  meanIoU: metric('MeanIoU', 'What is both found and true over what is either, the mean of the classes.', { threshold, perClass }),
  binaryIoU: metric('BinaryIoU', 'What is both found and true over what is either, of yes and no.', ofOverlap),
  oneHotIoU: metric('OneHotIoU', 'What is both found and true over what is either, for a row of shares.', ofOverlap),
  oneHotMeanIoU: metric('OneHotMeanIoU', 'The same, the mean of all classes.', { perClass }),
  truePositives: metric('TruePositives', 'Outputs that rightly say yes.', { thresholds: threshold }),
  trueNegatives: metric('TrueNegatives', 'Outputs that rightly say no.', { thresholds: threshold }),
  falsePositives: metric('FalsePositives', 'Outputs that wrongly say yes.', { thresholds: threshold }),
  falseNegatives: metric('FalseNegatives', 'Outputs that wrongly say no.', { thresholds: threshold }),
  auc: metric(
    'AUC',
    'Area under the curve of true over false positive rates, or of precision over recall.',
    {
      curve: name(['ROC', 'PR'], 'ROC: true over false positive rates; PR: precision over recall, reported as pr_auc.', { default: 'ROC' }),
      numThresholds,
      summationMethod: name(['interpolation', 'minoring', 'majoring'], 'What is taken between two thresholds.', {
        default: 'interpolation',
      }),
      multiLabel: boolean('Whether it is the mean of the outputs’ own areas.', false),
      perClass: boolean('Whether there is one value a class, against all others.', false),
    },
    ['AUC'],
  ),
  sensitivityAtSpecificity: metric(
    'SensitivityAtSpecificity',
    'The best sensitivity at which specificity is kept.',
    atLeast('specificity'),
  ),
  specificityAtSensitivity: metric(
    'SpecificityAtSensitivity',
    'The best specificity at which sensitivity is kept.',
    atLeast('sensitivity'),
  ),
  precisionAtRecall: metric('PrecisionAtRecall', 'The best precision at which recall is kept.', atLeast('recall')),
  recallAtPrecision: metric('RecallAtPrecision', 'The best recall at which precision is kept.', atLeast('precision')),
  confusionMatrix: {
    ...builder(
      'ConfusionMatrix',
      'Samples by their class and by the class that is found, shown with the run. Up to 100 classes it is there without being asked for.',
    ),
  },
  characterErrorRate: metric(
    'CharacterErrorRate',
    'Of sequences said with ctc: what would have to be put in, left out or replaced, as a share of what was to be said.',
    {},
    ['cer'],
  ),
  rootMeanSquaredError: metric('RootMeanSquaredError', 'Root of the mean of the squared differences.', {}, ['rmse', 'RMSE']),
  r2Score: metric('R2Score', 'Share of the targets’ variance that is explained.', {}, ['r2']),
  pearsonCorrelation: metric('PearsonCorrelation', 'How straight outputs rise with targets, from -1 to 1.'),
  concordanceCorrelation: metric('ConcordanceCorrelation', 'How near outputs and targets lie to the same: 1 where they are.'),
  cosineSimilarity: metric('CosineSimilarity', 'Cosine of the angle between true and predicted vectors.'),
  meanSquaredError: errorOf('meanSquaredError'),
  meanAbsoluteError: errorOf('meanAbsoluteError'),
  meanAbsolutePercentageError: errorOf('meanAbsolutePercentageError'),
  meanSquaredLogarithmicError: errorOf('meanSquaredLogarithmicError'),
  huber: errorOf('huber'),
  logCosh: errorOf('logCosh', 'LogCoshError'),
  poisson: errorOf('poisson'),
  binaryCrossentropy: errorOf('binaryCrossentropy'),
  binaryFocalCrossentropy: errorOf('binaryFocalCrossentropy'),
  categoricalCrossentropy: errorOf('categoricalCrossentropy'),
  sparseCategoricalCrossentropy: errorOf('sparseCategoricalCrossentropy'),
  categoricalFocalCrossentropy: errorOf('categoricalFocalCrossentropy'),
  hinge: errorOf('hinge'),
  squaredHinge: errorOf('squaredHinge'),
  categoricalHinge: errorOf('categoricalHinge'),
  kullbackLeiblerDivergence: errorOf('kullbackLeiblerDivergence'),
  categoricalGeneralizedCrossEntropy: errorOf('categoricalGeneralizedCrossEntropy'),
  dice: errorOf('dice'),
  tversky: errorOf('tversky'),
};
