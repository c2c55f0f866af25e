import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../backends/index.ts';
import { randomStream } from '../../loop/random.ts';
import { largestDifference, uniformValues } from '../../testing/harness.ts';
import { tf } from '../../tfjs.ts';
import { type HostTensor, type Program, type Shape, sizeOf } from '../graph.ts';
import { trace } from '../trace.ts';
import { encodeSweep, sweepKey } from './encode.ts';
import { splitSweeps } from './split.ts';

let native: Backend;
let reference: Backend;
beforeAll(async () => {
  native = await openBackend('native', { threads: 1 });
  reference = await openBackend('reference');
});

type Tensors = Record<string, tf.Tensor>;

function program(shapes: Readonly<Record<string, Shape>>, body: (given: Tensors) => Tensors): Program {
  const types = new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]));
  return trace({ inputs: types, variables: [] }, (given) => new Map(Object.entries(body(Object.fromEntries(given)))));
}

function valuesOf(shapes: Readonly<Record<string, Shape>>, seed: number): Map<string, HostTensor> {
  const tensor = (shape: Shape, name: string): HostTensor => ({ data: uniformValues(sizeOf(shape), seed, name), shape, dtype: 'float32' });
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, tensor(shape, name)]));
}

/** All values after so many runs, each of which goes on with what the one before kept. */
async function afterRuns(backend: Backend, given: Program, kept: readonly string[], inputs: ReadonlyMap<string, HostTensor>, runs = 3) {
  const executable = await backend.compile(given, new Set(kept));
  try {
    const state = new Map(inputs);
    for (let run = 0; run < runs; run++) for (const [name, value] of await executable.run(state)) state.set(name, value);
    const held = new Map([...state].filter(([, value]) => value.held !== undefined));
    const read = held.size > 0 ? await backend.fetch!(held) : new Map<string, HostTensor>();
    return {
      held: [...held.keys()].sort(),
      values: new Map([...given.outputs.keys()].map((name) => [name, (read.get(name) ?? state.get(name)!).data])),
    };
  } finally {
    await executable.release();
  }
}

/** Runs change what is kept natively as they do on the reference. */
async function expectAlike(given: Program, kept: readonly string[], inputs: ReadonlyMap<string, HostTensor>): Promise<void> {
  const wanted = await afterRuns(reference, given, kept, inputs);
  const found = await afterRuns(native, given, kept, inputs);
  expect(found.held).toEqual(kept.filter((name) => given.outputs.has(name)).sort());
  for (const [name, values] of wanted.values) expect(largestDifference(found.values.get(name)!, values), name).toBeLessThan(1e-5);
}

/** Elementwise operators at random over the given tensors and the results so far. */
function drawn(seed: number, given: readonly tf.Tensor[], scalar: tf.Tensor): tf.Tensor[] {
  const stream = randomStream(seed, 'sweep');
  const pick = <T>(items: readonly T[]): T => items[Math.floor(stream.uniform() * items.length)];
  const made = [...given];
  const small = () => pick<tf.Tensor | number>([scalar, 0.5, -1.25, 0]);
  const positive = (x: tf.Tensor) => tf.add(tf.square(x), 0.5);
  const operators: ((a: tf.Tensor, b: tf.Tensor | number) => tf.Tensor)[] = [
    (a, b) => tf.add(a, b),
    (a, b) => tf.sub(b, a),
    (a, b) => tf.mul(a, b),
    (a, b) => tf.div(b, positive(a)),
    (a, b) => tf.maximum(a, b),
    (a, b) => tf.minimum(a, b),
    (a) => tf.sqrt(positive(a)),
    (a) => tf.abs(a),
    (a) => tf.neg(a),
    (a) => tf.zerosLike(a),
    // No sweep's own.
    (a) => tf.tanh(a),
  ];
  for (let count = 0; count < 8; count++) {
    const result = pick(operators)(pick(made), stream.uniform() < 0.6 ? pick(made) : small());
    made.push(tf.minimum(tf.maximum(result, -2), 2));
  }
  return made.slice(-2);
}

