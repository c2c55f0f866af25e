/**
 * tfjs' plain backend in double precision, for central differences: every array of 32-bit floats that this thread makes
 * has 64 bits, from before tfjs is loaded. Nothing native runs here.
 */
import { parentPort } from 'node:worker_threads';
import type { DifferencesQuestion, DifferencesAnswer } from './differences.ts';

Object.assign(globalThis, { Float32Array: Float64Array });
const { tf } = await import('../tfjs.ts');
const { drawModel, drawOperation, totalOf, valuesOf } = await import('./drawn-cases.ts');
const { sliceBatch } = await import('../loop/batches.ts');
const { openSession } = await import('../loop/session.ts');
const { openReference } = await import('../backends/reference.ts');
// Node's own test of what is an array of floats knows better than the name.
tf.env().platform.isTypedArray = (value): value is Float32Array => ArrayBuffer.isView(value);

const step = 1e-5;
/** Where the slopes to both sides differ by more there is a kink, and no gradient to compare with. */
const kink = 1e-3;

/** Undefined at a kink. */
function slope(before: number, at: number, after: number): number | undefined {
  const [left, right] = [(at - before) / step, (after - at) / step];
  return Math.abs(left - right) > kink * Math.max(1, Math.abs(left)) ? undefined : (after - before) / (2 * step);
}

function ofOperation({ seed, places }: DifferencesQuestion): DifferencesAnswer {
  const drawn = drawOperation(seed);
  const total = totalOf(drawn, seed);
  const inputs = drawn.shapes.map((shape, index) =>
    Float64Array.from(
      valuesOf(
        drawn.values,
        shape.reduce((size, length) => size * length, 1),
        seed + index,
      ),
    ),
  );
  const at = (): number =>
    tf.tidy(
      () =>
        total(
          ...inputs.map((values, index) => tf.tensor(values as unknown as Float32Array, [...drawn.shapes[index]], 'float32')),
        ).dataSync()[0],
    );
  const base = at();
  return places.map(([input, index]) => {
    const values = inputs[Number(input)];
    const kept = values[index];
    values[index] = kept - step;
    const before = at();
    values[index] = kept + step;
    const after = at();
    values[index] = kept;
    return slope(before, base, after);
  });
}

async function ofModel({ seed, places }: DifferencesQuestion): Promise<DifferencesAnswer> {
  const { job } = drawModel(seed);
  const session = openSession(job, openReference());
  const { count } = job.data.train;
  const batch = sliceBatch(job.data.train, 0, count);
  const start = new Map(session.weights());
  const at = async (name: string, index: number, by: number): Promise<number> => {
    const changed = start.get(name)!;
    const values = changed.values.slice();
    values[index] += by;
    session.setWeights(new Map(start).set(name, { shape: changed.shape, values }));
    return (await session.step(batch, 1, 0)).get('loss')![0] / count;
  };
  const [first] = start.keys();
  const base = await at(first, 0, 0);
  const found: (number | undefined)[] = [];
  for (const [name, index] of places) found.push(slope(await at(name, index, -step), base, await at(name, index, step)));
  await session.dispose();
  return found;
}

async function answer(question: DifferencesQuestion): Promise<DifferencesAnswer | string> {
  try {
    return question.kind === 'operation' ? ofOperation(question) : await ofModel(question);
  } catch (error) {
    return String(error instanceof Error ? error.stack : error);
  }
}

parentPort!.on('message', (question: DifferencesQuestion) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void answer(question).then((answered) => parentPort!.postMessage(answered));
});
