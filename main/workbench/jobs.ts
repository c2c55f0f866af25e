/** Work that takes a while: it says how far it is, lets others in between, and can be ended. */
import { setImmediate } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { Emit } from '#contract/events.ts';

export interface Job {
  /** Aborted where the job is to end, for work that does not tell of progress. */
  readonly signal: AbortSignal;
  /** Tells of progress. Throws `job.cancelled` once the job is to end. */
  tell(done: number, total?: number, item?: string): void;
  /** Lets other calls have a turn, at most every few milliseconds. */
  breathe(): Promise<void>;
  /** Both. */
  step(done: number, total?: number, item?: string): Promise<void>;
}

export interface Jobs {
  /** `name` is the caller's; without one nobody hears of it, and nothing ends it. */
  run<T>(name: string | undefined, work: (job: Job) => Promise<T>): Promise<T>;
  /** Does nothing where there is no such job (any more). */
  cancel(name: string): void;
}

/** Between two reports. */
const reportMs = 50;
/** Between two turns for others. */
const breathMs = 12;

export function createJobs(emit: Emit): Jobs {
  const running = new Map<string, AbortController>();
  return {
    async run(name, work) {
      const abort = new AbortController();
      if (name !== undefined) running.set(name, abort);
      let reported = 0;
      let breathed = performance.now();
      const tell: Job['tell'] = (done, total, item) => {
        if (name === undefined) return;
        if (abort.signal.aborted) throw new EpochbookError('job.cancelled');
        const now = performance.now();
        if (now - reported < reportMs && done !== total) return;
        reported = now;
        emit('job.progressed', { job: name, done, ...(total !== undefined && { total }), ...(item !== undefined && { item }) });
      };
      const breathe: Job['breathe'] = async () => {
        if (performance.now() - breathed < breathMs) return;
        await setImmediate();
        breathed = performance.now();
      };
      try {
        return await work({
          signal: abort.signal,
          tell,
          breathe,
          async step(done, total, item) {
            tell(done, total, item);
            await breathe();
          },
        });
      } finally {
        if (name !== undefined) running.delete(name);
      }
    },
    cancel: (name) => running.get(name)?.abort(),
  };
}
