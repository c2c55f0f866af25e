/** Every kernel's lowering against tfjs' cpu backend: ties, odd sizes, every padding. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../backends/index.ts';
import { largestDifference, runOn, tiedValues, type Traced, traced, uniformValues } from '../../testing/harness.ts';
import { tf } from '../../tfjs.ts';
import { type Shape, sizeOf, sorted } from '../graph.ts';
import { kernels } from './index.ts';
import { tiledConvolution } from './tiled-convolution.ts';

let native: Backend;
let reference: Backend;
const covered = new Set<string>();

beforeAll(async () => {
  native = await openBackend('native', { threads: 1 });
  reference = await openBackend('reference');
});

async function expectEqual(example: Traced, tolerance: number): Promise<void> {
  for (const { op } of sorted(example.program)) covered.add(op);
  const found = await runOn(native, example);
  const wanted = await runOn(reference, example);
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [name, values] of wanted) expect(largestDifference(found.get(name)!, values), name).toBeLessThanOrEqual(tolerance);
}

type Body = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

function check(label: string, shapes: readonly Shape[], body: Body, tolerance = 2e-6): void {
  it(label, async () => {
    for (const make of [uniformValues, tiedValues]) {
      const values = shapes.map((shape, index) => make(sizeOf(shape), 11 + index));
      await expectEqual(traced(shapes, values, body), tolerance);
    }
  });
}

/** Gradients of `body` by all but its last input, which is the gradient of its output. */
const gradients =
  (body: (...inputs: tf.Tensor[]) => tf.Tensor): Body =>
  (...inputs) =>
    tf.grads(body)(inputs.slice(0, -1), inputs[inputs.length - 1]);

const vector = (x: tf.Tensor) => x as tf.Tensor1D;
const filled = tf.fill;
const image = (x: tf.Tensor) => x as tf.Tensor4D;

describe('elementwise kernels', () => {
  const positive = (x: tf.Tensor) => tf.add(tf.abs(x), 0.5);
  const share = (x: tf.Tensor) => tf.mul(x, 0.9);
  const ofAny: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    abs: tf.abs,
    atan: tf.atan,
    ceil: tf.ceil,
    clip: (x) => tf.clipByValue(x, -0.5, 0.25),
    cos: tf.cos,
    cosh: tf.cosh,
    elu: tf.elu,
    erf: tf.erf,
    exp: tf.exp,
    expm1: tf.expm1,
    floor: tf.floor,
    'identity and cast': (x) => tf.cast(tf.cast(tf.mul(x, 3), 'int32'), 'float32'),
    isNaN: (x) => tf.isNaN(tf.sqrt(x)),
    leakyRelu: (x) => tf.leakyRelu(x, 0.1),
    neg: tf.neg,
    relu: tf.relu,
    relu6: (x) => tf.relu6(tf.mul(x, 10)),
    round: tf.round,
    selu: tf.selu,
    sigmoid: tf.sigmoid,
    sign: tf.sign,
    sin: tf.sin,
    sinh: tf.sinh,
    softplus: tf.softplus,
    square: tf.square,
    step: (x) => tf.step(x),
    'leaky step': (x) => tf.step(x, 0.3),
    tan: tf.tan,
    tanh: tf.tanh,
  };
  for (const [label, operation] of Object.entries(ofAny)) check(label, [[3, 5]], operation);
  check('acos, asin', [[3, 5]], (x) => [tf.acos(share(x)), tf.asin(share(x))]);
  check('of positive numbers', [[3, 5]], (x) => [
    tf.log(positive(x)),
    tf.log1p(positive(x)),
    tf.sqrt(positive(x)),
    tf.rsqrt(positive(x)),
    tf.reciprocal(positive(x)),
  ]);
  check(
    'arithmetic of two',
    [
      [3, 5],
      [3, 5],
    ],
    (a, b) => [
      tf.add(a, b),
      tf.sub(a, b),
      tf.mul(a, b),
      tf.div(a, positive(b)),
      tf.maximum(a, b),
      tf.minimum(a, b),
      tf.pow(positive(a), b),
      tf.squaredDifference(a, b),
      tf.floorDiv(a, positive(b)),
      tf.prelu(a, b),
    ],
  );
  check('arithmetic with broadcasting', [[2, 3, 4, 5], [5], [3, 1, 1]], (a, b, c) => [tf.add(a, b), tf.mul(a, c), tf.sub(tf.add(c, b), a)]);
  check('whole numbers divided', [[3, 5]], (x) => tf.floorDiv(tf.cast(tf.mul(tf.abs(x), 9), 'int32'), tf.scalar(2, 'int32')));
  check(
    'comparisons',
    [
      [3, 5],
      [3, 5],
    ],
    (a, b) => [
      tf.equal(a, b),
      tf.notEqual(a, b),
      tf.greater(a, b),
      tf.greaterEqual(a, b),
      tf.less(a, b),
      tf.lessEqual(a, b),
      tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)),
      tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)),
      tf.logicalNot(tf.greater(a, b)),
    ],
  );
  check(
    'where',
    [
      [3, 5],
      [3, 5],
    ],
    (a, b) => tf.where(tf.greater(a, b), a, b),
  );
  check(
    'addN',
    [
      [3, 5],
      [3, 5],
      [3, 5],
    ],
    (a, b, c) => tf.addN([a, b, c]),
  );
  check(
    'elu gradient',
    [
      [3, 5],
      [3, 5],
    ],
    gradients((x) => tf.elu(x)),
  );
});

