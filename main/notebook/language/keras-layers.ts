/** Layers that Keras and KerasHub have and tfjs lacks, under their names there in the spelling of the others. */
import {
  activation,
  boolean,
  builder,
  dataFormat,
  type Builders,
  constraint,
  initializer,
  integer,
  name,
  number,
  option,
  regularizer,
  text,
} from './kinds.ts';
import type { Option, Options, OptionType } from './option.ts';

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
  reversibleEmbedding: builder(
    'ReversibleEmbedding',
    'Turns whole numbers into learnt vectors, and backwards scores every number by them: apply(x, { reverse: true }).',
    {
      inputDim: integer('Number of different inputs: the largest index + 1; the vocabulary of tokenized text if left out.', { min: 1 }),
      outputDim: count('Length of the vectors.'),
      tieWeights: boolean('Whether the way back has the same weights rather than its own.', true),
      embeddingsInitializer: initializer('the vectors', 'randomUniform'),
      embeddingsRegularizer: regularizer('the vectors'),
      embeddingsConstraint: constraint('the vectors'),
      maskZero: boolean('Whether index 0 is padding.', false),
      logitSoftCap: number('Of the way back: scores stay between its negative and this.', { above: 0 }),
    },
  ),
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

const pair: OptionType = { is: 'list', of: { is: 'integer', min: 0 }, min: 2 };
/** What is cut off, or added, at the ends of `axes` dimensions. */
const ends = (doc: string, axes: number, more: { required: true } | { default: number }): Option => {
  const sides: OptionType = axes === 1 ? pair : { is: 'list', of: { is: 'either', of: [{ is: 'integer', min: 0 }, pair] }, min: axes };
  return option({ is: 'either', of: [{ is: 'integer', min: 0 }, sides] }, doc, more);
};
const stretch = (axes: number): Option => option({ is: 'size', rank: axes }, 'How often each step is repeated.', { default: 2 });
export const keepdims = boolean('Whether the pooled dimensions stay, with length 1.', false);
export const globalPooling: Options = { dataFormat, keepdims };

const adaptive = (rank: number): Options => ({
  outputSize: option({ is: 'size', rank }, 'Length of the output along each dimension: one number, or one for each.', { required: true }),
  ...(rank > 1 && { dataFormat }),
});

export const poolingLayers: Builders = {
  adaptiveAveragePooling1d: builder('AdaptiveAveragePooling1D', 'Means of windows that cut a sequence into so many parts.', adaptive(1)),
  adaptiveAveragePooling2d: builder('AdaptiveAveragePooling2D', 'Means of windows that cut an image into so many parts.', adaptive(2)),
  adaptiveAveragePooling3d: builder('AdaptiveAveragePooling3D', 'Means of windows that cut a volume into so many parts.', adaptive(3)),
  adaptiveMaxPooling1d: builder('AdaptiveMaxPooling1D', 'Largest values of windows that cut a sequence into so many parts.', adaptive(1)),
  adaptiveMaxPooling2d: builder('AdaptiveMaxPooling2D', 'Largest values of windows that cut an image into so many parts.', adaptive(2)),
  adaptiveMaxPooling3d: builder('AdaptiveMaxPooling3D', 'Largest values of windows that cut a volume into so many parts.', adaptive(3)),
  globalMaxPooling3d: builder('GlobalMaxPooling3D', 'Keeps each channel’s largest value.', globalPooling),
  globalAveragePooling3d: builder('GlobalAveragePooling3D', 'Keeps each channel’s mean.', globalPooling),
};

export const shapingLayers: Builders = {
  cropping1d: builder('Cropping1D', 'Cuts off a sequence’s ends.', {
    cropping: ends('How many steps: one number, or [first, last].', 1, { required: true }),
  }),
  cropping3d: builder('Cropping3D', 'Cuts off a volume’s faces.', {
    cropping: ends('How much: one number, or one or a pair for each dimension.', 3, { required: true }),
    dataFormat,
  }),
  zeroPadding1d: builder('ZeroPadding1D', 'Adds zeros at a sequence’s ends.', {
    padding: ends('How many: one number, or [first, last].', 1, { default: 1 }),
  }),
  zeroPadding3d: builder('ZeroPadding3D', 'Adds zeros around a volume.', {
    padding: ends('How many: one number, or one or a pair for each dimension.', 3, { default: 1 }),
    dataFormat,
  }),
  upSampling1d: builder('UpSampling1D', 'Repeats a sequence’s steps.', { size: integer('How often.', { min: 1, default: 2 }) }),
  upSampling3d: builder('UpSampling3D', 'Repeats a volume’s slices.', { size: stretch(3), dataFormat }),
};

