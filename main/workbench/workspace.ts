/** The folder the user works in: its notebooks and data files. */
import { promises as disk, type Dirent } from 'node:fs';
import { basename, join } from 'node:path';
import type { Workspace } from '#contract/calls.ts';
import { tableFormatOf } from '#contract/table-format.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { pathInWorkspace } from './paths.ts';

export { findWorkspace } from '#store/workspace-folder.ts';

export const notebookEnding = '.epoch.md';
const dataEndings = ['.csv', '.tsv', '.gz', '.npy', '.npz', '-ubyte', '.idx', '.txt', '.zip'];
/** A workspace may sit in a large folder: what lies deeper, or beyond this many files, is left out of the list. */
const maxDepth = 4;
const maxFiles = 2_000;
const ignored = new Set(['node_modules', '__pycache__', 'venv', 'out', 'dist']);
/** A folder with this in it is an exported model, not data. */
const exportedModel = 'model.json';
/** Enough of a file for its front matter and first heading. */
const headBytes = 16_384;

async function titleOf(file: string): Promise<string> {
  const handle = await disk.open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return parseNotebook(buffer.toString('utf8', 0, bytesRead)).title;
  } finally {
    await handle.close();
  }
}

/** Absolute paths. */
export async function listFiles(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const found: string[] = [];
  const folders: string[] = [];
  const walk = async (at: string, depth: number): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await disk.readdir(at, { withFileTypes: true });
    } catch {
      // A folder that may not be read holds nothing of ours.
      return;
    }
    if (entries.some(({ name }) => name === exportedModel)) return;
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= maxFiles) return;
      if (entry.name.startsWith('.')) continue;
      const path = join(at, entry.name);
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && depth < maxDepth && !ignored.has(entry.name)) {
        folders.push(path);
        await walk(path, depth + 1);
      }
    }
  };
  await walk(folder, 0);
  return { files: found, folders };
}

export async function readWorkspace(folder: string): Promise<Omit<Workspace, 'readOnly'>> {
  const { files, folders } = await listFiles(folder);
  const notebooks = files.filter((file) => file.endsWith(notebookEnding));
  const dataFiles = files.filter(
    (file) => tableFormatOf(file) !== undefined || dataEndings.some((ending) => file.toLowerCase().endsWith(ending)),
  );
  return {
    folder,
    name: basename(folder),
    folders: folders.map((one) => pathInWorkspace(folder, one)),
    notebooks: await Promise.all(
      notebooks.map(async (file) => {
        const title = await titleOf(file).catch(() => '');
        return { path: pathInWorkspace(folder, file), title: title || basename(file, notebookEnding) };
      }),
    ),
    dataFiles: await Promise.all(
      dataFiles.map(async (file) => ({
        path: pathInWorkspace(folder, file),
        bytes: await disk.stat(file).then(
          ({ size }) => size,
          () => 0,
        ),
      })),
    ),
  };
}
