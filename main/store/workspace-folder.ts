/** Where a workspace keeps what Epochbook makes. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const stateFolderName = '.epochbook';

export function stateFolder(workspace: string): string {
  return join(workspace, stateFolderName);
}

/** Makes the folder, with an ignore file of its own: runs and checkpoints are not for version control. */
export function makeStateFolder(workspace: string): string {
  const folder = stateFolder(workspace);
  try {
    mkdirSync(folder);
  } catch (error) {
    // It is there, or another process has just made it.
    if (!existsSync(folder)) throw error;
  }
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  return folder;
}

/** The nearest folder at or above `start` that holds `.epochbook/`; `start` itself where there is none. */
export function findWorkspace(start: string): string {
  const first = resolve(start);
  for (let folder = first; ; folder = dirname(folder)) {
    if (existsSync(stateFolder(folder))) return folder;
    if (folder === dirname(folder)) return first;
  }
}
