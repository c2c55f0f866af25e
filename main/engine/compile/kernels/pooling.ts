/** Pooling over images, and its gradients. */
import { tf } from '../../tfjs.ts';
import type { Attributes, Node, Shape, Typed } from '../graph.ts';
import type { OnnxBuilder, Value } from '../onnx-builder.ts';
import { type Inputs, type Kernels, typeOf } from './kernel.ts';
import { paddingOf, placeWindows, views, windowAttributes } from './windows.ts';

type Geometry = tf.backend_util.Conv2DInfo;

export function geometry(attributes: Attributes, image: Shape): Geometry {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as tf.MaxPoolAttrs;
  return tf.backend_util.computePool2DInfo([...image] as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode);
}

const pooled = (inputs: Inputs, attributes: Attributes): Typed => ({
  shape: geometry(attributes, inputs.x.shape).outShape,
  dtype: 'float32',
});

/** Where windows tile the image: its places by SpaceToDepth, the first that holds the maximum by a chain, then MaxUnpool. */
function tiledMaxGradient(builder: OnnxBuilder, windows: Geometry, image: Shape, dy: string, x: string, y: string): string {
  const [batch, height, width, channels] = image as [number, number, number, number];
  const { outHeight, outWidth, filterHeight, filterWidth } = windows;
  const covered = [outHeight * filterHeight, outWidth * filterWidth];
  const tiled = height === covered[0] && width === covered[1] ? x : builder.slice(x, [0, 0], covered, [2, 3]);
  const count = filterHeight * filterWidth;
  const places = builder.split(
    builder.op('SpaceToDepth', [tiled], { blocksize: filterHeight }),
    Array.from({ length: count }, () => channels),
    1,
  );
  const offset = (place: number) => builder.scalar(Math.floor(place / filterWidth) * width + (place % filterWidth), 'int64');
  let hit = offset(count - 1);
  for (let place = count - 2; place >= 0; place--) {
    hit = builder.op('Where', [builder.op('Equal', [places[place], y]), offset(place), hit]);
  }
  const planes = Array.from({ length: batch * channels }, (_, index) => index * height * width);
  const corners = Array.from(
    { length: outHeight * outWidth },
    (_, index) => Math.floor(index / outWidth) * filterHeight * width + (index % outWidth) * filterWidth,
  );
  const corner = builder.op('Add', [
    builder.constant(planes, [batch, channels, 1, 1], 'int64'),
    builder.constant(corners, [outHeight, outWidth], 'int64'),
  ]);
  const size = [filterHeight, filterWidth];
  return builder.op('MaxUnpool', [dy, builder.op('Add', [corner, hit]), builder.integers([batch, channels, height, width])], {
    kernel_shape: size,
    strides: size,
  });
}

export const isTiled = (windows: Geometry) =>
  windows.strideHeight === windows.filterHeight &&
  windows.strideWidth === windows.filterWidth &&
  paddingOf(windows).every((side) => side === 0);

/** Whether tiles are taken apart where the channels of a pixel lie side by side: so where convolutions leave them so. */
const isPlainTiled = (builder: OnnxBuilder, x: Node, windows: Geometry) =>
  builder.channelBlock > 0 && builder.hasPlain(x) && !builder.hasChannelsFirst(x) && isTiled(windows);

/** For each place in a window: that place of all windows, [batch, rows, columns, channels], in row-major order. */
function tilePlaces(builder: OnnxBuilder, windows: Geometry, x: string): string[] {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inHeight, inWidth, inChannels } = windows;
  const [height, width] = [outHeight * filterHeight, outWidth * filterWidth];
  const covered = height === inHeight && width === inWidth ? x : builder.slice(x, [0, 0], [height, width], [1, 2]);
  const ones = (count: number) => Array.from({ length: count }, () => 1);
  const rows = builder.split(builder.reshape(covered, [batchSize * outHeight, filterHeight, width * inChannels]), ones(filterHeight), 1);
  return rows.flatMap((row) =>
    builder
      .split(builder.reshape(row, [batchSize * outHeight * outWidth, filterWidth, inChannels]), ones(filterWidth), 1)
      .map((place) => builder.reshape(place, [batchSize, outHeight, outWidth, inChannels])),
  );
}

