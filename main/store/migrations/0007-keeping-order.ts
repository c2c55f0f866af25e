import type { Migration } from './migration.ts';

/** What a person does to find runs again: a colour of their own choice, out of the way, the one to measure others by. */
export const keepingOrder: Migration = {
  version: 7,
  sql: `
ALTER TABLE runs ADD COLUMN color INTEGER;
ALTER TABLE runs ADD COLUMN archived_at INTEGER;
ALTER TABLE runs ADD COLUMN is_baseline INTEGER NOT NULL DEFAULT 0 CHECK (is_baseline IN (0, 1));
CREATE UNIQUE INDEX one_baseline ON runs (is_baseline) WHERE is_baseline = 1;
`,
};
