/** What the disk answered, said so that the user knows what to do. */
import { EpochbookError } from '#contract/errors.ts';
import type { MessageKey } from '#contract/words/message.ts';

const keys: Partial<Record<string, MessageKey>> = {
  ENOSPC: 'store.diskFull',
  EDQUOT: 'store.diskFull',
  EFBIG: 'store.diskFull',
  EROFS: 'store.readOnly',
  EACCES: 'store.readOnly',
  EPERM: 'store.readOnly',
};

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether a write failed for want of space, in our own code or, by its words, in DuckDB's. */
export const isDiskFull = (error: unknown): boolean =>
  keys[errorCode(error)] === 'store.diskFull' || (error instanceof Error && error.message.includes('No space left on device'));

/** An error that names `path`, of a file or folder that was to be written; another error comes back as it is. */
export function explainDiskError(error: unknown, path: string): unknown {
  const key = keys[errorCode(error)];
  return key ? new EpochbookError(key, { path }, { cause: error }) : error;
}
