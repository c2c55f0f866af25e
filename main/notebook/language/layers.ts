/** tfjs' layers by their names there, with their options. Keras' class names and tfjs' camelCase config keys. */
import {
  activation,
  boolean,
  builder,
  causalPadding,
  type Builders,
  constraint,
  dataFormat,
  initializer,
  integer,
  name,
  number,
  option,
  padding,
  regularizer,
} from './kinds.ts';
import {
  attentionLayers,
  basicLayers,
  convolutionLayers,
  globalPooling,
  imageLayers,
  keepdims,
  normalizationLayers,
  poolingLayers,
  shapingLayers,
  soundLayers,
} from './keras-layers.ts';
import type { Options } from './option.ts';

/** What every layer takes. */
export const anyLayer: Options = {
  name: option({ is: 'text' }, 'The layer’s name, its own within a model.'),
  inputShape: option({ is: 'shape' }, 'Shape of one sample; for the first layer, where the data does not say it.'),
  trainable: boolean('Whether training changes its weights.', true),
};

const weights: Options = {
  useBias: boolean('Whether a bias is added.', true),
  kernelInitializer: initializer('the weights', 'glorotUniform'),
  biasInitializer: initializer('the biases', 'zeros'),
  kernelRegularizer: regularizer('the weights'),
  biasRegularizer: regularizer('the biases'),
  kernelConstraint: constraint('the weights'),
  biasConstraint: constraint('the biases'),
};
const outputActivation = activation('Function applied to the output.', 'linear');

const convolution = (rank: number): Options => ({
  filters: integer('Number of output channels.', { required: true, min: 1 }),
  kernelSize: option({ is: 'size', rank }, 'Size of the window.', { required: true }),
  strides: option({ is: 'size', rank }, 'How far the window moves at a time.', { default: 1 }),
  padding: rank === 1 ? causalPadding : padding,
  ...(rank > 1 && { dataFormat }),
  dilationRate: option({ is: 'size', rank }, 'Spacing between the window’s points.', { default: 1 }),
  groups: integer('Number of groups of channels, each with its own filters.', { min: 1, default: 1 }),
  activation: outputActivation,
  ...weights,
});
/** The weights of layers that have depthwise ones instead. */
const kernel: readonly string[] = ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint'];
const depthwise: Options = {
  depthMultiplier: integer('Output channels for each input channel.', { min: 1, default: 1 }),
  depthwiseInitializer: initializer('the depthwise weights', 'glorotUniform'),
  depthwiseRegularizer: regularizer('the depthwise weights'),
  depthwiseConstraint: constraint('the depthwise weights'),
};
const pooling = (rank: number): Options => ({
  poolSize: option({ is: 'size', rank }, 'Size of the window.', { default: 2 }),
  strides: option({ is: 'size', rank }, 'How far the window moves at a time; the window’s size if left out.'),
  padding,
  ...(rank > 1 && { dataFormat }),
});
const rate = number('Share of the values that are dropped.', { required: true, min: 0, below: 1 });

const recurrentCell: Options = {
  units: integer('Number of outputs.', { required: true, min: 1 }),
  activation: activation('Function applied to the output.', 'tanh'),
  ...weights,
  recurrentInitializer: initializer('the recurrent weights', 'orthogonal'),
  recurrentRegularizer: regularizer('the recurrent weights'),
  recurrentConstraint: constraint('the recurrent weights'),
  dropout: number('Share of the inputs that are dropped.', { min: 0, max: 1, default: 0 }),
  recurrentDropout: number('Share of the recurrent state that is dropped.', { min: 0, max: 1, default: 0 }),
};
const gated: Options = {
  recurrentActivation: activation('Function of the gates.', 'sigmoid'),
};
const resetAfter = boolean('Whether the reset gate acts after the recurrent product, as in cuDNN and Keras.', false);
const unitForgetBias = boolean('Whether the forget gate’s bias starts at 1.', true);
const stateful = boolean(
  'Whether a sample goes on where the sample at its place in the batch before ended, from 0 at each epoch’s start. Wants shuffle: false and samples in order; batchSize says how many sequences go on side by side.',
  false,
);
const recurrent: Options = {
  stateful,
  returnSequences: boolean('Whether every step’s output is given, not the last alone.', false),
  goBackwards: boolean('Whether the sequence is read from its end.', false),
  returnState: boolean('Whether the states it ends in are given besides: `const [output, ...states] = layer.apply(x)`.', false),
};
const { units: _units, ...cellWithoutUnits } = recurrentCell;
const convolutionalRecurrent = (rank: 1 | 2 | 3): Options => ({
  ...without(['dataFormat', 'dilationRate', 'groups'], convolution(rank)),
  padding: convolution(2)['padding'],
  ...cellWithoutUnits,
  ...gated,
  unitForgetBias,
  ...recurrent,
});

