/** A thread that computes its part of a batch, again and again, when it is asked to. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { parentPort, workerData } from 'node:worker_threads';
import { toPlainError } from '#contract/errors.ts';
import type { Port } from '../compile/lower.ts';
import { sizeOf } from '../compile/graph.ts';
import { loadNativeRuntime } from './native-runtime.ts';
import { arrayTypes, countersIn, places, viewsIn } from './part-memory.ts';
import { discard } from './runtime.ts';

export interface PartJob {
  readonly bytes: Uint8Array;
  readonly options: InferenceSession.SessionOptions;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly memory: SharedArrayBuffer;
}

const { bytes, options, inputs, outputs, memory } = workerData as PartJob;
const port = parentPort!;
const counters = countersIn(memory);
const views = viewsIn(memory, [...inputs, ...outputs]);

function tell(done: number): void {
  Atomics.store(counters, places.done, done);
  Atomics.notify(counters, places.done);
}

async function work(): Promise<void> {
  const runtime = await loadNativeRuntime();
  const session = await runtime.InferenceSession.create(bytes, options);
  // ONNX Runtime takes no memory that is shared.
  const own = inputs.map(({ dtype, shape }) => new runtime.Tensor(dtype, new arrayTypes[dtype](sizeOf(shape)), shape));
  const feeds: Record<string, Tensor> = Object.fromEntries(inputs.map(({ onnxName }, index) => [onnxName, own[index]]));
  for (let done = 0; ; done++) {
    Atomics.wait(counters, places.asked, done);
    if (Atomics.load(counters, places.asked) < 0) break;
    own.forEach(({ data }, index) => (data as Float32Array).set(views[index]));
    const results = await session.run(feeds);
    outputs.forEach(({ onnxName }, index) => {
      views[inputs.length + index].set(results[onnxName].data as Float32Array);
      discard(results[onnxName]);
    });
    tell(done + 1);
  }
  await session.release();
}

work().catch((error: unknown) => {
  port.postMessage(toPlainError(error));
  tell(-1);
});
