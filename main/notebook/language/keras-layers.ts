/** Layers that Keras and KerasHub have and tfjs lacks, under their names there in the spelling of the others. */
import {
  activation,
  boolean,
  builder,
  type Builders,
  constraint,
  initializer,
  integer,
  name,
  number,
  option,
  regularizer,
} from './kinds.ts';
import type { Option, Options } from './option.ts';

const axes = (doc: string, fallback = -1): Option =>
  option({ is: 'either', of: [{ is: 'integer' }, { is: 'list', of: { is: 'integer' }, min: 1 }] }, doc, { default: fallback });
const count = (doc: string): Option => integer(doc, { required: true, min: 1 });
const epsilon = (fallback: number): Option => number('Added to the variance, against dividing by 0.', { above: 0, default: fallback });

const dropout = number('Share of the attention that is dropped while training.', { min: 0, below: 1, default: 0 });
const useCausalMask = boolean('Whether no step sees a later one.', false);
const projections: Options = {
  dropout,
  useBias: boolean('Whether a bias is added.', true),
  useCausalMask,
  kernelInitializer: initializer('the weights', 'glorotUniform'),
  biasInitializer: initializer('the biases', 'zeros'),
  kernelRegularizer: regularizer('the weights'),
  biasRegularizer: regularizer('the biases'),
  kernelConstraint: constraint('the weights'),
  biasConstraint: constraint('the biases'),
};

export const attentionLayers: Builders = {
  multiHeadAttention: builder(
    'MultiHeadAttention',
    'Each step looks at all others, in several ways at once. Takes one sequence, or [query, value], [query, value, key] and a mask.',
    {
      numHeads: count('Number of ways of looking.'),
      keyDim: count('Length of queries and keys in each.'),
      valueDim: integer('Length of values in each; keyDim if left out.', { min: 1 }),
      outputShape: integer('Length of the output’s steps; that of the query’s if left out.', { min: 1 }),
      ...projections,
    },
  ),
  groupQueryAttention: builder('GroupQueryAttention', 'Multi-head attention in which several queries share keys and values.', {
    headDim: count('Length of queries, keys and values in each head.'),
    numQueryHeads: count('Number of queries; a multiple of numKeyValueHeads.'),
    numKeyValueHeads: count('Number of keys and values.'),
    ...projections,
  }),
  attention: builder(
    'Attention',
    'Mixes the steps of a value by how much its key is like the query. Takes [query, value] or [query, value, key].',
    {
      useScale: boolean('Whether scores are multiplied by a learnt number.', false),
      scoreMode: name(['dot', 'concat'], 'Products, or sums of hyperbolic tangents.', { default: 'dot' }),
      dropout,
      useCausalMask,
    },
  ),
  additiveAttention: builder(
    'AdditiveAttention',
    'Attention by sums of hyperbolic tangents. Takes [query, value] or [query, value, key].',
    {
      useScale: boolean('Whether they are weighted by learnt numbers.', true),
      dropout,
      useCausalMask,
    },
  ),
  positionEmbedding: builder('PositionEmbedding', 'A learnt vector for each step, to be added to the sequence.', {
    sequenceLength: count('The largest number of steps.'),
    initializer: initializer('the vectors', 'glorotUniform'),
  }),
  sinePositionEncoding: builder('SinePositionEncoding', 'Sines and cosines that tell steps apart, to be added to the sequence.', {
    maxWavelength: number('The longest wave, in steps.', { above: 0, default: 10_000 }),
  }),
  tokenAndPositionEmbedding: builder('TokenAndPositionEmbedding', 'Turns whole numbers into learnt vectors and adds one for their step.', {
    vocabularySize: integer('Number of different inputs: the largest index + 1; the vocabulary of tokenized text if left out.', { min: 1 }),
    sequenceLength: integer('The largest number of steps; that of tokenized text if left out.', { min: 1 }),
    embeddingDim: count('Length of the vectors.'),
    embeddingsInitializer: initializer('the vectors', 'randomUniform'),
    embeddingsRegularizer: regularizer('the vectors'),
    embeddingsConstraint: constraint('the vectors'),
    maskZero: boolean('Whether index 0 is padding.', false),
  }),
  transformerEncoder: builder('TransformerEncoder', 'Self-attention, then two dense layers, each added to what came in and normalized.', {
    intermediateDim: count('Number of values between the two dense layers.'),
    numHeads: count('Number of ways of looking; divides the length of the steps.'),
    dropout: number('Share of the values that are dropped while training.', { min: 0, below: 1, default: 0 }),
    activation: activation('Function between the two dense layers.', 'relu'),
    layerNormEpsilon: epsilon(1e-5),
    normalizeFirst: boolean('Whether the input is normalized rather than the sum.', false),
    useCausalMask,
    kernelInitializer: initializer('the weights', 'glorotUniform'),
    biasInitializer: initializer('the biases', 'zeros'),
    kernelRegularizer: regularizer('the weights'),
    biasRegularizer: regularizer('the biases'),
  }),
};

const numbers: Option['type'] = { is: 'either', of: [{ is: 'number' }, { is: 'list', of: { is: 'number' }, min: 1 }] };

export const normalizationLayers: Builders = {
  groupNormalization: builder('GroupNormalization', 'Shifts and scales each sample’s groups of channels by their own mean and deviation.', {
    groups: integer('Number of groups; -1: each channel on its own.', { min: -1, default: 32 }),
    axis: integer('The dimension of the channels.', { default: -1 }),
    epsilon: epsilon(1e-3),
    center: boolean('Whether a learnt number is added.', true),
    scale: boolean('Whether values are multiplied by a learnt number.', true),
    betaInitializer: initializer('the added numbers', 'zeros'),
    gammaInitializer: initializer('the factors', 'ones'),
    betaRegularizer: regularizer('the added numbers'),
    gammaRegularizer: regularizer('the factors'),
    betaConstraint: constraint('the added numbers'),
    gammaConstraint: constraint('the factors'),
  }),
  rmsNormalization: builder('RMSNormalization', 'Divides each sample’s values by the root of their mean square.', {
    axis: axes('The dimensions that are normalized together.'),
    epsilon: epsilon(1e-6),
  }),
  unitNormalization: builder('UnitNormalization', 'Scales each sample’s vectors to length 1.', {
    axis: axes('The dimensions of the vectors.'),
  }),
  normalization: builder('Normalization', 'Takes off a mean and divides by a deviation, both given.', {
    mean: option(numbers, 'The mean: one, or one for each value of the last dimension.', { default: 0 }),
    variance: option(numbers, 'The square of the deviation, likewise.', { default: 1 }),
    invert: boolean('Whether it is done backwards.', false),
  }),
};