describe('constants', () => {
  check('fills', [[3, 5]], (x) => [tf.zerosLike(x), tf.onesLike(x), tf.add(filled([3, 5], 2.5), x), tf.mul(x, filled([2, 3, 5], 3))]);
  check('range', [[6]], (x) => tf.add(x, tf.range(0, 6)));
  check('one-hot rows', [[6]], (x) => [
    tf.oneHot(tf.cast(tf.mul(tf.abs(x), 3), 'int32'), 4),
    tf.oneHot(tf.cast(tf.abs(x), 'int32'), 3, 2, -1, 'float32'),
  ]);
});

describe('reductions', () => {
  check('sum, mean, max, min, prod', [[2, 3, 4]], (x) => [
    tf.sum(x),
    tf.sum(x, [0, 2], true),
    tf.mean(x, 1),
    tf.max(x, 2),
    tf.max(x, [0, 1], true),
    tf.min(x, 0),
    tf.prod(x, 1),
  ]);
  check(
    'of many rows',
    [
      [3, 32, 12, 65],
      [1024, 70],
    ],
    (x, y) => [tf.sum(x, [0, 1, 2]), tf.mean(x, [0, 1]), tf.mean(x, [0, 1, 2], true), tf.sum(y, 0), tf.max(y, 0)],
    1e-3,
  );
  check('all, any', [[3, 4]], (x) => [tf.all(tf.greater(x, -0.5), 1), tf.any(tf.greater(x, 0.5), 0)]);
  check('mean of booleans', [[3, 4]], (x) => tf.mean(tf.cast(tf.greater(x, 0), 'float32')));
  check('argMax, argMin', [[4, 5]], (x) => [tf.argMax(x, 1), tf.argMin(x, 0)]);
  check('softmax', [[4, 5]], (x) => [tf.softmax(x), tf.logSoftmax(x)]);
  check(
    'softmax gradients',
    [
      [4, 5],
      [4, 5],
    ],
    (x, dy) => [tf.grad((a) => tf.softmax(a))(x, dy), tf.grad((a) => tf.logSoftmax(a))(x, dy)],
  );
  check(
    'over convolved images',
    [
      [2, 5, 5, 3],
      [2, 2, 3, 4],
    ],
    (x, w) => {
      const y = tf.conv2d(image(x), image(w), 1, 'valid');
      return [tf.mean(y, [1, 2]), tf.mean(y, [0, 1, 2], true), tf.sum(y, [0, 3]), tf.max(y, -1)];
    },
  );
});

