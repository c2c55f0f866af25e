/** Cases for gradients, drawn from a seed: single operations, and whole models with a loss. */
import type { Dataset } from '#contract/samples.ts';
import type { Json, KerasObject } from '#contract/spec.ts';
import { type Shape, sizeOf } from '../compile/graph.ts';
import type { TrainJob } from '../loop/events.ts';
import { type RandomStream, randomStream } from '../loop/random.ts';
import { tf } from '../tfjs.ts';
import { layer, makeData, makeJob, sequential } from './harness.ts';

/** `plain`: all different · `ties`: −1, 0 and 1 · `zeros` · `extreme`: zeros, large numbers and infinities among others. */
export type Values = 'plain' | 'ties' | 'zeros' | 'extreme';

export interface OperationCase {
  readonly label: string;
  readonly shapes: readonly Shape[];
  readonly values: Values;
  readonly body: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** tfjs' cpu backend has no gradient or a wrong one: differences alone decide. */
  readonly referenceIsWrong: boolean;
}

interface Drawn extends Pick<OperationCase, 'shapes' | 'body'> {
  readonly about?: string;
  readonly referenceIsWrong?: boolean;
  /** Whether it may be given infinities: where sums of products have them, how zeros meet them differs by algorithm. */
  readonly takesExtremes?: boolean;
}

interface Draw {
  readonly whole: (from: number, to: number) => number;
  readonly of: <T>(choices: readonly T[]) => T;
  readonly shape: (least: number, most: number, largest?: number) => number[];
}

function drawing(stream: RandomStream): Draw {
  const whole = (from: number, to: number) => from + Math.floor(stream.uniform() * (to - from + 1));
  return {
    whole,
    of: (choices) => choices[whole(0, choices.length - 1)],
    shape: (least, most, largest = 5) => Array.from({ length: whole(least, most) }, () => whole(1, largest)),
  };
}

const image = (x: tf.Tensor) => x as tf.Tensor4D;
const positive = (x: tf.Tensor) => tf.add(tf.abs(x), 0.5);
const share = (x: tf.Tensor) => tf.mul(x, 0.9);

const unary: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  abs: tf.abs,
  acos: (x) => tf.acos(share(tf.sin(x))),
  asin: (x) => tf.asin(share(tf.sin(x))),
  atan: tf.atan,
  clip: (x) => tf.clipByValue(x, -0.5, 0.25),
  cos: tf.cos,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  log: (x) => tf.log(positive(x)),
  log1p: (x) => tf.log1p(tf.abs(x)),
  neg: tf.neg,
  reciprocal: (x) => tf.reciprocal(positive(x)),
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 8)),
  rsqrt: (x) => tf.rsqrt(positive(x)),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sin: tf.sin,
  softplus: tf.softplus,
  sqrt: (x) => tf.sqrt(positive(x)),
  square: tf.square,
  tanh: tf.tanh,
};

const binary: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: (a, b) => tf.div(a, positive(b)),
  maximum: tf.maximum,
  minimum: tf.minimum,
  pow: (a, b) => tf.pow(positive(a), b),
  squaredDifference: tf.squaredDifference,
  where: (a, b) => {
    const chosen = Array.from({ length: a.size }, (_, index) => index % 3 > 0);
    return tf.where(tf.tensor(chosen, a.shape, 'bool'), tf.mul(a, 2), b);
  },
};

/** The shape, with some dimensions 1 or left out in front: what broadcasts to it. */
function broadcastable(draw: Draw, shape: readonly number[]): number[] {
  const kept = shape.map((size) => (draw.whole(0, 3) === 0 ? 1 : size));
  return kept.slice(draw.whole(0, Math.max(0, kept.length - 1)));
}

/** Sizes of a window that fits, its step and its padding. */
function windowOf(draw: Draw): { size: number; side: number; stride: number; padding: 'valid' | 'same' } {
  const side = draw.whole(1, 3);
  return { size: draw.whole(side, 8), side, stride: draw.whole(1, 3), padding: draw.of(['valid', 'same']) };
}

