/** LSTM while it trains against tfjs' own, which is what it is outside of training. */
import { describe, expect, it } from 'vitest';
import { openNative } from '../../backends/native.ts';
import { openReference } from '../../backends/reference.ts';
import { type Node, sizeOf, sorted } from '../../compile/graph.ts';
import { trace } from '../../compile/trace.ts';
import { randomStream } from '../../loop/random.ts';
import { largestDifference, uniformValues } from '../../testing/harness.ts';
import { tf, tfl } from '../../tfjs.ts';
import '../own-layers.ts';
import './lstm.ts';

type Config = Parameters<typeof tfl.layers.lstm>[0];
interface Callable {
  call(inputs: tf.Tensor, options: { training: boolean; initialState?: tf.Tensor[] }): tf.Tensor | tf.Tensor[];
}

const [batch, features, units] = [3, 2, 5];
const names = ['sequence', 'kernel', 'recurrent', 'bias', 'state', 'memory'];

/** Outputs, and gradients of their sum, each weighted at random, by everything that goes in. */
function program(config: Omit<Config, 'units'>, steps: number, training: boolean) {
  const layer = tfl.layers.lstm({ units, recurrentActivation: 'sigmoid', recurrentInitializer: 'zeros', ...config });
  layer.build([batch, steps, features]);
  const weights = layer.getWeights(true);
  const shapes = [[batch, steps, features], ...weights.map(({ shape }) => shape), [batch, units], [batch, units]];
  const used = config.useBias === false ? names.filter((name) => name !== 'bias') : names;
  const inputs = new Map(used.map((name, index) => [name, { shape: shapes[index], dtype: 'float32' as const }]));
  const values = new Map([...inputs].map(([name, type]) => [name, { ...type, data: uniformValues(sizeOf(type.shape), 7, name) }]));
  const cell = layer as unknown as { cell: { kernel: object; recurrentKernel: object; bias: object | null } };
  const run = (...given: tf.Tensor[]): tf.Tensor[] => {
    const at = (name: string) => given[used.indexOf(name)];
    for (const [key, name] of [
      ['kernel', 'kernel'],
      ['recurrentKernel', 'recurrent'],
      ['bias', 'bias'],
    ] as const)
      if (used.includes(name)) cell.cell[key] = { read: () => at(name) };
    const initialState = [at('state'), at('memory')];
    return [(layer as unknown as Callable).call(at('sequence'), { training, initialState })].flat();
  };
  const traced = trace({ inputs, variables: [] }, (given) => {
    const all = used.map((name) => given.get(name)!);
    let outputs: tf.Tensor[] = [];
    const total = (...tensors: tf.Tensor[]) => {
      outputs = run(...tensors).map((output) => tf.keep(output));
      const draw = randomStream(3, 'weights');
      return outputs
        .map((output) =>
          tf.sum(
            tf.mul(
              output,
              tf.tensor(
                Float32Array.from({ length: output.size }, () => draw.uniform()),
                output.shape,
              ),
            ),
          ),
        )
        .reduce((sum, each) => tf.add(sum, each)) as tf.Scalar;
    };
    const slopes = tf.grads(total)(all);
    return new Map([
      ...outputs.map((output, index) => [`output ${index}`, output] as const),
      ...used.map((name, index) => [`slope of ${name}`, slopes[index]] as const),
    ]);
  });
  tf.dispose(weights);
  return { traced, values };
}

describe('LSTM while it trains', () => {
  const flags = ['returnSequences', 'returnState', 'goBackwards'] as const;
  const cases = Array.from({ length: 8 }, (_, bits) => Object.fromEntries(flags.map((flag, index) => [flag, (bits & (1 << index)) > 0])));
  const drawn = [...cases, { useBias: false }, { useBias: false, returnSequences: true }].flatMap((config) => [
    { config, steps: 4 },
    { config, steps: 1 },
  ]);
  it.each(drawn)('$config, $steps steps: outputs and gradients are tfjs’', async ({ config, steps }) => {
    const own = program(config, steps, true);
    const theirs = program(config, steps, false);
    // Gates are taken apart where they lie one below the other, not side by side; or the test would hold tfjs' own against itself.
    const isOfGates = ({ op, inputs }: Node) => op === 'SplitV' && inputs[0].shape.join() === `${4 * units},${batch}`;
    const gates = [own, theirs].map(({ traced }) => sorted(traced).filter(isOfGates).length);
    expect(gates).toEqual([steps, 0]);
    const executable = await (await openNative(2)).compile(own.traced);
    const found = await executable.run(own.values);
    await executable.release();
    const wanted = await (await openReference().compile(theirs.traced)).run(theirs.values);
    expect([...found.keys()].toSorted()).toEqual([...wanted.keys()].toSorted());
    for (const [name, { data, shape }] of wanted) {
      expect(found.get(name)!.shape, name).toEqual(shape);
      expect(largestDifference(found.get(name)!.data, data), name).toBeLessThan(2e-6);
    }
  });
});
