/** Ctrl+C, a closed terminal, a polite kill, and a reader of standard output that went away. */
import { exitCodes } from './failure.ts';

/** A terminal, npm and our own starter may each pass on one press of Ctrl+C: so close together they count as one. */
const samePressMs = 500;

export interface Interruption {
  readonly signal: AbortSignal;
  /** No longer listens. */
  end(): void;
}

/** The first time it aborts; the second time the process ends at once, and so do its trainer processes. */
export function watchInterruption(): Interruption {
  const abort = new AbortController();
  let firstAt = 0;
  const interrupt = () => {
    if (!abort.signal.aborted) {
      firstAt = performance.now();
      abort.abort();
    } else if (performance.now() - firstAt > samePressMs) process.exit(exitCodes.interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const onPipe = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    abort.abort();
  };
  process.stdout.on('error', onPipe);
  return {
    signal: abort.signal,
    end() {
      for (const signal of signals) process.off(signal, interrupt);
    },
  };
}
