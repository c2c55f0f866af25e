/**
 * Images brought to a size, and changed at random while training. The random numbers are the run's, by layer and step:
 * each sample of a batch has its own. Channels last.
 */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { random } from '../../compile/kernels/random.ts';
import { tf } from '../../tfjs.ts';
import { type Config, defineLayer, type Given, type Lengths, number } from './define.ts';

type Size = readonly [height: number, width: number];
export type Range = readonly [low: number, high: number];

/**
 * Rows of weights that make `to` values of `from`, half a pixel being the first one's middle; `nearest` takes one
 * value, `bilinear` the two around the place.
 */
function interpolation(from: number, to: number, method: Json | undefined): tf.Tensor {
  const weights = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    if (method === 'nearest') {
      weights[row * from + Math.min(from - 1, Math.floor(((row + 0.5) * from) / to))] = 1;
      continue;
    }
    const place = Math.min(from - 1, Math.max(0, ((row + 0.5) * from) / to - 0.5));
    const low = Math.floor(place);
    const high = Math.min(from - 1, low + 1);
    weights[row * from + low] += 1 - (place - low);
    weights[row * from + high] += place - low;
  }
  return tf.tensor(weights, [to, from]);
}

/** As two matrix products, one for the rows and one for the columns. */
export function resized(x: tf.Tensor, [toHeight, toWidth]: Size, method: Json | undefined): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const tall =
    height === toHeight
      ? x
      : tf.matMul(interpolation(height, toHeight, method).expandDims(0), tf.reshape(x, [batch, height, width * channels]));
  if (width === toWidth) return tf.reshape(tall, [batch, toHeight, toWidth, channels]);
  const rows = tf.reshape(tall, [batch * toHeight, width, channels]);
  return tf.reshape(tf.matMul(interpolation(width, toWidth, method).expandDims(0), rows), [batch, toHeight, toWidth, channels]);
}

const cut = (x: tf.Tensor, top: number, left: number, [height, width]: Size) =>
  tf.slice(x, [0, top, left, 0], [x.shape[0], height, width, x.shape[3]!]);

/** The largest middle part of the wanted proportions, resized. */
function smartlyResized(x: tf.Tensor, size: Size, method: Json | undefined): tf.Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  const [toHeight, toWidth] = size;
  const tall = Math.max(1, Math.min(height, Math.floor((width * toHeight) / toWidth)));
  const wide = Math.max(1, Math.min(width, Math.floor((height * toWidth) / toHeight)));
  const middle = cut(x, Math.floor((height - tall) / 2), Math.floor((width - wide) / 2), [tall, wide]);
  return resized(middle, size, method);
}

const sizeOf = (config: Config): Size => [number(config, 'height'), number(config, 'width')];
const sizedShape = (config: Config, [shape]: readonly Lengths[]): Lengths => [...sizeOf(config), shape[2]];

defineLayer({
  className: 'Resizing',
  defaults: { interpolation: 'bilinear', cropToAspectRatio: false },
  outputShape: sizedShape,
  call: ([x], { config }) => (config.cropToAspectRatio === true ? smartlyResized : resized)(x, sizeOf(config), config.interpolation),
});

/** The middle; an image that is too small is made larger first. */
defineLayer({
  className: 'CenterCrop',
  defaults: {},
  outputShape: sizedShape,
  call: ([x], { config }) => {
    const size = sizeOf(config);
    const [, height, width] = x.shape as [number, number, number, number];
    if (height < size[0] || width < size[1]) return smartlyResized(x, size, 'bilinear');
    return cut(x, Math.floor((height - size[0]) / 2), Math.floor((width - size[1]) / 2), size);
  },
});

/** Even between two bounds, one number a sample: `[batch, 1, 1]`. */
export function drawnOf({ name }: Given, batch: number, [low, high]: Range): tf.Tensor {
  const uniform = random({ shape: [batch, 1, 1], distribution: { kind: 'uniform' }, stream: name });
  return tf.add(tf.mul(uniform, high - low), low);
}

/** A factor f means −f to f; a pair, from one to the other. */
function boundsOf(factor: Json | undefined): Range {
  if (Array.isArray(factor)) return factor as [number, number];
  return [-(factor as number), factor as number];
}