const operations: Readonly<Record<string, (draw: Draw) => Drawn>> = {
  unary: (draw) => {
    const about = draw.of(Object.keys(unary));
    return { about, shapes: [draw.shape(1, 4)], body: unary[about], takesExtremes: true };
  },
  binary: (draw) => {
    const about = draw.of(Object.keys(binary));
    const shape = draw.shape(1, 4);
    // tfjs-core has no gradient for some of them where one is broadcast.
    const broadcasts = ['add', 'sub', 'mul', 'div', 'pow'].includes(about) && draw.of([true, false]);
    const shapes = [shape, broadcasts ? broadcastable(draw, shape) : shape];
    const swapped = draw.of([true, false]) && about !== 'where';
    return { about, shapes: swapped ? shapes.toReversed() : shapes, body: binary[about], takesExtremes: true };
  },
  chain: (draw) => {
    const names = Array.from({ length: draw.whole(2, 4) }, () => draw.of(Object.keys(unary)));
    const body = (x: tf.Tensor) => names.reduce((value, name) => unary[name](tf.tanh(value)), x);
    return { about: names.join(' '), shapes: [draw.shape(1, 3)], body };
  },
  reduction: (draw) => {
    const shape = draw.shape(2, 4);
    const axes = shape.map((_, axis) => axis).filter(() => draw.of([true, false]));
    const keep = draw.of([true, false]);
    const about = draw.of(['sum', 'mean', 'max', 'min', 'logSumExp']);
    const axis = axes.length > 0 ? axes : undefined;
    const reduce = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, logSumExp: tf.logSumExp }[about]!;
    return {
      about: `${about} over ${axes.join() || 'all'}`,
      shapes: [shape],
      body: (x) => reduce(x, axis, keep),
      takesExtremes: about !== 'logSumExp',
    };
  },
  softmax: (draw) => {
    const about = draw.of(['softmax', 'logSoftmax']);
    return { about, shapes: [draw.shape(2, 3)], body: (x) => (about === 'softmax' ? tf.softmax(x) : tf.logSoftmax(x)) };
  },
  matMul: (draw) => {
    const [rows, inner, columns] = [draw.whole(1, 6), draw.whole(1, 6), draw.whole(1, 6)];
    const [left, right] = [draw.of([true, false]), draw.of([true, false])];
    const batch = draw.of([[], [], [draw.whole(1, 3)]]);
    const shapes = [
      [...batch, ...(left ? [inner, rows] : [rows, inner])],
      [...batch, ...(right ? [columns, inner] : [inner, columns])],
    ];
    return { about: `${left} ${right}`, shapes, body: (a, b) => tf.matMul(a, b, left, right) };
  },
  convolution: (draw) => {
    const { size, side, stride, padding } = windowOf(draw);
    const [channels, filters] = [draw.whole(1, 4), draw.whole(1, 4)];
    const dilation = stride === 1 && padding === 'same' ? draw.whole(1, 2) : 1;
    return {
      about: `${size} by ${side}, stride ${stride}, ${padding}, dilation ${dilation}`,
      shapes: [
        [draw.whole(1, 3), size, size, channels],
        [side, side, channels, filters],
      ],
      body: (x, w) => tf.conv2d(image(x), image(w), stride, padding, 'NHWC', dilation),
      // tfjs-core refuses the gradient of a dilated one: it is not drawn here, but as a layer below.
      ...(dilation > 1 && { body: (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(image(x), image(w), 1, padding) }),
    };
  },
  depthwise: (draw) => {
    const { size, side, stride, padding } = windowOf(draw);
    const channels = draw.whole(1, 3);
    return {
      about: `${size} by ${side}, stride ${stride}, ${padding}`,
      shapes: [
        [draw.whole(1, 3), size, size, channels],
        [side, side, channels, draw.whole(1, 2)],
      ],
      body: (x, w) => tf.depthwiseConv2d(image(x), image(w), stride, padding),
    };
  },
  pooling: (draw) => {
    const { size, side, stride, padding } = windowOf(draw);
    const about = draw.of(['max', 'mean']);
    return {
      about: `${about} of ${size} by ${side}, stride ${stride}, ${padding}`,
      shapes: [[draw.whole(1, 3), size, size, draw.whole(1, 3)]],
      body: (x) => (about === 'max' ? tf.maxPool(image(x), side, stride, padding) : tf.avgPool(image(x), side, stride, padding)),
      // The cpu backend divides padded means by the whole window.
      referenceIsWrong: about === 'mean' && padding === 'same',
    };
  },
  reshaping: (draw) => {
    const shape = draw.shape(2, 4);
    const size = sizeOf(shape);
    const axis = draw.whole(0, shape.length - 1);
    const about = draw.of(['transpose', 'reshape', 'slice', 'pad', 'reverse', 'tile', 'concat', 'stack', 'split', 'gather']);
    const begin = shape.map((length) => draw.whole(0, length - 1));
    const order = shape.map((_, index) => index).sort(() => draw.whole(0, 1) - 0.5);
    const picks = Array.from({ length: draw.whole(1, 5) }, () => draw.whole(0, shape[axis] - 1));
    const bodies: Record<string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor> = {
      transpose: (x) => tf.transpose(x, order),
      reshape: (x) => tf.reshape(x, [size]),
      slice: (x) =>
        tf.slice(
          x,
          begin,
          shape.map((length, index) => length - begin[index]),
        ),
      pad: (x) =>
        tf.pad(
          x,
          shape.map((_, index): [number, number] => [index % 2, begin[index]]),
        ),
      reverse: (x) => tf.reverse(x, axis),
      tile: (x) =>
        tf.tile(
          x,
          shape.map((_, index) => (index === axis ? 2 : 1)),
        ),
      concat: (x, y) => tf.concat([x, y, x], axis),
      stack: (x, y) => tf.stack([x, y], axis),
      split: (x) => tf.mul(tf.split(x, [1, shape[axis]], axis)[0], 2),
      gather: (x) => tf.gather(x, tf.tensor1d(picks, 'int32'), axis),
    };
    const two = about === 'concat' || about === 'stack';
    if (about === 'split') bodies['split'] = (x) => tf.mul(tf.split(tf.concat([x, x], axis), 2, axis)[1], x);
    return { about, shapes: two ? [shape, shape] : [shape], body: bodies[about], takesExtremes: about !== 'split' && about !== 'gather' };
  },
};