describe('shapes', () => {
  check('reshape, expandDims, squeeze', [[2, 3, 4]], (x) => [
    tf.reshape(x, [6, 4]),
    tf.expandDims(x, 1),
    tf.expandDims(x, -1),
    tf.squeeze(tf.reshape(x, [1, 24])),
  ]);
  check('transpose', [[2, 3, 4]], (x) => [tf.transpose(x, [2, 0, 1]), tf.transpose(tf.reshape(x, [2, 1, 12]), [1, 0, 2])]);
  check('tile, broadcast', [[2, 1, 3]], (x) => [
    tf.tile(x, [1, 4, 2]),
    tf.broadcastTo(x, [2, 5, 3]),
    tf.add(tf.tile(x, [1, 4, 1]), tf.ones([2, 4, 3])),
  ]);
  check(
    'concat, stack, unstack, split',
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => [
      tf.concat([a, b], 0),
      tf.concat([a, b], -1),
      tf.stack([a, b], 1),
      tf.stack([a, b], -1),
      ...tf.unstack(a, 1),
      ...tf.split(b, [1, 2], 1),
      ...tf.split(b, 3, 1),
    ],
  );
  check('slice, pad, reverse', [[4, 5]], (x) => [
    tf.slice(x, [1, 2], [2, -1]),
    tf.pad(
      x,
      [
        [1, 0],
        [2, 3],
      ],
      0.5,
    ),
    tf.reverse(x, 1),
    tf.reverse(x),
  ]);
  check('strided slice', [[4, 6]], (x) => [tf.stridedSlice(x, [0, 1], [4, 6], [2, 2]), tf.stridedSlice(x, [3, 5], [0, 0], [-1, -2])]);
});

describe('gather', () => {
  check('rows and columns', [[5, 4]], (x) => {
    const index = tf.tensor([0, 3, 3, 1], [4], 'int32');
    return [tf.gather(x, index), tf.gather(x, index, 1)];
  });
  check(
    'its gradient',
    [
      [5, 4],
      [4, 4],
    ],
    gradients((x) => tf.gather(x, tf.tensor([0, 3, 3, 1], [4], 'int32'))),
  );
});

