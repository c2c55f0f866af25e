/** Images of the workspace that a notebook's prose shows. */
import { promises as disk } from 'node:fs';
import { extname, resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { errorCode } from '#files/disk-error.ts';
import { fileInWorkspace, foldersOf } from './paths.ts';

const largestBytes = 8_000_000;
const types: Readonly<Record<string, string | undefined>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

export interface Image {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** MIME. */
  readonly type: string;
}

/**
 * @param source as the prose names it, from the notebook's folder
 * @throws workspace.notImage, workspace.outside, workspace.fileMissing, workspace.imageTooLarge
 */
export async function readImage(folder: string, notebook: string, source: string): Promise<Image> {
  const path = decoded(source);
  const type = types[extname(path).toLowerCase()];
  if (type === undefined || /^[a-z][a-z\d+.-]+:|^\/\//i.test(path)) throw new EpochbookError('workspace.notImage', { path });
  const file = fileInWorkspace(folder, resolve(foldersOf(folder, notebook).notebook, path));
  try {
    const { size } = await disk.stat(file);
    if (size > largestBytes) throw new EpochbookError('workspace.imageTooLarge', { path, megabytes: largestBytes / 1e6 });
    return { bytes: new Uint8Array(await disk.readFile(file)), type };
  } catch (error) {
    if (error instanceof EpochbookError) throw error;
    if (errorCode(error) === 'ENOENT') throw new EpochbookError('workspace.fileMissing', { path }, { cause: error });
    throw new EpochbookError('workspace.unreadable', { path, detail: errorCode(error) }, { cause: error });
  }
}

function decoded(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}
