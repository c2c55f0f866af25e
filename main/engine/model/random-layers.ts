/**
 * tfjs' layers that use random numbers while training, with theirs asked from the trace (see compile/kernels/random)
 * instead of drawn into constants.
 */
import { random } from '../compile/kernels/random.ts';
import type { Shape } from '../compile/graph.ts';
import { tf, type tfl } from '../tfjs.ts';

type Call = (this: RandomLayer, inputs: tf.Tensor | tf.Tensor[], options: { training?: boolean }) => tf.Tensor;

interface RandomLayer {
  readonly name: string;
  readonly rate: number;
  readonly stddev: number;
  readonly noiseShape?: (number | null)[] | null;
  getNoiseShape?(input: tf.Tensor): number[] | null | undefined;
  call: Call;
}

const keepMask = (shape: Shape, rate: number, stream: string) => random({ shape, distribution: { kind: 'keep', rate }, stream });
const normal = (shape: Shape, stream: string) => random({ shape, distribution: { kind: 'normal' }, stream });

/** From SELU's constants: the value that dropped units take, and the affine map that keeps mean and variance. */
function alphaDropout(x: tf.Tensor, kept: tf.Tensor, rate: number): tf.Tensor {
  const dropped = -1.6732632423543772 * 1.0507009873554805;
  const scale = ((1 - rate) * (1 + rate * dropped ** 2)) ** -0.5;
  const mixed = tf.add(tf.mul(x, kept), tf.mul(tf.sub(1, kept), dropped));
  return tf.add(tf.mul(mixed, scale), -scale * dropped * rate);
}

const replacements: Readonly<Record<string, (layer: RandomLayer, x: tf.Tensor) => tf.Tensor>> = {
  Dropout: (layer, x) => tf.mul(x, keepMask(layer.getNoiseShape?.(x) ?? x.shape, layer.rate, layer.name)),
  GaussianDropout: (layer, x) => tf.mul(x, tf.add(1, tf.mul(normal(x.shape, layer.name), Math.sqrt(layer.rate / (1 - layer.rate))))),
  GaussianNoise: (layer, x) => tf.add(x, tf.mul(normal(x.shape, layer.name), layer.stddev)),
  AlphaDropout: (layer, x) => {
    const shape = (layer.noiseShape ?? x.shape).map((length, axis) => length ?? x.shape[axis]);
    return alphaDropout(x, tf.mul(keepMask(shape, layer.rate, layer.name), 1 - layer.rate), layer.rate);
  },
};
const replacementOf = (className: string) => replacements[className === 'SpatialDropout1D' ? 'Dropout' : className];

interface Cell {
  dropoutFunc?: (x: tf.Tensor, rate: number) => tf.Tensor;
  cells?: Cell[];
}

/** Makes this layer, and recurrent cells and wrapped layers inside it, ask the trace for their random numbers. */
export function traceRandom(layer: tfl.layers.Layer): void {
  const replacement = replacementOf(layer.getClassName());
  const own = layer as unknown as RandomLayer & {
    cell?: Cell;
    layer?: tfl.layers.Layer;
    forwardLayer?: tfl.layers.Layer;
    backwardLayer?: tfl.layers.Layer;
  };
  if (replacement) {
    own.call = function tracedCall(inputs, options) {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      const active = options.training === true && (own.rate === undefined || own.rate > 0);
      return active ? replacement(own, x) : x;
    };
  }
  const drop = (cell: Cell) => {
    cell.dropoutFunc = (x, rate) => tf.mul(x, keepMask(x.shape, rate, layer.name));
    cell.cells?.forEach(drop);
  };
  if (own.cell) drop(own.cell);
  for (const inner of [own.layer, own.forwardLayer, own.backwardLayer]) if (inner) traceRandom(inner);
}
