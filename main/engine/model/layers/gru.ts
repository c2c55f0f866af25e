/**
 * Keras' GRU with `resetAfter`: the reset gate acts on the recurrent product, which has a bias of its own. tfjs' cell
 * refuses the option, so it travels as this value of another one that tfjs passes over.
 */
import { tf } from '../../tfjs.ts';

export const resetAfterMark = 'resetAfter';

interface Readable {
  read(): tf.Tensor;
}
interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
}
interface GruCell {
  readonly implementation: unknown;
  readonly units: number;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly dropoutFunc?: (x: tf.Tensor, rate: number) => tf.Tensor;
  dropoutMask: tf.Tensor | null;
  recurrentDropoutMask: tf.Tensor | null;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly kernel: Readable;
  readonly recurrentKernel: Readable;
  bias: Readable | null;
  addWeight: (this: GruCell, name: string, shape: number[], ...rest: unknown[]) => Readable;
}
interface Prototype {
  build: (this: GruCell, shape: number[] | number[][]) => void;
  call: (this: GruCell, inputs: tf.Tensor[], options: { training?: boolean }) => tf.Tensor[];
}

/** One step (Cho et al., 2014, as cuDNN has it): `h' = z · h + (1 − z) · tanh(x W + r · (h U + b))`. */
function step(cell: GruCell, [x, h]: tf.Tensor[], training: boolean): tf.Tensor[] {
  const masked = (value: tf.Tensor, rate: number, mask: tf.Tensor | null) => (training && rate > 0 && mask ? tf.mul(value, mask) : value);
  const fresh = (value: tf.Tensor, rate: number) =>
    training && rate > 0 && cell.dropoutFunc ? cell.dropoutFunc(tf.onesLike(value), rate) : null;
  cell.dropoutMask ??= fresh(x, cell.dropout);
  cell.recurrentDropoutMask ??= fresh(h, cell.recurrentDropout);
  const product = (value: tf.Tensor, kernel: Readable) => tf.matMul(value, kernel.read());
  const own = product(masked(x, cell.dropout, cell.dropoutMask), cell.kernel);
  const recurrent = product(masked(h, cell.recurrentDropout, cell.recurrentDropoutMask), cell.recurrentKernel);
  const [bias, recurrentBias] = cell.bias ? tf.split(cell.bias.read(), 2, 0).map((half) => tf.squeeze(half, [0])) : [];
  const [xz, xr, xh] = tf.split(bias ? tf.add(own, bias) : own, 3, 1);
  const [hz, hr, hh] = tf.split(recurrentBias ? tf.add(recurrent, recurrentBias) : recurrent, 3, 1);
  const update = cell.recurrentActivation.apply(tf.add(xz, hz));
  const reset = cell.recurrentActivation.apply(tf.add(xr, hr));
  const candidate = cell.activation.apply(tf.add(xh, tf.mul(reset, hh)));
  const next = tf.add(candidate, tf.mul(update, tf.sub(h, candidate)));
  return [next, next];
}

const [cellClass] = tf.serialization.SerializationMap.getMap().classNameMap['GRUCell'] as unknown as [{ prototype: Prototype }];
const { prototype } = cellClass;
const theirs: Prototype = { build: prototype.build, call: prototype.call };
prototype.build = function build(shape) {
  if (this.implementation === resetAfterMark) {
    const { addWeight } = this;
    this.addWeight = (name, own, ...rest) => addWeight.call(this, name, name === 'bias' ? [2, ...own] : own, ...rest);
    try {
      theirs.build.call(this, shape);
    } finally {
      Reflect.deleteProperty(this, 'addWeight');
    }
  } else theirs.build.call(this, shape);
};
prototype.call = function call(inputs, options) {
  if (this.implementation !== resetAfterMark) return theirs.call.call(this, inputs, options);
  return step(this, inputs, options.training === true);
};
