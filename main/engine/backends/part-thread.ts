/** A thread that computes a part of each batch, as whoever asks it sees it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { EpochbookError, fromPlainError, type PlainError } from '#contract/errors.ts';
import type { Values } from '../compile/graph.ts';
import { countersIn, memoryFor, places, viewsIn } from './part-memory.ts';
import type { PartJob } from './part-worker.ts';

/** The entry beside this file as a source, or beside or above the bundle that this file went into. */
export function threadEntry(): string | undefined {
  const names = ['./part-worker.ts', './batch-part.cjs', '../batch-part.cjs'];
  return names.map((name) => fileURLToPath(new URL(name, import.meta.url))).find((file) => existsSync(file));
}

export interface PartThread {
  /** Values of the inputs, to be given before each run. */
  readonly inputs: readonly Values[];
  readonly ask: () => void;
  /** Values of the outputs once the run that was asked for is done; valid until the next. */
  readonly answer: () => Promise<readonly Values[]>;
  readonly close: () => Promise<void>;
}

/** Its values lie outside of its heap: what each step leaves there need not pile up. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };
/** How long to wait for a thread before looking whether it is still there. */
const patienceMs = 1000;

export function openThread(job: Omit<PartJob, 'memory'>): PartThread {
  const ports = [...job.inputs, ...job.outputs];
  const memory = memoryFor(ports);
  const counters = countersIn(memory);
  const views = viewsIn(memory, ports);
  const worker = new Worker(threadEntry()!, { workerData: { ...job, memory } satisfies PartJob, resourceLimits });
  worker.unref();
  let failure: Error | undefined;
  const fail = (error: Error) => (failure ??= error);
  worker.on('message', (error: PlainError) => fail(fromPlainError(error)));
  worker.on('error', fail);
  worker.on('exit', () => fail(new EpochbookError('internal', { detail: 'a thread that computes part of a batch ended' })));
  let asked = 0;
  const put = (value: number) => {
    Atomics.store(counters, places.asked, value);
    Atomics.notify(counters, places.asked);
  };
  return {
    inputs: views.slice(0, job.inputs.length),
    ask: () => put((asked += 1)),
    async answer() {
      for (;;) {
        const done = Atomics.load(counters, places.done);
        if (done === asked) return views.slice(job.inputs.length);
        // Its last word, or that it ended, comes as an event.
        if (done < 0 || Atomics.wait(counters, places.done, done, patienceMs) === 'timed-out') await new Promise(setImmediate);
        if (failure) throw failure;
      }
    },
    async close() {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      if (failure) return;
      worker.ref();
      put(-1);
      await ended;
    },
  };
}
