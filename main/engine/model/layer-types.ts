/** What each layer may be told, what it must be, and what it takes: tfjs checks none of it by name. */

/** What one sample must look like when it arrives at a layer, by its number of dimensions. */
export type Wanted = 'vector' | 'sequence' | 'image' | 'volume' | 'imageSequence' | 'any';
export const wantedRank: Readonly<Record<Wanted, number | null>> = {
  vector: 1,
  sequence: 2,
  image: 3,
  volume: 4,
  imageSequence: 4,
  any: null,
};

export interface LayerType {
  readonly wanted: Wanted;
  readonly required: readonly string[];
  readonly options: readonly string[];
}

const common = ['name', 'trainable', 'batchInputShape', 'inputShape', 'batchSize', 'dtype', 'inputDType', 'updatable'];
const weight = (name: string) => [`${name}Initializer`, `${name}Regularizer`, `${name}Constraint`];
const dense = ['activation', 'useBias', ...weight('kernel'), ...weight('bias'), 'activityRegularizer'];
const convolution = [...dense, 'strides', 'padding', 'dataFormat', 'dilationRate', 'groups'];
const pooling = ['poolSize', 'strides', 'padding', 'dataFormat'];
const recurrent = [
  ...dense,
  ...weight('recurrent'),
  'dropout',
  'recurrentDropout',
  'returnSequences',
  'returnState',
  'goBackwards',
  'stateful',
  'unroll',
  'inputDim',
  'inputLength',
  'implementation',
  'recurrentActivation',
  'unitForgetBias',
  'resetAfter',
];

function layer(wanted: Wanted, required: readonly string[] = [], options: readonly string[] = []): LayerType {
  return { wanted, required, options: [...common, ...required, ...options] };
}

/** By Keras' class name. */
export const layerTypes: Readonly<Record<string, LayerType>> = {
  Activation: layer('any', ['activation']),
  Add: layer('any'),
  AlphaDropout: layer('any', ['rate'], ['noiseShape', 'seed']),
  Average: layer('any'),
  AveragePooling1D: layer('sequence', [], pooling),
  AveragePooling2D: layer('image', [], pooling),
  AveragePooling3D: layer('volume', [], pooling),
  BatchNormalization: layer(
    'any',
    [],
    [
      'axis',
      'momentum',
      'epsilon',
      'center',
      'scale',
      ...weight('beta'),
      ...weight('gamma'),
      'movingMeanInitializer',
      'movingVarianceInitializer',
    ],
  ),
  Bidirectional: layer('sequence', ['layer'], ['mergeMode']),
  CategoryEncoding: layer('vector', ['numTokens'], ['outputMode']),
  Concatenate: layer('any', [], ['axis']),
  Conv1D: layer('sequence', ['filters', 'kernelSize'], convolution),
  Conv2D: layer('image', ['filters', 'kernelSize'], convolution),
  Conv2DTranspose: layer('image', ['filters', 'kernelSize'], convolution),
  Conv3D: layer('volume', ['filters', 'kernelSize'], convolution),
  Conv3DTranspose: layer('volume', ['filters', 'kernelSize'], convolution),
  ConvLSTM2D: layer('imageSequence', ['filters', 'kernelSize'], [...convolution, ...recurrent]),
  Cropping2D: layer('image', ['cropping'], ['dataFormat']),
  Dense: layer('any', ['units'], [...dense, 'inputDim']),
  DepthwiseConv2D: layer('image', ['kernelSize'], [...convolution, 'depthMultiplier', ...weight('depthwise')]),
  Dot: layer('any', ['axes'], ['normalize']),
  Dropout: layer('any', ['rate'], ['noiseShape', 'seed']),
  ELU: layer('any', [], ['alpha']),
  Embedding: layer('any', ['inputDim', 'outputDim'], [...weight('embeddings'), 'activityRegularizer', 'maskZero', 'inputLength']),
  Flatten: layer('any', [], ['dataFormat']),
  GaussianDropout: layer('any', ['rate'], ['seed']),
  GaussianNoise: layer('any', ['stddev'], ['seed']),
  GlobalAveragePooling1D: layer('sequence'),
  GlobalAveragePooling2D: layer('image', [], ['dataFormat']),
  GlobalMaxPooling1D: layer('sequence'),
  GlobalMaxPooling2D: layer('image', [], ['dataFormat']),
  GRU: layer('sequence', ['units'], recurrent),
  LayerNormalization: layer('any', [], ['axis', 'epsilon', 'center', 'scale', ...weight('beta'), ...weight('gamma')]),
  LeakyReLU: layer('any', [], ['alpha']),
  LSTM: layer('sequence', ['units'], recurrent),
  Masking: layer('any', [], ['maskValue']),
  MaxPooling1D: layer('sequence', [], pooling),
  MaxPooling2D: layer('image', [], pooling),
  MaxPooling3D: layer('volume', [], pooling),
  Maximum: layer('any'),
  Minimum: layer('any'),
  Multiply: layer('any'),
  Permute: layer('any', ['dims']),
  PReLU: layer('any', [], [...weight('alpha'), 'sharedAxes']),
  ReLU: layer('any', [], ['maxValue']),
  RNN: layer('sequence', ['cell'], ['returnSequences', 'returnState', 'goBackwards', 'stateful', 'unroll', 'inputDim', 'inputLength']),
  RepeatVector: layer('vector', ['n']),
  Rescaling: layer('any', ['scale'], ['offset']),
  Reshape: layer('any', ['targetShape']),
  SeparableConv2D: layer(
    'image',
    ['filters', 'kernelSize'],
    [...convolution, 'depthMultiplier', ...weight('depthwise'), ...weight('pointwise')],
  ),
  SimpleRNN: layer('sequence', ['units'], recurrent),
  Softmax: layer('any', [], ['axis']),
  SpatialDropout1D: layer('sequence', ['rate'], ['seed']),
  ThresholdedReLU: layer('any', [], ['theta']),
  TimeDistributed: layer('any', ['layer']),
  UpSampling2D: layer('image', [], ['size', 'dataFormat', 'interpolation']),
  ZeroPadding2D: layer('image', [], ['padding', 'dataFormat']),
};

/** The layer that stands for the data. */
export const inputLayer = 'InputLayer';
export const inputLayerOptions: readonly string[] = [...common, 'batchShape', 'shape', 'sparse', 'ragged'];

export const activations: readonly string[] = [
  'elu',
  'gelu',
  'hardSigmoid',
  'linear',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
];

export const initializers: readonly string[] = [
  'constant',
  'glorotNormal',
  'glorotUniform',
  'heNormal',
  'heUniform',
  'identity',
  'leCunNormal',
  'leCunUniform',
  'ones',
  'orthogonal',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
  'varianceScaling',
  'zeros',
];

/** Layers that give every sample back in the shape it came in. */
export const keepsShape: readonly string[] = [
  'Activation',
  'AlphaDropout',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'LeakyReLU',
  'ReLU',
  'Softmax',
];
