/** Messages between the core and a trainer process. One process does one task at a time. */
import type { PlainError } from '#contract/errors.ts';
import type { LookBatch } from '#contract/look.ts';
import type { LookAnswer, LookAsk } from '#data/look/look.ts';
import type { DataPreview, Estimate, ModelTable } from '#contract/notebook.ts';
import type { Observation } from '#contract/observations.ts';
import type { Saved } from './checkpoint-files.ts';
import type { BackendInfo, BestEpoch, EndReason, EpochRow, Exported, ExportFormat, RunSummary } from '#contract/runs.ts';
import type { Evaluation, PartName, PredictedRow, PredictionFormat, Predictions } from '#contract/predictions.ts';
import type { DataSpec, ModelSpec, Spec, TrainSpec } from '#contract/spec.ts';
import type { Given } from '#data/given-source.ts';

/** Where relative paths in a data spec start, and the folder they may not leave. Absolute. */
export interface Folders {
  readonly notebook: string;
  readonly workspace: string;
}

/** The checkpoint that training goes on from. */
export interface From {
  readonly file: string;
  /** The settings until there, where they may be others from there on. */
  readonly fork?: TrainSpec;
}

/** A run's model as one of its checkpoints has it. What its data was prepared with lies beside the checkpoint. */
export interface UsedModel {
  readonly name: string;
  readonly spec: Spec;
  readonly folders: Folders;
  readonly backend: string;
  readonly threads: number;
  readonly checkpointFile: string;
  /** Of the data it was trained on. */
  readonly dataHash: string;
}

export type Task =
  /** Reads the data; builds the model on it if there is one; checks that the training fits both if there is one. */
  | { type: 'inspect'; data: DataSpec; model?: ModelSpec; train?: TrainSpec; folders: Folders }
  | { type: 'estimate'; spec: Spec; folders: Folders; threads: number }
  | {
      type: 'train';
      spec: Spec;
      folders: Folders;
      backend: string;
      /** Trained with this where the backend does not work here. */
      otherwise?: string | undefined;
      threads: number;
      checkpointFolder: string;
      /** What the data must be, where a run goes on or is trained again. */
      dataHash?: string | undefined;
      from?: From | undefined;
    }
  | {
      type: 'export';
      spec: Spec;
      folders: Folders;
      format: ExportFormat;
      checkpointFile: string;
      folder: string;
      /** Written into the model's file: where it comes from, and how good it was. The data must still be the run's. */
      run: Pick<RunSummary, 'id' | 'name' | 'backend' | 'dataHash'> & { metrics: EpochRow['metrics'] };
    }
  /** On given files, else on parts of the run's own data. `recorded`: the validation part's values after this epoch. */
  | {
      type: 'evaluate';
      model: UsedModel;
      parts?: PartName | 'all' | undefined;
      given?: Given | undefined;
      recorded?: EpochRow['metrics'] | undefined;
    }
  | {
      type: 'predict';
      model: UsedModel;
      given: Given;
      /** Absolute. */
      out?: { file: string; format: PredictionFormat } | undefined;
      /** How many of the rows the answer holds. */
      rows: number;
      /** Whether all rows are told as they are made. */
      tells: boolean;
    }
  /** What the model gets in a step of an epoch, both from 1. */
  | {
      type: 'batch';
      data: DataSpec;
      train: Pick<TrainSpec, 'shuffle' | 'seed' | 'batchSize'>;
      epoch: number;
      step: number;
      folders: Folders;
    }
  /** A closer look at data: rows, columns, pictures. */
  | { type: 'look'; question: LookAsk }
  /** Tells which backends load here. */
  | { type: 'backends'; measure: boolean };

/** What `inspect` answers; an error about the model or the training leaves the data's preview. */
export interface Inspection {
  readonly data: DataPreview;
  readonly model?: ModelTable;
  readonly modelError?: PlainError;
  readonly trainError?: PlainError;
  /** What training is foreseen to take. */
  readonly memoryBytes?: number;
}

export type ToTrainer = { type: 'task'; id: number; task: Task } | { type: 'pause' } | { type: 'resume' } | { type: 'stop' };

export type FromTrainer =
  | { type: 'ready' }
  | { type: 'failed'; id: number; error: PlainError }
  | { type: 'inspected'; id: number; inspection: Inspection }
  /** The share of the data that is read, where reading it takes long. */
  | { type: 'readProgressed'; id: number; share: number }
  | { type: 'estimated'; id: number; estimate: Estimate }
  | { type: 'exported'; id: number; exported: Exported }
  | { type: 'listed'; id: number; backends: BackendInfo[] }
  | { type: 'evaluated'; id: number; evaluation: Omit<Evaluation, 'runId' | 'name'> }
  | { type: 'predicted'; id: number; predictions: Omit<Predictions, 'runId' | 'name'> }
  | { type: 'usedProgressed'; id: number; done: number; total?: number; item: string }
  | ({ type: 'predictedRows'; id: number; rows: PredictedRow[] } & Pick<Predictions, 'unit' | 'outputs'>)
  | { type: 'batched'; id: number; batch: LookBatch }
  | { type: 'looked'; id: number; answer: LookAnswer }
  /** The share of a table that is copied; undefined where it cannot be told. */
  | { type: 'lookProgressed'; id: number; share?: number | undefined }
  | {
      type: 'started';
      id: number;
      parameters: number;
      samples: { train: number; validation: number };
      steps: number;
      dataHash: string;
      backend: string;
      backendVersion: string;
      /** Why it is not the one that was asked for. */
      fallback?: PlainError;
    }
  | {
      type: 'progressed';
      id: number;
      phase: 'loading' | 'compiling' | 'searching' | 'training' | 'validating';
      epoch: number;
      step: number;
      steps: number;
    }
  /** The files are written and flushed, or gone. */
  | ({ type: 'checkpointed'; id: number } & Saved)
  | { type: 'observed'; id: number; observation: Observation }
  | { type: 'epochEnded'; id: number; row: EpochRow }
  | {
      type: 'ended';
      id: number;
      status: 'completed' | 'stopped' | 'diverged' | 'failed';
      reason: EndReason;
      epochs: number;
      best?: BestEpoch;
      error?: PlainError;
    };
