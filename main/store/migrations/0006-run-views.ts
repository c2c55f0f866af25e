import type { Migration } from './migration.ts';

/**
 * Views of the table of runs; and by metric its value at the run's best epoch, which is known when the run has ended.
 */
export const runViews: Migration = {
  version: 6,
  sql: `
CREATE TABLE run_views (name TEXT PRIMARY KEY, layout TEXT NOT NULL) STRICT, WITHOUT ROWID;
ALTER TABLE metric_summaries ADD COLUMN at_best REAL;
UPDATE metric_summaries SET at_best = (
  SELECT value FROM metric_values JOIN runs ON runs.number = metric_values.run AND runs.best_epoch = metric_values.epoch
  WHERE metric_values.run = metric_summaries.run AND metric_values.metric = metric_summaries.metric
);
`,
};
