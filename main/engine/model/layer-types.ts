/** What each layer may be told, what it must be, and what it takes: tfjs checks none of it by name. */
import { ownActivations } from './layers/activations.ts';

/** What one sample must look like when it arrives at a layer, by its number of dimensions. */
export type Wanted = 'vector' | 'sequence' | 'image' | 'volume' | 'imageSequence' | 'rowSequence' | 'volumeSequence' | 'any';
export const wantedRank: Readonly<Record<Wanted, number | null>> = {
  vector: 1,
  sequence: 2,
  image: 3,
  volume: 4,
  imageSequence: 4,
  rowSequence: 3,
  volumeSequence: 5,
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
const convolution = [...dense, 'strides', 'padding', 'dataFormat', 'dilationRate'];
const grouped = [...convolution, 'groups'];
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

const moving = ['fillMode', 'fillValue', 'interpolation', 'seed'];
const attention = ['dropout', 'useBias', 'useCausalMask', ...weight('kernel'), ...weight('bias'), 'activityRegularizer', 'seed'];

function layer(wanted: Wanted, required: readonly string[] = [], options: readonly string[] = []): LayerType {
  return { wanted, required, options: [...common, ...required, ...options] };
}

/** By Keras' class name. */
export const layerTypes: Readonly<Record<string, LayerType>> = {
  Activation: layer('any', ['activation']),
  AdaptiveAveragePooling1D: layer('sequence', ['outputSize'], ['dataFormat']),
  AdaptiveAveragePooling2D: layer('image', ['outputSize'], ['dataFormat']),
  AdaptiveAveragePooling3D: layer('volume', ['outputSize'], ['dataFormat']),
  AdaptiveMaxPooling1D: layer('sequence', ['outputSize'], ['dataFormat']),
  AdaptiveMaxPooling2D: layer('image', ['outputSize'], ['dataFormat']),
  AdaptiveMaxPooling3D: layer('volume', ['outputSize'], ['dataFormat']),
  Add: layer('any'),
  ActivityRegularization: layer('any', [], ['l1', 'l2']),
  AdditiveAttention: layer('sequence', [], ['useScale', 'dropout', 'useCausalMask', 'seed']),
  AlphaDropout: layer('any', ['rate'], ['noiseShape', 'seed']),
  Attention: layer('sequence', [], ['useScale', 'scoreMode', 'dropout', 'useCausalMask', 'seed']),
  AutoContrast: layer('image', [], ['valueRange']),
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
  CenterCrop: layer('image', ['height', 'width']),
  Concatenate: layer('any', [], ['axis']),
  Conv1D: layer('sequence', ['filters', 'kernelSize'], grouped),
  Conv1DTranspose: layer('sequence', ['filters', 'kernelSize'], convolution),
  Conv2D: layer('image', ['filters', 'kernelSize'], grouped),
  Conv2DTranspose: layer('image', ['filters', 'kernelSize'], convolution),
  Conv3D: layer('volume', ['filters', 'kernelSize'], grouped),
  Conv3DTranspose: layer('volume', ['filters', 'kernelSize'], convolution),
  ConvLSTM1D: layer('rowSequence', ['filters', 'kernelSize'], [...convolution, ...recurrent]),
  ConvLSTM2D: layer('imageSequence', ['filters', 'kernelSize'], [...convolution, ...recurrent]),
  ConvLSTM3D: layer('volumeSequence', ['filters', 'kernelSize'], [...convolution, ...recurrent]),
  Cropping1D: layer('sequence', ['cropping']),
  Cropping3D: layer('volume', ['cropping'], ['dataFormat']),
  Cropping2D: layer('image', ['cropping'], ['dataFormat']),
  CutMix: layer('image', [], ['factor', 'seed']),
  Dense: layer('any', ['units'], [...dense, 'inputDim']),
  DepthwiseConv1D: layer('sequence', ['kernelSize'], [...convolution, 'depthMultiplier', ...weight('depthwise')]),
  DepthwiseConv2D: layer('image', ['kernelSize'], [...convolution, 'depthMultiplier', ...weight('depthwise')]),
  Discretization: layer('any', ['binBoundaries'], ['outputMode']),
  Dot: layer('any', ['axes'], ['normalize']),
  Dropout: layer('any', ['rate'], ['noiseShape', 'seed']),
  ELU: layer('any', [], ['alpha']),
  EinsumDense: layer('any', ['equation', 'outputShape'], ['biasAxes', 'activation', ...weight('kernel'), ...weight('bias')]),
  Embedding: layer('any', ['inputDim', 'outputDim'], [...weight('embeddings'), 'activityRegularizer', 'maskZero', 'inputLength']),
  Flatten: layer('any', [], ['dataFormat']),
  GaussianDropout: layer('any', ['rate'], ['seed']),
  GaussianNoise: layer('any', ['stddev'], ['seed']),
  GlobalAveragePooling1D: layer('sequence', [], ['dataFormat', 'keepdims']),
  GlobalAveragePooling2D: layer('image', [], ['dataFormat', 'keepdims']),
  GlobalAveragePooling3D: layer('volume', [], ['dataFormat', 'keepdims']),
  GlobalMaxPooling1D: layer('sequence', [], ['dataFormat', 'keepdims']),
  GlobalMaxPooling2D: layer('image', [], ['dataFormat', 'keepdims']),
  GlobalMaxPooling3D: layer('volume', [], ['dataFormat', 'keepdims']),
  GroupNormalization: layer('any', [], ['groups', 'axis', 'epsilon', 'center', 'scale', ...weight('beta'), ...weight('gamma')]),
  GroupQueryAttention: layer('sequence', ['headDim', 'numQueryHeads', 'numKeyValueHeads'], attention),
  GRU: layer('sequence', ['units'], recurrent),
  Identity: layer('any'),
  LayerNormalization: layer('any', [], ['axis', 'epsilon', 'center', 'scale', ...weight('beta'), ...weight('gamma')]),
  LeakyReLU: layer('any', [], ['alpha', 'negativeSlope']),
  LSTM: layer('sequence', ['units'], recurrent),
  Masking: layer('any', [], ['maskValue']),
  MaxPooling1D: layer('sequence', [], pooling),
  MaxPooling2D: layer('image', [], pooling),
  MaxPooling3D: layer('volume', [], pooling),
  Maximum: layer('any'),
  Minimum: layer('any'),
  MixUp: layer('image', [], ['alpha', 'seed']),
  MultiHeadAttention: layer('sequence', ['numHeads', 'keyDim'], ['valueDim', 'outputShape', ...attention]),
  Multiply: layer('any'),
  Normalization: layer('any', [], ['axis', 'mean', 'variance', 'invert']),
  Permute: layer('any', ['dims']),
  PositionEmbedding: layer('sequence', ['sequenceLength'], ['initializer']),
  PReLU: layer('any', [], [...weight('alpha'), 'sharedAxes']),
  ReLU: layer('any', [], ['maxValue', 'negativeSlope', 'threshold']),
  RMSNormalization: layer('any', [], ['axis', 'epsilon']),
  RNN: layer('sequence', ['cell'], ['returnSequences', 'returnState', 'goBackwards', 'stateful', 'unroll', 'inputDim', 'inputLength']),
  RandomBrightness: layer('image', ['factor'], ['valueRange', 'seed']),
  RandomColorDegeneration: layer('image', ['factor'], ['seed']),
  RandomColorJitter: layer('image', [], ['brightnessFactor', 'contrastFactor', 'saturationFactor', 'hueFactor', 'valueRange', 'seed']),
  RandomContrast: layer('image', ['factor'], ['valueRange', 'seed']),
  RandomCrop: layer('image', ['height', 'width'], ['seed']),
  RandomErasing: layer('image', [], ['factor', 'scale', 'fillValue', 'valueRange', 'seed']),
  RandomFlip: layer('image', [], ['mode', 'seed']),
  RandomGaussianBlur: layer('image', [], ['factor', 'kernelSize', 'sigma', 'valueRange', 'seed']),
  RandomGrayscale: layer('image', [], ['factor', 'seed']),
  RandomHeight: layer('image', ['factor'], moving),
  RandomHue: layer('image', ['factor'], ['valueRange', 'seed']),
  RandomInvert: layer('image', [], ['factor', 'valueRange', 'seed']),
  RandomPosterization: layer('image', ['factor'], ['valueRange', 'seed']),
  RandomRotation: layer('image', ['factor'], moving),
  RandomSaturation: layer('image', ['factor'], ['valueRange', 'seed']),
  RandomSharpness: layer('image', ['factor'], ['valueRange', 'seed']),
  RandomShear: layer('image', [], ['xFactor', 'yFactor', ...moving]),
  RandomTranslation: layer('image', ['heightFactor', 'widthFactor'], moving),
  RandomWidth: layer('image', ['factor'], moving),
  RandomZoom: layer('image', ['heightFactor'], ['widthFactor', ...moving]),
  RepeatVector: layer('vector', ['n']),
  Rescaling: layer('any', ['scale'], ['offset']),
  Resizing: layer('image', ['height', 'width'], ['interpolation', 'cropToAspectRatio']),
  Reshape: layer('any', ['targetShape']),
  SeparableConv1D: layer(
    'sequence',
    ['filters', 'kernelSize'],
    [...convolution, 'depthMultiplier', ...weight('depthwise'), ...weight('pointwise')],
  ),
  SeparableConv2D: layer(
    'image',
    ['filters', 'kernelSize'],
    [...convolution, 'depthMultiplier', ...weight('depthwise'), ...weight('pointwise')],
  ),
  SimpleRNN: layer('sequence', ['units'], recurrent),
  SinePositionEncoding: layer('sequence', [], ['maxWavelength']),
  Softmax: layer('any', [], ['axis']),
  Solarization: layer('image', [], ['additionFactor', 'thresholdFactor', 'valueRange', 'seed']),
  SpectralNormalization: layer('any', ['layer'], ['powerIterations']),
  SpatialDropout1D: layer('sequence', ['rate'], ['seed']),
  SpatialDropout2D: layer('image', ['rate'], ['dataFormat', 'seed']),
  SpatialDropout3D: layer('volume', ['rate'], ['dataFormat', 'seed']),
  Subtract: layer('any'),
  ThresholdedReLU: layer('any', [], ['theta']),
  TimeDistributed: layer('any', ['layer']),
  TokenAndPositionEmbedding: layer(
    'vector',
    ['vocabularySize', 'sequenceLength', 'embeddingDim'],
    ['embeddingsInitializer', 'embeddingsRegularizer', 'embeddingsConstraint', 'maskZero'],
  ),
  TransformerEncoder: layer(
    'sequence',
    ['intermediateDim', 'numHeads'],
    [
      'dropout',
      'activation',
      'layerNormEpsilon',
      'normalizeFirst',
      'useCausalMask',
      'kernelInitializer',
      'biasInitializer',
      'kernelRegularizer',
      'biasRegularizer',
    ],
  ),
  UnitNormalization: layer('any', [], ['axis']),
  UpSampling1D: layer('sequence', [], ['size']),
  UpSampling3D: layer('volume', [], ['size', 'dataFormat']),
  UpSampling2D: layer('image', [], ['size', 'dataFormat', 'interpolation']),
  ZeroPadding1D: layer('sequence', [], ['padding']),
  ZeroPadding3D: layer('volume', [], ['padding', 'dataFormat']),
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
  'logSoftmax',
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
  ...ownActivations,
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
  'Identity',
  'LeakyReLU',
  'ReLU',
  'Softmax',
];