export const layers: Builders = {
  // Basic
  inputLayer: builder('InputLayer', 'Says the shape of the input.', {
    batchInputShape: option({ is: 'shape' }, 'Shape with the batch as its first dimension.'),
  }),
  dense: builder('Dense', 'Every output is a weighted sum of all inputs.', {
    units: integer('Number of outputs; in the last layer as many as the data has classes or targets, if left out.', { min: 1 }),
    activation: outputActivation,
    ...weights,
  }),
  activation: builder('Activation', 'Applies a function to every value.', {
    activation: { ...activation('The function.'), required: true },
  }),
  dropout: builder('Dropout', 'While training, sets a share of the values to 0 and scales up the others.', { rate }),
  spatialDropout1d: builder('SpatialDropout1D', 'Drops whole channels of a sequence while training.', { rate }),
  flatten: builder('Flatten', 'Makes one row of all values.', { dataFormat }),
  reshape: builder('Reshape', 'Gives the values another shape.', {
    targetShape: option({ is: 'list', of: { is: 'integer', min: -1 } }, 'The shape; -1 once for what is left over.', { required: true }),
  }),
  permute: builder('Permute', 'Reorders the dimensions.', {
    dims: option({ is: 'list', of: { is: 'integer', min: 1 }, min: 1 }, 'The dimensions in their new order, counted from 1.', {
      required: true,
    }),
  }),
  repeatVector: builder('RepeatVector', 'Repeats the input as the steps of a sequence.', {
    n: integer('How often.', { required: true, min: 1 }),
  }),
  embedding: builder('Embedding', 'Turns whole numbers into vectors that are learnt.', {
    inputDim: integer('Number of different inputs: the largest index + 1; the vocabulary of tokenized text if left out.', { min: 1 }),
    outputDim: integer('Length of the vectors.', { required: true, min: 1 }),
    embeddingsInitializer: initializer('the vectors', 'randomUniform'),
    embeddingsRegularizer: regularizer('the vectors'),
    embeddingsConstraint: constraint('the vectors'),
    maskZero: boolean('Whether index 0 is padding.', false),
    inputLength: option(
      {
        is: 'either',
        of: [
          { is: 'integer', min: 1 },
          { is: 'list', of: { is: 'integer', min: 1 } },
        ],
      },
      'Length of the sequences, if it is fixed.',
    ),
  }),
  masking: builder('Masking', 'Marks steps whose values all equal a number as padding.', {
    maskValue: number('The number.', { default: 0 }),
  }),

  ...basicLayers,

  // Activations with options of their own
  reLU: builder('ReLU', 'Sets negative values to 0.', {
    maxValue: number('The largest output.', { above: 0 }),
    negativeSlope: number('What values below the threshold are multiplied by, from it on.', { min: 0, default: 0 }),
    threshold: number('Where the line begins.', { min: 0, default: 0 }),
  }),
  leakyReLU: builder('LeakyReLU', 'Multiplies negative values by a small number.', {
    alpha: number('The small number.', { default: 0.3 }),
  }),
  prelu: builder('PReLU', 'Multiplies negative values by a number that is learnt.', {
    alphaInitializer: initializer('the numbers', 'zeros'),
    alphaRegularizer: regularizer('the numbers'),
    alphaConstraint: constraint('the numbers'),
    sharedAxes: option(
      {
        is: 'either',
        of: [
          { is: 'integer', min: 1 },
          { is: 'list', of: { is: 'integer', min: 1 } },
        ],
      },
      'Dimensions along which one number is shared.',
    ),
  }),
  elu: builder('ELU', 'Lets negative values run towards -1.'),
  thresholdedReLU: builder('ThresholdedReLU', 'Sets values up to a threshold to 0.', { theta: number('The threshold.', { default: 1 }) }),
  softmax: builder('Softmax', 'Makes values into shares that add up to 1, along a dimension.', {
    axis: integer('The dimension.', { default: -1 }),
  }),

  // Convolution
  conv1d: builder('Conv1D', 'Moves windows of weights along a sequence.', convolution(1)),
  conv2d: builder('Conv2D', 'Moves windows of weights over an image.', convolution(2)),
  conv3d: builder('Conv3D', 'Moves windows of weights through a volume.', convolution(3)),
  conv2dTranspose: builder('Conv2DTranspose', 'A convolution backwards: makes an image larger.', without(['groups'], convolution(2))),
  conv3dTranspose: builder(
    'Conv3DTranspose',
    'A convolution backwards: makes a volume larger.',
    without(['dilationRate', 'groups'], convolution(3)),
  ),
  separableConv2d: builder('SeparableConv2D', 'A convolution of each channel on its own, then a mix of the channels.', {
    ...without(['dataFormat', 'groups', ...kernel], convolution(2)),
    ...depthwise,
    pointwiseInitializer: initializer('the mixing weights', 'glorotUniform'),
    pointwiseRegularizer: regularizer('the mixing weights'),
    pointwiseConstraint: constraint('the mixing weights'),
  }),
  depthwiseConv2d: builder('DepthwiseConv2D', 'A convolution of each channel on its own.', {
    ...without(['filters', 'groups', ...kernel], convolution(2)),
    ...depthwise,
  }),
  ...convolutionLayers,
  cropping2D: builder('Cropping2D', 'Cuts off an image’s edges.', { cropping: edges('How much is cut off.', true), dataFormat }),
  upSampling2d: builder('UpSampling2D', 'Repeats an image’s rows and columns.', {
    size: option({ is: 'size', rank: 2 }, 'How often: one number, or [rows, columns].', { default: 2 }),
    interpolation: name(['nearest', 'bilinear'], 'The same pixel again, or pixels between.', { default: 'nearest' }),
    dataFormat,
  }),
  zeroPadding2d: builder('ZeroPadding2D', 'Adds zeros around an image.', { padding: edges('How many.', false), dataFormat }),

  ...shapingLayers,

  // Pooling
  maxPooling1d: builder('MaxPooling1D', 'Keeps each window’s largest value.', pooling(1)),
  maxPooling2d: builder('MaxPooling2D', 'Keeps each window’s largest value.', pooling(2)),
  maxPooling3d: builder('MaxPooling3D', 'Keeps each window’s largest value.', pooling(3)),
  averagePooling1d: builder('AveragePooling1D', 'Keeps each window’s mean.', pooling(1)),
  averagePooling2d: builder('AveragePooling2D', 'Keeps each window’s mean.', pooling(2)),
  averagePooling3d: builder('AveragePooling3D', 'Keeps each window’s mean.', pooling(3)),
  globalMaxPooling1d: builder('GlobalMaxPooling1D', 'Keeps each channel’s largest value.', { keepdims }),
  globalMaxPooling2d: builder('GlobalMaxPooling2D', 'Keeps each channel’s largest value.', globalPooling),
  globalAveragePooling1d: builder('GlobalAveragePooling1D', 'Keeps each channel’s mean.', { keepdims }),
  globalAveragePooling2d: builder('GlobalAveragePooling2D', 'Keeps each channel’s mean.', globalPooling),

  ...poolingLayers,

  // Normalization and noise
  batchNormalization: builder('BatchNormalization', 'Shifts and scales values by the batch’s mean and deviation.', {
    axis: integer('The dimension of the channels.', { default: -1 }),
    momentum: number('How slowly the moving averages follow.', { min: 0, max: 1, default: 0.99 }),
    epsilon: number('Added to the variance, against dividing by 0.', { above: 0, default: 1e-3 }),
    center: boolean('Whether a learnt number is added.', true),
    scale: boolean('Whether values are multiplied by a learnt number.', true),
    betaInitializer: initializer('the added numbers', 'zeros'),
    gammaInitializer: initializer('the factors', 'ones'),
    movingMeanInitializer: initializer('the moving means', 'zeros'),
    movingVarianceInitializer: initializer('the moving variances', 'ones'),
    betaRegularizer: regularizer('the added numbers'),
    gammaRegularizer: regularizer('the factors'),
    betaConstraint: constraint('the added numbers'),
    gammaConstraint: constraint('the factors'),
  }),
  layerNormalization: builder('LayerNormalization', 'Shifts and scales each sample’s values by their own mean and deviation.', {
    axis: option(
      { is: 'either', of: [{ is: 'integer' }, { is: 'list', of: { is: 'integer' } }] },
      'The dimensions that are normalized together.',
      { default: -1 },
    ),
    epsilon: number('Added to the variance, against dividing by 0.', { above: 0, default: 1e-3 }),
    center: boolean('Whether a learnt number is added.', true),
    scale: boolean('Whether values are multiplied by a learnt number.', true),
    betaInitializer: initializer('the added numbers', 'zeros'),
    gammaInitializer: initializer('the factors', 'ones'),
    betaRegularizer: regularizer('the added numbers'),
    gammaRegularizer: regularizer('the factors'),
  }),
  ...normalizationLayers,
  gaussianNoise: builder('GaussianNoise', 'Adds noise while training.', { stddev: number('Its deviation.', { required: true, min: 0 }) }),
  gaussianDropout: builder('GaussianDropout', 'Multiplies by noise around 1 while training.', { rate }),
  alphaDropout: builder('AlphaDropout', 'Dropout that keeps mean and variance; goes with selu.', {
    rate,
    noiseShape: option({ is: 'shape' }, 'Shape of the mask.'),
  }),

  // Joining branches
  add: builder('Add', 'Adds its inputs.'),
  average: builder('Average', 'The mean of its inputs.'),
  maximum: builder('Maximum', 'The largest of its inputs’ values.'),
  minimum: builder('Minimum', 'The smallest of its inputs’ values.'),
  multiply: builder('Multiply', 'Multiplies its inputs.'),
  concatenate: builder('Concatenate', 'Puts its inputs side by side.', { axis: integer('The dimension along which.', { default: -1 }) }),
  dot: builder('Dot', 'Products of two inputs’ vectors.', {
    axes: option(
      { is: 'either', of: [{ is: 'integer' }, { is: 'list', of: { is: 'integer' }, min: 2 }] },
      'The dimensions that are summed over.',
      { required: true },
    ),
    normalize: boolean('Whether vectors are scaled to length 1 first.', false),
  }),

  // Recurrent
  simpleRNN: builder('SimpleRNN', 'Reads a sequence with one state.', { ...recurrentCell, ...recurrent }),
  lstm: builder('LSTM', 'Reads a sequence with a long and a short memory.', { ...recurrentCell, ...gated, unitForgetBias, ...recurrent }),
  gru: builder('GRU', 'Reads a sequence with a gated state.', { ...recurrentCell, ...gated, resetAfter, ...recurrent }),
  simpleRNNCell: builder('SimpleRNNCell', 'One step of simpleRNN.', recurrentCell),
  lstmCell: builder('LSTMCell', 'One step of lstm.', { ...recurrentCell, ...gated, unitForgetBias }),
  gruCell: builder('GRUCell', 'One step of gru.', {
    ...recurrentCell,
    ...gated,
    resetAfter,
  }),
  stackedRNNCells: builder('StackedRNNCells', 'Cells one on another, as one.', {
    cells: option({ is: 'list', of: { is: 'layer' }, min: 1 }, 'The cells.', { required: true }),
  }),
  rnn: builder('RNN', 'Reads a sequence with a cell.', {
    cell: option({ is: 'layer' }, 'The cell: simpleRNNCell, lstmCell, gruCell or stackedRNNCells.', { required: true }),
    ...recurrent,
  }),
  convLstm1d: builder('ConvLSTM1D', 'An lstm over rows, with convolutions inside.', convolutionalRecurrent(1)),
  convLstm2d: builder('ConvLSTM2D', 'An lstm over images, with convolutions inside.', convolutionalRecurrent(2)),
  convLstm3d: builder('ConvLSTM3D', 'An lstm over volumes, with convolutions inside.', convolutionalRecurrent(3)),
  bidirectional: builder('Bidirectional', 'Reads a sequence from both ends.', {
    layer: option({ is: 'layer' }, 'The recurrent layer.', { required: true }),
    mergeMode: name(['concat', 'sum', 'mul', 'ave'], 'How the two results are joined.', { default: 'concat' }),
  }),
  spectralNormalization: builder(
    'SpectralNormalization',
    'Divides a layer’s kernel by its largest singular value in each step of training.',
    {
      layer: option({ is: 'layer' }, 'The layer: one with a kernel, or an embedding.', { required: true }),
      powerIterations: integer('How often that value is brought nearer in a step.', { min: 1, default: 1 }),
    },
  ),
  timeDistributed: builder('TimeDistributed', 'Applies a layer to every step of a sequence.', {
    layer: option({ is: 'layer' }, 'The layer.', { required: true }),
  }),

  // Attention
  ...attentionLayers,

  // Preprocessing
  rescaling: builder('Rescaling', 'Multiplies, then adds.', {
    scale: number('The factor.', { required: true }),
    offset: number('What is added.', { default: 0 }),
  }),
  ...imageLayers,
  ...soundLayers,
  categoryEncoding: builder('CategoryEncoding', 'Turns whole numbers into rows of 0 and 1.', {
    numTokens: integer('Number of categories.', { required: true, min: 1 }),
    outputMode: name(['multiHot', 'oneHot', 'count'], 'What the row says.', { default: 'multiHot' }),
  }),
};

function without(names: readonly string[], options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

function edges(doc: string, required: boolean) {
  const pair = { is: 'list', of: { is: 'integer', min: 0 }, min: 2 } as const;
  const type = { is: 'either', of: [{ is: 'integer', min: 0 }, pair, { is: 'list', of: pair, min: 2 }] } as const;
  const full = `${doc.slice(0, -1)}: one number, [rows, columns] or [[top, bottom], [left, right]].`;
  return required ? option(type, full, { required: true }) : option(type, full, { default: 1 });
}
