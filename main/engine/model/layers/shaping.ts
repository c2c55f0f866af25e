/** Layers that cut, pad, repeat and pool sequences and volumes, where tfjs has them for images alone. */
import type { Json } from '#contract/spec.ts';
import { tf } from '../../tfjs.ts';
import { type Config, defineLayer, type Lengths } from './define.ts';

type Pair = readonly [number, number];

/** One number for all sides, one for each axis, or a pair for each axis; of a sequence, a pair is its two ends. */
function sides(value: Json, axes: number): Pair[] {
  if (!Array.isArray(value)) return Array.from({ length: axes }, (): Pair => [value as number, value as number]);
  if (axes === 1 && value.length === 2) return [value as [number, number]];
  return value.map((side): Pair => (Array.isArray(side) ? (side as [number, number]) : [side as number, side as number]));
}

/** Which of a sample's axes are spatial. */
const firstSpatial = (config: Config) => (config.dataFormat === 'channelsFirst' ? 1 : 0);

/** The sample's lengths with those along its spatial axes changed. */
function alongSpatial(config: Config, shape: Lengths, axes: number, change: (length: number, index: number) => number): Lengths {
  const first = firstSpatial(config);
  return shape.map((length, axis) => (length !== null && axis >= first && axis < first + axes ? change(length, axis - first) : length));
}

function defineCropping(axes: number): void {
  const croppingOf = (config: Config) => sides(config.cropping ?? 1, axes);
  defineLayer({
    className: `Cropping${axes}D`,
    defaults: { cropping: 1 },
    outputShape: (config, [shape]) =>
      alongSpatial(config, shape, axes, (length, index) => length - croppingOf(config)[index][0] - croppingOf(config)[index][1]),
    call: ([x], { config }) => {
      const first = firstSpatial(config) + 1;
      const cropping = croppingOf(config);
      const at = (axis: number): Pair => cropping[axis - first] ?? [0, 0];
      return tf.slice(
        x,
        x.shape.map((_, axis) => at(axis)[0]),
        x.shape.map((length, axis) => length - at(axis)[0] - at(axis)[1]),
      );
    },
  });
}

function definePadding(axes: number): void {
  const paddingOf = (config: Config) => sides(config.padding ?? 1, axes);
  defineLayer({
    className: `ZeroPadding${axes}D`,
    defaults: { padding: 1 },
    outputShape: (config, [shape]) =>
      alongSpatial(config, shape, axes, (length, index) => length + paddingOf(config)[index][0] + paddingOf(config)[index][1]),
    call: ([x], { config }) => {
      const first = firstSpatial(config) + 1;
      const padding = paddingOf(config);
      return tf.pad(
        x,
        x.shape.map((_, axis): [number, number] => [...(padding[axis - first] ?? [0, 0])] as [number, number]),
      );
    },
  });
}

/** Each place along the axis `times` over. */
export function repeatedAlong(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  if (times === 1) return x;
  const copies = tf.stack(
    Array.from({ length: times }, () => x),
    axis + 1,
  );
  return tf.reshape(
    copies,
    x.shape.map((length, at) => (at === axis ? length * times : length)),
  );
}

function defineUpSampling(axes: number): void {
  const sizesOf = ({ size }: Config) => (Array.isArray(size) ? (size as number[]) : Array.from({ length: axes }, () => size as number));
  defineLayer({
    className: `UpSampling${axes}D`,
    defaults: { size: 2 },
    outputShape: (config, [shape]) => alongSpatial(config, shape, axes, (length, index) => length * sizesOf(config)[index]),
    call: ([x], { config }) =>
      sizesOf(config).reduce((whole, times, index) => repeatedAlong(whole, firstSpatial(config) + 1 + index, times), x),
  });
}

for (const axes of [1, 3]) {
  defineCropping(axes);
  definePadding(axes);
  defineUpSampling(axes);
}

for (const [className, pool] of [
  ['GlobalAveragePooling3D', tf.mean],
  ['GlobalMaxPooling3D', tf.max],
] as const) {
  defineLayer({
    className,
    defaults: { keepdims: false },
    outputShape: (config, [shape]) => {
      const [a, b, c, d] = shape;
      const first = config.dataFormat === 'channelsFirst';
      if (config.keepdims !== true) return [first ? a : d];
      return first ? [a, 1, 1, 1] : [1, 1, 1, d ?? c ?? b];
    },
    call: ([x], { config }) => pool(x, config.dataFormat === 'channelsFirst' ? [2, 3, 4] : [1, 2, 3], config.keepdims === true),
  });
}

/** Keras': the windows that cut a length into `parts` as evenly as it goes; they may overlap. */
const evenWindows = (length: number, parts: number): Pair[] =>
  Array.from({ length: parts }, (_, index) => [Math.floor((index * length) / parts), Math.ceil(((index + 1) * length) / parts)]);

function defineAdaptivePooling(className: string, axes: number, pool: (x: tf.Tensor, axis: number, keep: boolean) => tf.Tensor): void {
  const sizesOf = ({ outputSize }: Config) =>
    Array.isArray(outputSize) ? (outputSize as number[]) : Array.from({ length: axes }, () => outputSize as number);
  defineLayer({
    className,
    defaults: {},
    outputShape: (config, [shape]) => alongSpatial(config, shape, axes, (_, index) => sizesOf(config)[index]),
    call: ([x], { config }) =>
      sizesOf(config).reduce((whole, parts, index) => {
        const axis = firstSpatial(config) + 1 + index;
        const slice = ([from, to]: Pair) =>
          tf.slice(
            whole,
            whole.shape.map((_, at) => (at === axis ? from : 0)),
            whole.shape.map((length, at) => (at === axis ? to - from : length)),
          );
        const pooled = evenWindows(whole.shape[axis], parts).map((window) => pool(slice(window), axis, true));
        return pooled.length === 1 ? pooled[0] : tf.concat(pooled, axis);
      }, x),
  });
}
for (const axes of [1, 2, 3]) {
  defineAdaptivePooling(`AdaptiveAveragePooling${axes}D`, axes, (x, axis, keep) => tf.mean(x, axis, keep));
  defineAdaptivePooling(`AdaptiveMaxPooling${axes}D`, axes, (x, axis, keep) => tf.max(x, axis, keep));
}

defineLayer({ className: 'Identity', defaults: {}, call: ([x]) => tf.clone(x), mask: 'keep' });

defineLayer({
  className: 'Subtract',
  defaults: {},
  outputShape: (_, [shape, other]) =>
    other ? tf.backend_util.assertAndGetBroadcastShape([...shape] as number[], [...other] as number[]) : shape,
  call: ([a, b]) => tf.sub(a, b),
});
