/** Brightness spread evenly, over each channel or over each part of it. Channels last. */
import { tf } from '../../tfjs.ts';
import { type Config, defineLayer, number } from './define.ts';

type Image = readonly [batch: number, height: number, width: number, channels: number];
const highest = 255;

/** 1 where a bin counts towards the sum up to a bin: columns add up rows. */
function upTo(bins: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: bins * bins }, (_, index) => (Math.floor(index / bins) <= index % bins ? 1 : 0)),
    [bins, bins],
  );
}

/** How often each number below `count` comes, in rows of `bins`. */
function counted(numbers: tf.Tensor, count: number, bins: number): tf.Tensor2D {
  const all = tf.reshape(numbers, [-1]) as tf.Tensor1D;
  return tf.reshape(tf.unsortedSegmentSum(tf.ones([all.size, 1]), all, count), [count / bins, bins]);
}

/** Values from 0 to 255, each replaced by the share of its channel's values that lie below. */
function equalized(x: tf.Tensor, bins: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as unknown as Image;
  const rows = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch * channels, height * width]);
  const first = tf.tensor(
    Float32Array.from({ length: batch * channels }, (_, row) => row * bins),
    [batch * channels, 1],
  );
  const numbered = (place: tf.Tensor) =>
    tf.cast(tf.reshape(tf.add(tf.floor(tf.clipByValue(place, 0, bins - 1)), first), [-1]), 'int32') as tf.Tensor1D;
  const histogram = counted(numbered(tf.div(tf.mul(rows, bins - 1), highest)), batch * channels * bins, bins);
  const sums = tf.matMul(histogram, upTo(bins));
  const all = height * width;
  const least = tf.min(tf.add(sums, tf.mul(tf.cast(tf.equal(sums, 0), 'float32'), all + 1)), 1, true);
  const rest = tf.sub(all, least);
  const one = tf.equal(rest, 0);
  const levels = tf.div(tf.mul(tf.sub(sums, least), highest), tf.add(rest, tf.cast(one, 'float32')));
  const table = tf.reshape(tf.clipByValue(tf.round(levels), 0, highest), [-1]);
  const looked = tf.reshape(tf.gather(table, numbered(tf.mul(tf.div(rows, highest), bins - 1))), [batch * channels, height * width]);
  // A channel of one value stays.
  const kept = tf.cast(one, 'float32');
  const found = tf.add(tf.mul(rows, kept), tf.mul(looked, tf.sub(1, kept)));
  return tf.transpose(tf.reshape(found, [batch, channels, height, width]), [0, 2, 3, 1]);
}

/** `length` and what is missing to `whole`, as places of the first: mirrored at its end, and at its beginning again. */
function mirrored(length: number, whole: number): number[] {
  return Array.from({ length: whole }, (_, place) => {
    const turn = place % (2 * length);
    return turn < length ? turn : 2 * length - 1 - turn;
  });
}

const column = (values: readonly number[], axis: 0 | 1 | 2 | 3, dtype: 'int32' | 'float32' = 'int32'): tf.Tensor =>
  tf.tensor(
    [...values],
    [0, 1, 2, 3].map((other) => (other === axis ? values.length : 1)),
    dtype,
  );
const counts = (length: number) => Array.from({ length }, (_, index) => index);

/**
 * Values from 0 to 255, each replaced by what the histograms of the four tiles around it make of it, as far as they are
 * near. A histogram's peaks are cut at `limit` times its mean, and what is cut is spread over all of it: K. Zuiderveld,
 * “Contrast Limited Adaptive Histogram Equalization”, Graphics Gems IV (1994).
 */
