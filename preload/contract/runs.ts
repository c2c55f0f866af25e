/** Runs as they are stored, listed and compared. */
import { z } from 'zod';
import { plainError } from './errors.ts';
import { runId } from './ids.ts';
import { logTools } from './logged-run.ts';
import { json, knobValue, spec } from './spec.ts';

export const runStatus = z.enum(['queued', 'running', 'paused', 'completed', 'stopped', 'failed', 'diverged', 'interrupted']);
export type RunStatus = z.infer<typeof runStatus>;

/** Why a run ended. */
export const endReason = z.enum(['epochs', 'earlyStopping', 'timeBudget', 'user', 'pruned', 'nan', 'error', 'crash']);
export type EndReason = z.infer<typeof endReason>;

/** A metric over a run's epochs; NaN where it was never a number. Epochs count from 1. */
export const metricSummary = z.object({
  last: z.number().or(z.nan()),
  min: z.number().or(z.nan()),
  minEpoch: z.number().int(),
  max: z.number().or(z.nan()),
  maxEpoch: z.number().int(),
  /** At the run's best epoch (`RunSummary.best`); absent until that is known, or where this metric has no value there. */
  atBest: z.number().optional(),
});
export type MetricSummary = z.infer<typeof metricSummary>;

/** `epoch`: what training can go on from after that epoch. */
export const storedCheckpoint = z.object({ kind: z.enum(['last', 'best', 'epoch']), epoch: z.number().int(), bytes: z.number().int() });
export type StoredCheckpoint = z.infer<typeof storedCheckpoint>;

export const bestEpoch = z.object({ metric: z.string(), epoch: z.number().int(), value: z.number() });
export type BestEpoch = z.infer<typeof bestEpoch>;

export const originKind = z.enum(['fork', 'reproduction']);
export type OriginKind = z.infer<typeof originKind>;

export const runSummary = z.object({
  id: runId,
  name: z.string(),
  /** Path of the notebook in the workspace. */
  notebook: z.string(),
  /** Id of its train cell, where it is known. */
  cell: z.string().optional(),
  status: runStatus,
  reason: endReason.optional(),
  error: plainError.optional(),
  /** Milliseconds since 1970, UTC. */
  startedAt: z.number().int(),
  endedAt: z.number().int().optional(),
  elapsedMs: z.number(),
  /** Epochs done, and foreseen. */
  epochs: z.number().int(),
  plannedEpochs: z.number().int(),
  backend: z.string(),
  threads: z.number().int(),
  seed: z.number().int(),
  params: z.record(z.string(), knobValue),
  tags: z.array(z.string()),
  note: z.string(),
  dataHash: z.string(),
  samples: z.object({ train: z.number().int(), validation: z.number().int() }),
  parameters: z.number().int(),
  metrics: z.record(z.string(), metricSummary),
  best: bestEpoch.optional(),
  /** Number of its colour in the palette: the same for life unless the user chooses another. */
  color: z.number().int(),
  /** When it was put out of the way. */
  archivedAt: z.number().int().optional(),
  /** Whether others show their distance to it; one run at most. */
  baseline: z.boolean().optional(),
  deletedAt: z.number().int().optional(),
  /** The run that this one goes on from after `epoch`, with other settings (a fork), or trains again (a reproduction). */
  origin: z.object({ kind: originKind, runId, name: z.string(), epoch: z.number().int() }).optional(),
  /** The search that this run is a trial of. */
  sweep: z.object({ id: z.string(), name: z.string(), trial: z.number().int() }).optional(),
  /**
   * Of a run that another tool logged: which, and the file or folder it was read from. Such a run has no notebook, seed,
   * threads, data or model (empty or 0), and its epochs are the tool's own steps, which may begin at 0.
   */
  imported: z.object({ tool: z.enum(logTools), path: z.string() }).optional(),
});
export type RunSummary = z.infer<typeof runSummary>;

/** One stored epoch. */
export const epochRow = z.object({
  epoch: z.number().int(),
  /** This epoch's own time, training and validation. */
  elapsedMs: z.number(),
  /** Of the epoch's last step; NaN where it is not known. */
  learningRate: z.number().or(z.nan()),
  samples: z.number().int(),
  steps: z.number().int(),
  /** Time of each phase of the epoch. */
  phasesMs: z.object({ data: z.number(), steps: z.number(), validation: z.number() }),
  /** Of the process that trains, at the epoch's end: what it holds in memory. Absent in runs of before. */
  memoryBytes: z.number().optional(),
  metrics: z.record(z.string(), z.number().or(z.nan())),
});
export type EpochRow = z.infer<typeof epochRow>;

