/** Every layer with shapes and options drawn from a seed. */
import type { Json, KerasObject } from '#contract/spec.ts';
import { type RandomStream, randomStream } from '../loop/random.ts';
import { activations } from '../model/layer-types.ts';
import type { LayerCase } from './layer-gradients.ts';

type Config = { [option: string]: Json };

class Draw {
  private readonly stream: RandomStream;
  constructor(stream: RandomStream) {
    this.stream = stream;
  }
  /** From `low` to `high`, both included. */
  number(low: number, high: number): number {
    return low + Math.floor(this.stream.uniform() * (high - low + 1));
  }
  one<T>(values: readonly T[]): T {
    return values[this.number(0, values.length - 1)];
  }
  maybe(): boolean {
    return this.stream.uniform() < 0.5;
  }
  list(count: number, low: number, high: number): number[] {
    return Array.from({ length: count }, () => this.number(low, high));
  }
}

type Drawn = Omit<LayerCase, 'className'>;
type Drawer = (draw: Draw) => Drawn;

/** Some have kinks, which steps of 1e-6 hardly ever straddle. */
const functions = ['linear', 'tanh', 'sigmoid', 'relu', 'gelu', 'softplus', 'elu', 'selu', 'swish', 'mish', 'hardSigmoid', 'leakyRelu'];

const vector = (draw: Draw) => [draw.number(2, 6)];
const sequence = (draw: Draw) => [draw.number(4, 7), draw.number(2, 4)];
const image = (draw: Draw) => [draw.number(5, 8), draw.number(5, 8), draw.number(1, 4)];
const volume = (draw: Draw) => [draw.number(3, 5), draw.number(3, 5), draw.number(3, 5), draw.number(1, 3)];
const anyShape = (draw: Draw) => draw.one([vector, sequence, image])(draw);

const plain =
  (shape: (draw: Draw) => number[], config: (draw: Draw) => Config = () => ({}), count = 1): Drawer =>
  (draw) => {
    const drawn = shape(draw);
    return { config: config(draw), inputs: Array.from({ length: count }, () => drawn) };
  };

/** Options of windows that fit: dilation and strides are not both above 1. */
function windows(draw: Draw, axes: number, largest: number, dilated = true): Config {
  const dilate = dilated && draw.maybe();
  return {
    kernelSize: draw.list(axes, 1, dilate ? 2 : largest),
    padding: draw.one(['valid', 'same']),
    useBias: draw.maybe(),
    activation: draw.one(functions),
    ...(dilate ? { dilationRate: draw.list(axes, 1, 2) } : { strides: draw.list(axes, 1, 2) }),
  };
}

const colours = (draw: Draw): number[] => [...image(draw).slice(0, 2), 3];
const equalSides = (value: number, axes: number) => Array.from({ length: axes }, () => value);

function convolution(shape: (draw: Draw) => number[], axes: number): Drawer {
  return (draw) => {
    const drawn = shape(draw);
    const groups = draw.one([1, 1, 2]);
    drawn[axes] = groups * draw.number(1, 2);
    return { config: { filters: groups * draw.number(1, 3), groups, ...windows(draw, axes, axes === 3 ? 2 : 3) }, inputs: [drawn] };
  };
}

const causal: Drawer = (draw) => ({
  config: {
    filters: draw.number(1, 3),
    kernelSize: draw.number(1, 3),
    dilationRate: draw.number(1, 3),
    padding: 'causal',
    activation: draw.one(functions),
  },
  inputs: [sequence(draw)],
});

const pooling = (shape: (draw: Draw) => number[], axes: number): Drawer =>
  plain(shape, (draw) => ({
    poolSize: draw.list(axes, 1, 3),
    strides: draw.list(axes, 1, 3),
    padding: draw.one(['valid', 'same']),
  }));

