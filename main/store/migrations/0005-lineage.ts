import type { Migration } from './migration.ts';

/** What a run goes on from, or trains again; and a checkpoint for many epochs of one run, to go on from. */
export const lineage: Migration = {
  version: 5,
  sql: `
ALTER TABLE runs ADD COLUMN origin_kind TEXT CHECK (origin_kind IN ('fork', 'reproduction'));
ALTER TABLE runs ADD COLUMN origin INTEGER REFERENCES runs (number) ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN origin_epoch INTEGER;
CREATE TABLE all_checkpoints (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('last', 'best', 'epoch')),
  epoch INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (run, kind, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO all_checkpoints SELECT run, kind, epoch, bytes FROM checkpoints;
DROP TABLE checkpoints;
ALTER TABLE all_checkpoints RENAME TO checkpoints;
`,
};
