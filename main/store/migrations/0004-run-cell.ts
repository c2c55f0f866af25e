import type { Migration } from './migration.ts';

/** Which train cell a run came from. Runs of before do not say. */
export const runCell: Migration = {
  version: 4,
  sql: 'ALTER TABLE runs ADD COLUMN cell TEXT;',
};