const weightsOf = (option: string, doc: string): Options => ({
  [`${option}Initializer`]: initializer(doc, 'glorotUniform'),
  [`${option}Regularizer`]: regularizer(doc),
  [`${option}Constraint`]: constraint(doc),
});
const biases: Options = {
  useBias: boolean('Whether a bias is added.', true),
  biasInitializer: initializer('the biases', 'zeros'),
  biasRegularizer: regularizer('the biases'),
  biasConstraint: constraint('the biases'),
};
const windows: Options = {
  kernelSize: option({ is: 'size', rank: 1 }, 'Size of the window.', { required: true }),
  strides: option({ is: 'size', rank: 1 }, 'How far the window moves at a time.', { default: 1 }),
  padding: name(
    ['valid', 'same', 'causal'],
    'Whether the ends are padded so that the length stays; causal: an output sees no later step.',
    {
      default: 'valid',
    },
  ),
  dilationRate: option({ is: 'size', rank: 1 }, 'Spacing between the window’s points.', { default: 1 }),
  activation: activation('Function applied to the output.', 'linear'),
};
const depthMultiplier = integer('Output channels for each input channel.', { min: 1, default: 1 });

export const convolutionLayers: Builders = {
  conv1dTranspose: builder('Conv1DTranspose', 'A convolution backwards: makes a sequence longer.', {
    filters: count('Number of output channels.'),
    ...windows,
    padding: name(['valid', 'same'], 'Whether the length is just multiplied (same) or grows by the window as well.', { default: 'valid' }),
    ...biases,
    ...weightsOf('kernel', 'the weights'),
  }),
  depthwiseConv1d: builder('DepthwiseConv1D', 'A convolution of each channel of a sequence on its own.', {
    ...windows,
    depthMultiplier,
    ...biases,
    ...weightsOf('depthwise', 'the depthwise weights'),
  }),
  separableConv1d: builder('SeparableConv1D', 'A convolution of each channel of a sequence on its own, then a mix of the channels.', {
    filters: count('Number of output channels.'),
    ...windows,
    depthMultiplier,
    ...biases,
    ...weightsOf('depthwise', 'the depthwise weights'),
    ...weightsOf('pointwise', 'the mixing weights'),
  }),
};

const rate = number('Share of the channels that are dropped.', { required: true, min: 0, below: 1 });

export const basicLayers: Builders = {
  einsumDense: builder('EinsumDense', 'A product with weights along the axes that an equation names, e.g. abc,cd->abd.', {
    equation: text('The equation: the input’s axes (the batch first), the weights’, the output’s.', { required: true }),
    outputShape: option(
      {
        is: 'either',
        of: [
          { is: 'integer', min: 1 },
          { is: 'list', of: { is: 'integer', min: 1 }, min: 1 },
        ],
      },
      'Lengths of the output’s axes without the batch.',
      { required: true },
    ),
    biasAxes: text('The output’s axes that a bias is added along; none if left out.'),
    activation: activation('Function applied to the output.', 'linear'),
    ...weightsOf('kernel', 'the weights'),
    biasInitializer: initializer('the biases', 'zeros'),
    biasRegularizer: regularizer('the biases'),
    biasConstraint: constraint('the biases'),
  }),
  spatialDropout2d: builder('SpatialDropout2D', 'Drops whole channels of an image while training.', { rate, dataFormat }),
  spatialDropout3d: builder('SpatialDropout3D', 'Drops whole channels of a volume while training.', { rate, dataFormat }),
  activityRegularization: builder('ActivityRegularization', 'Adds a penalty on the values that pass by to the loss.', {
    l1: number('Factor of their sizes.', { min: 0, default: 0 }),
    l2: number('Factor of their squares.', { min: 0, default: 0 }),
  }),
  identity: builder('Identity', 'Changes nothing.'),
  subtract: builder('Subtract', 'The first of its two inputs minus the second.'),
};

