/** A layer's compiled output and gradients against double precision and central differences. */
import type { Json, KerasObject, ModelSpec } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import { type HostTensor, type Shape, sizeOf } from '../compile/graph.ts';
import { trace } from '../compile/trace.ts';
import { fillRandom, randomStream } from '../loop/random.ts';
import { buildModel, type BuiltModel } from '../model/build.ts';
import { completeModel } from '../model/complete.ts';
import { tf } from '../tfjs.ts';
import { type DoubleTensor, runInDouble } from './double.ts';

export interface LayerCase {
  readonly className: string;
  readonly config: { readonly [option: string]: Json };
  /** Of one sample, of each input. */
  readonly inputs: readonly Shape[];
  /** Inputs are whole numbers below this. */
  readonly ids?: number;
  /** A layer before it, such as one that makes a mask. */
  readonly before?: KerasObject;
  /** Applied backwards: to the input, or to what it makes of the input. */
  readonly reverse?: 'only' | 'too';
  /** How many it gives, where there are several. */
  readonly outputs?: number;
  /** False of layers whose gradient in training is not that of what they compute. */
  readonly training?: false;
}

/** The layer on its own, as a model. */
export function modelOf({ className, config, inputs, before, reverse, outputs = 1 }: LayerCase): ModelSpec {
  const node = (class_name: string, name: string, own: LayerCase['config'], from: readonly string[]) => ({
    class_name,
    name,
    config: { ...own, name },
    inbound_nodes: from.length > 0 ? [from.map((source) => [source, 0, 0, {}])] : [],
  });
  const names = inputs.map((_, index) => `x${index}`);
  const starts = inputs.map((shape, index) => node('InputLayer', names[index], { batchInputShape: [null, ...shape] }, []));
  const middle = before ? names.map((name) => node(before.class_name, `before_${name}`, before.config, [name])) : [];
  const from = before ? middle.map(({ name }) => name) : names;
  const own = node(className, 'layer', config, from);
  const back = (source: string) => [[source, 0, 0, { reverse: true }]];
  if (reverse === 'only') own.inbound_nodes = [back(from[0])];
  if (reverse === 'too') own.inbound_nodes.push(back('layer'));
  const model = {
    class_name: 'Functional' as const,
    config: {
      name: 'm',
      layers: [...starts, ...middle, own],
      input_layers: names.map((name) => [name, 0, 0]),
      output_layers: Array.from({ length: outputs }, (_, index) => ['layer', reverse === 'too' ? 1 : 0, index]),
    },
  };
  const several = inputs.length > 1 && { inputs: inputs.map((shape, index) => ({ name: names[index], shape: [...shape] })) };
  return completeModel(model, { inputShape: inputs[0], targetShape: [1], task: 'regression', ...several });
}

export const double = ({ data, shape, dtype }: HostTensor): DoubleTensor => ({ data: Float64Array.from(data), shape, dtype });

/** What rounding to 32 bits comes to, and no wrong formula. */
export const tolerances = { output: 1e-4, slope: 3e-4 } as const;

interface Found {
  /** Largest difference of the output from that in double precision, relative to its size. */
  readonly output: number;
  /** Largest error of a slope, in units of its usual size, and where. */
  readonly slope: number;
  readonly at: string;
}

const batch = 2;

function drawValues(count: number, seed: number, name: string, { ids }: { ids?: number }, positive: boolean): Float32Array {
  const stream = randomStream(seed, 'layer case', name);
  return Float32Array.from({ length: count }, () => {
    const value = 2 * stream.uniform() - 1;
    return ids ? Math.floor(((value + 1) / 2) * ids) : positive ? 0.5 + Math.abs(value) : value;
  });
}

/** The one output, or the values of all in a row. */
export const joined = (outputs: readonly tf.Tensor[]): tf.Tensor =>
  outputs.length === 1 ? outputs[0] : tf.concat(outputs.map((output) => tf.reshape(output, [-1])));

