/**
 * LSTM while it trains: what tfjs' own computes, in half as many operations, with a gradient in one piece.
 *
 * A step is small: copying costs as much as computing, and each operation something by itself. So states are units × batch:
 * gates then lie one below the other, are taken apart once, before their activations, and put together once, for the
 * gradient's products. Inputs, a row of ones and states are one matrix, whose one product with all weights, biases among
 * them, gives the gates; and all weights' gradients are one product too. A product of all steps at once for the weights'
 * gradient was slower: what it is made of has to be copied.
 */
import { tf } from '../../tfjs.ts';

interface Readable {
  read(): tf.Tensor;
}
interface Named {
  getClassName(): string;
}
interface LstmCell {
  readonly units: number;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly activation: Named;
  readonly recurrentActivation: Named;
  readonly kernel: Readable;
  readonly recurrentKernel: Readable;
  readonly bias: Readable | null;
}
interface Options {
  readonly training?: boolean;
  readonly mask?: unknown;
  readonly initialState?: tf.Tensor[];
}
interface Lstm {
  readonly cell: LstmCell;
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly stateful: boolean;
  getInitialState(inputs: tf.Tensor): tf.Tensor[];
}
type Call = (this: Lstm, inputs: tf.Tensor | tf.Tensor[], options: Options | null) => tf.Tensor | tf.Tensor[];

function isUsual({ cell, stateful }: Lstm, { training, mask }: Options): boolean {
  const isPlain = cell.activation.getClassName() === 'tanh' && cell.recurrentActivation.getClassName() === 'sigmoid';
  return training === true && !mask && isPlain && !stateful && !(cell.dropout > 0) && !(cell.recurrentDropout > 0);
}

const below = (parts: readonly tf.Tensor[]) => (parts.length === 1 ? parts[0] : tf.concat([...parts], 0));
const less = (whole: tf.Tensor, part: tf.Tensor, factor: tf.Tensor) => tf.sub(whole, tf.mul(part, factor));

/** What a step's gradient needs: [inputs; 1; state before], forget gate, and how the state and the four gates' sums act. */
const savedOfStep = 7;

/** Gives [state; …; last memory]: of all steps or the last alone. Weights are of [inputs; 1; state], or without the 1. */
function run(steps: readonly tf.Tensor[], weights: tf.Tensor, [h0, c0]: readonly tf.Tensor[], allSteps: boolean): tf.Tensor {
  const units = h0.shape[0];
  const batch = h0.shape[1]!;
  const width = steps[0].shape[0];
  const hasBias = weights.shape[0] > width + units;
  const pass = tf.customGrad((...given) => {
    const save = given.pop() as unknown as tf.GradSaveFunc;
    const [w, firstState, firstMemory, ...inputs] = given as tf.Tensor[];
    const turned = tf.transpose(w);
    const ones = tf.ones([1, batch]);
    let [state, memory] = [firstState, firstMemory];
    const states: tf.Tensor[] = [];
    const saved: tf.Tensor[] = [];
    for (const input of inputs) {
      const joined = below(hasBias ? [input, ones, state] : [input, state]);
      const sums = tf.split(tf.matMul(turned, joined), 4, 0);
      const [taken, kept, shown] = [sums[0], sums[1], sums[3]].map((sum) => tf.sigmoid(sum));
      const candidate = tf.tanh(sums[2]);
      const added = tf.mul(taken, candidate);
      const stays = tf.mul(kept, memory);
      const next = tf.add(stays, added);
      const seen = tf.tanh(next);
      const output = tf.mul(shown, seen);
      // d output / d next = shown (1 − seen²); each gate's slope, by what it is multiplied with, is of the same form.
      const toMemory = less(shown, output, seen);
      const slopes = [less(added, added, taken), less(stays, stays, kept), less(taken, added, candidate), less(output, output, shown)];
      saved.push(joined, kept, toMemory, ...slopes);
      [state, memory] = [output, next];
      states.push(output);
    }
    save([...saved, w]);
    const value = below([...(allSteps ? states : [state]), memory]);
    return { value, gradFunc: (dy, all) => gradients(dy, all, { width, units, count: inputs.length, allSteps }) };
  });
  return pass(weights, h0, c0, ...steps);
}

interface Extent {
  readonly width: number;
  readonly units: number;
  readonly count: number;
  readonly allSteps: boolean;
}

function gradients(dy: tf.Tensor, all: readonly tf.Tensor[], { width, units, count, allSteps }: Extent): tf.Tensor[] {
  const given = tf.split(dy, dy.shape[0] / units, 0);
  let memory = given.pop()!;
  const weights = all[all.length - 1];
  const rows = weights.shape[0];
  const toState = tf.slice(weights, [rows - units, 0], [units, 4 * units]);
  const toInput = tf.slice(weights, [0, 0], [width, 4 * units]);
  let state = given[given.length - 1];
  let total: tf.Tensor | null = null;
  const inputs: tf.Tensor[] = [];
  for (let step = count - 1; step >= 0; step--) {
    const [joined, kept, toMemory, ...slopes] = all.slice(step * savedOfStep, (step + 1) * savedOfStep);
    const next = tf.add(tf.mul(state, toMemory), memory);
    const arrived = [next, next, next, state];
    const sums = below(slopes.map((slope, gate) => tf.mul(arrived[gate], slope)));
    // In this order, for it is the second that is turned before it is multiplied, and this is the smaller one.
    const product = tf.matMul(sums, joined, false, true);
    total = total ? tf.add(product, total) : product;
    inputs.unshift(tf.matMul(toInput, sums));
    memory = tf.mul(next, kept);
    const before = tf.matMul(toState, sums);
    state = allSteps && step > 0 ? tf.add(before, given[step - 1]) : before;
  }
  return [tf.transpose(total!), state, memory, ...inputs];
}

function fast(layer: Lstm, sequence: tf.Tensor, given: readonly tf.Tensor[] | undefined): tf.Tensor | tf.Tensor[] {
  const { cell, goBackwards, returnSequences, returnState } = layer;
  const { units } = cell;
  const initial = (given ?? layer.getInitialState(sequence)).map((state) => tf.transpose(state));
  const bias = cell.useBias && cell.bias ? [tf.reshape(cell.bias.read(), [1, 4 * units])] : [];
  const weights = below([cell.kernel.read(), ...bias, cell.recurrentKernel.read()]);
  const [batch, count, width] = sequence.shape as [number, number, number];
  const steps = tf.split(tf.reshape(tf.transpose(sequence, [1, 2, 0]), [count * width, batch]), count, 0);
  const result = run(goBackwards ? [...steps].reverse() : steps, weights, initial, returnSequences);
  const parts = result.shape[0] / units;
  const part = (from: number, length: number) => tf.slice(result, [from * units, 0], [length * units, batch]);
  const last = () => tf.transpose(part(parts - 2, 1));
  const output = returnSequences ? tf.transpose(tf.reshape(part(0, count), [count, units, batch]), [2, 0, 1]) : last();
  return returnState ? [output, last(), tf.transpose(part(parts - 1, 1))] : output;
}

const [lstmClass] = tf.serialization.SerializationMap.getMap().classNameMap['LSTM'] as unknown as [{ prototype: { call: Call } }];
const { prototype } = lstmClass;
const theirs = prototype.call;
prototype.call = function call(inputs, options) {
  const sequence = Array.isArray(inputs) ? inputs[0] : inputs;
  const isAlone = !Array.isArray(inputs) || inputs.length === 1;
  if (!isAlone || !isUsual(this, options ?? {})) return theirs.call(this, inputs, options);
  return tf.tidy(() => fast(this, sequence, options?.initialState));
};
