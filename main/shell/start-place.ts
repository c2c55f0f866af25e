/** Which folder and notebook the app opens with. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { findWorkspace } from '#workbench/workspace.ts';

export interface StartPlace {
  /** Absolute. */
  readonly folder: string;
  /** In the folder, with forward slashes. */
  readonly notebook?: string;
}

/**
 * What was asked for, else the last workspace, else `Epochbook` in the user's home, where the page opens a sample while
 * it is empty.
 *
 * @param argument a notebook or a folder, absolute or from the current folder
 * @throws shell.pathMissing where the argument does not exist
 */
export function chooseStartPlace({ argument, last, home }: { argument?: string; last?: string; home: string }): StartPlace {
  if (argument !== undefined) {
    const path = resolve(argument);
    const kind = kindOf(path);
    if (kind === 'missing') throw new EpochbookError('shell.pathMissing', { path });
    if (kind === 'folder') return { folder: path };
    const folder = findWorkspace(dirname(path));
    return { folder, notebook: relative(folder, path).replaceAll('\\', '/') };
  }
  if (last !== undefined && kindOf(last) === 'folder') return { folder: last };
  const folder = join(home, 'Epochbook');
  mkdirSync(folder, { recursive: true });
  return { folder };
}

function kindOf(path: string): 'missing' | 'folder' | 'file' {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 'missing';
  return found.isDirectory() ? 'folder' : 'file';
}