export const environment = z.object({
  epochbook: z.string(),
  node: z.string(),
  electron: z.string().optional(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.number().int(),
  backendVersion: z.string(),
  /** Why the run was not trained on the graphics processor, where that was wanted. */
  fallback: plainError.optional(),
});
export type Environment = z.infer<typeof environment>;

export const runDetail = runSummary.extend({
  /** An imported run has none. */
  spec: spec.optional(),
  /** The notebook's text as it was. */
  source: z.string(),
  /** An imported run has none. */
  environment: environment.optional(),
  epochRows: z.array(epochRow),
  checkpoints: z.array(storedCheckpoint),
});
export type RunDetail = z.infer<typeof runDetail>;

/** Values of one metric over runs that differ only by their seed; `n` counts those that are numbers. */
const spread = z.object({ n: z.number().int(), mean: z.number().or(z.nan()), deviation: z.number().or(z.nan()) });

/** A group's difference from the first, by Welch's t-test; `adjustedP` after Holm, over the groups of the metric. */
const noiseTest = z.object({
  t: z.number(),
  degreesOfFreedom: z.number(),
  p: z.number(),
  adjustedP: z.number(),
});

/** Whether differences are beyond the noise of seeds. Only where some of the runs were repeated with another seed. */
export const seedNoise = z.object({
  /** What is the same but for the seed: the compared runs of the group, by index, and all repeats of them in the store. */
  groups: z.array(z.object({ compared: z.array(z.number().int()), runIds: z.array(runId) })),
  metrics: z.array(
    z.object({
      metric: z.string(),
      at: z.enum(['best', 'last']),
      groups: z.array(spread),
      /** By group; null for the first and where there is nothing to test with. */
      tests: z.array(noiseTest.nullable()),
    }),
  ),
});
export type SeedNoise = z.infer<typeof seedNoise>;

/** How a run that was trained again compares with the first time. */
export const reproduction = z.object({
  /** Epochs that were compared. */
  epochs: z.number().int(),
  /** Whether there is nothing left to compare; then, without a difference, the two are identical, weights included. */
  complete: z.boolean(),
  /** The first, in a metric, the learning rate or a weight. */
  difference: z
    .object({ epoch: z.number().int(), quantity: z.string(), original: z.number().or(z.nan()), again: z.number().or(z.nan()) })
    .optional(),
});
export type Reproduction = z.infer<typeof reproduction>;

const rowList = z.array(z.number().int().nonnegative());

/** What a run was trained on, and what became of it since. */
export const runData = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number().int(),
      /** SHA-256; of a folder, over the names and bytes of all files below it. */
      hash: z.string(),
      state: z.enum(['same', 'changed', 'missing']),
    }),
  ),
  /** Rows of the source in each part, from 0, in ascending order; where asked for. */
  rows: z.object({ train: rowList, validation: rowList.optional(), test: rowList.optional() }).partial().optional(),
});
export type RunData = z.infer<typeof runData>;

export const comparison = z.object({
  runs: z.array(runSummary),
  /** Only the params that differ; null where a run lacks it. */
  params: z.record(z.string(), z.array(knobValue.nullable())),
  metrics: z.record(z.string(), z.array(metricSummary.nullable())),
  /** Everything else in the spec that differs, by its path, e.g. `train.optimizer.config.learningRate`. */
  settings: z.array(z.object({ path: z.string(), values: z.array(json.optional()) })),
  /** Number of settings that are equal in all of them. */
  equalSettings: z.number().int(),
  noise: seedNoise.optional(),
});
export type Comparison = z.infer<typeof comparison>;

export const backendInfo = z.object({
  name: z.string(),
  available: z.boolean(),
  /** Of the library that runs it; empty where it is not available. */
  version: z.string(),
  /** Why it is not available, in the library's own words. */
  detail: z.string().optional(),
  /** Of one small training job, the same everywhere; only where it was asked for. */
  samplesPerSecond: z.number().optional(),
});
export type BackendInfo = z.infer<typeof backendInfo>;

export const exportFormat = z.enum(['tfjs', 'onnx']);
export type ExportFormat = z.infer<typeof exportFormat>;

export const exported = z.object({
  folder: z.string(),
  files: z.array(z.string()),
  bytes: z.number().int(),
  /** Loaded again with the format's own library, and compared on `samples` real samples. */
  verified: z.boolean(),
  samples: z.number().int(),
  maxAbsoluteDifference: z.number(),
});
export type Exported = z.infer<typeof exported>;

/** What reading another tool's logs did to a run: it is new, has new values, is as it was, or lies in the bin. */
export const importChange = z.enum(['imported', 'updated', 'unchanged', 'binned']);
export type ImportChange = z.infer<typeof importChange>;

export const importedRuns = z.object({
  runs: z.array(z.object({ runId, name: z.string(), tool: z.enum(logTools), path: z.string(), change: importChange })),
  /** Values read. */
  scalars: z.number().int(),
  /** What could not be read, or not as it was. */
  findings: z.array(plainError),
});
export type ImportedRuns = z.infer<typeof importedRuns>;

export const foundLogs = z.object({
  runs: z.array(z.object({ name: z.string(), tool: z.enum(logTools), path: z.string(), scalars: z.number().int() })),
  findings: z.array(plainError),
});
export type FoundLogs = z.infer<typeof foundLogs>;

/** What runs' params and values are written as. */
export const runsFormat = z.enum(['tensorboard', 'mlflow', 'csv', 'parquet', 'json']);
export type RunsFormat = z.infer<typeof runsFormat>;

export const exportedRuns = z.object({
  folder: z.string(),
  /** Paths in the folder, with forward slashes. */
  files: z.array(z.string()),
  bytes: z.number().int(),
  runs: z.number().int(),
  scalars: z.number().int(),
});
export type ExportedRuns = z.infer<typeof exportedRuns>;
