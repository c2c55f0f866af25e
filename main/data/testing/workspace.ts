/** A folder for a test's files, and shorthands to load them. */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EpochbookError } from '#contract/errors.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import type { Folders } from '../files.ts';
import { loadDataset, type LoadedData } from '../load.ts';

export interface TestWorkspace {
  readonly folders: Folders;
  readonly write: (name: string, content: string | Uint8Array) => void;
  readonly load: (source: DataSource, ...steps: DataStep[]) => Promise<LoadedData>;
}

export function makeWorkspace(): TestWorkspace {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'epochbook-data-')));
  const folders = { notebook: join(workspace, 'work'), workspace };
  mkdirSync(folders.notebook);
  return {
    folders,
    write(name, content) {
      const file = join(folders.notebook, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    load: (source, ...steps) => loadDataset({ source, steps }, folders),
  };
}

/** The error that the work ends in. */
export async function fault(work: Promise<unknown>): Promise<EpochbookError> {
  return work.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: EpochbookError) => error,
  );
}