/** The case of this number. */
export function drawOperation(seed: number): OperationCase {
  const draw = drawing(randomStream(seed, 'operation'));
  const kind = draw.of(Object.keys(operations));
  const { about, shapes, body, referenceIsWrong = false, takesExtremes = false } = operations[kind](draw);
  const wanted = draw.of<Values>(['plain', 'plain', 'ties', 'zeros', 'extreme']);
  const values = wanted === 'extreme' && !takesExtremes ? 'plain' : wanted;
  return { label: `${kind} ${about ?? ''} of ${JSON.stringify(shapes)}, ${values}`, shapes, values, body, referenceIsWrong };
}

const extremes = [0, 1, -1, 2.5, -1e4, Infinity, -Infinity, 1e-6];

export function valuesOf(values: Values, size: number, seed: number): Float32Array {
  const stream = randomStream(seed, 'values', size);
  const draw = drawing(stream);
  return Float32Array.from({ length: size }, () => {
    if (values === 'zeros') return 0;
    if (values === 'ties') return draw.whole(-1, 1);
    return values === 'extreme' && draw.whole(0, 3) > 0 ? draw.of(extremes) : Math.fround(2 * stream.uniform() - 1);
  });
}

/** The sum of the outcome, each number with a weight of its own: its gradient is that of everything the case does. */
export function totalOf({ body }: OperationCase, seed: number): (...inputs: tf.Tensor[]) => tf.Scalar {
  return (...inputs) => {
    const outcome = body(...inputs);
    return tf.sum(tf.mul(outcome, tf.tensor(valuesOf('plain', outcome.size, seed + 7), outcome.shape)));
  };
}

