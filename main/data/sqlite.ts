/** Tables of an SQLite database. It is read into memory, so that nothing is written beside it nor locked. */
import type { Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import { archiveOf, type DataSource } from '#contract/spec.ts';
import type { TextTable } from './csv.ts';
import { type Folders, locate, readDataFile } from './files.ts';
import { rowTable } from './row-table.ts';

type SqliteSource = Extract<DataSource, { format: 'sqlite' }>;

const at = '/data/source/path';
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

export async function loadSqlite(): Promise<typeof import('better-sqlite3')> {
  try {
    return (await import('better-sqlite3')).default;
  } catch (cause) {
    throw new EpochbookError('data.readerMissing', { package: 'better-sqlite3', detail: String(cause).slice(0, 200) }, { at, cause });
  }
}

export const sqliteTextOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return value instanceof Uint8Array ? '' : `${value as string | number | bigint}`.trim();
};

type Database = import('better-sqlite3').Database;

/** All rows of the table named, or of the only one. Throws `data.sqliteTable`, `data.sqliteTableNear`, `data.sqliteWhich`. */
export function selectTable(database: Database, { path, table }: Pick<SqliteSource, 'path' | 'table'>): import('better-sqlite3').Statement {
  // What a stranger's schema says is not to be trusted, nor to be written.
  database.unsafeMode(false);
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  const tables = (
    database
      .prepare(`SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`)
      .all() as { name: string }[]
  ).map(({ name }) => name);
  const chosen = table ?? (tables.length === 1 ? tables[0] : undefined);
  const names = { path, names: tables.join(', '), choices: JSON.stringify(tables) };
  if (chosen === undefined) throw new EpochbookError('data.sqliteWhich', names, { at });
  if (!tables.includes(chosen)) {
    const near = nearest(chosen, tables);
    const place = { at: '/data/source/table' };
    if (near !== undefined) throw new EpochbookError('data.sqliteTableNear', { ...names, table: chosen, near }, place);
    throw new EpochbookError('data.sqliteTable', { ...names, table: chosen }, place);
  }
  return database
    .prepare(`SELECT * FROM ${identifier(chosen)}`)
    .raw(true)
    .safeIntegers(true);
}

/** Throws `data.sqlite`, `data.sqliteChanging`, `data.sqliteTable`, `data.sqliteTableNear`, `data.sqliteWhich`, `data.noRows`. */
export async function readSqlite({ path, table }: SqliteSource, folders: Folders, hash: Hash): Promise<TextTable> {
  const { bytes } = await readDataFile(path, folders, at, hash);
  const log = archiveOf(path) ? undefined : await disk.stat(`${await locate(path, folders, at)}-wal`).catch(() => undefined);
  if (log && log.size > 0) throw new EpochbookError('data.sqliteChanging', { path }, { at });
  const refused = (cause: unknown) =>
    new EpochbookError('data.sqlite', { path, detail: (cause as Error).message.slice(0, 200) }, { at, cause });
  if (bytes.toString('latin1', 0, 15) !== 'SQLite format 3') throw refused(new Error('not an SQLite 3 database'));
  // A database in memory has no write-ahead log: its header must not ask for one.
  const copy = Buffer.from(bytes);
  copy[18] = 1;
  copy[19] = 1;
  const Database = await loadSqlite();
  let database: InstanceType<typeof Database> | undefined;
  try {
    database = new Database(copy, { readonly: true });
    // Damaged pages can leave rows out without a word.
    const sound = database.pragma('quick_check(1)', { simple: true });
    if (sound !== 'ok') throw new Error(String(sound));
    const statement = selectTable(database, { path, table });
    const columnNames = statement.columns().map(({ name }) => name);
    const columns: string[][] = columnNames.map(() => []);
    for (const row of statement.iterate() as Iterable<unknown[]>)
      for (const [index, column] of columns.entries()) column.push(sqliteTextOf(row[index]));
    return rowTable(path, columnNames, columns, at);
  } catch (cause) {
    throw cause instanceof EpochbookError ? cause : refused(cause);
  } finally {
    database?.close();
  }
}
