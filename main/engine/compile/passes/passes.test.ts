import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../backends/index.ts';
import { largestDifference, runOn, tiedValues, traced, type Traced, uniformValues } from '../../testing/harness.ts';
import { batchNormalized } from '../../model/layers/normalization.ts';
import { tf } from '../../tfjs.ts';
import { type Program, type Shape, sizeOf, sorted } from '../graph.ts';
import { lower } from '../lower.ts';
import { dropCopies } from './drop-copies.ts';
import { fuseBias } from './fuse-bias.ts';
import { joinProducts } from './join-products.ts';
import { optimize } from '../optimize.ts';
import { poolBeforeRelu } from './pool-before-relu.ts';
import { reuseRelu } from './reuse-relu.ts';
import { shareEqual } from './share-equal.ts';
import { unwrapMatrices } from './unwrap-matrices.ts';

let native: Backend;
let reference: Backend;
beforeAll(async () => {
  native = await openBackend('native', { threads: 1 });
  reference = await openBackend('reference');
});

function example(shapes: Shape[], body: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[]): Traced {
  return traced(
    shapes,
    shapes.map((shape, index) => tiedValues(sizeOf(shape), 5 + index)),
    body,
  );
}

const image = (x: tf.Tensor) => x as tf.Tensor4D;
const count = (program: Program, op: string) => sorted(program).filter((node) => node.op === op).length;

/** The pass changed the graph as told, left the one it was given alone, and the numbers too. */
async function expectPass(
  pass: (program: Program) => Program,
  before: Traced,
  counts: Record<string, [before: number, after: number]>,
): Promise<void> {
  const nodes = JSON.stringify(sorted(before.program).map(({ op, shape }) => [op, shape]));
  const program = pass(before.program);
  expect(JSON.stringify(sorted(before.program).map(({ op, shape }) => [op, shape]))).toBe(nodes);
  for (const [op, [had, has]] of Object.entries(counts)) {
    expect(count(before.program, op), `${op} before`).toBe(had);
    expect(count(program, op), `${op} after`).toBe(has);
  }
  const wanted = await runOn(reference, before);
  // Graphs with kernels that only the lowering reads in their changed form run natively.
  const found = await runOn(native, { ...before, program });
  for (const [name, values] of wanted) expect(largestDifference(found.get(name)!, values)).toBeLessThan(1e-5);
}

