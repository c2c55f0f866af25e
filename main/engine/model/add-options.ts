/** Options that Keras' layers have and tfjs' of the same name lack. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { tf, type tfl } from '../tfjs.ts';
import type { Config } from './layer-config.ts';
import { resetAfterMark } from './layers/gru.ts';
import { spread } from './layers/spread.ts';

type Lengths = (number | null)[];
type Options = { training?: boolean; mask?: tf.Tensor | tf.Tensor[] | null };

interface Adaptable {
  call: (this: Adaptable, inputs: tf.Tensor | tf.Tensor[], options: Options) => tf.Tensor;
  computeOutputShape: (this: Adaptable, shape: Lengths) => Lengths;
  kernel: { read(): tf.Tensor };
  kernelSize: number[];
  inputSpec: { minNDim?: number }[];
  supportsMasking: boolean;
  readonly dataFormat?: 'channelsLast' | 'channelsFirst';
  readonly activityRegularizer?: unknown;
  readonly layer?: Adaptable & tfl.layers.Layer;
}

const only = (inputs: tf.Tensor | tf.Tensor[]) => (Array.isArray(inputs) ? inputs[0] : inputs);
const maskOf = ({ mask }: Options) => (Array.isArray(mask) ? mask[0] : (mask ?? null));

/** Keras': 0 … maxValue, what is below the threshold multiplied by the slope from it on. */
function relu(layer: Adaptable, { maxValue, negativeSlope = 0, threshold = 0 }: Config): void {
  if (negativeSlope === 0 && threshold === 0) return;
  const [slope, from] = [negativeSlope as number, threshold as number];
  layer.call = (inputs) => {
    const x = only(inputs);
    const kept = tf.cast(tf.greaterEqual(x, from), 'float32');
    const high = maxValue === undefined ? x : tf.minimum(x, maxValue as number);
    return tf.add(tf.mul(high, kept), tf.mul(tf.mul(tf.sub(x, from), slope), tf.sub(1, kept)));
  };
}

function softmax(layer: Adaptable, { axis }: Config): void {
  layer.call = (inputs) => {
    const x = only(inputs);
    const rank = x.shape.length;
    const along = (axis as number) < 0 ? (axis as number) + rank : (axis as number);
    if (along === rank - 1) return tf.softmax(x);
    const swapped = x.shape.map((_, index) => (index === along ? rank - 1 : index === rank - 1 ? along : index));
    return tf.transpose(tf.softmax(tf.transpose(x, swapped)), swapped);
  };
}

/** The mean over the steps that are no padding; and what was pooled may keep dimensions of one. */
function globalPooling(layer: Adaptable, className: string, { keepdims }: Config): void {
  const sequence = className.endsWith('1D');
  const first = layer.dataFormat === 'channelsFirst';
  const axes = sequence ? [first ? 2 : 1] : first ? [2, 3] : [1, 2];
  const keep = keepdims === true;
  layer.call = (inputs, options) => {
    const x = only(inputs);
    if (className.startsWith('GlobalMax')) return tf.max(x, axes, keep);
    const mask = maskOf(options);
    if (!mask) return tf.mean(x, axes, keep);
    const kept = tf.expandDims(tf.cast(mask, 'float32'), 2);
    return tf.div(tf.sum(tf.mul(x, kept), axes, keep), tf.sum(kept, axes, keep));
  };
  layer.computeOutputShape = (shape) =>
    keep ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) : shape.filter((_, axis) => !axes.includes(axis));
}

/** A dilated one is an ordinary one with a larger kernel. */
function dilatedTranspose(layer: Adaptable, { dilationRate, strides }: Config): void {
  const rates = Array.isArray(dilationRate) ? (dilationRate as number[]) : layer.kernelSize.map(() => dilationRate as number);
  if (rates.every((rate) => rate === 1)) return;
  if ([strides ?? 1].flat().some((stride) => stride !== 1)) throw new EpochbookError('engine.stridesAndDilation', {});
  const { call, computeOutputShape, kernelSize } = layer;
  const reach = kernelSize.map((size, axis) => (size - 1) * rates[axis] + 1);
  const widened = <T>(body: () => T): T => {
    const { kernel } = layer;
    try {
      layer.kernelSize = reach;
      layer.kernel = { read: () => spread(kernel.read(), rates) };
      return body();
    } finally {
      Object.assign(layer, { kernel, kernelSize });
    }
  };
  layer.call = (inputs, options) => widened(() => call.call(layer, inputs, options));
  layer.computeOutputShape = (shape) => widened(() => computeOutputShape.call(layer, shape));
}

/** Every step as a sample: once, where tfjs goes from step to step. */
function timeDistributed(layer: Adaptable): void {
  layer.call = (inputs, options) => {
    const x = only(inputs);
    const [batch, steps, ...rest] = x.shape as [number, number, ...number[]];
    const output = layer.layer!.call(tf.reshape(x, [batch * steps, ...rest]), { training: options.training });
    return tf.reshape(output, [batch, steps, ...output.shape.slice(1)]);
  };
}

/** The channels are halved by it. */
function gated(layer: Adaptable): void {
  layer.computeOutputShape = (shape) => {
    const last = shape[shape.length - 1];
    if (last === null || last % 2 !== 0) throw new EpochbookError('engine.groups', { groups: 2, channels: last ?? 0 });
    return [...shape.slice(0, -1), last / 2];
  };
}

/** A layer's config, and those of layers and cells inside it, in tfjs' own words where Keras has others. */
export function inTfjsWords(className: string, { resetAfter, negativeSlope, ...given }: Config): Config {
  // What a layer carries is kept by the model (see states).
  const config: Config = Object.fromEntries(Object.entries(given).filter(([option]) => option !== 'stateful'));
  const inner = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(inner);
    const wrapped = value as { className: string; config: Config };
    return { ...wrapped, config: inTfjsWords(wrapped.className, wrapped.config) };
  };
  const slope = className === 'LeakyReLU' ? 'alpha' : 'negativeSlope';
  return {
    ...config,
    ...Object.fromEntries(['layer', 'cell', 'cells'].flatMap((part) => (config[part] === undefined ? [] : [[part, inner(config[part])]]))),
    ...(className === 'UpSampling2D' && typeof config.size === 'number' && { size: [config.size, config.size] }),
    ...(resetAfter === true && { implementation: resetAfterMark }),
    ...(negativeSlope !== undefined && { [slope]: negativeSlope }),
  };
}

/** Gives a layer the options of its config that tfjs passed over, and the layer inside it those of its own. */
export function addOptions(layer: tfl.layers.Layer, config: Config): void {
  const own = layer as unknown as Adaptable;
  const className = layer.getClassName();
  if (className === 'ReLU') relu(own, config);
  else if (className === 'Softmax') softmax(own, config);
  else if (/^Global(Max|Average)Pooling[12]D$/.test(className)) globalPooling(own, className, config);
  else if (className === 'Conv2DTranspose' && config.dilationRate !== undefined) dilatedTranspose(own, config);
  else if (className === 'Flatten') own.inputSpec = [];
  else if (className === 'TimeDistributed') timeDistributed(own);
  // tfjs refuses to run layers that have one.
  if (own.activityRegularizer) Object.assign(own, { activityPenalty: own.activityRegularizer, activityRegularizer: null });
  if (className === 'Activation' && config.activation === 'glu') gated(own);
  const inner = config.layer as { config?: Json } | undefined;
  if (own.layer) addOptions(own.layer, (inner?.config ?? {}) as Config);
}
