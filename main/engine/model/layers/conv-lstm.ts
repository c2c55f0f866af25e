/**
 * ConvLSTM1D and ConvLSTM3D, which tfjs lacks: its own of two dimensions, whose cell convolves along one or three. The
 * cell is shown its kernels with all windows' axes but the last in one, as it splits them by gate along the fourth axis.
 */
import { tf, tfl } from '../../tfjs.ts';
import { ownLayers } from './define.ts';
import { spread } from './spread.ts';
import { volumeConvolution } from './volumes.ts';

type Lengths = (number | null)[];
interface Readable {
  read(): tf.Tensor;
}

interface Cell {
  kernelSize: number[];
  strides: number[];
  dilationRate: number[];
  readonly filters: number;
  readonly padding: 'valid' | 'same';
  readonly dataFormat: 'channelsLast' | 'channelsFirst';
  readonly stateSize: number | number[];
  kernel: Readable;
  recurrentKernel: Readable;
  build: (this: Cell, shape: Lengths) => void;
  inputConv: (this: Cell, x: tf.Tensor, kernel: tf.Tensor, bias?: tf.Tensor | null) => tf.Tensor;
  recurrentConv: (this: Cell, x: tf.Tensor, kernel: tf.Tensor) => tf.Tensor;
}

interface Recurrent extends tfl.layers.Layer {
  readonly cell: Cell;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
}

interface Window {
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: 'valid' | 'same';
}

/** Channels last. */
function convolved(x: tf.Tensor, kernel: tf.Tensor, window: Window): tf.Tensor {
  if (window.strides.length === 3) return volumeConvolution(x, kernel, window);
  const wide = spread(kernel, window.dilationRate).expandDims(0) as tf.Tensor4D;
  return tf.conv2d(x.expandDims<tf.Tensor4D>(1), wide, [1, window.strides[0]], window.padding).squeeze([1]);
}

/** The same with the channels where the cell has them. */
function convolvedAsIs(cell: Cell, x: tf.Tensor, kernel: tf.Tensor, window: Window, bias?: tf.Tensor | null): tf.Tensor {
  const first = cell.dataFormat === 'channelsFirst';
  const rank = cell.kernelSize.length;
  const last = [0, ...Array.from({ length: rank }, (_, axis) => axis + 2), 1];
  const full = tf.reshape(kernel, [...cell.kernelSize, ...kernel.shape.slice(-2)]);
  const made = convolved(first ? tf.transpose(x, last) : x, full, window);
  const shifted = bias ? tf.add(made, bias) : made;
  return first ? tf.transpose(shifted, [0, rank + 1, ...Array.from({ length: rank }, (_, axis) => axis + 1)]) : shifted;
}

function along(rank: number, cell: Cell, { kernelSize, strides = 1, dilationRate = 1 }: Record<string, number | number[]>): void {
  const sides = (value: number | number[]) => (Array.isArray(value) ? value : Array.from({ length: rank }, () => value));
  Object.assign(cell, { kernelSize: sides(kernelSize), strides: sides(strides), dilationRate: sides(dilationRate) });
  const { build } = cell;
  cell.build = (shape) => {
    build.call(cell, shape);
    for (const name of ['kernel', 'recurrentKernel'] as const) {
      const own = cell[name];
      const shown = (full: tf.Tensor) => {
        const [window, channels, gates] = [full.shape.slice(0, rank), full.shape[rank], full.shape[rank + 1]];
        return tf.reshape(full, [window.reduce((all, side) => all * side, 1), 1, channels, gates]);
      };
      cell[name] = { read: () => shown(own.read()) };
    }
  };
  cell.inputConv = (x, kernel, bias) => convolvedAsIs(cell, x, kernel, cell, bias);
  const still = { strides: sides(1), dilationRate: sides(1), padding: 'same' as const };
  cell.recurrentConv = (x, kernel) => convolvedAsIs(cell, x, kernel, still);
}

/** Of one sample at one step. */
function outputLengths(cell: Cell, step: Lengths): Lengths {
  const first = cell.dataFormat === 'channelsFirst';
  const spatial = (first ? step.slice(1) : step.slice(0, -1)).map((length, axis) => {
    if (length === null) return null;
    const reach = (cell.kernelSize[axis] - 1) * cell.dilationRate[axis] + 1;
    return Math.ceil((cell.padding === 'same' ? length : length - reach + 1) / cell.strides[axis]);
  });
  return first ? [cell.filters, ...spatial] : [...spatial, cell.filters];
}

type Config = Record<string, number | number[]>;
const [flat] = tf.serialization.SerializationMap.getMap().classNameMap['ConvLSTM2D'] as unknown as [
  new (config: Config) => Recurrent & { getInitialState(inputs: tf.Tensor): tf.Tensor[] },
];

// Theirs knows nothing of the states that a layer may begin with.
const { computeOutputShape } = flat.prototype;
flat.prototype.computeOutputShape = function ofSequence(this: Recurrent, shape: Lengths | Lengths[]) {
  return computeOutputShape.call(this, Array.isArray(shape[0]) ? shape[0] : shape);
};

function define(className: string, rank: number): void {
  class Convolutional extends flat {
    static readonly className = className;

    constructor(config: Config) {
      const { kernelSize: _kernelSize, strides: _strides, dilationRate: _dilationRate, ...rest } = config;
      super({ ...rest, kernelSize: 1 });
      along(rank, this.cell, config);
      Object.assign(this, { inputSpec: [{ ndim: rank + 3 }] });
    }

    override computeOutputShape(shape: Lengths | Lengths[]): Lengths | Lengths[] {
      const [batch, steps, ...step] = (Array.isArray(shape[0]) ? shape[0] : shape) as Lengths;
      const last: Lengths = [batch, ...outputLengths(this.cell, step)];
      const output: Lengths = this.returnSequences ? [batch, steps, ...last.slice(1)] : last;
      return this.returnState ? [output, last, last] : output;
    }

    override getInitialState(inputs: tf.Tensor): tf.Tensor[] {
      const zeros = tf.zeros([inputs.shape[0], ...(outputLengths(this.cell, inputs.shape.slice(2)) as number[])]);
      return [zeros, zeros];
    }
  }
  tf.serialization.registerClass(Convolutional as unknown as tf.serialization.SerializableConstructor<tfl.layers.Layer>);
  ownLayers.add(className);
}

define('ConvLSTM1D', 1);
define('ConvLSTM3D', 3);