const window = (of: readonly string[]): Option =>
  option(
    {
      is: 'either',
      of: [
        { is: 'name', of },
        { is: 'list', of: { is: 'number' }, min: 1 },
      ],
    },
    'What each frame is multiplied by; or its values.',
    { default: 'hann' },
  );

export const soundLayers: Builders = {
  melSpectrogram: builder('MelSpectrogram', 'Turns a signal into how strong each band of pitch is from moment to moment.', {
    fftLength: integer('Length of the Fourier transform, at least that of a frame.', { min: 2, default: 2048 }),
    sequenceStride: integer('How many steps from one frame to the next.', { min: 1, default: 512 }),
    sequenceLength: integer('Steps of a frame; fftLength if left out.', { min: 1 }),
    window: window(['hann', 'hamming', 'none']),
    samplingRate: integer('Steps of the signal in a second.', { min: 1, default: 16_000 }),
    numMelBins: integer('Number of bands.', { min: 1, default: 128 }),
    minFreq: number('Where the lowest band begins, in Hertz.', { min: 0, default: 20 }),
    maxFreq: number('Where the highest band ends; half the sampling rate if left out.', { above: 0 }),
    powerToDb: boolean('Whether it is in decibels.', true),
    topDb: number('How many decibels below the loudest are kept.', { min: 0, default: 80 }),
    magExp: number('Power of the magnitude: 1, or 2 for the power spectrum.', { above: 0, default: 2 }),
    minPower: number('The least power.', { above: 0, default: 1e-10 }),
    refPower: number('The power that is 0 decibels.', { default: 1 }),
  }),
  stftSpectrogram: builder(
    'STFTSpectrogram',
    'Turns each channel of a sequence into its frequencies from moment to moment, by learnable waves.',
    {
      mode: name(
        ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'],
        'What is given of each frequency; stft: real and imaginary parts.',
        {
          default: 'log',
        },
      ),
      frameLength: integer('Steps of a frame.', { min: 2, default: 256 }),
      frameStep: integer('How many steps from one frame to the next; half a frame if left out.', { min: 1 }),
      fftLength: integer('Length of the Fourier transform; the next power of 2 from the frame’s if left out.', { min: 2 }),
      window: window(['hann', 'hamming', 'blackman', 'boxcar', 'none']),
      periodic: boolean('Whether the window is made for repetition.', false),
      scaling: name(
        ['density', 'spectrum', 'none'],
        'What the window’s values are divided by: the root of their squares’ sum, or their sum.',
        {
          default: 'density',
        },
      ),
      padding: name(['valid', 'same'], 'Whether the ends are padded so that no step is left out.', { default: 'valid' }),
      expandDims: boolean('Whether channels have a dimension of their own.', false),
      dataFormat,
    },
  ),
};

const size: Options = { height: count('Height of the output.'), width: count('Width of the output.') };
const method = name(['bilinear', 'nearest'], 'Between the pixels, or the nearest one.', { default: 'bilinear' });
/** A share and its negative, or two bounds. */
const factor = (doc: string, more: Partial<Option> = { required: true }): Option =>
  option(
    {
      is: 'either',
      of: [
        { is: 'number', min: 0 },
        { is: 'list', of: { is: 'number' }, min: 2 },
      ],
    },
    doc,
    more,
  );
const moving: Options = {
  fillMode: name(['reflect', 'wrap', 'constant', 'nearest'], 'What is seen beyond the edges.', { default: 'reflect' }),
  fillValue: number('Of the mode constant: the value.', { default: 0 }),
  interpolation: method,
};
/** From 0 on, or between two numbers. */
const share = (doc: string, more: Partial<Option>): Option =>
  option(
    {
      is: 'either',
      of: [
        { is: 'number', min: 0, max: 1 },
        { is: 'list', of: { is: 'number' }, min: 2 },
      ],
    },
    doc,
    more,
  );
const valueRange = option({ is: 'list', of: { is: 'number' }, min: 2 }, 'The least and the largest value of a pixel.', { default: [0, 1] });