describe('matrix products', () => {
  check(
    'all transposes',
    [
      [3, 4],
      [4, 5],
      [4, 3],
      [5, 4],
    ],
    (a, b, c, d) => [tf.matMul(a, b), tf.matMul(c, b, true, false), tf.matMul(a, d, false, true), tf.matMul(c, d, true, true)],
  );
  check(
    'batches',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    (a, b) => tf.matMul(a, b),
  );
  check('with bias, alone and not', [[3, 4], [4, 5], [5]], (a, b, c) => {
    const shared = tf.matMul(a, b);
    return [tf.add(tf.matMul(a, tf.neg(b)), c), tf.add(shared, c), shared];
  });
  check('fused', [[3, 4], [4, 5], [5]], (a, b, bias) =>
    (['relu', 'sigmoid', 'elu', 'linear'] as const).map((activation) => tf.fused.matMul({ a, b, bias, activation })),
  );
  check(
    'gradients',
    [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    gradients((a, b) => tf.matMul(a, b)),
  );
});

const windows: [size: number, side: number, stride: number, padding: 'valid' | 'same', output: number][] = [
  [6, 2, 2, 'valid', 3],
  [7, 2, 2, 'valid', 3],
  [7, 2, 2, 'same', 4],
  [7, 3, 2, 'same', 4],
  [7, 3, 1, 'valid', 5],
  [9, 3, 3, 'valid', 3],
  [8, 2, 3, 'valid', 3],
  [5, 1, 1, 'valid', 5],
];

/** Channels as fast convolutions take them: in whole blocks, filled up, too few for one, or not at all. */
const manyChannels: [ins: number, outs: number, side: number, stride: number, padding: 'valid' | 'same', output: number][] = [
  [16, 32, 3, 1, 'same', 6],
  [32, 16, 3, 1, 'valid', 4],
  [20, 36, 2, 1, 'same', 6],
  [36, 9, 3, 2, 'same', 3],
  [3, 17, 3, 1, 'valid', 4],
  [18, 20, 1, 1, 'valid', 6],
];

/** Images that are as many as a block has channels, or nearly: sides that windows reach over, and that they do not reach. */
const manyImages: [images: number, ins: number, side: number, stride: number, padding: 'valid' | 'same', output: number][] = [
  [16, 3, 3, 1, 'same', 7],
  [32, 16, 3, 1, 'valid', 5],
  [13, 20, 2, 1, 'same', 7],
  [15, 1, 2, 2, 'valid', 3],
  [16, 5, 3, 2, 'same', 4],
  [16, 2, 1, 3, 'valid', 3],
];

describe('convolution', () => {
  for (const [images, ins, side, stride, padding, output] of manyImages) {
    const shapes = [
      [images, 7, 7, ins],
      [side, side, ins, 16],
      [images, output, output, 16],
    ];
    const label = `${images} images of ${ins} channels by ${side}, stride ${stride}, ${padding}`;
    check(
      `gradients ${label}`,
      shapes,
      gradients((x, w) => tf.conv2d(image(x), image(w), stride, padding)),
      2e-4,
    );
  }
  check(
    'gradients of many lines',
    [
      [16, 9, 3],
      [4, 3, 16],
      [16, 5, 16],
    ],
    gradients((x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same')),
    2e-4,
  );
  for (const [ins, outs, side, stride, padding, output] of manyChannels) {
    const shapes = [
      [2, 6, 6, ins],
      [side, side, ins, outs],
    ];
    const label = `${ins} to ${outs} channels by ${side}, stride ${stride}, ${padding}`;
    const body = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(image(x), image(w), stride, padding);
    check(`forward ${label}`, [...shapes, [outs]], (x, w, bias) => [body(x, w), tf.add(body(x, w), bias)], 1e-4);
    check(`gradients ${label}`, [...shapes, [2, output, output, outs]], gradients(body), 1e-4);
  }
  for (const [size, side, stride, padding, output] of windows) {
    const label = `${size} by ${side}, stride ${stride}, ${padding}`;
    check(
      `forward ${label}`,
      [
        [3, size, size, 4],
        [side, side, 4, 5],
      ],
      (x, w) => tf.conv2d(image(x), image(w), stride, padding),
      1e-5,
    );
    check(
      `gradients ${label}`,
      [
        [3, size, size, 4],
        [side, side, 4, 5],
        [3, output, output, 5],
      ],
      gradients((x, w) => tf.conv2d(image(x), image(w), stride, padding)),
      3e-5,
    );
    check(
      `depthwise gradients ${label}`,
      [
        [3, size, size, 4],
        [side, side, 4, 2],
        [3, output, output, 8],
      ],
      gradients((x, w) => tf.depthwiseConv2d(image(x), image(w), stride, padding)),
      3e-5,
    );
  }
  check(
    'depthwise',
    [
      [2, 7, 6, 3],
      [3, 2, 3, 2],
    ],
    (x, w) => tf.depthwiseConv2d(image(x), image(w), 2, 'same'),
    1e-5,
  );
  check(
    'dilated',
    [
      [2, 9, 9, 3],
      [3, 3, 3, 4],
    ],
    (x, w) => tf.conv2d(image(x), image(w), 1, 'same', 'NHWC', 2),
    1e-5,
  );
  check(
    'of lines',
    [
      [2, 9, 3],
      [4, 3, 5],
    ],
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same'),
    1e-5,
  );
  check(
    'fused',
    [[2, 6, 6, 3], [3, 3, 3, 4], [4]],
    (x, filter, bias) =>
      (['relu', 'linear'] as const).map((activation) =>
        tf.fused.conv2d({ x: image(x), filter: image(filter), strides: 1, pad: 'valid', bias, activation }),
      ),
    1e-5,
  );
  check(
    'with bias, relu and its gradient',
    [[2, 6, 6, 3], [3, 3, 3, 4], [4], [2, 4, 4, 4]],
    gradients((x, w, b) => tf.relu(tf.add(tf.conv2d(image(x), image(w), 1, 'valid'), b))),
    3e-5,
  );
});

describe('pooling', () => {
  for (const [size, side, stride, padding, output] of windows) {
    const label = `${size} by ${side}, stride ${stride}, ${padding}`;
    const shapes = [
      [3, size, size, 4],
      [3, output, output, 4],
    ];
    check(`maximum ${label}`, shapes, (x, dy) => [
      tf.maxPool(image(x), side, stride, padding),
      tf.grad((a) => tf.maxPool(image(a), side, stride, padding))(x, dy),
    ]);
    check(`maximum of relu ${label}`, shapes, (x, dy) => [
      tf.maxPool(image(tf.relu(x)), side, stride, padding),
      tf.grad((a) => tf.maxPool(image(tf.relu(a)), side, stride, padding))(x, dy),
    ]);
    check(`mean ${label}`, [shapes[0]], (x) => tf.avgPool(image(x), side, stride, padding));
    // The cpu backend is wrong for padded means; those are compared with differences below.
    if (padding === 'valid')
      check(
        `gradient of mean ${label}`,
        shapes,
        gradients((x) => tf.avgPool(image(x), side, stride, padding)),
      );
  }

  it('gives the gradient of a padded mean that differences give', async () => {
    // A mean is linear: the gradient by an element is the change of the sum that a step of one makes.
    const shape = [1, 5, 5, 2];
    const weights = uniformValues(3 * 3 * 2, 5);
    const total = (x: tf.Tensor) => tf.sum(tf.mul(tf.avgPool(image(x), 3, 2, 'same'), tf.tensor(weights, [1, 3, 3, 2])));
    const values = uniformValues(sizeOf(shape), 3);
    const example = traced([shape], [values], (x) => tf.grad(total)(x));
    for (const { op } of sorted(example.program)) covered.add(op);
    const gradient = (await runOn(native, example)).get('y0')!;
    const sumAt = async (changed: Float32Array) => (await runOn(reference, traced([shape], [changed], total))).get('y0')![0];
    const base = await sumAt(values);
    for (let index = 0; index < values.length; index++) {
      const changed = values.slice();
      changed[index] += 1;
      expect(gradient[index]).toBeCloseTo((await sumAt(changed)) - base, 5);
    }
  });
});

describe('normalization', () => {
  check('batch normalization', [[4, 3, 3, 2], [2], [2], [2], [2]], (x, mean, spread, offset, scale) => [
    tf.batchNorm(image(x), vector(mean), vector(tf.add(tf.abs(spread), 0.5)), vector(offset), vector(scale), 0.001),
    tf.batchNorm(image(x), vector(mean), vector(tf.add(tf.abs(spread), 0.5))),
  ]);
  check(
    'after a convolution, channels first',
    [[2, 5, 5, 3], [2, 2, 3, 4], [4], [4]],
    (x, w, mean, scale) => {
      const y = tf.conv2d(image(x), image(w), 1, 'valid');
      return tf.batchNorm(y, vector(mean), vector(tf.ones([4])), vector(tf.neg(mean)), vector(scale), 0.001);
    },
    1e-5,
  );
  check(
    'its gradients',
    [[6, 4], [4], [4], [6, 4]],
    gradients((x, offset, scale) => {
      const { mean, variance } = tf.moments(x, 0);
      return tf.batchNorm2d(x as tf.Tensor2D, vector(mean), vector(variance), vector(offset), vector(scale), 0.01);
    }),
    1e-4,
  );
});

describe('all together', () => {
  it('has tried every kernel', () => {
    // Made by a pass, and tried with it.
    const ofPasses = Object.keys(tiledConvolution);
    const missing = Object.keys(kernels).filter((name) => !covered.has(name) && !ofPasses.includes(name));
    expect(missing).toEqual([]);
  });

  it('names a kernel it does not know', () => {
    const example = () => traced([[4, 4]], [uniformValues(16, 1)], (x) => tf.topk(x, 2).values);
    expect(example).toThrow(/TopK/);
  });
});
