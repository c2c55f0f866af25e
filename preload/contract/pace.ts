/** Where a run's time and memory went, for the core and the page. */
import type { EpochRow } from './runs.ts';

export interface Pace {
  /** Of training alone, over all epochs. */
  readonly samplesPerSecond: number;
  /** Milliseconds of all epochs: preparing batches, steps, evaluation, and what is left. */
  readonly dataMs: number;
  readonly stepsMs: number;
  readonly evaluationMs: number;
  readonly otherMs: number;
  /** The most that the training process held at an epoch's end; undefined where it was not measured. */
  readonly memoryBytes: number | undefined;
}

/** Undefined where no time was measured. */
export function paceOf(rows: readonly EpochRow[]): Pace | undefined {
  const total = (of: (row: EpochRow) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  const dataMs = total(({ phasesMs }) => phasesMs.data);
  const stepsMs = total(({ phasesMs }) => phasesMs.steps);
  const evaluationMs = total(({ phasesMs }) => phasesMs.validation);
  if (stepsMs <= 0) return undefined;
  const memory = rows.flatMap(({ memoryBytes }) => (memoryBytes === undefined ? [] : [memoryBytes]));
  return {
    samplesPerSecond: (1000 * total(({ samples }) => samples)) / (dataMs + stepsMs),
    dataMs,
    stepsMs,
    evaluationMs,
    otherMs: Math.max(0, total(({ elapsedMs }) => elapsedMs) - dataMs - stepsMs - evaluationMs),
    memoryBytes: memory.length > 0 ? Math.max(...memory) : undefined,
  };
}
