/** What SQLite or the disk answered, said so that the user knows what to do. */
import { EpochbookError } from '#contract/errors.ts';
import type { MessageKey } from '#contract/words/message.ts';
import { errorCode, explainDiskError } from '#files/disk-error.ts';

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

/** An error that names `path`; one that is neither the disk's nor SQLite's comes back as it is. */
export function explainStorageError(error: unknown, path: string): unknown {
  if (error instanceof EpochbookError) return error;
  const key = sqliteCodes.find(([prefix]) => errorCode(error).startsWith(prefix))?.[1];
  return key ? new EpochbookError(key, { path }, { cause: error }) : explainDiskError(error, path);
}

/** Runs `action`, turning what the disk or SQLite throws into an error that names `path`. */
export function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainStorageError(error, path);
  }
}
