import type { Migration } from './migration.ts';

/** Searches over knobs, whose trials are runs; and runs that such a search gave up. */
export const sweeps: Migration = {
  version: 11,
  sql: `
CREATE TABLE sweeps (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  notebook TEXT NOT NULL,
  cell TEXT,
  source TEXT NOT NULL,
  settings TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'stopped', 'failed', 'interrupted')),
  reason TEXT CHECK (reason IN ('trials', 'exhausted', 'budget', 'user', 'error')),
  error TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  owner TEXT NOT NULL
) STRICT;
ALTER TABLE runs ADD COLUMN sweep INTEGER REFERENCES sweeps (number) ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN trial INTEGER;
CREATE UNIQUE INDEX trials ON runs (sweep, trial) WHERE sweep IS NOT NULL;
ALTER TABLE runs ADD COLUMN end_reason TEXT CHECK (end_reason IN ('epochs', 'earlyStopping', 'timeBudget', 'user', 'pruned', 'nan', 'error', 'crash'));
UPDATE runs SET end_reason = reason;
ALTER TABLE runs DROP COLUMN reason;
ALTER TABLE runs RENAME COLUMN end_reason TO reason;
`,
};
