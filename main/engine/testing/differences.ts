/** Compiled gradients of drawn cases, against tfjs' plain backend and against central differences in double precision. */
import { Worker } from 'node:worker_threads';
import { type Backend, openBackend } from '../backends/index.ts';
import { sizeOf } from '../compile/graph.ts';
import { randomStream } from '../loop/random.ts';
import { sliceBatch } from '../loop/batches.ts';
import { openSession } from '../loop/session.ts';
import { tf } from '../tfjs.ts';
import { drawModel, drawOperation, totalOf, valuesOf } from './drawn-cases.ts';
import { runOn, traced } from './harness.ts';

export interface DifferencesQuestion {
  readonly kind: 'operation' | 'model';
  readonly seed: number;
  /** Which number of which input or weight. */
  readonly places: readonly (readonly [name: string, index: number])[];
}
/** Undefined where there is no gradient. */
export type DifferencesAnswer = (number | undefined)[];

export interface GradientChecker {
  /** What is wrong with the case of this number; null where nothing is. */
  check(kind: DifferencesQuestion['kind'], seed: number): Promise<string | null>;
  close(): Promise<void>;
}

/** Of a case, this many numbers are compared with differences. */
const placeCount = 12;

function drawPlaces(named: readonly (readonly [name: string, size: number])[], seed: number): [string, number][] {
  const stream = randomStream(seed, 'places');
  const all = named.flatMap(([name, size]) => Array.from({ length: size }, (_, index): [string, number] => [name, index]));
  return all.length <= placeCount ? all : Array.from({ length: placeCount }, () => all[Math.floor(stream.uniform() * all.length)]);
}

/** Single precision, after some sums: relative to the largest of the gradient's numbers. */
const isClose = (found: number, wanted: number, size: number, tolerance: number) =>
  Object.is(found, wanted) || found === wanted || Math.abs(found - wanted) <= tolerance * Math.max(1, size);

const largest = (values: Iterable<number>) =>
  [...values].reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

export async function openGradientChecker(): Promise<GradientChecker> {
  const worker = new Worker(new URL('double-worker.ts', import.meta.url));
  const native = await openBackend('native', { threads: 1 });
  const reference = await openBackend('reference');

  const ask = (question: DifferencesQuestion): Promise<DifferencesAnswer> =>
    new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (answer: DifferencesAnswer | string) => {
        worker.off('error', reject);
        if (typeof answer === 'string') reject(new Error(answer));
        else resolve(answer);
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage(question);
    });

  async function compare(
    kind: DifferencesQuestion['kind'],
    seed: number,
    gradients: ReadonlyMap<string, ArrayLike<number>>,
    tolerance: number,
  ): Promise<string | null> {
    const places = drawPlaces(
      [...gradients].map(([name, { length }]) => [name, length]),
      seed,
    );
    const wanted = await ask({ kind, seed, places });
    const size = largest(wanted.map((value) => value ?? 0));
    for (const [index, [name, at]] of places.entries()) {
      const [found, slope] = [gradients.get(name)![at], wanted[index]];
      if (slope !== undefined && !isClose(found, slope, size, tolerance)) return `${name}[${at}]: ${found}, differences give ${slope}`;
    }
    return null;
  }

  async function checkOperation(seed: number): Promise<string | null> {
    const drawn = drawOperation(seed);
    const { label, shapes, values, referenceIsWrong } = drawn;
    const total = totalOf(drawn, seed);
    const inputs = shapes.map((shape, index) => valuesOf(values, sizeOf(shape), seed + index));
    const example = traced(shapes, inputs, (...given) => tf.grads(total)(given));
    const found = await runOn(native, example);
    const told = (problem: string) => `operation ${seed}, ${label}: ${problem}`;
    if (!referenceIsWrong) {
      for (const [name, wanted] of await runOn(reference, example)) {
        const own = found.get(name)!;
        const size = largest(wanted);
        const index = wanted.findIndex((value, at) => !isClose(own[at], value, size, 3e-5));
        if (index >= 0) return told(`${name}[${index}]: ${own[index]}, the reference has ${wanted[index]}`);
      }
    }
    if (values !== 'plain') return null;
    const byInput = new Map(shapes.map((_, index) => [String(index), found.get(`y${index}`)!]));
    const problem = await compare('operation', seed, byInput, 1e-4);
    return problem === null ? null : told(problem);
  }

  async function gradientsOf(backend: Backend, seed: number): Promise<Map<string, Float64Array>> {
    const { job } = drawModel(seed);
    const session = openSession(job, backend);
    try {
      const before = new Map([...session.weights()].map(([name, { values }]) => [name, values.slice()]));
      await session.step(sliceBatch(job.data.train, 0, job.data.train.count), 1, 1);
      const trainable = new Set(session.model.weights.filter((weight) => weight.trainable).map(({ name }) => name));
      const changes = [...session.weights()].filter(([name]) => trainable.has(name));
      return new Map(changes.map(([name, { values }]) => [name, Float64Array.from(values, (value, at) => before.get(name)![at] - value)]));
    } finally {
      await session.dispose();
    }
  }

  async function checkModel(seed: number): Promise<string | null> {
    const { label } = drawModel(seed);
    const problem = await compare('model', seed, await gradientsOf(native, seed), 2e-4);
    return problem === null ? null : `model ${seed}, ${label}: ${problem}`;
  }

  return {
    check: (kind, seed) => (kind === 'operation' ? checkOperation(seed) : checkModel(seed)),
    close: async () => void (await worker.terminate()),
  };
}
