/** What the parts of a batch come to, added up, against the batch as a whole, both in double precision. */
import type { Backend } from '../backends/backend.ts';
import { type Program, sizeOf } from '../compile/graph.ts';
import { dropCopies } from '../compile/passes/drop-copies.ts';
import { shareEqual } from '../compile/passes/share-equal.ts';
import { splitBatch } from '../compile/parts/split-batch.ts';
import { isSplittable, splitSweeps } from '../compile/sweeps/split.ts';
import { trace } from '../compile/trace.ts';
import type { TrainJob } from '../loop/events.ts';
import { fillRandom, randomStream } from '../loop/random.ts';
import { openSession } from '../loop/session.ts';
import { sliceBatch } from '../loop/batches.ts';
import { buildModel } from '../model/build.ts';
import { tf } from '../tfjs.ts';
import { type DoubleTensor, runInDouble } from './double.ts';
import { double, joined, type LayerCase, modelOf } from './layer-gradients.ts';

/** Largest difference relative to the output's size; null where the batch is not divided. */
export type Difference = number | null;

type Values = ReadonlyMap<string, DoubleTensor>;

/** A share of the samples, which are the first axis. */
function shareOf({ data, shape, dtype }: DoubleTensor, index: number, count: number): DoubleTensor {
  const length = data.length / count;
  return { data: data.slice(index * length, (index + 1) * length), shape: [shape[0] / count, ...shape.slice(1)], dtype };
}

/** The greatest difference of any output. */
export function differenceOfParts(program: Program, count: number, isDivided: (name: string) => boolean, values: Values): Difference {
  const parts = splitBatch(program, count, isDivided);
  if (!parts) return null;
  const sums = new Map<string, DoubleTensor>();
  for (let index = 0; index < count; index++) {
    const own = new Map([...values].map(([name, value]) => [name, parts.divided.has(name) ? shareOf(value, index, count) : value]));
    for (const [name, value] of runInDouble(parts.part, own)) {
      const before = sums.get(name);
      sums.set(name, before ? { ...value, data: value.data.map((each, at) => each + before.data[at]) } : value);
    }
  }
  const found = new Map([...sums, ...(parts.after ? runInDouble(parts.after, new Map([...values, ...sums])) : [])]);
  let difference = 0;
  for (const [name, { data: wanted }] of runInDouble(program, values)) {
    const { data } = found.get(name)!;
    const size = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
    wanted.forEach((value, at) => {
      const off = Math.abs(value - data[at]) / size;
      if (!(off <= difference)) difference = Number.isNaN(off) && Number.isNaN(value) ? difference : off;
    });
  }
  return difference;
}

/** Of a job's first step, divided into so many parts. */
export async function differenceOfStep(job: TrainJob, batchSize: number, count: number): Promise<Difference> {
  let difference: Difference = null;
  const backend: Backend = {
    name: 'reference',
    version: '',
    threads: 1,
    compile: async (whole, held = new Set()) => ({
      run: async (inputs) => {
        const program = isSplittable(whole, held) ? splitSweeps(shareEqual(dropCopies(whole)), held).program : whole;
        const isDivided = (name: string) => !held.has(name) && whole.inputs.get(name)!.shape[0] === batchSize;
        difference = differenceOfParts(program, count, isDivided, new Map([...inputs].map(([name, value]) => [name, double(value)])));
        return new Map([['loss', { data: Float32Array.of(Number.NaN), shape: [], dtype: 'float32' }]]);
      },
      release: async () => {},
    }),
  };
  const session = openSession(job, backend);
  try {
    await session.step(sliceBatch(job.data.train, 0, batchSize), 1, 0.1).catch(() => {});
  } finally {
    await session.dispose();
  }
  return difference;
}

const layerBatch = 4;

/** Of a layer's gradient of the squares of what it gives. */
export function differenceOfLayer(layer: LayerCase, seed: number, count: number, training = layer.training ?? true): Difference {
  const model = buildModel(modelOf(layer), seed);
  try {
    const variables = model.weights.map(({ name, variable }) => ({ name, variable }));
    const trained = model.weights.filter(({ trainable }) => trainable);
    const inputs = new Map([['x', { shape: [layerBatch, ...model.inputShape], dtype: 'float32' as const }]]);
    const program = trace({ inputs, variables }, (given) => {
      const sum = () => {
        const { outputs, penalties } = model.forward(given.get('x')!, training);
        return penalties.reduce((total: tf.Tensor, penalty) => tf.add(total, penalty), tf.sum(tf.square(joined(outputs)))) as tf.Scalar;
      };
      if (trained.length === 0) return new Map([['sum', sum()]]);
      const { value, grads } = tf.variableGrads(
        sum,
        trained.map(({ variable }) => variable),
      );
      const found = trained.flatMap(({ name, variable }): [string, tf.Tensor][] =>
        grads[variable.name] ? [[`gradient ${name}`, grads[variable.name]]] : [],
      );
      return new Map([...found, ['sum', value]]);
    });
    const values = new Map<string, DoubleTensor>();
    for (const [name, { shape, dtype }] of program.inputs) {
      const stream = randomStream(seed, 'parts', name);
      const draw = () => (layer.ids && name === 'x' ? Math.floor(stream.uniform() * layer.ids) : stream.uniform() + 0.1);
      values.set(name, { data: Float64Array.from({ length: sizeOf(shape) }, draw), shape, dtype });
    }
    for (const { name, shape, distribution } of program.random) {
      const data = new Float32Array(sizeOf(shape));
      fillRandom(data, distribution, randomStream(seed, 'random', name));
      values.set(name, { data: Float64Array.from(data), shape, dtype: 'float32' });
    }
    const kept = new Set(variables.map(({ name }) => name));
    return differenceOfParts(program, count, (name) => !kept.has(name) && program.inputs.get(name)!.shape[0] === layerBatch, values);
  } finally {
    model.dispose();
  }
}
