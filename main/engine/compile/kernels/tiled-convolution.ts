/**
 * A convolution in steps of 1, taken apart for windows of 2 × 2: the four places of all windows are one convolution in steps
 * of 2 with four filters, the same one moved by a pixel down, across, both or not at all. As a matrix product whose columns,
 * the windows' pixels, serve the filter's gradient as well. The pass pool-tiles makes these kernels; tfjs has none.
 *
 * An infinite or NaN pixel is multiplied by the moved filters' zeros too, which gives NaN: in each window that reads it at
 * some of its places only, where tfjs gives an infinity or the greatest of the other places; and, where a filter's height
 * or width is even, in the window before, which does not read it. All windows further away are as tfjs has them.
 */
import type { Attributes, Node, Shape } from '../graph.ts';
import type { OnnxBuilder } from '../onnx-builder.ts';
import { geometry as convolutionGeometry } from './convolution.ts';
import { type Kernels, typeOf } from './kernel.ts';
import { geometry as poolingGeometry, isTiled, tileGradients } from './pooling.ts';

interface Tiled {
  readonly filter: Shape;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/** Channels up to which it is worth the larger filter, four ninths of whose products are with 0 for one of 3 × 3. */
const mostChannels = { in: 4, out: 16 };

/** Whether a convolution and the pooling of its result can be, and are faster, as a convolution of tiles. */
export function isTileable({ inputs, attributes, shape }: Node, pool: Node): boolean {
  const [x, filter] = inputs;
  const convolved = convolutionGeometry(attributes, x.shape, filter.shape);
  const steps = [convolved.strideHeight, convolved.strideWidth, convolved.dilationHeight, convolved.dilationWidth];
  const windows = poolingGeometry(pool.attributes, shape);
  const few = convolved.inChannels <= mostChannels.in && convolved.outChannels <= mostChannels.out;
  return few && steps.every((step) => step === 1) && windows.filterHeight === 2 && windows.filterWidth === 2 && isTiled(windows);
}

export function tiledGeometry({ inputs, attributes, shape }: Node): Attributes {
  const { padInfo } = convolutionGeometry(attributes, inputs[0].shape, inputs[1].shape);
  const rows = Math.floor(shape[1] / 2);
  const columns = Math.floor(shape[2] / 2);
  return {
    filter: inputs[1].shape,
    top: padInfo.top,
    left: padInfo.left,
    rows,
    columns,
  } satisfies Tiled;
}

const places = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** Pairs of pixels that the moved filters cover. */
const pairs = (length: number) => Math.ceil((length + 1) / 2);

/** [batch, pairs of rows · pairs of columns · 4 · channels, windows] */
function pixelColumns(builder: OnnxBuilder, x: Node, { filter, top, left, rows, columns }: Tiled): string {
  const [batch, height, width, channels] = x.shape;
  const [tall, wide] = [pairs(filter[0]), pairs(filter[1])];
  const end = (tiles: number, covered: number, length: number, before: number) => 2 * (tiles - 1 + covered) - length - before;
  const padding = [top, left, end(rows, tall, height, top), end(columns, wide, width, left)] as const;
  const apart = builder.op('SpaceToDepth', [builder.padImage(builder.channelsFirst(x), padding, 0)], { blocksize: 2 });
  const parts = Array.from({ length: tall * wide }, (_, index) => {
    const [down, across] = [Math.floor(index / wide), index % wide];
    return builder.slice(apart, [down, across], [down + rows, across + columns], [2, 3]);
  });
  const joined = parts.length === 1 ? parts[0] : builder.op('Concat', parts, { axis: 1 });
  return builder.reshape(joined, [batch, tall * wide * 4 * channels, rows * columns]);
}

export const tiledConvolution: Kernels = {
  TiledConv2D: {
    shape: (inputs) => typeOf(inputs.x),
    lower: (builder, node, { x, filter }) => {
      const tiled = node.attributes as unknown as Tiled;
      const [height, width, ins, outs] = filter.shape as [number, number, number, number];
      const [tall, wide] = [pairs(height), pairs(width)];
      const moved = places.map(([down, across]) =>
        builder.op('Pad', [
          builder.get(filter),
          builder.integers([down, across, 0, 0, 2 * tall - height - down, 2 * wide - width - across, 0, 0]),
          builder.scalar(0),
        ]),
      );
      const split = [tall, 2, wide, 2, ins, 4 * outs];
      const whole = builder.reshape(builder.op('Concat', moved, { axis: 3 }), split);
      const weights = builder.reshape(builder.transpose(whole, [5, 0, 2, 1, 3, 4], split), [4 * outs, tall * wide * 4 * ins]);
      const product = builder.op('MatMul', [weights, pixelColumns(builder, x, tiled)]);
      const images = builder.reshape(product, [x.shape[0], 4 * outs, tiled.rows, tiled.columns]);
      const sizes = places.map(() => outs);
      return builder.split(images, sizes, 1).map((channelsFirst) => ({ channelsFirst }));
    },
  },
  TiledConv2DBackpropFilter: {
    shape: (_, attributes) => ({
      shape: (attributes as unknown as Tiled).filter,
      dtype: 'float32',
    }),
    lower: (builder, node, { x, dy, greatest, ...tiles }) => {
      const tiled = node.attributes as unknown as Tiled;
      const [height, width, ins, outs] = node.shape as [number, number, number, number];
      const [tall, wide] = [pairs(height), pairs(width)];
      const computed = Object.values(tiles).map((place) => builder.channelsFirst(place));
      const images = tileGradients(builder, builder.channelsFirst(dy), computed, builder.channelsFirst(greatest));
      const joined = builder.reshape(builder.op('Concat', images, { axis: 1 }), [x.shape[0], 4 * outs, tiled.rows * tiled.columns]);
      const products = builder.contributed('FusedMatMul', [pixelColumns(builder, x, tiled), joined], { transB: 1 });
      const split = [tall, wide, 2, 2, ins, 4 * outs];
      const summed = builder.reshape(builder.reduce('ReduceSum', products, [0], false), split);
      const whole = builder.reshape(builder.transpose(summed, [0, 2, 1, 3, 4, 5], split), [2 * tall, 2 * wide, ins, 4 * outs]);
      const sizes = places.map(() => outs);
      const parts = builder.split(whole, sizes, 3).map((part, index) => {
        const [down, across] = places[index];
        return builder.slice(part, [down, across], [down + height, across + width], [0, 1]);
      });
      return builder.op('Sum', parts);
    },
  },
};