function equalizedByTiles(x: tf.Tensor, [down, across]: readonly [number, number], limit: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as unknown as Image;
  const bins = highest + 1;
  const [tileHeight, tileWidth] = [Math.ceil(height / down), Math.ceil(width / across)];
  const [rows, columns] = [mirrored(height, tileHeight * down), mirrored(width, tileWidth * across)];
  const whole = tf.gather(tf.gather(x, tf.tensor1d(rows, 'int32'), 1), tf.tensor1d(columns, 'int32'), 2);
  const levels = tf.cast(tf.clipByValue(whole, 0, highest), 'int32');
  /** Where in the histograms of all tiles each pixel's level stands, by the tiles' rows and columns. */
  const places = (tileRows: readonly number[], tileColumns: readonly number[]): tf.Tensor =>
    [
      column(
        counts(batch).map((image) => image * down * across * channels * bins),
        0,
      ),
      column(
        tileRows.map((row) => row * across * channels * bins),
        1,
      ),
      column(
        tileColumns.map((tile) => tile * channels * bins),
        2,
      ),
      column(
        counts(channels).map((channel) => channel * bins),
        3,
      ),
    ].reduce((sum, one) => tf.add(sum, one), levels);

  const own = places(
    rows.map((_, row) => Math.floor(row / tileHeight)),
    columns.map((_, place) => Math.floor(place / tileWidth)),
  );
  const size = tileHeight * tileWidth;
  const histogram = counted(own, batch * down * across * channels * bins, bins);
  const cut = limit > 0 ? tf.minimum(histogram, (limit * size) / bins) : histogram;
  const spread = tf.add(cut, tf.div(tf.sum(tf.sub(histogram, cut), 1, true), bins));
  const sums = tf.matMul(spread, upTo(bins));
  const least = tf.slice(sums, [0, 0], [-1, 1]);
  const rest = tf.sub(size, least);
  const filled = tf.add(rest, tf.cast(tf.equal(rest, 0), 'float32'));
  const table = tf.reshape(tf.clipByValue(tf.div(tf.mul(tf.sub(sums, least), highest), filled), 0, highest), [-1]);

  /** Of each place along an axis: the tiles before and behind it, and how near it is to the second. */
  const around = (length: number, tile: number, tiles: number) => {
    const at = counts(length).map((place) => (place - tile / 2) / tile);
    const nearest = (index: number) => Math.min(Math.max(index, 0), tiles - 1);
    return {
      before: at.map((place) => nearest(Math.floor(place))),
      behind: at.map((place) => nearest(Math.floor(place) + 1)),
      share: at.map((place) => place - Math.floor(place)),
    };
  };
  const [vertical, horizontal] = [around(rows.length, tileHeight, down), around(columns.length, tileWidth, across)];
  const looked = (tileRows: readonly number[], tileColumns: readonly number[]) =>
    tf.reshape(tf.gather(table, tf.reshape(places(tileRows, tileColumns), [-1])), whole.shape);
  const between = (first: tf.Tensor, second: tf.Tensor, share: tf.Tensor) => tf.add(tf.mul(first, tf.sub(1, share)), tf.mul(second, share));
  const along = (tileRows: readonly number[]) =>
    between(looked(tileRows, horizontal.before), looked(tileRows, horizontal.behind), column(horizontal.share, 2, 'float32'));
  const found = between(along(vertical.before), along(vertical.behind), column(vertical.share, 1, 'float32'));
  return tf.slice(found, [0, 0, 0, 0], [batch, height, width, channels]);
}

/** What is made of an image whose values are from 0 to 255, on one of the layer's range. Steps, which have no slope. */
function inLevels(x: tf.Tensor, config: Config, change: (levels: tf.Tensor) => tf.Tensor): tf.Tensor {
  const [low, high] = config.valueRange as [number, number];
  const stepped = tf.customGrad((image) => {
    const levels = tf.mul(tf.sub(image as tf.Tensor, low), highest / (high - low));
    const value = tf.add(tf.mul(change(levels), (high - low) / highest), low);
    return { value, gradFunc: (slope: tf.Tensor) => tf.zerosLike(slope) };
  });
  return stepped(x);
}

// Each image is by itself, as Keras says; given a batch, Keras counts all of its images as one.
defineLayer({
  className: 'Equalization',
  defaults: { valueRange: [0, 1], bins: 256 },
  whileTraining: true,
  call: ([x], { config }) => inLevels(x, config, (levels) => equalized(levels, number(config, 'bins'))),
});

defineLayer({
  className: 'ContrastLimitedAdaptiveHistogramEqualization',
  defaults: { valueRange: [0, 1], clipLimit: 4, tileGridSize: [8, 8] },
  call: ([x], { config }) =>
    inLevels(x, config, (levels) => equalizedByTiles(levels, config.tileGridSize as [number, number], number(config, 'clipLimit'))),
});
