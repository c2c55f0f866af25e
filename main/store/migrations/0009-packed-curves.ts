import type { Migration } from './migration.ts';

/**
 * A long run's metrics as arrays of numbers, so that a curve is one read. They follow from `metric_values` and hold while
 * the run was not written to since (`updated_at`). `epochs` is NULL where they count up by one from `first_epoch`.
 */
export const packedCurves: Migration = {
  version: 9,
  sql: `
CREATE TABLE packed_curves (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  metric INTEGER NOT NULL REFERENCES metrics (id),
  updated_at INTEGER NOT NULL,
  first_epoch INTEGER NOT NULL,
  epochs BLOB,
  numbers BLOB NOT NULL,
  PRIMARY KEY (run, metric)
) STRICT;
`,
};