/** Values at whole places of each sample, `[batch, height, width]` of them; places outside are mapped by the mode. */
function gathered(x: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor, { fillMode, fillValue }: Config): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const wrapped = (place: tf.Tensor, length: number) => tf.sub(place, tf.mul(tf.floor(tf.div(place, length)), length));
  const inside = (place: tf.Tensor, length: number): tf.Tensor => {
    if (fillMode === 'wrap') return wrapped(place, length);
    if (fillMode !== 'reflect') return tf.clipByValue(place, 0, length - 1);
    const folded = wrapped(place, 2 * length);
    return tf.minimum(folded, tf.sub(2 * length - 1, folded));
  };
  const [row, column] = [inside(rows, height), inside(columns, width)];
  const first = tf.tensor(
    Float32Array.from({ length: batch }, (_, sample) => sample * height),
    [batch, 1, 1],
  );
  const index = tf.add(tf.mul(tf.add(row, first), width), column);
  const [, toHeight, toWidth] = index.shape as [number, number, number];
  const flat = tf.gather(tf.reshape(x, [-1, channels]), tf.cast(tf.reshape(index, [-1]), 'int32'));
  const values = tf.reshape(flat, [batch, toHeight, toWidth, channels]);
  if (fillMode !== 'constant') return values;
  const kept = tf.logicalAnd(tf.equal(row, rows), tf.equal(column, columns));
  return tf.where(tf.expandDims(kept, 3), values, tf.fill(values.shape, fillValue as number));
}

/** The image at any places, between the pixels too. */
export function sampled(x: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor, config: Config): tf.Tensor {
  if (config.interpolation === 'nearest') return gathered(x, tf.round(rows), tf.round(columns), config);
  const [top, left] = [tf.floor(rows), tf.floor(columns)];
  const [down, right] = [tf.expandDims(tf.sub(rows, top), 3), tf.expandDims(tf.sub(columns, left), 3)];
  const at = (row: number, column: number) => gathered(x, tf.add(top, row), tf.add(left, column), config);
  const between = (one: tf.Tensor, other: tf.Tensor, share: tf.Tensor) => tf.add(tf.mul(one, tf.sub(1, share)), tf.mul(other, share));
  return between(between(at(0, 0), at(0, 1), right), between(at(1, 0), at(1, 1), right), down);
}

/** Places of the output's pixels, from the image's middle: `[1, height, 1]` and `[1, 1, width]`. */
export function fromMiddle([height, width]: Size): { rows: tf.Tensor; columns: tf.Tensor } {
  const centred = (length: number) => Float32Array.from({ length }, (_, index) => index - (length - 1) / 2);
  return { rows: tf.tensor(centred(height), [1, height, 1]), columns: tf.tensor(centred(width), [1, 1, width]) };
}

/** Where each output pixel is taken from, for an image of this size. */
type Moved = (given: Given, batch: number, size: Size) => { rows: tf.Tensor; columns: tf.Tensor };

export function defineMoving(className: string, defaults: Config, moved: Moved): void {
  defineLayer({
    className,
    defaults: { fillMode: 'reflect', interpolation: 'bilinear', fillValue: 0, ...defaults },
    whileTraining: true,
    call: ([x], given) => {
      const [batch, height, width] = x.shape as [number, number, number, number];
      const { rows, columns } = moved(given, batch, [height, width]);
      const whole = (places: tf.Tensor, middle: number) => tf.add(tf.add(places, middle), tf.zeros([batch, height, width]));
      return sampled(x, whole(rows, (height - 1) / 2), whole(columns, (width - 1) / 2), given.config);
    },
  });
}

/** Counter-clockwise for positive angles; the factor is a share of a whole turn. */
defineMoving('RandomRotation', {}, (given, batch, size) => {
  const angle = tf.mul(drawnOf(given, batch, boundsOf(given.config.factor)), 2 * Math.PI);
  const { rows, columns } = fromMiddle(size);
  const [cosine, sine] = [tf.cos(angle), tf.sin(angle)];
  return {
    rows: tf.add(tf.mul(columns, sine), tf.mul(rows, cosine)),
    columns: tf.sub(tf.mul(columns, cosine), tf.mul(rows, sine)),
  };
});

/** Down and to the right for positive factors, which are shares of height and width. */
defineMoving('RandomTranslation', {}, (given, batch, size) => {
  const { rows, columns } = fromMiddle(size);
  return {
    rows: tf.sub(rows, tf.mul(drawnOf(given, batch, boundsOf(given.config.heightFactor)), size[0])),
    columns: tf.sub(columns, tf.mul(drawnOf(given, batch, boundsOf(given.config.widthFactor)), size[1])),
  };
});

/** Smaller for positive factors; without `widthFactor` the proportions stay. */
defineMoving('RandomZoom', {}, (given, batch, size) => {
  const { heightFactor, widthFactor } = given.config;
  const { rows, columns } = fromMiddle(size);
  const tall = tf.add(drawnOf(given, batch, boundsOf(heightFactor)), 1);
  const wide = widthFactor === undefined || widthFactor === null ? tall : tf.add(drawnOf(given, batch, boundsOf(widthFactor)), 1);
  return { rows: tf.mul(rows, tall), columns: tf.mul(columns, wide) };
});

/** Stretched along one axis: wider, or taller, for positive factors. The image's size stays. */
for (const [className, axis] of [
  ['RandomHeight', 'rows'],
  ['RandomWidth', 'columns'],
] as const) {
  defineMoving(className, {}, (given, batch, size) => {
    const places = fromMiddle(size);
    const stretch = tf.add(drawnOf(given, batch, boundsOf(given.config.factor)), 1);
    return { ...places, [axis]: tf.div(places[axis], stretch) };
  });
}

