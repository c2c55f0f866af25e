/** The core's side of the sandbox: keeps a warm thread, and ends one that does not answer in time. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { EpochbookError, toPlainError } from '#contract/errors.ts';
import type { Knob } from '#contract/spec.ts';
import { startClock } from './clock.ts';
import type { CellResult, Message, Request } from './messages.ts';

export interface RunResult {
  /** In order; shorter than the cells where the sandbox was stopped. */
  readonly results: CellResult[];
  readonly knobs: Knob[];
}

/** Beyond the cells' own time: for what cannot be interrupted, before the thread is ended. With the start of a new one, within 2 s. */
const graceMs = 100;
/** However little of it was worked: nothing is known to wait for. */
const longestMs = 20_000;
/** For starting a thread on a busy machine. */
const startMs = 20_000;

let idle: Worker | undefined;

/** The entry beside this file as a source, or beside or above the bundle that this file went into. */
function entry(): string {
  const names = ['./worker.ts', './notebook-sandbox.cjs', '../notebook-sandbox.cjs'];
  const files = names.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`The notebook sandbox is missing: none of ${files.join(', ')} exists.`);
  return found;
}

function start(): Worker {
  const worker = new Worker(entry(), { resourceLimits: { maxOldGenerationSizeMb: 256 }, stdout: false, stderr: false });
  worker.unref();
  // An idle thread that ends is replaced when the next one is needed.
  worker.once('exit', () => {
    if (idle === worker) idle = undefined;
  });
  worker.on('error', () => {
    if (idle === worker) idle = undefined;
  });
  return worker;
}

/** Starts the thread, so that a first evaluation need not wait for it. */
export function warmSandbox(): void {
  idle ??= start();
}

/** Runs cells. Never hangs and never throws because of what a cell does. */
export function runInSandbox(request: Request): Promise<RunResult> {
  const worker = idle ?? start();
  idle = undefined;
  const results: CellResult[] = [];
  let knobs: Knob[] = [];
  let running = 0;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const finish = (): void => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      worker.unref();
    };
    const end = (keep: boolean): void => {
      finish();
      if (keep && !idle) idle = worker;
      else void worker.terminate();
      resolve({ results, knobs });
    };
    const stopped = (error: EpochbookError): void => {
      results.push({ index: running, found: 'undefined', error: toPlainError(error), place: { cell: running }, fatal: true });
      end(false);
    };
    /** Ends the thread when it has worked for longer than a cell may. */
    const watch = (): void => {
      const worked = startClock();
      const since = performance.now();
      const { cellMs } = request.limits;
      const look = (): void => {
        const left = cellMs + graceMs - worked();
        if (left <= 0 || performance.now() - since > Math.max(longestMs, cellMs + graceMs)) tooLong();
        else timer = setTimeout(look, Math.ceil(left));
      };
      look();
    };
    const tooLong = (): void => stopped(new EpochbookError('notebook.tooLong', { seconds: request.limits.cellMs / 1000 }));
    const onMessage = (message: Message): void => {
      switch (message.type) {
        case 'ready':
          break;
        case 'unavailable':
          unavailable(message.detail);
          break;
        case 'started':
          clearTimeout(timer);
          running = message.index;
          watch();
          break;
        case 'ended':
          results.push(message.result);
          ({ knobs } = message);
          if (message.result.fatal) end(false);
          break;
        case 'done':
          end(true);
          break;
        case 'crashed':
          stopped(crash(message.detail));
          break;
      }
    };
    const onError = (error: unknown): void => stopped(crash(error instanceof Error ? error.message : String(error)));
    const onExit = (code: number): void => stopped(crash(`exit ${code}`));
    const unavailable = (detail: string): void => {
      finish();
      void worker.terminate();
      reject(new Error(`The notebook sandbox cannot be started: ${detail}`));
    };
    timer = setTimeout(() => unavailable(`no answer within ${startMs / 1000} s`), startMs);
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(request);
  });
}

function crash(detail: string): EpochbookError {
  if (/call stack|stack overflow/i.test(detail)) return new EpochbookError('notebook.tooDeep');
  return new EpochbookError('notebook.crashed', { detail });
}