/** The reverse of `tilePlaces`; what no window covers is 0. */
function joinPlaces(builder: OnnxBuilder, windows: Geometry, places: readonly string[]): string {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inHeight, inWidth, inChannels } = windows;
  const [height, width] = [outHeight * filterHeight, outWidth * filterWidth];
  const join = (parts: readonly string[], rest: readonly number[]) => {
    const single = parts.map((part) => builder.reshape(part, [rest[0], 1, rest[1]]));
    return single.length === 1 ? single[0] : builder.op('Concat', single, { axis: 1 });
  };
  const rows = Array.from({ length: filterHeight }, (_, row) =>
    join(places.slice(row * filterWidth, (row + 1) * filterWidth), [batchSize * outHeight * outWidth, inChannels]),
  );
  const image = builder.reshape(join(rows, [batchSize * outHeight, width * inChannels]), [batchSize, height, width, inChannels]);
  if (height === inHeight && width === inWidth) return image;
  return builder.op('Pad', [image, builder.integers([0, 0, 0, 0, 0, inHeight - height, inWidth - width, 0]), builder.scalar(0)]);
}

/** The gradient goes to the first place with the maximum: what the places before have not taken goes on to the next. */
export function tileGradients(builder: OnnxBuilder, dy: string, tiles: readonly string[], greatest: string): string[] {
  let rest = dy;
  return tiles.map((tile, index) => {
    if (index === tiles.length - 1) return rest;
    // A product, as ONNX Runtime's Where takes three passes.
    const hit = builder.cast(builder.op('Equal', [tile, greatest]), 'bool', 'float32');
    const gradient = builder.op('Mul', [hit, rest]);
    rest = builder.op('Sub', [rest, gradient]);
    return gradient;
  });
}

function plainTiledMaxGradient(builder: OnnxBuilder, windows: Geometry, dy: string, x: string, y: string): string {
  return joinPlaces(builder, windows, tileGradients(builder, dy, tilePlaces(builder, windows, x), y));
}

/** Windows that overlap or are padded: the gradient of each place on its own, put back together by placeWindows. */
function overlappingMaxGradient(builder: OnnxBuilder, windows: Geometry, image: Shape, dy: string, x: string, y: string): string {
  const [batch, height, width, channels] = image as [number, number, number, number];
  let taken: string | null = null;
  const parts: string[] = [];
  for (const view of views(builder, builder.padImage(x, paddingOf(windows), -Infinity), windows)) {
    const hit = builder.op('Equal', [view, y]);
    const chosen: string = taken === null ? hit : builder.op('And', [hit, builder.op('Not', [taken])]);
    taken = taken === null ? hit : builder.op('Or', [taken, hit]);
    const part = builder.op('Where', [chosen, dy, builder.scalar(0)]);
    parts.push(builder.reshape(part, [batch * channels, 1, windows.outHeight, windows.outWidth]));
  }
  const count = parts.length;
  const identity = Array.from({ length: count * count }, (_, index) => (index % count === Math.floor(index / count) ? 1 : 0));
  const joined = count === 1 ? parts[0] : builder.op('Concat', parts, { axis: 1 });
  return builder.reshape(placeWindows(builder, joined, identity, count, windows), [batch, channels, height, width]);
}