/** The sum of the output's values, each times a number of its own. */
function weightedSum(model: BuiltModel, x: tf.Tensor, training: boolean): { y: tf.Tensor; sum: tf.Scalar } {
  const { outputs, penalties } = model.forward(x, training);
  const y = joined(outputs);
  const weights = tf.tensor(
    Float32Array.from({ length: y.size }, (_, index) => Math.sin(index + 1)),
    y.shape,
  );
  const sum = penalties.reduce((total, penalty) => tf.add(total, penalty), tf.sum(tf.mul(y, weights)));
  return { y, sum: sum as tf.Scalar };
}

/** Along a direction drawn from the seed for each input and weight. */
export async function checkLayer(layer: LayerCase, seed: number, backend: Backend, training = layer.training ?? true): Promise<Found> {
  const model = buildModel(modelOf(layer), seed);
  const x = tf.variable(tf.zeros([batch, ...model.inputShape]), true, `x ${Math.random()}`);
  try {
    const variables = [{ name: 'x', variable: x }, ...model.weights.map(({ name, variable }) => ({ name, variable }))];
    const trained = layer.ids ? [] : [x];
    trained.push(...model.weights.filter(({ trainable }) => trainable).map(({ variable }) => variable));
    // Its output does not depend on its input.
    const reaches = layer.className !== 'SinePositionEncoding';
    const values = new Map<string, HostTensor>();
    for (const { name, variable } of variables) {
      const positive = name.endsWith('variance');
      const drawn = drawValues(variable.size, seed, name, name === 'x' && layer.ids ? { ids: layer.ids } : {}, positive);
      values.set(name, { data: drawn, shape: variable.shape, dtype: 'float32' });
    }
    const forward = trace({ inputs: new Map(), variables }, () => {
      const { y, sum } = weightedSum(model, x, training);
      return new Map([
        ['y', y],
        ['sum', sum],
      ]);
    });
    const backward = trace({ inputs: new Map(), variables }, () => {
      let output: tf.Tensor | undefined;
      const sum = () => {
        const both = weightedSum(model, x, training);
        output = both.y;
        return both.sum;
      };
      const grads: Record<string, tf.Tensor> = reaches ? tf.variableGrads(sum, trained).grads : (sum(), {});
      const named = variables.flatMap(({ name, variable }): [string, tf.Tensor][] =>
        grads[variable.name] ? [[`gradient ${name}`, grads[variable.name]]] : [],
      );
      return new Map([...named, ['y', output!]]);
    });
    for (const { name, shape, distribution } of forward.random) {
      const stream = randomStream(seed, 'random', name);
      const data = new Float32Array(sizeOf(shape));
      fillRandom(data, distribution, stream);
      values.set(name, { data, shape, dtype: 'float32' });
    }
    const executable = await backend.compile(backward);
    const results = await executable.run(values);
    await executable.release();

    const exact = new Map([...values].map(([name, tensor]) => [name, double(tensor)]));
    const expected = runInDouble(forward, exact).get('y')!.data;
    const found = results.get('y')!.data;
    const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
    const output = expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - found[index]) / size), 0);

    let slope = 0;
    let at = '';
    for (const { name, variable } of variables) {
      if (!trained.includes(variable)) continue;
      const gradient = results.get(`gradient ${name}`)?.data ?? new Float32Array(variable.size);
      const stream = randomStream(seed, 'direction', name);
      const direction = Float64Array.from({ length: variable.size }, () => stream.normal());
      const step = 1e-6;
      const along = (by: number) => {
        const { data, ...type } = exact.get(name)!;
        const moved = { ...type, data: data.map((value, index) => value + by * direction[index]) };
        return runInDouble(forward, new Map(exact).set(name, moved)).get('sum')!.data[0];
      };
      const difference = (along(step) - along(-step)) / (2 * step);
      const terms = Array.from(gradient, (value, index) => value * direction[index]);
      const usual = Math.sqrt(terms.reduce((total, term) => total + term * term, 0)) + 1e-2;
      const error = Math.abs(terms.reduce((total, term) => total + term, 0) - difference) / usual;
      if (!(error <= slope)) [slope, at] = [error, name];
    }
    return { output, slope, at };
  } finally {
    x.dispose();
    model.dispose();
  }
}