type Config = { [option: string]: Json };
const activations = ['linear', 'relu', 'tanh', 'sigmoid', 'elu', 'selu', 'softplus', 'softsign', 'swish', 'gelu'];

/** Layers by what they take: a row of numbers, a sequence, an image. */
const layers: Readonly<Record<'row' | 'sequence' | 'image', Readonly<Record<string, (draw: Draw) => Config>>>> = {
  row: {
    Dense: (draw) => ({ units: draw.whole(1, 6), activation: draw.of(activations), useBias: draw.of([true, false]) }),
    BatchNormalization: (draw) => ({ center: draw.of([true, false]), scale: draw.of([true, false]) }),
    LayerNormalization: () => ({}),
    Activation: (draw) => ({ activation: draw.of(activations) }),
    LeakyReLU: () => ({ alpha: 0.2 }),
    PReLU: () => ({}),
    EinsumDense: (draw) => ({ equation: 'ab,bc->ac', outputShape: draw.whole(1, 5), biasAxes: 'c', activation: draw.of(activations) }),
    Dropout: (draw) => ({ rate: draw.of([0, 0.3, 0.6]) }),
    GaussianNoise: () => ({ stddev: 0.3 }),
  },
  sequence: {
    LSTM: (draw) => ({ units: draw.whole(1, 4), returnSequences: true, goBackwards: draw.of([true, false]) }),
    GRU: (draw) => ({ units: draw.whole(1, 4), returnSequences: true }),
    SimpleRNN: (draw) => ({ units: draw.whole(1, 4), returnSequences: true, activation: draw.of(['tanh', 'relu']) }),
    Conv1D: (draw) => ({
      filters: draw.whole(1, 4),
      kernelSize: draw.whole(1, 3),
      padding: draw.of(['same', 'causal']),
      activation: draw.of(activations),
    }),
    LayerNormalization: () => ({}),
    Dense: (draw) => ({ units: draw.whole(1, 4), activation: draw.of(activations) }),
    EinsumDense: (draw) => ({ equation: '...x,xy->...y', outputShape: draw.whole(1, 4) }),
    Bidirectional: (draw) => ({
      mergeMode: draw.of(['concat', 'sum', 'mul', 'ave']),
      layer: layer(draw.of(['LSTM', 'GRU', 'SimpleRNN']), { units: draw.whole(1, 3), returnSequences: true }),
    }),
    AdaptiveAveragePooling1D: (draw) => ({ outputSize: draw.whole(1, 4) }),
  },
  image: {
    Conv2D: (draw) => ({
      filters: draw.whole(1, 4),
      kernelSize: draw.whole(1, 3),
      strides: draw.whole(1, 2),
      padding: 'same',
      activation: draw.of(activations),
      useBias: draw.of([true, false]),
    }),
    DepthwiseConv2D: (draw) => ({ kernelSize: draw.whole(1, 3), padding: 'same', depthMultiplier: draw.whole(1, 2) }),
    SeparableConv2D: (draw) => ({ filters: draw.whole(1, 4), kernelSize: draw.whole(1, 3), padding: 'same' }),
    Conv2DTranspose: (draw) => ({ filters: draw.whole(1, 3), kernelSize: draw.whole(1, 3), strides: draw.whole(1, 2), padding: 'same' }),
    MaxPooling2D: (draw) => ({ poolSize: draw.whole(1, 3), strides: draw.whole(1, 2), padding: 'same' }),
    AveragePooling2D: (draw) => ({ poolSize: draw.whole(1, 3), strides: draw.whole(1, 2), padding: 'same' }),
    BatchNormalization: () => ({}),
    AdaptiveMaxPooling2D: (draw) => ({ outputSize: [draw.whole(1, 4), draw.whole(1, 4)] }),
    AdaptiveAveragePooling2D: (draw) => ({ outputSize: draw.whole(1, 4) }),
    UpSampling2D: () => ({ size: [2, 2] }),
    ZeroPadding2D: () => ({ padding: [1, 1] }),
    Activation: (draw) => ({ activation: draw.of(activations) }),
  },
};

