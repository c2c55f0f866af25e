/** What training takes and what it tells: plain data in and out. */
import type { PlainError } from '#contract/errors.ts';
import type { Observation } from '#contract/observations.ts';
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

/**
 * `last` after every epoch; `best`, without what is needed to go on, where the monitored metric improved; both before
 * their epoch's `epochEnded`. `trained` comes before the run's last `last` where the model's final weights are not those
 * that training would go on from. `within` in a long epoch, and where a run is stopped.
 */
export type CheckpointKind = 'last' | 'best' | 'trained' | 'within';

export type TrainEvent =
  | { type: 'started'; parameters: number; samples: { train: number; validation: number }; steps: number; compileMs: number }
  | { type: 'progressed'; phase: 'compiling' | 'searching' | 'training' | 'validating'; epoch: number; step: number; steps: number }
  | { type: 'checkpoint'; kind: CheckpointKind; checkpoint: Checkpoint }
  /** Emitted before its epoch's checkpoints and `epochEnded`. */
  | { type: 'observed'; observation: Observation }
  | { type: 'epochEnded'; row: EpochRow }
  | {
      type: 'ended';
      status: 'completed' | 'stopped' | 'diverged' | 'failed';
      reason: EndReason;
      epochs: number;
      best?: BestEpoch;
      error?: PlainError;
    };
