import type { Migration } from './migration.ts';

/**
 * What is seen of a run beside its metrics, as JSON with what JSON lacks (`toWire`), and the memory of the process that
 * trained it. Apart from epochs, because it may be told before its epoch ends. What is found before the first epoch is at 0.
 */
export const observations: Migration = {
  version: 8,
  sql: `
CREATE TABLE observations (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (run, kind, epoch)
) STRICT, WITHOUT ROWID;
ALTER TABLE epochs ADD COLUMN memory_bytes REAL;
`,
};