describe('sweeps', () => {
  it('change what is kept as the reference does, whatever its length', async () => {
    for (const shape of [[], [1], [3], [4], [2, 17], [5, 64]]) {
      const shapes = { a: shape, b: shape, x: [7, Math.max(1, sizeOf(shape))], scale: [] };
      for (let seed = 1; seed <= 3; seed++) {
        const given = program(shapes, ({ a, b, x, scale }) => {
          const gradient = tf.reshape(tf.mean(x, 0), shape);
          const [next, other] = drawn(seed, [a, b, gradient], scale);
          return { a: next, b: other, total: tf.sum(next) };
        });
        await expectAlike(given, ['a', 'b'], valuesOf(shapes, seed));
      }
    }
  });

  it('read what another one writes before it is written', async () => {
    const shapes = { a: [6], b: [6], c: [6] };
    const given = program(shapes, ({ a, b, c }) => ({ a: tf.add(b, 1), b: tf.mul(c, 2), c: tf.sub(a, b), loss: tf.sum(a) }));
    expect(splitSweeps(given, new Set(['a', 'b', 'c'])).sweeps).toHaveLength(1);
    await expectAlike(given, ['a', 'b', 'c'], valuesOf(shapes, 1));
  });

  it('take a gradient that is a sum of several as one array, and no array that others do not share', () => {
    const shapes = { a: [6], b: [6], x: [6], y: [6], rate: [] };
    const given = program(shapes, ({ a, b, x, y, rate }) => ({
      a: tf.sub(a, tf.mul(tf.add(tf.exp(x), tf.exp(y)), rate)),
      b: tf.sub(b, tf.mul(tf.exp(x), rate)),
    }));
    const { sweeps, program: rest } = splitSweeps(given, new Set(['a', 'b']));
    expect(sweeps.map(({ arrays, results }) => [arrays.length, results.map(({ name }) => name)])).toEqual([
      [2, ['a']],
      [2, ['b']],
    ]);
    expect([...rest.outputs.values()].map(({ op }) => op)).toEqual(['Add', 'Exp']);
    expect(sweepKey(sweeps[0])).toBe(sweepKey(sweeps[1]));
  });

  it('leave what is kept as it was where a run is not accepted', async () => {
    const shapes = { a: [5], x: [5] };
    const executable = await native.compile(
      program(shapes, ({ a, x }) => ({ a: tf.sub(a, x), loss: tf.sum(x) })),
      new Set(['a']),
    );
    const inputs = valuesOf(shapes, 2);
    const first = await executable.run(inputs);
    const before = (await native.fetch!(new Map([['a', first.get('a')!]]))).get('a')!.data;
    const losses: number[] = [];
    const refused = await executable.run(new Map(inputs).set('a', first.get('a')!), (outputs) => {
      losses.push(outputs.get('loss')!.data[0]);
      return false;
    });
    expect([...refused.keys()]).toEqual(['loss']);
    expect(losses).toEqual([first.get('loss')!.data[0]]);
    expect((await native.fetch!(new Map([['a', first.get('a')!]]))).get('a')!.data).toEqual(before);
    await executable.release();
  });

  it('give 0 for what is below the least normal number, and keep what is no number', async () => {
    const given = program({ a: [5], x: [5] }, ({ a, x }) => ({ a: tf.mul(a, 0.5), loss: tf.sum(x) }));
    const data = Float32Array.of(2 ** -123, -(2 ** -123), 1, -Infinity, NaN);
    const tensor = (values: Float32Array): HostTensor => ({ data: values, shape: [5], dtype: 'float32' });
    const inputs = new Map([
      ['a', tensor(data)],
      ['x', tensor(new Float32Array(5))],
    ]);
    const { values } = await afterRuns(native, given, ['a'], inputs);
    expect([...values.get('a')!]).toEqual([2 ** -126, -(2 ** -126), 0.125, -Infinity, NaN]);
    const later = await afterRuns(native, given, ['a'], inputs, 4);
    expect([...later.values.get('a')!].map(Math.abs)).toEqual([0, 0, 0.0625, Infinity, NaN]);
  });

  it('are modules that WebAssembly takes', () => {
    const sweep = splitSweeps(
      program({ a: [300], rate: [] }, ({ a, rate }) => ({ a: tf.mul(tf.maximum(tf.neg(a), Infinity), rate) })),
      new Set(['a']),
    ).sweeps[0];
    expect(WebAssembly.validate(encodeSweep(sweep))).toBe(true);
  });
});
