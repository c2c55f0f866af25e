/** What the disk or SQLite answered, said so that the user knows what to do. */
import { EpochbookError } from '#contract/errors.ts';
import type { MessageKey } from '#contract/words/message.ts';

const sqliteCodes: readonly (readonly [prefix: string, key: MessageKey])[] = [
  ['SQLITE_FULL', 'store.diskFull'],
  ['SQLITE_IOERR_WRITE', 'store.diskFull'],
  ['SQLITE_READONLY', 'store.readOnly'],
  ['SQLITE_CANTOPEN', 'store.readOnly'],
  ['SQLITE_PERM', 'store.readOnly'],
  ['SQLITE_CORRUPT', 'store.damaged'],
  ['SQLITE_NOTADB', 'store.damaged'],
  ['SQLITE_BUSY', 'store.busy'],
  ['SQLITE_LOCKED', 'store.busy'],
];

const systemCodes: Partial<Record<string, MessageKey>> = {
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

/** An error that names `path`; one that is neither the disk's nor SQLite's comes back as it is. */
export function explainStorageError(error: unknown, path: string): unknown {
  if (error instanceof EpochbookError) return error;
  const code = errorCode(error);
  const key = sqliteCodes.find(([prefix]) => code.startsWith(prefix))?.[1] ?? systemCodes[code];
  return key ? new EpochbookError(key, { path }, { cause: error }) : error;
}

/** Runs `action`, turning what the disk or SQLite throws into an error that names `path`. */
export function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainStorageError(error, path);
  }
}
