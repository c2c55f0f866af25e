import type { Migration } from './migration.ts';

/** Runs that are the same wherever they were exported to are looked for by their key alone. */
export const importedKeys: Migration = {
  version: 12,
  sql: `
CREATE INDEX imported_keys ON runs (import_key, import_tool) WHERE import_key IS NOT NULL;
`,
};
