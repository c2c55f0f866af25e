/** Shared by the engine's tests: seeded data, and a program run natively and on the reference. */
import type { Dataset, Part } from '#contract/samples.ts';
import type { Json, KerasObject, ModelSpec, TrainSpec } from '#contract/spec.ts';
import { type Backend, openBackend } from '../backends/index.ts';
import { type HostTensor, type Program, type Shape, sizeOf } from '../compile/graph.ts';
import { trace } from '../compile/trace.ts';
import { randomStream } from '../loop/random.ts';
import type { TrainEvent, TrainJob } from '../loop/events.ts';
import { train, type TrainOptions } from '../loop/train.ts';
import { completeModel } from '../model/complete.ts';
import type { tf } from '../tfjs.ts';

export const layer = (className: string, config: { [option: string]: Json } = {}): KerasObject => ({ class_name: className, config });
export const sequential = (...layers: KerasObject[]): ModelSpec => ({ class_name: 'Sequential', config: { layers } });

export function uniformValues(count: number, seed: number, name = 'values'): Float32Array {
  const stream = randomStream(seed, name);
  return Float32Array.from({ length: count }, () => 2 * stream.uniform() - 1);
}

/** −1, 0 and 1: plenty of ties. */
export function tiedValues(count: number, seed: number): Float32Array {
  const stream = randomStream(seed, 'ties');
  return Float32Array.from({ length: count }, () => Math.floor(stream.uniform() * 3) - 1);
}

export interface Traced {
  readonly program: Program;
  readonly inputs: ReadonlyMap<string, HostTensor>;
}

/** A function over tensors, traced, with the values it is to be run on. */
export function traced(
  shapes: readonly Shape[],
  values: readonly Float32Array[],
  body: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
): Traced {
  const names = shapes.map((_, index) => `x${index}`);
  const types = new Map(shapes.map((shape, index) => [names[index], { shape, dtype: 'float32' as const }]));
  const program = trace({ inputs: types, variables: [] }, (given) => {
    const outputs = [body(...names.map((name) => given.get(name)!))].flat();
    return new Map(outputs.map((output, index) => [`y${index}`, output]));
  });
  const inputs = new Map(shapes.map((shape, index) => [names[index], { shape, dtype: 'float32' as const, data: values[index] }]));
  return { program, inputs };
}

export async function runOn(backend: Backend, { program, inputs }: Traced): Promise<Map<string, number[]>> {
  const executable = await backend.compile(program);
  try {
    const results = await executable.run(inputs);
    return new Map([...results].map(([name, { data }]) => [name, Array.from(data, Number)]));
  } finally {
    await executable.release();
  }
}

/** Largest difference between two lists of numbers; Infinity where their lengths differ or one is NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const difference = a[index] === b[index] ? 0 : Math.abs(a[index] - b[index]);
    largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }
  return largest;
}

function part(
  count: number,
  inputShape: Shape,
  targetShape: Shape,
  seed: number,
  target: (inputs: Float32Array, random: number) => number,
  ids?: number,
): Part {
  const size = sizeOf(inputShape);
  const stream = randomStream(seed, 'part');
  const inputs = Float32Array.from({ length: count * size }, () => (ids ? Math.floor(stream.uniform() * ids) : stream.uniform()));
  const targets = Float32Array.from({ length: count * sizeOf(targetShape) }, (_, index) =>
    target(inputs.subarray(index * size, (index + 1) * size), stream.uniform()),
  );
  return { count, inputs, targets, rows: Uint32Array.from({ length: count }, (_, index) => index) };
}

export interface DataOptions {
  readonly inputShape: Shape;
  readonly classes?: number;
  readonly train?: number;
  readonly validation?: number;
  readonly seed?: number;
  /** Inputs are whole numbers below this. */
  readonly ids?: number;
}

/** Learnable data: the target follows from the inputs, with some noise. */
export function makeData({ inputShape, classes, train: trainCount = 96, validation = 0, seed = 1, ids }: DataOptions): Dataset {
  const target = (inputs: Float32Array, noise: number) => {
    const scale = ids ?? 1;
    const value = (inputs[0] + inputs[inputs.length - 1]) / (2 * scale);
    if (classes === undefined) return value + 0.1 * noise;
    return noise < 0.1 ? Math.floor(noise * 10 * classes) : Math.min(classes - 1, Math.floor(value * classes));
  };
  const targetShape = classes === undefined ? [1] : [];
  return {
    inputShape,
    targetShape,
    task: classes === undefined ? 'regression' : 'classification',
    ...(classes !== undefined && { classes: Array.from({ length: classes }, (_, index) => `class ${index}`) }),
    train: part(trainCount, inputShape, targetShape, seed, target, ids),
    ...(validation > 0 && { validation: part(validation, inputShape, targetShape, seed + 1000, target, ids) }),
    hash: `seed ${seed}`,
  };
}

export function makeJob(model: ModelSpec, data: Dataset, settings: Partial<TrainSpec> = {}): TrainJob {
  const spec: TrainSpec = {
    epochs: 2,
    batchSize: 32,
    optimizer: layer('Adam', { learningRate: 0.01 }),
    loss: data.task === 'classification' ? 'sparseCategoricalCrossentropy' : 'meanSquaredError',
    metrics: [],
    callbacks: [],
    seed: 7,
    shuffle: true,
    ...settings,
  };
  return { model: completeModel(model, data), train: spec, data };
}

export async function collect(job: TrainJob, options: Partial<TrainOptions> = {}): Promise<TrainEvent[]> {
  const backend = options.backend ?? (await openBackend('native', { threads: 1 }));
  const events: TrainEvent[] = [];
  for await (const event of train(job, { ...options, backend })) events.push(event);
  return events;
}

type EventOf<T extends TrainEvent['type']> = Extract<TrainEvent, { type: T }>;
export const eventsOf = <T extends TrainEvent['type']>(events: readonly TrainEvent[], type: T): EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);
