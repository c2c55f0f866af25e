import type { Migration } from './migration.ts';

/** Runs may end because their time is up. A column's check cannot be changed, so the column is made anew. */
export const timeBudget: Migration = {
  version: 2,
  sql: `
ALTER TABLE runs ADD COLUMN end_reason TEXT CHECK (end_reason IN ('epochs', 'earlyStopping', 'timeBudget', 'user', 'nan', 'error', 'crash'));
UPDATE runs SET end_reason = reason;
ALTER TABLE runs DROP COLUMN reason;
ALTER TABLE runs RENAME COLUMN end_reason TO reason;
`,
};
