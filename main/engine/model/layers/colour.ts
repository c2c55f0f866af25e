/**
 * Colours and details of images, changed at random while training. The random numbers are the run's, by layer and step:
 * each sample of a batch has its own. Channels last.
 */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { random } from '../../compile/kernels/random.ts';
import { tf } from '../../tfjs.ts';
import { type Config, defineLayer, type Given, type Lengths, number } from './define.ts';
import { brightened, clipped, contrasted, defineMoving, drawnOf, fromMiddle, type Range, within } from './image.ts';

type Changed = (x: tf.Tensor, given: Given) => tf.Tensor;

const rangeOf = ({ valueRange }: Config) => valueRange as unknown as Range;

/** A factor f means 0 to f; a pair, from one to the other. */
export const fromZero = (factor: Json | undefined): Range => (Array.isArray(factor) ? (factor as [number, number]) : [0, factor as number]);

/** One number a sample, `[batch, 1, 1, 1]`. */
export const drawn = (given: Given, x: tf.Tensor, range: Range) => tf.expandDims(drawnOf(given, x.shape[0], range), 3);

/** 1 for samples to which it is done: as likely as a number drawn from the factor's range says. */
export function chosen(given: Given, x: tf.Tensor, factor: Json | undefined): tf.Tensor {
  const [least, most] = fromZero(factor);
  const likelihood = least === most ? tf.scalar(most) : drawn(given, x, [least, most]);
  return tf.cast(tf.less(drawn(given, x, [0, 1]), likelihood), 'float32');
}

/** `other` where `share` is 1. */
export const towards = (x: tf.Tensor, other: tf.Tensor, share: tf.Tensor) => tf.add(x, tf.mul(tf.sub(other, x), share));

/** A factor f means f itself. */
const just = (factor: Json | undefined): Json => (Array.isArray(factor) ? factor : [factor!, factor!]);

export function threeColours({ className }: { className: string }, [shape]: readonly Lengths[]): Lengths {
  if (shape[2] !== 3) throw new EpochbookError('engine.notColours', { layer: className, channels: shape[2] ?? 1 });
  return shape;
}

function define(className: string, defaults: Config, changed: Changed, colours = false): void {
  defineLayer({
    className,
    defaults,
    ...(colours && { outputShape: (_: Config, inputs: readonly Lengths[]) => threeColours({ className }, inputs) }),
    call: ([x], given) => changed(x, given),
    whileTraining: true,
  });
}

/** ITU-R BT.601's luma, in each of the channels. */
function gray(x: tf.Tensor): tf.Tensor {
  const luma = tf.sum(tf.mul(x, tf.tensor1d([0.2989, 0.587, 0.114])), 3, true);
  return tf.mul(luma, tf.ones([1, 1, 1, 3]));
}

const channel = (x: tf.Tensor, index: number) => tf.slice(x, [0, 0, 0, index], [x.shape[0], x.shape[1]!, x.shape[2]!, 1]);

interface Colours {
  /** From 0 to 1, a whole turn. */
  readonly hue: tf.Tensor;
  readonly saturation: tf.Tensor;
  readonly value: tf.Tensor;
}

/** 1 in place of 0, against dividing by it. */
const notZero = (x: tf.Tensor) => tf.add(x, tf.cast(tf.equal(x, 0), 'float32'));

/** Smith, 1978. */
function toHue(x: tf.Tensor): Colours {
  const [red, green, blue] = [0, 1, 2].map((index) => channel(x, index));
  const value = tf.maximum(tf.maximum(red, green), blue);
  const range = tf.sub(value, tf.minimum(tf.minimum(red, green), blue));
  const coloured = tf.cast(tf.greater(range, 0), 'float32');
  const sixth = (one: tf.Tensor, other: tf.Tensor) => tf.div(tf.sub(one, other), tf.mul(notZero(range), 6));
  const isRed = tf.cast(tf.equal(red, value), 'float32');
  const isGreen = tf.mul(tf.cast(tf.equal(green, value), 'float32'), tf.sub(1, isRed));
  const isBlue = tf.sub(tf.sub(1, isRed), isGreen);
  const turned = [
    tf.mul(sixth(green, blue), isRed),
    tf.mul(tf.add(sixth(blue, red), 1 / 3), isGreen),
    tf.mul(tf.add(sixth(red, green), 2 / 3), isBlue),
  ].reduce((sum, part) => tf.add(sum, part));
  const hue = tf.mul(tf.add(turned, tf.cast(tf.less(turned, 0), 'float32')), coloured);
  const positive = tf.cast(tf.greater(value, 0), 'float32');
  return { hue, saturation: tf.mul(tf.div(range, notZero(value)), positive), value };
}

