import type { LogTool } from '#contract/logged-run.ts';
import type { RunsFormat } from '#contract/runs.ts';

/** Names that are the same in every language. */
export const toolNames: Readonly<Record<LogTool | RunsFormat, string>> = {
  tensorboard: 'TensorBoard',
  mlflow: 'MLflow',
  wandb: 'W&B',
  aim: 'Aim',
  csv: 'CSV',
  parquet: 'Parquet',
  json: 'JSON',
};