const recurrent = (draw: Draw): Config => ({
  units: draw.number(1, 3),
  returnSequences: draw.maybe(),
  goBackwards: draw.maybe(),
  useBias: draw.maybe(),
  activation: draw.one(['tanh', 'relu', 'softsign']),
  ...(draw.one([true, false, false]) && { dropout: 0.3, recurrentDropout: 0.2 }),
});
const gated = (draw: Draw): Config => ({ ...recurrent(draw), recurrentActivation: draw.one(['sigmoid', 'hardSigmoid']) });
const gru = (draw: Draw): Config => ({ ...gated(draw), resetAfter: draw.maybe() });
const keras = (class_name: string, config: Config): KerasObject => ({ class_name, config });

const heads = (draw: Draw): Config => ({ useBias: draw.maybe(), useCausalMask: draw.maybe(), dropout: draw.one([0, 0.2]) });
/** A query and a value, or the query alone, or a key with the value's steps as well. */
function attended(draw: Draw, sameLength: boolean): number[][] {
  const query = sequence(draw);
  const value = [draw.number(3, 6), sameLength ? query[1] : draw.number(2, 4)];
  const key = [value[0], sameLength ? query[1] : draw.number(2, 4)];
  return draw.one([[query], [query, value], [query, value, key]]);
}
const normalization = (draw: Draw): Config => ({ center: draw.maybe(), scale: draw.maybe(), epsilon: draw.one([1e-3, 1e-2]) });
const ends = (draw: Draw, axes: number): Json =>
  draw.maybe() ? draw.number(0, 1) : Array.from({ length: axes }, () => draw.list(2, 0, 1));
const moving = (draw: Draw): Config => ({
  fillMode: draw.one(['reflect', 'wrap', 'constant', 'nearest']),
  interpolation: draw.one(['bilinear', 'nearest']),
  fillValue: 0.3,
});
const same = (className: string, draw: Drawer, ...others: string[]): [string, Drawer][] =>
  [className, ...others].map((name) => [name, draw]);

const adaptive = (shape: (draw: Draw) => number[], axes: number): Drawer =>
  plain(shape, (draw) => ({ outputSize: draw.maybe() ? draw.number(1, 3) : draw.list(axes, 1, 4) }));
const einsum: Drawer = (draw) => {
  const [steps, features] = sequence(draw);
  const [one, other] = draw.list(2, 1, 3);
  const [equation, outputShape, biasAxes] = draw.one<[string, number[], string]>([
    ['abc,cd->abd', [steps, one], 'd'],
    ['abc,cde->abde', [steps, one, other], 'de'],
    ['abc,cd->adb', [one, steps], 'd'],
    ['abc,bcd->abd', [steps, one], 'bd'],
    ['abc,bc->abc', [steps, features], 'bc'],
    ['abc,bcd->ad', [one], 'd'],
    ['...x,xy->...y', [one], 'y'],
  ]);
  return {
    config: { equation, outputShape, ...(draw.maybe() && { biasAxes }), activation: draw.one(functions) },
    inputs: [[steps, features]],
  };
};

