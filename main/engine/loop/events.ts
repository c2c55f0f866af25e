/** What training takes and what it tells: plain data in and out. */
import type { PlainError } from '#contract/errors.ts';
import type { BestEpoch, EndReason, EpochRow } from '#contract/runs.ts';
import type { Dataset } from '#contract/samples.ts';
import type { ModelSpec, TrainSpec } from '#contract/spec.ts';
import type { Checkpoint } from './checkpoint.ts';

export interface TrainJob {
  /** Completed: input shape and units are in it (see model/complete.ts). */
  readonly model: ModelSpec;
  readonly train: TrainSpec;
  readonly data: Dataset;
  /** Goes on from here, to the bits of an undisturbed run. */
  readonly from?: Checkpoint;
}

export type TrainEvent =
  | { type: 'started'; parameters: number; samples: { train: number; validation: number }; steps: number; compileMs: number }
  | { type: 'progressed'; phase: 'compiling' | 'training' | 'validating'; epoch: number; step: number; steps: number }
  /** `last` after every epoch; `best` where the monitored metric improved. Emitted before its epoch's `epochEnded`. */
  | { type: 'checkpoint'; kind: 'last' | 'best'; checkpoint: Checkpoint }
  | { type: 'epochEnded'; row: EpochRow }
  | {
      type: 'ended';
      status: 'completed' | 'stopped' | 'diverged' | 'failed';
      reason: EndReason;
      epochs: number;
      best?: BestEpoch;
      error?: PlainError;
    };
