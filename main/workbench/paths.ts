/** Paths in the workspace: relative, with forward slashes, never leaving it. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { Folders } from '#trainer/protocol.ts';

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The real place of a file that may not be there yet. */
function realPlace(file: string): string {
  return existsSync(file)
    ? realpathSync(file)
    : join(dirname(file) === file ? file : realPlace(dirname(file)), file.slice(dirname(file).length));
}

/** Absolute. Throws `workspace.outside`, also where a link leads out. */
export function fileInWorkspace(folder: string, path: string): string {
  const file = resolve(folder, path);
  if (!isInside(folder, file) || !isInside(realpathSync(folder), realPlace(file))) throw new EpochbookError('workspace.outside', { path });
  return file;
}

export function pathInWorkspace(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

/** Where the relative paths of a notebook's data start, and what they may not leave. */
export function foldersOf(folder: string, notebook: string): Folders {
  return { notebook: dirname(fileInWorkspace(folder, notebook)), workspace: folder };
}