defineLayer({
  className: 'RandomFlip',
  defaults: { mode: 'horizontalAndVertical' },
  whileTraining: true,
  call: ([x], given) => {
    const { mode } = given.config;
    const flipped = (image: tf.Tensor, axis: number): tf.Tensor => {
      const turn = tf.expandDims(tf.cast(tf.greater(drawnOf(given, x.shape[0], [0, 1]), 0.5), 'float32'), 3);
      return tf.add(image, tf.mul(tf.sub(tf.reverse(image, axis), image), turn));
    };
    const across = mode === 'vertical' ? x : flipped(x, 2);
    return mode === 'horizontal' ? across : flipped(across, 1);
  },
});

/** 0, 1, … along the axis of the shape that is longer than 1. */
export function placesOf(shape: number[]): tf.Tensor {
  return tf.tensor(
    Float32Array.from({ length: Math.max(...shape) }, (_, place) => place),
    shape,
  );
}

/** 1 where a place lies between `start` and `reach` behind it, else 0. */
export function within(shape: number[], start: tf.Tensor, reach: tf.Tensor): tf.Tensor {
  const places = placesOf(shape);
  const after = tf.cast(tf.greaterEqual(places, start), 'float32');
  return tf.mul(after, tf.cast(tf.less(places, tf.add(start, reach)), 'float32'));
}

/** A part at a random place; when predicting, the largest middle part of its proportions. */
defineLayer({
  className: 'RandomCrop',
  defaults: {},
  outputShape: sizedShape,
  call: ([x], given) => {
    const size = sizeOf(given.config);
    const [batch, height, width] = x.shape as [number, number, number, number];
    if (!given.training || height < size[0] || width < size[1]) return smartlyResized(x, size, 'bilinear');
    const from = (length: number, part: number) => tf.floor(drawnOf(given, batch, [0, length - part + 1]));
    const zeros = tf.zeros([batch, ...size]);
    const rows = tf.add(tf.add(from(height, size[0]), placesOf([1, size[0], 1])), zeros);
    const columns = tf.add(tf.add(from(width, size[1]), placesOf([1, 1, size[1]])), zeros);
    return gathered(x, rows, columns, { fillMode: 'nearest' });
  },
});

export const clipped = (x: tf.Tensor, { valueRange }: Config): tf.Tensor =>
  tf.clipByValue(x, (valueRange as number[])[0], (valueRange as number[])[1]);

/** Differences from each channel's mean, 1 − factor to 1 + factor times. */
export function contrasted(x: tf.Tensor, given: Given, factor: Json | undefined): tf.Tensor {
  const bounds = (Array.isArray(factor) ? factor : [factor, factor]) as [number, number];
  const times = tf.expandDims(drawnOf(given, x.shape[0], [1 - bounds[0], 1 + bounds[1]]), 3);
  const mean = tf.mean(x, [1, 2], true);
  return clipped(tf.add(tf.mul(tf.sub(x, mean), times), mean), given.config);
}

/** A share of the range of values is added. */
export function brightened(x: tf.Tensor, given: Given, factor: Json | undefined): tf.Tensor {
  const [low, high] = given.config.valueRange as [number, number];
  const share = tf.expandDims(drawnOf(given, x.shape[0], boundsOf(factor)), 3);
  return clipped(tf.add(x, tf.mul(share, high - low)), given.config);
}

for (const [className, changed] of [
  ['RandomContrast', contrasted],
  ['RandomBrightness', brightened],
] as const) {
  defineLayer({
    className,
    defaults: { valueRange: [0, 1] },
    call: ([x], given) => changed(x, given, given.config.factor),
    whileTraining: true,
  });
}

/** Numbers as the number of boundaries at or below them, or as rows that say it. */
defineLayer({
  className: 'Discretization',
  defaults: { outputMode: 'int' },
  outputShape: ({ binBoundaries, outputMode }, [shape]) => {
    const boundaries = binBoundaries as number[];
    if (boundaries.some((boundary, index) => index > 0 && boundary <= boundaries[index - 1]))
      throw new EpochbookError('engine.boundaries', {});
    return outputMode === 'int' ? shape : [...(shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape), boundaries.length + 1];
  },
  call: ([x], { config }) => {
    const boundaries = tf.tensor1d(config.binBoundaries as number[]);
    const bins = tf.sum(tf.cast(tf.greaterEqual(tf.expandDims(x, -1), boundaries), 'float32'), -1);
    if (config.outputMode === 'int') return bins;
    const numbers = x.shape[x.shape.length - 1] === 1 ? tf.squeeze(bins, [x.shape.length - 1]) : bins;
    return tf.oneHot(tf.cast(numbers, 'int32'), boundaries.shape[0] + 1, 1, 0, 'float32');
  },
});
