/** A run as other tools log one: what crosses between main/interchange, which knows their files, and the store. */
import type { KnobValue } from './spec.ts';

export const logTools = ['tensorboard', 'mlflow', 'wandb', 'aim', 'csv'] as const;
export type LogTool = (typeof logTools)[number];

/** One metric's values. All arrays have the same length. */
export interface LoggedSeries {
  readonly metric: string;
  /** The tool's own steps, or epochs where it logs those: whole numbers, each once, ascending. */
  readonly epochs: Float64Array;
  readonly values: Float64Array;
  /** Milliseconds since 1970, UTC; NaN where the tool keeps none. */
  readonly times: Float64Array;
}

/** What any tool's files say of a run. */
export interface WrittenRun {
  readonly name: string;
  readonly status: 'completed' | 'stopped' | 'failed';
  /** Milliseconds since 1970, UTC. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly params: Readonly<Record<string, KnobValue>>;
  readonly tags: readonly string[];
  readonly note: string;
  readonly series: readonly LoggedSeries[];
}

/** A run as it was found. */
export interface LoggedRun extends WrittenRun {
  readonly tool: LogTool;
  /** Where it is: the absolute path of a file or folder. */
  readonly path: string;
  /** Which of the runs at that path; empty where there is only one. */
  readonly key: string;
}
