/** The folder an export makes: written beside its place, checked there, and moved in whole. */
import { promises as disk } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { MessageKey } from '#contract/words/message.ts';

export interface ExportFolder {
  /** Absolute; whether it is there or not. */
  readonly target: string;
  /** Tells whether the files of a folder are an export of ours, and nothing else. */
  readonly isOurs: (folder: string, files: readonly string[]) => Promise<boolean>;
  /** Writes the files into the folder given and checks them. */
  readonly write: (folder: string) => Promise<void>;
}

const systemErrors: Partial<Record<string, MessageKey>> = {
  ENOSPC: 'store.diskFull',
  EDQUOT: 'store.diskFull',
  EROFS: 'store.readOnly',
  EACCES: 'store.readOnly',
  EPERM: 'store.readOnly',
  ENOTDIR: 'interchange.notAFolder',
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? '';

function explained(error: unknown, path: string): unknown {
  const key = error instanceof EpochbookError ? undefined : systemErrors[codeOf(error)];
  return key ? new EpochbookError(key, { path }, { cause: error }) : error;
}

/** What is at the place: nothing, an empty folder, an earlier export of ours. Throws where it is anything else. */
async function lookAt({ target, isOurs }: ExportFolder): Promise<'nothing' | 'folder'> {
  let files: string[];
  try {
    files = await disk.readdir(target);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'nothing';
    throw error;
  }
  if (files.length > 0 && !(await isOurs(target, files))) throw new EpochbookError('interchange.folderInUse', { folder: target });
  return 'folder';
}

const besides = (target: string) => {
  const hidden = join(dirname(target), `.${basename(target)}`);
  return { written: `${hidden}.part`, earlier: `${hidden}.old` };
};

/** Takes away what an export that was ended half-way left beside its place; an earlier one that it had moved away comes back. */
export async function clearUnfinished(folder: string): Promise<void> {
  const target = resolve(folder);
  const { written, earlier } = besides(target);
  await disk.rm(written, { recursive: true, force: true });
  await disk.rename(earlier, target).catch(() => undefined);
  await disk.rm(earlier, { recursive: true, force: true });
}

/**
 * Puts what `write` makes at `target`. Until it is whole and checked, an earlier export stays as it is; where anything
 * fails, nothing is left behind. Throws interchange.folderInUse, interchange.notAFolder and what `write` throws.
 */
export async function replaceFolder(folder: ExportFolder): Promise<void> {
  const target = resolve(folder.target);
  const { written, earlier } = besides(target);
  try {
    await clearUnfinished(target);
    const found = await lookAt(folder);
    await disk.mkdir(written, { recursive: true });
    await folder.write(written);
    if (found === 'folder') await disk.rename(target, earlier);
    try {
      await disk.rename(written, target);
    } catch (error) {
      if (found === 'folder') await disk.rename(earlier, target);
      throw error;
    }
  } catch (error) {
    throw explained(error, target);
  } finally {
    for (const left of [written, earlier]) await disk.rm(left, { recursive: true, force: true }).catch(() => undefined);
  }
}
