import type { Migration } from './migration.ts';

/** Runs may come from W&B and Aim, too. A column's check cannot be changed, so the column is made anew, with its index. */
export const moreTools: Migration = {
  version: 10,
  sql: `
DROP INDEX imported_runs;
ALTER TABLE runs ADD COLUMN logged_by TEXT CHECK (logged_by IN ('tensorboard', 'mlflow', 'wandb', 'aim', 'csv'));
UPDATE runs SET logged_by = import_tool WHERE import_tool IS NOT NULL;
ALTER TABLE runs DROP COLUMN import_tool;
ALTER TABLE runs RENAME COLUMN logged_by TO import_tool;
CREATE UNIQUE INDEX imported_runs ON runs (import_path, import_key, import_tool) WHERE import_path IS NOT NULL;
`,
};
