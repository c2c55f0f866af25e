/** Tables through DuckDB: Parquet, JSON, and queries over files. It is native, and loaded when first needed. */
import type { Hash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import type { TextTable } from './csv.ts';
import { type Folders, hashDataFile } from './files.ts';

type DuckSource = Extract<DataSource, { format: 'parquet' | 'json' | 'sql' }>;

export interface NamedFile {
  /** As the notebook says it. */
  readonly path: string;
  /** Absolute, links followed. */
  readonly file: string;
  readonly gzipped: boolean;
}

export const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

const json = ({ file, gzipped }: NamedFile) =>
  `read_json(${quoted(file)}, sample_size = -1, maximum_object_size = 268435456, convert_strings_to_integers = false${gzipped ? ", compression = 'gzip'" : ''})`;
const parquet = ({ file }: NamedFile) => `read_parquet(${quoted(file)})`;
const csv = ({ file, gzipped }: NamedFile) =>
  `read_csv(${quoted(file)}, sample_size = -1, nullstr = ['', 'NA', 'NaN', 'null']${gzipped ? ", compression = 'gzip'" : ''})`;

export const tableReader = (format: 'parquet' | 'json', named: NamedFile) => (format === 'json' ? json(named) : parquet(named));

const readers: Readonly<Record<string, (named: NamedFile) => string>> = {
  parquet,
  json,
  ndjson: json,
  jsonl: json,
  csv,
  tsv: csv,
  txt: csv,
};

/** What a query's table reads, by the file's ending. Throws `data.sqlTable`. */
export function readerOf(named: NamedFile, at: string): string {
  const ending = /\.(\w+?)(?:\.gz)?$/.exec(named.path.toLowerCase())?.[1] ?? '';
  const reader = Object.hasOwn(readers, ending) ? readers[ending] : undefined;
  if (!reader) throw new EpochbookError('data.sqlTable', { path: named.path, kinds: Object.keys(readers).join(', ') }, { at });
  return reader(named);
}

/** DuckDB's first lines, with paths as the notebook says them. */
export function detailOf(cause: unknown, files: readonly NamedFile[]): string {
  let message = cause instanceof Error ? cause.message : String(cause);
  for (const { path, file } of files) message = message.replaceAll(file, path);
  return message
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 2)
    .join(' ')
    .slice(0, 400);
}

export async function loadDuck(at: string): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new EpochbookError('data.readerMissing', { package: '@duckdb/node-api', detail: String(cause).slice(0, 200) }, { at, cause });
  }
}

/** From here on the database opens these files alone. Views may still be made, and the settings must then be locked. */
export async function lockDown(connection: DuckDBConnection, files: readonly NamedFile[], more: readonly string[] = []): Promise<void> {
  for (const setting of [
    ...more,
    'autoinstall_known_extensions = false',
    'autoload_known_extensions = false',
    `allowed_paths = [${files.map(({ file }) => quoted(file)).join(', ')}]`,
    'enable_external_access = false',
  ])
    await connection.run(`SET ${setting}`);
}

/**
 * Reads a table as text. The database may open the named files and nothing else: no other file, no network, no
 * extension, no writing, and its settings are locked before the query is seen.
 * Throws `data.readerMissing`, `data.parquet`, `data.json`, `data.sql`, `data.sqlTable`, `data.noRows`, `data.columnTwice`.
 */
export async function readWithDuck(source: DuckSource, folders: Folders, hash: Hash): Promise<TextTable> {
  const at = source.format === 'sql' ? '/data/source/query' : '/data/source/path';
  const named = Object.entries(source.format === 'sql' ? source.tables : { table: source.path });
  const files: NamedFile[] = [];
  for (const [, path] of named) {
    const place = source.format === 'sql' ? '/data/source/tables' : at;
    files.push({ path, ...(await hashDataFile(path, folders, place, hash)) });
  }
  const { DuckDBInstance } = await loadDuck(at);
  // One thread for a query: rows without an order come in the same one every time.
  const instance = await DuckDBInstance.create(':memory:', { threads: source.format === 'sql' ? '1' : '2' });
  const path = source.format === 'sql' ? 'SQL' : source.path;
  try {
    const connection = await instance.connect();
    await lockDown(connection, files);
    let query: string;
    if (source.format === 'sql') {
      for (const [index, [name]] of named.entries())
        await connection.run(`CREATE VIEW ${identifier(name)} AS FROM ${readerOf(files[index], '/data/source/tables')}`);
      query = `FROM (${source.query.trim().replace(/;$/, '')}\n)`;
    } else query = `FROM ${tableReader(source.format, files[0])}`;
    await connection.run('SET lock_configuration = true');
    const reader = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR ${query}`);
    const names = reader.columnNames();
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) throw new EpochbookError('data.columnTwice', { path, column: twice }, { at });
    const columns = (reader.getColumnsJS() as (string | null)[][]).map((column) => column.map((value) => value?.trim() ?? ''));
    const count = reader.currentRowCount;
    if (count === 0) throw new EpochbookError('data.noRows', { path }, { at });
    if (source.format === 'json' && names.length === 1 && names[0] === 'json') throw new EpochbookError('data.jsonShape', { path }, { at });
    return {
      path,
      unit: 'row',
      names,
      columns,
      lines: Array.from({ length: count }, (_, row) => row + 1),
      rows: Uint32Array.from({ length: count }, (_, row) => row),
    };
  } catch (cause) {
    if (cause instanceof EpochbookError) throw cause;
    throw new EpochbookError(`data.${source.format}`, { path, detail: detailOf(cause, files) }, { at, cause });
  } finally {
    instance.closeSync();
  }
}