describe('passes', () => {
  it('drop copies', () =>
    expectPass(
      dropCopies,
      example([[2, 6]], (x) => tf.neg(tf.cast(tf.reshape(tf.reshape(tf.expandDims(x, 0), [3, 4]), [2, 6]), 'float32'))),
      { Reshape: [2, 0], ExpandDims: [1, 0] },
    ));

  it('share what is equal, and nothing else', () =>
    expectPass(
      shareEqual,
      example([[2, 6]], (x) => [tf.add(tf.exp(x), tf.exp(x)), tf.sum(x, 0), tf.sum(x, 1), tf.add(tf.sum(x, 0), 1)]),
      { Exp: [2, 1], Sum: [3, 2] },
    ));

  it('multiply matrices without their batch of one', () =>
    expectPass(
      (program) => dropCopies(unwrapMatrices(dropCopies(program))),
      example(
        [
          [2, 3],
          [3, 4],
        ],
        (a, b) => tf.matMul(tf.reshape(a, [1, 2, 3]), tf.reshape(b, [1, 3, 4])),
      ),
      { Reshape: [2, 1], BatchMatMul: [1, 1] },
    ));

  it('leave real batches alone', () =>
    expectPass(
      unwrapMatrices,
      example(
        [
          [2, 2, 3],
          [2, 3, 4],
        ],
        (a, b) => tf.matMul(a, b),
      ),
      { Reshape: [0, 0] },
    ));

  it('fuse a bias where the product is used once', () =>
    expectPass(
      (program) => fuseBias(dropCopies(unwrapMatrices(program))),
      example([[2, 3], [3, 4], [4]], (a, b, bias) => {
        const shared = tf.matMul(a, tf.neg(b));
        return [tf.add(tf.matMul(a, b), bias), tf.add(shared, bias), shared];
      }),
      { Add: [2, 1], _FusedMatMul: [0, 1] },
    ));

  it('gather a sum of products in the products', () =>
    expectPass(
      (program) => fuseBias(dropCopies(unwrapMatrices(program))),
      example(
        [
          [2, 3],
          [3, 4],
        ],
        (a, b) => {
          const product = (factor: tf.Tensor) => tf.matMul(a, factor);
          return tf.add(product(tf.abs(b)), tf.add(product(tf.square(b)), product(b)));
        },
      ),
      { Add: [2, 0], BatchMatMul: [3, 1], _FusedMatMul: [0, 2] },
    ));

  it('fuse a convolution’s bias', () =>
    expectPass(
      fuseBias,
      example([[1, 5, 5, 2], [3, 3, 2, 3], [3]], (x, w, bias) => tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), bias)),
      { Add: [1, 0], Conv2D: [1, 0], FusedConv2D: [0, 1] },
    ));

  it('take the step of relu’s output', () => {
    const gradient = example(
      [
        [3, 4],
        [3, 4],
      ],
      (x, dy) => [tf.relu(tf.exp(x)), tf.grad((a) => tf.relu(tf.exp(a)))(x, dy)],
    );
    const program = reuseRelu(shareEqual(dropCopies(gradient.program)));
    expect(count(program, 'Relu')).toBe(1);
    expect(sorted(program).find(({ op }) => op === 'Step')!.inputs[0].op).toBe('Relu');
    return expectPass((given) => reuseRelu(shareEqual(dropCopies(given))), gradient, {});
  });

  it('join the products and row sums that a weight’s gradient is a sum of', () => {
    const shapes = [
      [2, 3],
      [5, 3],
      [3, 3],
      [2, 4],
      [5, 4],
      [3, 4],
      [3, 4],
    ];
    const sums = example(shapes, (a, b, c, x, y, z, more) => {
      const products = [tf.matMul(a, x, true), more, tf.matMul(b, y, true), tf.matMul(c, z, true)];
      const rows = [tf.sum(x, 0), tf.sum(y, 0), tf.sum(z, 0)];
      const total = (terms: tf.Tensor[]) => terms.reduce((sum, term) => tf.add(term, sum));
      return [total(products), total(rows), tf.add(tf.matMul(a, x, true), tf.matMul(b, y, true))];
    });
    return expectPass((program) => shareEqual(joinProducts(dropCopies(unwrapMatrices(dropCopies(program))))), sums, {
      BatchMatMul: [5, 3],
      Sum: [3, 1],
      Concat: [0, 2],
    });
  });

  it('leave products alone that something else reads', () =>
    expectPass(
      (program) => joinProducts(dropCopies(unwrapMatrices(dropCopies(program)))),
      example(
        [
          [2, 3],
          [2, 4],
        ],
        (a, x) => {
          const shared = tf.matMul(a, x, true);
          const parts = [shared, tf.matMul(tf.neg(a), x, true), tf.matMul(a, tf.neg(x), true)];
          return [parts.reduce((sum, part) => tf.add(sum, part)), shared];
        },
      ),
      { BatchMatMul: [3, 3], Concat: [0, 0] },
    ));

  const pooledRelu = (x: tf.Tensor) => tf.maxPool(image(tf.relu(x)), 2, 2, 'valid');

  it('pool before relu, forward and back', () => {
    const gradient = example(
      [
        [2, 6, 6, 3],
        [2, 3, 3, 3],
      ],
      (x, dy) => {
        const { value, grad } = tf.valueAndGrad(pooledRelu)(x, image(dy));
        return [value, grad];
      },
    );
    const program = poolBeforeRelu(dropCopies(gradient.program));
    const relu = sorted(program).find(({ op }) => op === 'Relu')!;
    expect(relu.shape).toEqual([2, 3, 3, 3]);
    return expectPass((given) => poolBeforeRelu(dropCopies(given)), gradient, { Relu: [1, 1], MaxPoolGrad: [1, 1] });
  });

  /** A convolution that a pooling of 2 × 2 alone takes, with what its parameters learn from it. */
  function pooledConvolution(size: Shape, filter: Shape, pad: 'same' | 'valid' | number, withInput = false): Traced {
    const [batch, height, width, ins] = size;
    const outs = filter[3];
    const shapes = [[batch, height, width, ins], filter, [outs]];
    return example(shapes, (x, w, bias) => {
      const body = (...given: tf.Tensor[]) => {
        const [weights, added, pixels] = given as [tf.Tensor4D, tf.Tensor1D, tf.Tensor4D | undefined];
        return tf.maxPool(image(tf.relu(tf.add(tf.conv2d(pixels ?? image(x), weights, 1, pad), added))), 2, 2, 'valid');
      };
      const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => tf.sum(tf.square(body(...given))))(
        withInput ? [w, bias, x] : [w, bias],
      );
      return [value, ...grads];
    });
  }

  const tileCases: readonly [size: Shape, filter: Shape, pad: 'same' | 'valid' | number][] = [
    [[3, 28, 28, 1], [3, 3, 1, 8], 'valid'],
    [[2, 9, 7, 3], [3, 3, 3, 4], 'valid'],
    [[2, 9, 8, 3], [3, 3, 3, 16], 'same'],
    [[2, 8, 9, 2], [2, 5, 2, 3], 'same'],
    [[2, 7, 6, 4], [1, 1, 4, 2], 'valid'],
    [[2, 6, 7, 1], [4, 1, 1, 5], 2],
    [[1, 2, 3, 1], [1, 2, 1, 1], 'valid'],
  ];
  it.each(tileCases)('tiles of an image %j by a filter %j, %s', (size, filter, pad) =>
    expectPass(optimize, pooledConvolution(size, filter, pad), {
      MaxPool: [1, 0],
      MaxPoolGrad: [1, 0],
      Conv2DBackpropFilter: [1, 0],
    }),
  );

  /** Pooled values and the filter's gradient, of ones but for the pixel at [5, 5] of 12 × 12: by the reference and as tiles. */
  async function aroundPixel(pixel: number, filter: number) {
    const shapes = [
      [1, 12, 12, 1],
      [filter, filter, 1, 1],
    ];
    const values = shapes.map((shape) => new Float32Array(sizeOf(shape)).fill(1));
    values[0][5 * 12 + 5] = pixel;
    const before = traced(shapes, values, (x, w) => {
      const pooled = (weights: tf.Tensor) => tf.maxPool(tf.conv2d(image(x), image(weights), 1, 'valid'), 2, 2, 'valid');
      return [pooled(w), tf.grad((weights) => tf.sum(tf.square(pooled(weights))))(w)];
    });
    const program = optimize(before.program);
    expect(count(program, 'TiledConv2D')).toBe(1);
    const [wanted, found] = [await runOn(reference, before), await runOn(native, { ...before, program })];
    return [wanted, found].map((results) => ({ pooled: results.get('y0')!, gradient: results.get('y1')! }));
  }

  // By a filter of 3, a window reads 4 pixels of a row; by one of 4 it reads 5, and a sixth that it multiplies by 0.
  it.each([
    { pixel: Infinity, filter: 3, across: 5, touched: [1, 2] },
    { pixel: -Infinity, filter: 3, across: 5, touched: [1, 2] },
    { pixel: Infinity, filter: 4, across: 4, touched: [0, 1, 2] },
    { pixel: -Infinity, filter: 4, across: 4, touched: [0, 1, 2] },
  ])('tiles of an image with a pixel of $pixel by a filter of $filter', async ({ pixel, filter, across, touched }) => {
    const [wanted, found] = await aroundPixel(pixel, filter);
    expect(found.pooled).toHaveLength(across * across);
    found.pooled.forEach((value, window) => {
      const isTouched = [Math.floor(window / across), window % across].every((at) => touched.includes(at));
      if (isTouched) expect(Number.isFinite(value)).toBe(false);
      else expect(value).toBe(wanted.pooled[window]);
    });
    // All places of the window at [2, 2] read the pixel; of the first one that is touched one place does, or none.
    for (const { pooled } of [wanted, found]) expect(pooled[2 * across + 2]).toBe(pixel);
    const first = touched[0] * across + touched[0];
    expect(found.pooled[first]).toBeNaN();
    expect(wanted.pooled[first]).toBe(filter === 4 ? 16 : Math.max(pixel, 9));
    for (const { gradient } of [wanted, found]) expect(gradient.every(Number.isFinite)).toBe(false);
  });

  it('no tiles where the image needs a gradient, channels are many or windows overlap', async () => {
    const kept = { MaxPool: [1, 1], MaxPoolGrad: [1, 1] } as Record<string, [number, number]>;
    await expectPass(optimize, pooledConvolution([2, 8, 8, 2], [3, 3, 2, 4], 'same', true), kept);
    await expectPass(optimize, pooledConvolution([2, 8, 8, 2], [3, 3, 2, 17], 'same'), kept);
    const overlapping = example(
      [
        [2, 8, 8, 2],
        [3, 3, 2, 4],
      ],
      (x, w) => tf.grad((weights) => tf.sum(tf.square(tf.maxPool(tf.conv2d(image(x), image(weights), 1, 'same'), 2, 1, 'valid'))))(w),
    );
    await expectPass(optimize, overlapping, kept);
  });

  /** A normalized convolution, pooled: its parts, moments and gradients. */
  function normalizedConvolution(channels: number, seen: (...steps: tf.Tensor[]) => tf.Tensor[] = () => []): Traced {
    const shapes = [[2, 8, 8, 3], [3, 3, 3, channels], [channels], [channels], [channels], [2, 4, 4, channels]];
    const values = shapes.map((shape, index) => uniformValues(sizeOf(shape), 7 + index).map((value) => value - 0.5));
    return traced(shapes, values, (x, w, bias, gamma, beta, dy) => {
      const kept: tf.Tensor[] = [];
      const body = (...given: tf.Tensor[]) => {
        const [image4, filter, added, scale, shift] = given as [tf.Tensor4D, tf.Tensor4D, tf.Tensor, tf.Tensor, tf.Tensor];
        const convolved = tf.add(tf.conv2d(image4, filter, 1, 'same'), added);
        const { output, mean, variance } = batchNormalized(convolved, scale, shift, 1e-3);
        kept.push(...[mean, variance, ...seen(convolved, output)].map((step) => tf.keep(step)));
        return tf.maxPool(image(tf.relu(output)), 2, 2, 'valid');
      };
      const { value, grads } = tf.valueAndGrads(body)([x, w, bias, gamma, beta], image(dy));
      return [value, ...grads, ...kept];
    });
  }

  it.each([5, 16])('pool before scaling what is normalized, %i channels', async (channels) => {
    const before = normalizedConvolution(channels);
    const program = optimize(before.program);
    const pooled = sorted(program).find(({ op }) => op === 'MaxPool')!.inputs[0];
    expect(pooled.op).toBe('FusedConv2D');
    const products = sorted(program).filter(({ op, shape }) => op === 'Multiply' && shape.join() === [2, 8, 8, channels].join());
    expect(products).toHaveLength(1);
    await expectPass(optimize, before, {});
  });

  it('give the same whether steps in between are looked at or not', async () => {
    const [plain, watched] = [normalizedConvolution(16), normalizedConvolution(16, (...steps) => steps)];
    const [one, other] = [optimize(plain.program), optimize(watched.program)];
    await expectPass(optimize, watched, {});
    const found = await runOn(native, { ...plain, program: one });
    const besides = await runOn(native, { ...watched, program: other });
    for (const [name, values] of found) expect(besides.get(name), name).toEqual(values);
  });

  it('leave relu where something else reads it', () => {
    const gradient = example(
      [
        [2, 6, 6, 3],
        [2, 3, 3, 3],
      ],
      (x, dy) => {
        const seen: tf.Tensor[] = [];
        const { value, grad } = tf.valueAndGrad((a: tf.Tensor) => {
          const positive = tf.relu(a);
          seen.push(tf.keep(tf.sum(positive)));
          return tf.maxPool(image(positive), 2, 2, 'valid');
        })(x, image(dy));
        return [value, grad, ...seen];
      },
    );
    const program = poolBeforeRelu(dropCopies(gradient.program));
    expect(sorted(program).find(({ op }) => op === 'Relu')!.shape).toEqual([2, 6, 6, 3]);
  });
});

describe('lowering', () => {
  it('keeps only what the outputs depend on', () => {
    const given = traced([[4], [4]], [uniformValues(4, 1), uniformValues(4, 2)], (x) => {
      tf.exp(x);
      return tf.neg(x);
    });
    const lowered = lower(given.program);
    expect(lowered.inputs.map(({ name }) => name)).toEqual(['x0']);
    expect(lowered.nodeCount).toBe(1);
  });

  it('is the same every time', () => {
    const bytes = () =>
      Buffer.from(lower(traced([[4, 4]], [uniformValues(16, 1)], (x) => tf.softmax(tf.matMul(x, x))).program).bytes).toString('hex');
    expect(bytes()).toBe(bytes());
  });

  it('gives an input, a constant and one value twice as outputs', async () => {
    const given = traced([[3]], [Float32Array.of(1, 2, 3)], (x) => {
      const y = tf.neg(x);
      return [x, tf.scalar(4), y, y];
    });
    const found = await runOn(native, given);
    expect([...found.values()]).toEqual([[1, 2, 3], [4], [-1, -2, -3], [-1, -2, -3]]);
  });
});