function fromHue({ hue, saturation, value }: Colours): tf.Tensor {
  const six = tf.mul(hue, 6);
  const limited = (x: tf.Tensor) => tf.clipByValue(x, 0, 1);
  const shares = [
    limited(tf.sub(tf.abs(tf.sub(six, 3)), 1)),
    limited(tf.sub(2, tf.abs(tf.sub(six, 2)))),
    limited(tf.sub(2, tf.abs(tf.sub(six, 4)))),
  ];
  const rest = tf.sub(1, saturation);
  return tf.concat(
    shares.map((share) => tf.mul(tf.add(rest, tf.mul(saturation, share)), value)),
    3,
  );
}

/** Values from 0 to 1, and back. */
function withinOne(x: tf.Tensor, config: Config, changed: (unit: tf.Tensor) => tf.Tensor): tf.Tensor {
  const [low, high] = rangeOf(config);
  return tf.add(tf.mul(changed(tf.div(tf.sub(x, low), high - low)), high - low), low);
}

function hued(x: tf.Tensor, given: Given, factor: Json | undefined): tf.Tensor {
  const sign = tf.sub(1, tf.mul(tf.cast(tf.greater(drawn(given, x, [0, 1]), 0.5), 'float32'), 2));
  const turn = tf.mul(tf.mul(drawn(given, x, fromZero(factor)), sign), 0.5);
  return withinOne(x, given.config, (unit) => {
    const colours = toHue(unit);
    const hue = tf.add(colours.hue, turn);
    return tf.clipByValue(fromHue({ ...colours, hue: tf.sub(hue, tf.floor(hue)) }), 0, 1);
  });
}

/** 0 is gray, 0.5 leaves it, 1 is the strongest. */
function saturated(x: tf.Tensor, given: Given, factor: Json | undefined): tf.Tensor {
  const share = drawn(given, x, fromZero(factor));
  const times = tf.div(share, tf.add(tf.sub(1, share), 1e-7));
  return withinOne(x, given.config, (unit) => {
    const colours = toHue(unit);
    return fromHue({ ...colours, saturation: tf.clipByValue(tf.mul(colours.saturation, times), 0, 1) });
  });
}

define('RandomGrayscale', { factor: 0.5 }, (x, given) => towards(x, gray(x), chosen(given, x, just(given.config.factor))), true);
define('RandomHue', { valueRange: [0, 1] }, (x, given) => hued(x, given, given.config.factor), true);
define('RandomSaturation', { valueRange: [0, 1] }, (x, given) => saturated(x, given, given.config.factor), true);
define('RandomColorDegeneration', {}, (x, given) => towards(x, gray(x), drawn(given, x, fromZero(given.config.factor))), true);

/** Brightness, contrast, saturation and hue, those that are given a factor, in this order. */
define(
  'RandomColorJitter',
  { valueRange: [0, 1] },
  (x, given) => {
    const steps: readonly [Json | undefined, (image: tf.Tensor, g: Given, factor: Json | undefined) => tf.Tensor][] = [
      [given.config.brightnessFactor, brightened],
      [given.config.contrastFactor, contrasted],
      [given.config.saturationFactor, saturated],
      [given.config.hueFactor, hued],
    ];
    return steps.reduce((image, [factor, change]) => (factor === undefined ? image : change(image, given, factor)), tf.clone(x));
  },
  true,
);

define('RandomInvert', { factor: 1, valueRange: [0, 1] }, (x, given) =>
  towards(x, tf.sub(rangeOf(given.config)[1], x), chosen(given, x, given.config.factor)),
);

/** What is at the threshold or above becomes its opposite, after something was added. */
define('Solarization', { additionFactor: 0, thresholdFactor: 0, valueRange: [0, 1] }, (x, given) => {
  const [low, high] = rangeOf(given.config);
  const part = (factor: Json | undefined) => tf.mul(drawn(given, x, fromZero(factor)), high - low);
  const added = tf.clipByValue(tf.add(x, part(given.config.additionFactor)), low, high);
  const threshold = tf.add(part(given.config.thresholdFactor), low);
  const opposite = tf.cast(tf.greaterEqual(added, threshold), 'float32');
  return towards(added, tf.sub(high + low, added), opposite);
});

/** Of 256 levels, so many bits are kept; the number is drawn, the upper end excluded, as in Keras. */
define('RandomPosterization', { valueRange: [0, 1] }, (x, given) => {
  const { factor } = given.config;
  const [least, most] = Array.isArray(factor) ? (factor as [number, number]) : [1, factor as number];
  const bits = least === most ? tf.scalar(most) : tf.floor(drawn(given, x, [least, most]));
  const step = tf.exp(tf.mul(tf.sub(8, bits), Math.LN2));
  const whole = tf.round(step);
  return withinOne(x, given.config, (unit) => tf.div(tf.mul(tf.floor(tf.div(tf.floor(tf.mul(unit, 255)), whole)), whole), 255));
});

