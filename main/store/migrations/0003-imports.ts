import type { Migration } from './migration.ts';

/**
 * Runs that other tools logged. A run is known again by the tool, the path and its key there; `import_content` is a hash
 * of its params and values, by which a run that did not change is told, also where its folder was moved.
 */
export const imports: Migration = {
  version: 3,
  sql: `
ALTER TABLE runs ADD COLUMN import_tool TEXT CHECK (import_tool IN ('tensorboard', 'mlflow', 'csv'));
ALTER TABLE runs ADD COLUMN import_path TEXT;
ALTER TABLE runs ADD COLUMN import_key TEXT;
ALTER TABLE runs ADD COLUMN import_content TEXT;
CREATE UNIQUE INDEX imported_runs ON runs (import_path, import_key, import_tool) WHERE import_path IS NOT NULL;
CREATE INDEX imported_contents ON runs (import_content) WHERE import_content IS NOT NULL;
`,
};