const drawers: readonly (readonly [className: string, draw: Drawer])[] = [
  [
    'Dense',
    plain(draw2(vector, sequence), (draw) => ({ units: draw.number(1, 4), useBias: draw.maybe(), activation: draw.one(functions) })),
  ],
  ...activations
    .filter((activation) => activation !== 'glu')
    .map((activation): [string, Drawer] => ['Activation', plain(draw2(vector, sequence), () => ({ activation }))]),
  [
    'Activation',
    plain(
      (draw) => [draw.number(2, 3), 2 * draw.number(1, 3)],
      () => ({ activation: 'glu' }),
    ),
  ],
  ...same(
    'Dropout',
    plain(anyShape, () => ({ rate: 0.4 })),
    'GaussianDropout',
    'AlphaDropout',
  ),
  ['GaussianNoise', plain(anyShape, () => ({ stddev: 0.4 }))],
  ['SpatialDropout1D', plain(sequence, () => ({ rate: 0.4 }))],
  ['SpatialDropout2D', plain(image, (draw) => ({ rate: 0.4, dataFormat: draw.one(['channelsFirst', 'channelsLast']) }))],
  ['SpatialDropout3D', plain(volume, () => ({ rate: 0.4 }))],
  ['ActivityRegularization', plain(anyShape, () => ({ l1: 0.3, l2: 0.2 }))],
  ['Flatten', plain(anyShape)],
  [
    'Reshape',
    plain(
      () => [4, 3],
      (draw) => ({ targetShape: draw.one([[6, 2], [-1], [2, 2, 3]]) }),
    ),
  ],
  [
    'Permute',
    plain(image, (draw) => ({
      dims: draw.one([
        [2, 1, 3],
        [3, 1, 2],
        [3, 2, 1],
      ]),
    })),
  ],
  ['RepeatVector', plain(vector, (draw) => ({ n: draw.number(1, 4) }))],
  ['Masking', plain(sequence)],
  ['Embedding', (draw) => ({ config: { inputDim: 5, outputDim: draw.number(1, 4) }, inputs: [vector(draw)], ids: 5 })],
  ['Identity', plain(anyShape)],
  // Of a single number, the gradient is 0 and all that is left of it is rounding.
  ['UnitNormalization', plain(sequence)],
  ['ReLU', plain(anyShape, (draw) => ({ maxValue: 0.6, negativeSlope: draw.one([0, 0.1]), threshold: draw.one([0, 0.2]) }))],
  ...same('LeakyReLU', plain(anyShape), 'PReLU', 'ELU'),
  ['ThresholdedReLU', plain(anyShape, () => ({ theta: 0.3 }))],
  ['Softmax', plain(sequence, (draw) => ({ axis: draw.one([-1, 1, 2]) }))],

  ['Conv1D', convolution(sequence, 1)],
  ['Conv1D', causal],
  ['Conv2D', convolution(image, 2)],
  ['Conv3D', convolution(volume, 3)],
  ['Conv1DTranspose', plain(sequence, (draw) => ({ filters: draw.number(1, 3), ...windows(draw, 1, 3) }))],
  ['Conv2DTranspose', plain(image, (draw) => ({ filters: draw.number(1, 3), ...windows(draw, 2, 3) }))],
  ['Conv3DTranspose', plain(volume, (draw) => ({ filters: draw.number(1, 2), ...windows(draw, 3, 2, false) }))],
  ['DepthwiseConv1D', plain(sequence, (draw) => ({ depthMultiplier: draw.number(1, 2), ...windows(draw, 1, 3) }))],
  [
    'DepthwiseConv2D',
    plain(image, (draw) => {
      const { strides, ...config } = windows(draw, 2, 3);
      const equal: Config = Array.isArray(strides) ? { strides: equalSides(strides[0] as number, 2) } : {};
      return { depthMultiplier: draw.number(1, 2), ...config, ...equal };
    }),
  ],
  [
    'SeparableConv1D',
    plain(sequence, (draw) => ({ filters: draw.number(1, 3), depthMultiplier: draw.number(1, 2), ...windows(draw, 1, 3) })),
  ],
  [
    'SeparableConv2D',
    plain(image, (draw) => {
      const config = windows(draw, 2, 3);
      const equal: Config = Array.isArray(config.strides) ? { strides: equalSides(config.strides[0] as number, 2) } : {};
      return { filters: draw.number(1, 3), depthMultiplier: draw.number(1, 2), ...config, ...equal };
    }),
  ],
  ['Cropping1D', plain(sequence, (draw) => ({ cropping: draw.one([1, [0, 2], [1, 1]]) }))],
  ['Cropping2D', plain(image, (draw) => ({ cropping: ends(draw, 2) }))],
  ['Cropping3D', plain(volume, (draw) => ({ cropping: ends(draw, 3) }))],
  ['ZeroPadding1D', plain(sequence, (draw) => ({ padding: draw.one([1, [0, 2], [1, 1]]) }))],
  ['ZeroPadding2D', plain(image, (draw) => ({ padding: ends(draw, 2) }))],
  ['ZeroPadding3D', plain(volume, (draw) => ({ padding: ends(draw, 3) }))],
  ['UpSampling1D', plain(sequence, (draw) => ({ size: draw.number(1, 3) }))],
  ['UpSampling2D', plain(image, (draw) => ({ size: draw.list(2, 1, 3), interpolation: draw.one(['nearest', 'bilinear']) }))],
  ['UpSampling3D', plain(volume, (draw) => ({ size: draw.list(3, 1, 2) }))],

  ...same('MaxPooling1D', pooling(sequence, 1), 'AveragePooling1D'),
  ...same('MaxPooling2D', pooling(image, 2), 'AveragePooling2D'),
  ...same('MaxPooling3D', pooling(volume, 3), 'AveragePooling3D'),
  ...same(
    'GlobalMaxPooling1D',
    plain(sequence, (draw) => ({ keepdims: draw.maybe() })),
    'GlobalAveragePooling1D',
  ),
  ...same(
    'GlobalMaxPooling2D',
    plain(image, (draw) => ({ keepdims: draw.maybe(), dataFormat: draw.one(['channelsFirst', 'channelsLast']) })),
    'GlobalAveragePooling2D',
  ),
  ...same(
    'GlobalMaxPooling3D',
    plain(volume, (draw) => ({ keepdims: draw.maybe(), dataFormat: draw.one(['channelsFirst', 'channelsLast']) })),
    'GlobalAveragePooling3D',
  ),

  ...same('AdaptiveMaxPooling1D', adaptive(sequence, 1), 'AdaptiveAveragePooling1D'),
  ...same('AdaptiveMaxPooling2D', adaptive(image, 2), 'AdaptiveAveragePooling2D'),
  ...same('AdaptiveMaxPooling3D', adaptive(volume, 3), 'AdaptiveAveragePooling3D'),
  ['EinsumDense', einsum],

  ['BatchNormalization', plain(image, (draw) => ({ ...normalization(draw), axis: draw.one([-1, 1]), trainable: draw.maybe() }))],
  ['BatchNormalization', plain(draw2(vector, sequence), normalization)],
  ['LayerNormalization', plain(anyShape, normalization)],
  ['LayerNormalization', plain(image, (draw) => ({ ...normalization(draw), axis: draw.one([[1, 2], [-1, -2], [1, 2, 3], 2]) }))],
  [
    'GroupNormalization',
    plain(
      (draw) => [...sequence(draw), 6],
      (draw) => ({ ...normalization(draw), groups: draw.one([1, 2, 3, 6, -1]) }),
    ),
  ],
  ['RMSNormalization', plain(image, (draw) => ({ axis: draw.one([-1, 1, [2, 3]]) }))],
  [
    'Normalization',
    plain(
      (draw) => [draw.number(2, 4), 2],
      (draw) => ({ mean: [0.1, -0.2], variance: [0.5, 2], invert: draw.maybe() }),
    ),
  ],

  ['SimpleRNN', plain(sequence, recurrent)],
  ['LSTM', plain(sequence, gated)],
  // One step alone.
  ['LSTM', plain((draw) => [1, draw.number(2, 4)], gated)],
  ['GRU', plain(sequence, gru)],
  ...(['SimpleRNN', 'LSTM', 'GRU'] as const).map((className): [string, Drawer] => [
    className,
    // Begins with states, and gives those that it ends in.
    (draw) => {
      const config: Config = { ...recurrent(draw), returnState: true };
      const states = className === 'LSTM' ? 2 : 1;
      return { config, inputs: [sequence(draw), ...Array.from({ length: states }, () => [config.units as number])], outputs: 1 + states };
    },
  ]),
  [
    'Bidirectional',
    (draw) => {
      const units = draw.number(1, 3);
      const layer = keras('GRU', { ...gru(draw), units, returnState: true });
      return { config: { layer, mergeMode: draw.one(['concat', 'ave']) }, inputs: [sequence(draw), [units], [units]], outputs: 3 };
    },
  ],
  ...(['SimpleRNN', 'LSTM', 'GRU'] as const).map((className): [string, Drawer] => [
    className,
    (draw) => ({
      config: recurrent(draw),
      inputs: [vector(draw)],
      ids: 3,
      before: keras('Embedding', { inputDim: 3, outputDim: 2, maskZero: true }),
    }),
  ]),
  [
    'Bidirectional',
    plain(sequence, (draw) => ({
      mergeMode: draw.one(['concat', 'sum', 'mul', 'ave']),
      layer: draw.one([keras('LSTM', gated(draw)), keras('GRU', gru(draw)), keras('SimpleRNN', recurrent(draw))]),
    })),
  ],
  [
    'RNN',
    plain(sequence, (draw) => ({
      returnSequences: draw.maybe(),
      cell: draw.one([
        keras('LSTMCell', { units: 2 }),
        keras('GRUCell', { units: 3, resetAfter: draw.maybe() }),
        keras('StackedRNNCells', { cells: [keras('SimpleRNNCell', { units: 2 }), keras('GRUCell', { units: 3 })] }),
      ]),
    })),
  ],
  ...(
    [
      ['ConvLSTM1D', sequence],
      ['ConvLSTM2D', image],
      ['ConvLSTM3D', volume],
    ] as const
  ).map(([className, shape], axis): [string, Drawer] => [
    className,
    plain(
      (draw) => [2, ...shape(draw)],
      (draw) => ({
        filters: draw.number(1, 2),
        kernelSize: axis === 2 ? draw.list(3, 1, 2) : draw.number(1, 3),
        strides: draw.number(1, 2),
        padding: draw.one(['same', 'valid']),
        returnSequences: draw.maybe(),
        ...(draw.one([true, false, false]) && { dropout: 0.3, recurrentDropout: 0.2 }),
      }),
    ),
  ]),
  [
    'SpectralNormalization',
    (draw) => ({
      config: {
        layer: draw.one([keras('Dense', { units: 3 }), keras('Conv1D', { filters: 2, kernelSize: 2 })]),
        powerIterations: draw.number(1, 2),
      },
      inputs: [sequence(draw)],
      training: false,
    }),
  ],
  [
    'TimeDistributed',
    plain(sequence, (draw) => ({ layer: keras('Dense', { units: draw.number(1, 3), activation: draw.one(functions) }) })),
  ],
  [
    'TimeDistributed',
    plain(
      (draw) => [draw.number(2, 3), ...image(draw).slice(0, 2), 4],
      (draw) => ({ layer: keras('Conv2D', { filters: 2, kernelSize: 2, groups: draw.number(1, 2) }) }),
    ),
  ],

  [
    'MultiHeadAttention',
    (draw) => ({
      config: { numHeads: draw.number(1, 3), keyDim: draw.number(1, 3), valueDim: draw.number(1, 3), ...heads(draw) },
      inputs: attended(draw, false),
    }),
  ],
  [
    'MultiHeadAttention',
    (draw) => ({
      config: { numHeads: 2, keyDim: 2, outputShape: draw.number(1, 4), ...heads(draw) },
      inputs: [vector(draw)],
      ids: 3,
      before: keras('Embedding', { inputDim: 3, outputDim: 3, maskZero: true }),
    }),
  ],
  [
    'GroupQueryAttention',
    (draw) => ({
      config: { headDim: draw.number(1, 3), numQueryHeads: 4, numKeyValueHeads: draw.one([1, 2, 4]), ...heads(draw) },
      inputs: attended(draw, false),
    }),
  ],
  [
    'Attention',
    (draw) => ({
      config: { useScale: draw.maybe(), scoreMode: draw.one(['dot', 'concat']), dropout: draw.one([0, 0.2]), useCausalMask: draw.maybe() },
      inputs: attended(draw, true),
    }),
  ],
  ['AdditiveAttention', (draw) => ({ config: { useScale: draw.maybe(), dropout: draw.one([0, 0.2]) }, inputs: attended(draw, true) })],
  ['PositionEmbedding', plain(sequence, () => ({ sequenceLength: 8 }))],
  ['SinePositionEncoding', plain(sequence)],
  [
    'TokenAndPositionEmbedding',
    (draw) => ({ config: { vocabularySize: 5, sequenceLength: 7, embeddingDim: draw.number(1, 4) }, inputs: [vector(draw)], ids: 5 }),
  ],
  [
    'ReversibleEmbedding',
    (draw) => {
      const outputDim = draw.number(1, 4);
      const config = {
        inputDim: 5,
        outputDim,
        tieWeights: draw.maybe(),
        ...(draw.maybe() && { logitSoftCap: 0.7 }),
      };
      const reverse = draw.one(['only', 'too'] as const);
      return reverse === 'only' ? { config, inputs: [[3, outputDim]], reverse } : { config, inputs: [[3]], ids: 5, reverse };
    },
  ],
  [
    'TransformerEncoder',
    plain(
      (draw) => [draw.number(3, 5), 4],
      (draw) => ({
        intermediateDim: 3,
        numHeads: draw.one([1, 2, 4]),
        normalizeFirst: draw.maybe(),
        useCausalMask: draw.maybe(),
        activation: draw.one(functions),
        dropout: draw.one([0, 0.2]),
      }),
    ),
  ],

  ...same('Add', plain(anyShape, undefined, 3), 'Average', 'Maximum', 'Minimum', 'Multiply'),
  ['Subtract', plain(anyShape, undefined, 2)],
  ['Concatenate', plain(sequence, (draw) => ({ axis: draw.one([-1, 1]) }), 3)],
  ['Dot', plain(sequence, (draw) => ({ axes: draw.one([1, 2]), normalize: draw.maybe() }), 2)],

  ['Rescaling', plain(anyShape, () => ({ scale: 0.7, offset: 0.2 }))],
  [
    'Resizing',
    plain(image, (draw) => ({
      height: draw.number(2, 9),
      width: draw.number(2, 9),
      interpolation: draw.one(['bilinear', 'nearest']),
      cropToAspectRatio: draw.maybe(),
    })),
  ],
  [
    'MelSpectrogram',
    plain(
      (draw) => [draw.number(9, 14)],
      (draw) => ({
        fftLength: draw.number(6, 9),
        sequenceLength: draw.number(4, 6),
        sequenceStride: draw.number(2, 4),
        window: draw.one<Json>(['hann', 'hamming', 'none']),
        numMelBins: draw.number(2, 4),
        samplingRate: 100,
        minFreq: 5,
        magExp: draw.one([1, 2, 1.5]),
        powerToDb: draw.maybe(),
        topDb: draw.one([3, 80]),
      }),
    ),
  ],
  ...(['valid', 'same'] as const).map((padding): [string, Drawer] => [
    'STFTSpectrogram',
    plain(
      (draw) => [draw.number(6, 9), draw.number(6, 9)],
      (draw) => ({
        mode: draw.one(['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft']),
        frameLength: draw.number(3, 6),
        frameStep: draw.number(1, 3),
        padding,
        expandDims: draw.maybe(),
        dataFormat: draw.one(['channelsFirst', 'channelsLast']),
      }),
    ),
  ]),
  ['CenterCrop', plain(image, (draw) => ({ height: draw.number(2, 9), width: draw.number(2, 9) }))],
  ['RandomCrop', plain(image, (draw) => ({ height: draw.number(2, 6), width: draw.number(2, 6) }))],
  ['RandomFlip', plain(image, (draw) => ({ mode: draw.one(['horizontal', 'vertical', 'horizontalAndVertical']) }))],
  ...same(
    'RandomRotation',
    plain(image, (draw) => ({ factor: 0.2, ...moving(draw) })),
    'RandomHeight',
    'RandomWidth',
  ),
  ['RandomTranslation', plain(image, (draw) => ({ heightFactor: 0.3, widthFactor: [0.1, 0.4], ...moving(draw) }))],
  ['RandomZoom', plain(image, (draw) => ({ heightFactor: [-0.3, 0.3], ...(draw.maybe() && { widthFactor: 0.2 }), ...moving(draw) }))],
  ...same(
    'RandomContrast',
    plain(image, () => ({ factor: 0.3, valueRange: [-3, 3] })),
    'RandomBrightness',
  ),
  ...same(
    'RandomHue',
    plain(colours, (draw) => ({
      factor: draw.one<Json>([0.4, [0.1, 0.6]]),
      valueRange: draw.one<Json>([
        [0, 1],
        [-2, 3],
      ]),
    })),
    'RandomSaturation',
    'RandomSharpness',
  ),
  ['RandomColorDegeneration', plain(colours, () => ({ factor: 0.7 }))],
  ['RandomGrayscale', plain(colours, () => ({ factor: 0.6 }))],
  [
    'RandomColorJitter',
    plain(colours, () => ({ brightnessFactor: 0.2, contrastFactor: 0.3, saturationFactor: [0.3, 0.6], hueFactor: 0.2 })),
  ],
  ['RandomInvert', plain(image, (draw) => ({ factor: draw.one<Json>([0.5, [0.2, 0.9]]) }))],
  ['Solarization', plain(image, () => ({ additionFactor: 0.3, thresholdFactor: 0.8 }))],
  ['RandomPosterization', plain(image, (draw) => ({ factor: draw.one<Json>([5, [2, 4], [3, 3]]) }))],
  ['RandomGaussianBlur', plain(image, (draw) => ({ kernelSize: draw.one([3, 5]), sigma: [0.3, 1.5], factor: 0.7, valueRange: [-3, 3] }))],
  ['MixUp', plain(image, (draw) => ({ alpha: draw.one([0.2, 1]) }))],
  ['CutMix', plain(image, (draw) => ({ factor: draw.one<Json>([1, [0.3, 0.6]]) }))],
  ['RandomErasing', plain(image, (draw) => ({ scale: [0.1, 0.6], ...(draw.maybe() && { fillValue: 0.4 }) }))],
  [
    'RandomPerspective',
    plain(image, (draw) => ({
      scale: draw.one([0.4, 1]),
      interpolation: draw.one(['bilinear', 'nearest']),
      fillValue: 0.3,
      factor: [0.5, 1],
    })),
  ],
  [
    'RandomElasticTransform',
    plain(image, (draw) => ({ factor: [0.5, 1], scale: draw.one<Json>([1, [0.3, 0.9]]), valueRange: [-3, 3], ...moving(draw) })),
  ],
  ['RandAugment', plain(colours, (draw) => ({ numOps: draw.number(1, 3), factor: draw.one<Json>([0.5, [0.2, 0.4]]) }))],
  ['AugMix', plain(image, (draw) => ({ numChains: draw.number(1, 3), chainDepth: draw.number(1, 3), allOps: false, alpha: 0.7 }))],
  ['Equalization', plain(image, (draw) => ({ bins: draw.one([5, 256]), valueRange: [-1, 2] }))],
  [
    'ContrastLimitedAdaptiveHistogramEqualization',
    plain(image, (draw) => ({ clipLimit: draw.one([0, 4]), tileGridSize: draw.list(2, 1, 4), valueRange: [-1, 2] })),
  ],
  ['AutoContrast', plain(image, () => ({ valueRange: [0, 2] }))],
  ['RandomShear', plain(image, (draw) => ({ xFactor: 0.4, yFactor: [0.1, 0.3], ...moving(draw) }))],
];

function draw2(one: (draw: Draw) => number[], other: (draw: Draw) => number[]): (draw: Draw) => number[] {
  return (draw) => draw.one([one, other])(draw);
}

/** How many there are for a seed. */
export const layerCaseCount = drawers.length;

export function layerCase(index: number, seed: number): LayerCase {
  const [className, draw] = drawers[index];
  return { className, ...draw(new Draw(randomStream(seed, 'layer', index))) };
}