/** Like TensorFlow's: of equal values in a window, the first in row-major order gets the gradient. */
function maxGradient(builder: OnnxBuilder, node: Node, dy: Node, x: Node, y: Node): Value {
  const windows = geometry(node.attributes, node.shape);
  if (builder.hasBlocks(x) && isTiled(windows)) {
    // Each block is an image of its own.
    const image = (each: Node) => {
      const [batch, blocks, ...rest] = builder.blockedShape(each.shape);
      return builder.reshape(builder.inBlocks(each), [batch * blocks, ...rest]);
    };
    const [batch, blocks, , , block] = builder.blockedShape(node.shape);
    const alone = { ...windows, batchSize: batch * blocks, inChannels: block };
    const blocked = plainTiledMaxGradient(builder, alone, image(dy), image(x), image(y));
    return { blocked: builder.reshape(blocked, builder.blockedShape(node.shape)) };
  }
  if (isPlainTiled(builder, x, windows)) return plainTiledMaxGradient(builder, windows, builder.get(dy), builder.get(x), builder.get(y));
  const gradient = isTiled(windows) && windows.filterHeight === windows.filterWidth ? tiledMaxGradient : overlappingMaxGradient;
  return {
    channelsFirst: gradient(builder, windows, node.shape, builder.channelsFirst(dy), builder.channelsFirst(x), builder.channelsFirst(y)),
  };
}

/**
 * Each window's gradient in equal shares to the places it covers inside the image. (tfjs' cpu backend divides by the
 * whole window even where part of it is padding, against its own forward pass.)
 */
function averageGradient(builder: OnnxBuilder, node: Node, dy: Node): string {
  const windows = geometry(node.attributes, node.shape);
  const [batch, height, width, channels] = node.shape as [number, number, number, number];
  const { outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = windows;
  const covered = (index: number, stride: number, length: number, before: number, size: number) =>
    Math.min(index * stride - before + length, size) - Math.max(index * stride - before, 0);
  const share = Array.from({ length: outHeight * outWidth }, (_, index) => {
    const rows = covered(Math.floor(index / outWidth), strideHeight, filterHeight, padInfo.top, height);
    const columns = covered(index % outWidth, strideWidth, filterWidth, padInfo.left, width);
    return 1 / (rows * columns);
  });
  const scaled = builder.op('Mul', [builder.channelsFirst(dy), builder.constant(share, [outHeight, outWidth], 'float32')]);
  const parts = builder.reshape(scaled, [batch * channels, 1, outHeight, outWidth]);
  const ones = Array.from({ length: filterHeight * filterWidth }, () => 1);
  return builder.reshape(placeWindows(builder, parts, ones, 1, windows), [batch, channels, height, width]);
}

export const pooling: Kernels = {
  MaxPool: {
    shape: pooled,
    lower: (builder, node, { x }) => {
      const windows = geometry(node.attributes, x.shape);
      if (builder.hasBlocks(x)) {
        const [batch, height, width, channels] = x.shape as [number, number, number, number];
        const image = builder.reshape(builder.inBlocks(x), [batch, channels, height, width]);
        const blocked = builder.blockedOperator('MaxPool', [image], windowAttributes(windows));
        return { blocked: builder.reshape(blocked, builder.blockedShape(node.shape)) };
      }
      if (isPlainTiled(builder, x, windows)) {
        const [one, ...others] = tilePlaces(builder, windows, builder.get(x));
        // Two at a time are faster than all at once.
        return others.reduce((most, place) => builder.op('Max', [most, place]), one);
      }
      return { channelsFirst: builder.op('MaxPool', [builder.channelsFirst(x)], windowAttributes(windows)) };
    },
  },
  AvgPool: {
    shape: pooled,
    lower: (builder, node, { x }) => ({
      channelsFirst: builder.op('AveragePool', [builder.channelsFirst(x)], windowAttributes(geometry(node.attributes, x.shape))),
    }),
  },
  MaxPoolGrad: {
    shape: (inputs) => typeOf(inputs.input),
    lower: (builder, node, { dy, input, output }) => maxGradient(builder, node, dy, input, output),
  },
  AvgPoolGrad: {
    shape: (inputs) => typeOf(inputs.input),
    lower: (builder, node, { dy }) => ({ channelsFirst: averageGradient(builder, node, dy) }),
  },
};
