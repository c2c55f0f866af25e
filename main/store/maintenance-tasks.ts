/** Tasks on a whole database file. Each opens a connection of its own. */
import Database from 'better-sqlite3';
import { rescueDatabase, type Rescue } from './rescue.ts';

export interface MaintenanceTask {
  readonly check: { readonly file: string };
  readonly vacuum: { readonly file: string };
  readonly sizes: { readonly file: string };
  readonly rescue: { readonly file: string; readonly to: string };
}

export interface MaintenanceResult {
  /** What SQLite finds wrong, in its words; empty where all is well. */
  readonly check: readonly string[];
  readonly vacuum: undefined;
  /** Bytes of each table and index, by its name. */
  readonly sizes: readonly (readonly [name: string, bytes: number])[];
  readonly rescue: Rescue;
}

/** Problems told of one database. */
const problemLimit = 100;

function withDatabase<T>(file: string, use: (database: Database.Database) => T, readonly = true): T {
  const database = new Database(file, { readonly, fileMustExist: true, timeout: 60_000 });
  try {
    return use(database);
  } finally {
    database.close();
  }
}

function check(file: string): string[] {
  try {
    return withDatabase(file, (database) => {
      const rows = database.pragma(`integrity_check(${problemLimit})`) as { integrity_check: string }[];
      const broken = database.pragma('foreign_key_check') as { table: string; parent: string }[];
      return [
        ...rows.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
        ...broken.slice(0, problemLimit).map(({ table, parent }) => `${table} points to what ${parent} lacks`),
      ];
    });
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return [message];
    throw error;
  }
}

export const tasks: { readonly [K in keyof MaintenanceTask]: (task: MaintenanceTask[K]) => MaintenanceResult[K] } = {
  check: ({ file }) => check(file),
  vacuum({ file }) {
    withDatabase(
      file,
      (database) => {
        // From here on what is removed can be given back piece by piece.
        database.pragma('auto_vacuum = INCREMENTAL');
        database.exec('VACUUM');
        database.pragma('wal_checkpoint(TRUNCATE)');
      },
      false,
    );
    return undefined;
  },
  sizes: ({ file }) =>
    withDatabase(file, (database) =>
      database.prepare<[], [string, number]>('SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY pgsize DESC').raw().all(),
    ),
  rescue: ({ file, to }) => rescueDatabase(file, to),
};