const inputShapes = { row: [6], sequence: [5, 3], image: [7, 6, 2] } as const;
const ends: Readonly<Record<keyof typeof inputShapes, readonly KerasObject[]>> = {
  row: [],
  sequence: [layer('GlobalAveragePooling1D')],
  image: [layer('Flatten')],
};
const numberLosses = ['meanSquaredError', 'huber', 'logCosh'];
const classLosses = [
  'sparseCategoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'categoricalFocalCrossentropy',
  'categoricalGeneralizedCrossEntropy',
  'kullbackLeiblerDivergence',
  'dice',
  'tversky',
];

/** Shorter sequences of two classes, 0 after their ends. */
function said(draw: Draw, chosen: readonly KerasObject[], drawn: Dataset, seed: number): { label: string; job: TrainJob } {
  const length = draw.whole(1, 3);
  const targets = Float32Array.from({ length: drawn.train.count * length }, () => draw.whole(0, 2)).map((label, index, all) => {
    // After its end, nothing.
    return all.subarray(index - (index % length), index).includes(0) ? 0 : label;
  });
  const data: Dataset = {
    ...drawn,
    task: 'classification',
    classes: ['blank', 'one', 'two'],
    targetShape: [length],
    train: { ...drawn.train, targets },
  };
  const optimizer = layer('SGD', { learningRate: 1 });
  const job = makeJob(sequential(...chosen, layer('Dense', { units: 3 })), data, {
    epochs: 1,
    batchSize: 5,
    loss: 'ctc',
    shuffle: false,
    seed,
    optimizer,
  });
  return {
    label: `${chosen.map(({ class_name: name, config }) => `${name} ${JSON.stringify(config)}`).join(', ')}; ctc`,
    job,
  };
}

/** A model of one to four layers, its loss, and one step of plain gradient descent at a rate of 1: the change is the gradient. */
export function drawModel(seed: number): { label: string; job: TrainJob } {
  const draw = drawing(randomStream(seed, 'model'));
  const kind = draw.of(['row', 'sequence', 'image'] as const);
  const among = layers[kind];
  const chosen = Array.from({ length: draw.whole(1, 3) }, () => {
    const name = draw.of(Object.keys(among));
    return layer(name, among[name](draw));
  });
  const classes = draw.of([undefined, 3]);
  const regularized: Config = draw.whole(0, 3) === 0 ? { kernelRegularizer: { class_name: 'L2', config: { l2: 0.05 } } } : {};
  const last = layer('Dense', classes === undefined ? { units: 1, ...regularized } : { activation: 'softmax', ...regularized });
  const drawn = makeData({ inputShape: inputShapes[kind], ...(classes !== undefined && { classes }), train: 5, seed });
  const keepsSteps = kind === 'sequence' && chosen.every(({ class_name: name }) => name !== 'AdaptiveAveragePooling1D');
  if (keepsSteps && draw.whole(0, 3) === 0) return said(draw, chosen, drawn, seed);
  const loss = classes === undefined ? draw.of(numberLosses) : draw.of(classLosses);
  const weights = draw.whole(0, 3) === 0 && { weights: Float32Array.from({ length: 5 }, () => draw.of([0, 0.5, 1, 2.25])) };
  const data = { ...drawn, train: { ...drawn.train, ...weights } };
  const job = makeJob(sequential(...chosen, ...ends[kind], last), data, {
    epochs: 1,
    batchSize: 5,
    loss,
    shuffle: false,
    seed,
    optimizer: layer('SGD', { learningRate: 1 }),
  });
  return {
    label: `${chosen.map(({ class_name: name, config }) => `${name} ${JSON.stringify(config)}`).join(', ')}; ${loss}${weights ? ', weighted' : ''}`,
    job,
  };
}