/** Weighted sums of each pixel's neighbours along an axis; beyond the edges is 0. `weights`: `[batch, 1, 1, 1]`, or numbers. */
export function along(x: tf.Tensor, axis: 1 | 2, weights: readonly (tf.Tensor | number)[]): tf.Tensor {
  const before = (weights.length - 1) / 2;
  const padded = tf.pad(
    x,
    x.shape.map((_, each): [number, number] => (each === axis ? [before, before] : [0, 0])),
  );
  const from = (place: number) => x.shape.map((_, each) => (each === axis ? place : 0));
  return weights.map((weight, place) => tf.mul(tf.slice(padded, from(place), x.shape), weight)).reduce((sum, part) => tf.add(sum, part));
}

/** 0 blurs, 0.5 leaves it, 1 is the sharpest. */
define('RandomSharpness', { valueRange: [0, 1] }, (x, given) => {
  const around = along(along(x, 1, [1, 1, 1]), 2, [1, 1, 1]);
  const smooth = tf.div(tf.add(around, tf.mul(x, 4)), 13);
  const share = tf.sub(1, tf.mul(drawn(given, x, fromZero(given.config.factor)), 2));
  return clipped(towards(x, smooth, share), given.config);
});

function blurred(x: tf.Tensor, given: Given): tf.Tensor {
  const { factor, sigma } = given.config;
  const [tall, wide] = sidesOf(given.config);
  const softened = ([1, 2] as const).reduce((image: tf.Tensor, axis) => {
    const size = axis === 1 ? tall : wide;
    const spread = tf.add(drawn(given, x, fromZero(sigma)), 1e-6);
    const weights = Array.from({ length: size }, (_, place) => tf.exp(tf.mul(tf.square(tf.div(place - (size - 1) / 2, spread)), -0.5)));
    const whole = weights.reduce((sum, each) => tf.add(sum, each));
    return along(
      image,
      axis,
      weights.map((each) => tf.div(each, whole)),
    );
  }, x);
  return clipped(towards(x, softened, chosen(given, x, factor)), given.config);
}

const sidesOf = ({ kernelSize }: Config) => (Array.isArray(kernelSize) ? kernelSize : [kernelSize, kernelSize]) as [number, number];

defineLayer({
  className: 'RandomGaussianBlur',
  defaults: { factor: 1, kernelSize: 3, sigma: 1, valueRange: [0, 1] },
  outputShape: (config, [shape]) => {
    if (sidesOf(config).some((side) => side % 2 === 0)) {
      const values = { layer: 'RandomGaussianBlur', option: 'kernelSize', value: JSON.stringify(config.kernelSize), wanted: 'odd' };
      throw new EpochbookError('engine.optionValue', values);
    }
    return shape;
  },
  call: ([x], given) => blurred(x, given),
  whileTraining: true,
});

/** A rectangle, whose sides are the roots of shares drawn from the scale, becomes one value, or noise. */
define('RandomErasing', { factor: 1, scale: [0.02, 0.33], fillValue: null, valueRange: [0, 1] }, (x, given) => {
  const { factor, scale, fillValue } = given.config;
  const [, height, width] = x.shape as [number, number, number, number];
  const inside = (length: number, shape: number[]) => {
    const side = tf.mul(tf.sqrt(drawn(given, x, fromZero(scale))), length);
    const start = tf.mul(drawn(given, x, [0, 1]), tf.sub(length, side));
    return within(shape, start, side);
  };
  const erased = tf.mul(inside(height, [1, height, 1, 1]), inside(width, [1, 1, width, 1]));
  const noise = () => tf.mul(random({ shape: x.shape, distribution: { kind: 'normal' }, stream: given.name }), rangeOf(given.config)[1]);
  const filling = fillValue === null ? noise() : tf.scalar(number(given.config, 'fillValue'));
  return towards(x, filling, tf.mul(erased, chosen(given, x, factor)));
});

/** Each channel stretched to the whole range, in prediction too; what is all one value stays. */
defineLayer({
  className: 'AutoContrast',
  defaults: { valueRange: [0, 1] },
  call: ([x], { config }) => {
    const [low, high] = rangeOf(config);
    const [least, most] = [tf.min(x, [1, 2], true), tf.max(x, [1, 2], true)];
    const range = tf.sub(most, least);
    const stretched = tf.add(tf.mul(tf.div(tf.sub(x, least), notZero(range)), high - low), low);
    return towards(x, tf.clipByValue(stretched, low, high), tf.cast(tf.greater(range, 0), 'float32'));
  },
});

/** Slanted about the middle, both ways with one sign; factors are how far a pixel moves for each that it lies from there. */
defineMoving('RandomShear', { xFactor: 0, yFactor: 0 }, (given, batch, size) => {
  const { rows, columns } = fromMiddle(size);
  const sign = tf.sub(1, tf.mul(tf.cast(tf.greater(drawnOf(given, batch, [0, 1]), 0.5), 'float32'), 2));
  const slant = (factor: Json | undefined) => tf.mul(drawnOf(given, batch, fromZero(factor)), sign);
  return {
    rows: tf.add(rows, tf.mul(columns, slant(given.config.yFactor))),
    columns: tf.add(columns, tf.mul(rows, slant(given.config.xFactor))),
  };
});