/** Images brought to a size, and changed at random while training: never in prediction or validation. */
export const imageLayers: Builders = {
  resizing: builder('Resizing', 'Brings images to a size.', {
    ...size,
    interpolation: method,
    cropToAspectRatio: boolean('Whether edges are cut off rather than proportions changed.', false),
  }),
  centerCrop: builder('CenterCrop', 'Cuts out the middle.', size),
  randomCrop: builder('RandomCrop', 'While training, cuts out a part at a random place; else the middle, resized.', size),
  randomFlip: builder('RandomFlip', 'Turns images over at random while training.', {
    mode: name(['horizontal', 'vertical', 'horizontalAndVertical'], 'Which sides change places.', { default: 'horizontalAndVertical' }),
  }),
  randomRotation: builder('RandomRotation', 'Turns images at random while training.', {
    factor: factor('Share of a whole turn, either way; or [least, most], counter-clockwise.'),
    ...moving,
  }),
  randomTranslation: builder('RandomTranslation', 'Moves images at random while training.', {
    heightFactor: factor('Share of the height, either way; or [least, most], downwards.'),
    widthFactor: factor('Share of the width, either way; or [least, most], to the right.'),
    ...moving,
  }),
  randomZoom: builder('RandomZoom', 'Makes images’ contents smaller or larger at random while training.', {
    heightFactor: factor('How much smaller or larger; or [least, most], smaller above 0.'),
    widthFactor: factor('The same for the width, where proportions may change.', {}),
    ...moving,
  }),
  randomHeight: builder('RandomHeight', 'Stretches images’ contents up and down at random while training; their size stays.', {
    factor: factor('How much; or [least, most], taller above 0.'),
    ...moving,
  }),
  randomWidth: builder('RandomWidth', 'Stretches images’ contents sideways at random while training; their size stays.', {
    factor: factor('How much; or [least, most], wider above 0.'),
    ...moving,
  }),
  randomContrast: builder('RandomContrast', 'Moves pixels away from their mean, or towards it, at random while training.', {
    factor: factor('How much, up or down; or [most down, most up].'),
    valueRange,
  }),
  randomBrightness: builder('RandomBrightness', 'Makes images brighter or darker at random while training.', {
    factor: factor('Share of the range of values, either way; or [least, most].'),
    valueRange,
  }),
  autoContrast: builder('AutoContrast', 'Stretches each channel to the whole range of values.', { valueRange }),
  equalization: builder('Equalization', 'Spreads the brightness of each channel evenly while training.', {
    bins: integer('Number of levels that are told apart.', { min: 2, default: 256 }),
    valueRange,
  }),
  contrastLimitedAdaptiveHistogramEqualization: builder(
    'ContrastLimitedAdaptiveHistogramEqualization',
    'Spreads the brightness of each part of an image evenly, as far as the limit lets it.',
    {
      clipLimit: number('How many times its mean a peak of a histogram may be; 0: any.', { min: 0, default: 4 }),
      tileGridSize: option({ is: 'list', of: { is: 'integer', min: 1 }, min: 2 }, 'Parts from top to bottom and from left to right.', {
        default: [8, 8],
      }),
      valueRange,
    },
  ),
  randomGrayscale: builder('RandomGrayscale', 'Takes the colours away from some images while training.', {
    factor: number('Of how many.', { min: 0, max: 1, default: 0.5 }),
  }),
  randomHue: builder('RandomHue', 'Turns the colours of images at random while training.', {
    factor: share('Share of half the colour wheel, either way; or [least, most].', { required: true }),
    valueRange,
  }),
  randomSaturation: builder('RandomSaturation', 'Makes colours weaker or stronger at random while training.', {
    factor: share('Up to this, 0.5 leaving it and 0 being gray; or [least, most].', { required: true }),
    valueRange,
  }),
  randomColorDegeneration: builder('RandomColorDegeneration', 'Makes images grayer at random while training.', {
    factor: share('Up to how gray; or [least, most].', { required: true }),
  }),
  randomColorJitter: builder('RandomColorJitter', 'Changes brightness, contrast, saturation and hue at random while training.', {
    brightnessFactor: factor('Of randomBrightness.', {}),
    contrastFactor: factor('Of randomContrast.', {}),
    saturationFactor: share('Of randomSaturation.', {}),
    hueFactor: share('Of randomHue.', {}),
    valueRange,
  }),
  randomInvert: builder('RandomInvert', 'Turns some images into their opposites while training.', {
    factor: share('How likely; or [least, most].', { default: 1 }),
    valueRange,
  }),
  solarization: builder('Solarization', 'Turns values at a threshold or above into their opposites, while training.', {
    additionFactor: share('Share of the range that is added before, up to this; or [least, most].', { default: 0 }),
    thresholdFactor: share('Threshold as a share of the range, up to this; or [least, most].', { default: 0 }),
    valueRange,
  }),
  randomPerspective: builder('RandomPerspective', 'Shows some images at a slant while training: their corners move at random.', {
    factor: share('How likely; or [least, most].', { default: 1 }),
    scale: number('How far corners move: up to half of this share of their place, either way.', { min: 0, max: 1, default: 1 }),
    interpolation: method,
    fillValue: number('What is seen beyond the edges.', { default: 0 }),
  }),
  randomElasticTransform: builder('RandomElasticTransform', 'Pulls some images about like rubber while training.', {
    factor: share('How likely; or [least, most].', { default: 1 }),
    scale: share('How strongly, up to this; or [least, most].', { default: 1 }),
    ...moving,
    valueRange,
  }),
  randAugment: builder('RandAugment', 'Changes images in some of eleven ways, drawn for each while training. Images need three channels.', {
    numOps: integer('How many changes, one after another.', { min: 1, default: 2 }),
    factor: share('How much each changes, up to this; or [least, most].', { default: 0.5 }),
    interpolation: method,
    valueRange,
  }),
  augMix: builder('AugMix', 'Mixes images with what chains of changes, drawn for each, make of them while training.', {
    numChains: integer('Number of chains.', { min: 1, default: 3 }),
    chainDepth: integer('Changes in a chain.', { min: 1, default: 3 }),
    factor: share('How much each changes, up to this; or [least, most].', { default: 0.3 }),
    alpha: number('How evenly it is mixed: the more, the more evenly.', { min: 0.01, default: 1 }),
    allOps: boolean('Whether colours are changed too; images then need three channels.', true),
    interpolation: method,
    valueRange,
  }),
  randomPosterization: builder('RandomPosterization', 'Takes away all but a few levels of images at random while training.', {
    factor: option(
      {
        is: 'either',
        of: [
          { is: 'number', min: 1, max: 8 },
          { is: 'list', of: { is: 'number' }, min: 2 },
        ],
      },
      'Bits that are kept of 8: from 1 to this; or [least, most].',
      { required: true },
    ),
    valueRange,
  }),
  randomSharpness: builder('RandomSharpness', 'Makes images sharper or softer at random while training.', {
    factor: share('Up to this, 0.5 leaving it and 1 being the sharpest; or [least, most].', { required: true }),
    valueRange,
  }),
  randomGaussianBlur: builder('RandomGaussianBlur', 'Blurs some images while training.', {
    factor: share('How likely; or [least, most].', { default: 1 }),
    kernelSize: integer('How many pixels each is blurred over; an odd number.', { min: 1, default: 3 }),
    sigma: factor('Up to how wide, in pixels; or [least, most].', { default: 1 }),
    valueRange,
  }),
  randomErasing: builder('RandomErasing', 'Covers a rectangle of images at a random place while training.', {
    factor: share('How likely; or [least, most].', { default: 1 }),
    scale: share('Share of the image, up to this; or [least, most].', { default: [0.02, 0.33] }),
    fillValue: number('What it is covered with; noise if left out.'),
    valueRange,
  }),
  mixUp: builder('MixUp', 'Mixes images of a batch with each other while training, and what they are to be as much.', {
    alpha: number('How much: near 0 hardly ever, 1 by any share alike.', { above: 0, default: 0.2 }),
  }),
  cutMix: builder('CutMix', 'Puts a part of another image of the batch into each while training, and what it is to be as much.', {
    factor: share('How evenly the shares are drawn: up to this; or [least, most].', { default: 1 }),
  }),
  randomShear: builder('RandomShear', 'Slants images at random while training.', {
    xFactor: share('How far rows move sideways, up to this; or [least, most].', { default: 0 }),
    yFactor: share('How far columns move up and down, up to this; or [least, most].', { default: 0 }),
    ...moving,
  }),
  discretization: builder('Discretization', 'Turns numbers into the number of boundaries at or below them.', {
    binBoundaries: option({ is: 'list', of: { is: 'number' }, min: 1 }, 'The boundaries, growing.', { required: true }),
    outputMode: name(['int', 'oneHot'], 'The number itself, or a row of 0 and 1.', { default: 'int' }),
  }),
};
