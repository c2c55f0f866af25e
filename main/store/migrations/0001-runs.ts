import type { Migration } from './migration.ts';

/**
 * Runs, their epochs and metrics. A REAL column that may be NULL holds NaN as NULL (SQLite knows no NaN) and
 * infinities as themselves. `metric_summaries` follows from `metric_values` and is kept in the same transaction,
 * so that a list of runs reads one row a metric instead of every epoch.
 */
export const runs: Migration = {
  version: 1,
  sql: `
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  notebook TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'paused', 'completed', 'stopped', 'failed', 'diverged', 'interrupted')),
  reason TEXT CHECK (reason IN ('epochs', 'earlyStopping', 'user', 'nan', 'error', 'crash')),
  error TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  updated_at INTEGER NOT NULL,
  elapsed_ms REAL NOT NULL DEFAULT 0,
  epochs INTEGER NOT NULL DEFAULT 0,
  planned_epochs INTEGER NOT NULL,
  backend TEXT NOT NULL,
  threads INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  params TEXT NOT NULL,
  tags TEXT NOT NULL DEFAULT '[]',
  note TEXT NOT NULL DEFAULT '',
  data_hash TEXT NOT NULL DEFAULT '',
  train_samples INTEGER NOT NULL DEFAULT 0,
  validation_samples INTEGER NOT NULL DEFAULT 0,
  parameters INTEGER NOT NULL DEFAULT 0,
  best_metric TEXT,
  best_epoch INTEGER,
  best_value REAL,
  owner TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_host TEXT NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE INDEX runs_by_notebook ON runs (notebook);
CREATE INDEX active_runs ON runs (owner) WHERE status IN ('queued', 'running', 'paused');

-- Apart from runs, because lists never read it.
CREATE TABLE run_sources (
  run INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
  spec TEXT NOT NULL,
  source TEXT NOT NULL,
  environment TEXT NOT NULL
) STRICT;

CREATE TABLE epochs (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  elapsed_ms REAL NOT NULL,
  learning_rate REAL,
  samples INTEGER NOT NULL,
  steps INTEGER NOT NULL,
  data_ms REAL NOT NULL,
  steps_ms REAL NOT NULL,
  validation_ms REAL NOT NULL,
  PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE metric_values (
  run INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  metric INTEGER NOT NULL REFERENCES metrics (id),
  value REAL,
  PRIMARY KEY (run, epoch, metric),
  FOREIGN KEY (run, epoch) REFERENCES epochs (run, epoch) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_summaries (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  metric INTEGER NOT NULL REFERENCES metrics (id),
  last REAL,
  min REAL,
  min_epoch INTEGER NOT NULL,
  max REAL,
  max_epoch INTEGER NOT NULL,
  PRIMARY KEY (run, metric)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('last', 'best')),
  epoch INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (run, kind)
) STRICT, WITHOUT ROWID;
`,
};
