/** Initializers, regularizers and constraints: what layers' options take besides names. */
import { builder, type Builders, integer, name, number } from './kinds.ts';

const seed = integer('Starts its own random stream; the run’s seed if left out.');

export const initializers: Builders = {
  glorotUniform: builder('GlorotUniform', 'Even, within a bound set by inputs and outputs.', { seed }),
  glorotNormal: builder('GlorotNormal', 'Normal, with a deviation set by inputs and outputs.', { seed }),
  heUniform: builder('HeUniform', 'Even, within a bound set by the inputs; goes with relu.', { seed }),
  heNormal: builder('HeNormal', 'Normal, with a deviation set by the inputs; goes with relu.', { seed }),
  leCunUniform: builder('LeCunUniform', 'Even, within a bound set by the inputs; goes with selu.', { seed }),
  leCunNormal: builder('LeCunNormal', 'Normal, with a deviation set by the inputs; goes with selu.', { seed }),
  zeros: builder('Zeros', 'All 0.'),
  ones: builder('Ones', 'All 1.'),
  constant: builder('Constant', 'All one number.', { value: number('The number.', { required: true }) }),
  randomUniform: builder('RandomUniform', 'Even between two bounds.', {
    minval: number('The lower bound.', { default: -0.05 }),
    maxval: number('The upper bound.', { default: 0.05 }),
    seed,
  }),
  randomNormal: builder('RandomNormal', 'Normal.', {
    mean: number('Mean.', { default: 0 }),
    stddev: number('Deviation.', { min: 0, default: 0.05 }),
    seed,
  }),
  truncatedNormal: builder('TruncatedNormal', 'Normal, nothing beyond two deviations.', {
    mean: number('Mean.', { default: 0 }),
    stddev: number('Deviation.', { min: 0, default: 0.05 }),
    seed,
  }),
  varianceScaling: builder('VarianceScaling', 'Scaled by the number of inputs, outputs or both.', {
    scale: number('Factor of the variance.', { above: 0, default: 1 }),
    mode: name(['fanIn', 'fanOut', 'fanAvg'], 'What it is divided by.', { default: 'fanIn' }),
    distribution: name(['normal', 'uniform', 'truncatedNormal'], 'Normal or even.', { default: 'normal' }),
    seed,
  }),
  orthogonal: builder('Orthogonal', 'An orthogonal matrix.', { gain: number('Its factor.', { default: 1 }), seed }),
  identity: builder('Identity', 'The identity matrix.', { gain: number('Its factor.', { default: 1 }) }),
};

export const regularizers: Builders = {
  l1: builder('L1L2', 'Adds l1 × the sum of the weights’ sizes.', { l1: number('The factor.', { min: 0, default: 0.01 }) }, { l2: 0 }),
  l2: builder('L1L2', 'Adds l2 × the sum of the weights’ squares.', { l2: number('The factor.', { min: 0, default: 0.01 }) }, { l1: 0 }),
  l1l2: builder('L1L2', 'Adds both.', {
    l1: number('Factor of the sizes.', { min: 0, default: 0.01 }),
    l2: number('Factor of the squares.', { min: 0, default: 0.01 }),
  }),
  orthogonal: builder('OrthogonalRegularizer', 'Adds how far a matrix’ rows, or columns, are from right angles to each other.', {
    factor: number('The factor.', { min: 0, default: 0.01 }),
    mode: name(['rows', 'columns'], 'Which vectors they are.', { default: 'rows' }),
  }),
};

export const constraints: Builders = {
  maxNorm: builder('MaxNorm', 'Keeps the length of weight vectors at most at a number.', {
    maxValue: number('The number.', { min: 0, default: 2 }),
    axis: integer('The dimension of the vectors.', { default: 0 }),
  }),
  minMaxNorm: builder('MinMaxNorm', 'Keeps the length of weight vectors between two numbers.', {
    minValue: number('The lower one.', { min: 0, default: 0 }),
    maxValue: number('The upper one.', { min: 0, default: 1 }),
    rate: number('How strictly, up to 1.', { min: 0, max: 1, default: 1 }),
    axis: integer('The dimension of the vectors.', { default: 0 }),
  }),
  nonNeg: builder('NonNeg', 'Keeps weights at 0 or above.'),
  unitNorm: builder('UnitNorm', 'Keeps the length of weight vectors at 1.', {
    axis: integer('The dimension of the vectors.', { default: 0 }),
  }),
};
