/** How long a run has been going and how long it still will: from the epochs that are done, at first from the steps. */
import type { EpochRow } from '#contract/runs.ts';

export interface Forecast {
  progressed(at: { phase: string; epoch: number; step: number; steps: number }): { elapsedMs: number; remainingMs?: number };
  epochEnded(row: EpochRow): void;
  pause(): void;
  resume(): void;
}

/** Epochs looked back on: a laptop slows down and speeds up again. */
const recentCount = 5;
/** Steps before the first epoch's time can be foreseen. */
const fewestSteps = 5;

export function createForecast(plannedEpochs: number, doneBefore = 0, clock: () => number = () => performance.now()): Forecast {
  const began = clock();
  const recent: number[] = [];
  let pausedMs = 0;
  let pausedAt: number | undefined;
  let epochBegan: number | undefined;
  let done = doneBefore;

  /** Pauses left out. */
  const elapsed = () => (pausedAt ?? clock()) - began - pausedMs;

  function remaining(at: { phase: string; epoch: number; step: number; steps: number }): number | undefined {
    if (epochBegan === undefined) return undefined;
    const inEpoch = elapsed() - epochBegan;
    if (recent.length > 0) {
      const mean = recent.reduce((sum, value) => sum + value, 0) / recent.length;
      return Math.max(0, mean * (plannedEpochs - done) - inEpoch);
    }
    if (at.phase !== 'training' || at.step < fewestSteps) return undefined;
    return Math.max(0, (inEpoch / at.step) * at.steps * (plannedEpochs - done) - inEpoch);
  }

  return {
    progressed(at) {
      if (at.phase === 'training' || at.phase === 'validating') epochBegan ??= elapsed();
      const remainingMs = remaining(at);
      return { elapsedMs: elapsed(), ...(remainingMs !== undefined && { remainingMs }) };
    },
    epochEnded(row) {
      recent.push(row.elapsedMs);
      if (recent.length > recentCount) recent.shift();
      done = row.epoch;
      epochBegan = elapsed();
    },
    pause() {
      pausedAt ??= clock();
    },
    resume() {
      if (pausedAt !== undefined) pausedMs += clock() - pausedAt;
      pausedAt = undefined;
    },
  };
}
