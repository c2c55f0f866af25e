/** The tables of a source as the database has them: files that it reads by itself, and others that are read for it. */
import { createHash, type Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';
import { type DataSource, databaseOf } from '#contract/spec.ts';
import { readArrow } from './arrow.ts';
import { isLogical, isMissing, isNumber } from './columns.ts';
import { parseCsv, type TextTable } from './csv.ts';
import { identifier, loadDuck, type NamedFile, quoted, tableReader } from './duck.ts';
import { asRead, checkLines, csvReader, type CsvSource, isKnownEncoding } from './duck-csv.ts';
import { type Folders, locate, placeDataFile, readDataFile } from './files.ts';
import { readSqlite } from './sqlite.ts';
import { readRunningText, readTextFolder } from './text-files.ts';
import { textColumn } from './text-table.ts';

/** What the database can show the rows of. */
export type TableSource = Extract<DataSource, { format: 'csv' | 'parquet' | 'json' | 'sql' | 'arrow' | 'sqlite' | 'text' | 'textFolder' }>;
type FileSource = Exclude<TableSource, { format: 'sql' }>;

const endings: Readonly<Record<string, 'csv' | 'json' | 'parquet' | 'arrow'>> = {
  parquet: 'parquet',
  json: 'json',
  ndjson: 'json',
  jsonl: 'json',
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
};

/** What a query's table is, by the file's ending; of a database, `flats.sqlite/TABLE` says which table. Throws `data.sqlTable`. */
async function fileSource(path: string, folders: Folders): Promise<FileSource> {
  const database = databaseOf(path);
  if (database) return { format: 'sqlite', path: database.file, ...(database.table !== '' && { table: database.table }) };
  const ending = /\.(\w+?)(?:\.gz)?$/.exec(path.toLowerCase())?.[1] ?? '';
  const format = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (format) return { format, path };
  // What lies elsewhere is not told about.
  await locate(path, folders, '/data/source/tables');
  const kinds = [...Object.keys(endings), 'sqlite', 'db'].join(', ');
  throw new EpochbookError('data.sqlTable', { path, kinds }, { at: '/data/source/tables' });
}

/** Of a running text, every line is a row. */
async function readForIt(source: FileSource, folders: Folders, hash: Hash): Promise<TextTable | undefined> {
  switch (source.format) {
    case 'arrow':
      return readArrow(source, folders, hash);
    case 'sqlite':
      return readSqlite(source, folders, hash);
    case 'textFolder':
      return readTextFolder(source, folders, hash);
    case 'text': {
      const { path, running } = await readRunningText(source, folders, hash);
      const texts = running.replace(/\n$/, '').split('\n');
      return {
        path,
        unit: 'line',
        names: [textColumn],
        columns: [texts],
        lines: texts.map((_, row) => row + 1),
        rows: Uint32Array.from(texts.keys()),
      };
    }
    default:
      return undefined;
  }
}

interface Opened {
  readonly named?: NamedFile;
  /** How the database reads the file. */
  readonly reader?: (sample: number) => string;
  /** What was read for it. */
  readonly text?: TextTable;
  /** Of a delimited text: how it is read. */
  readonly csv?: CsvSource;
  readonly drop?: (() => Promise<void>) | undefined;
  readonly isParquet?: boolean;
}

/**
 * A damaged footer can tell of fewer rows than its columns hold, and the others would be left out without a word.
 * Throws `data.parquet`.
 */
async function checkCounts(connection: DuckDBConnection, { file, path }: NamedFile, at: string): Promise<void> {
  let odd: number;
  try {
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM (SELECT row_group_num_rows AS rows, num_values, path_in_schema FROM parquet_metadata(${quoted(file)}))
         WHERE num_values < rows OR (num_values > rows AND NOT contains(path_in_schema, ','))`,
    );
    odd = Number(reader.getRowsJS()[0]?.[0]);
  } catch {
    // What is wrong with it is said where it is read.
    return;
  }
  if (odd > 0) throw new EpochbookError('data.parquet', { path, detail: 'its columns hold other numbers of values than its rows' }, { at });
}

async function openFile(source: FileSource, folders: Folders, at: string, hash: Hash | undefined): Promise<Opened> {
  const text = await readForIt(source, folders, hash ?? createHash('sha256'));
  if (text) return { text };
  const { path } = source;
  const { drop, ...place } = await placeDataFile(path, folders, at, { hash, plain: source.format === 'parquet' });
  const named = { path, ...place };
  if (source.format !== 'csv') {
    const format = source.format === 'json' ? 'json' : 'parquet';
    return { named, drop, isParquet: format === 'parquet', reader: () => tableReader(format, named) };
  }
  const csv = await asRead(source, named);
  // A first look guesses from few lines, and within little memory.
  if (hash) await checkLines(named, csv, at);
  if (isKnownEncoding(csv)) return { named, csv, drop, reader: (sample) => csvReader(named, csv, sample) };
  await drop?.();
  return { text: parseCsv(await readDataFile(path, folders, at), source, at) };
}

export interface DuckTables {
  /** What the database may open. */
  readonly files: readonly NamedFile[];
  /** Bytes of the files, unpacked where that is known. */
  readonly bytes: number;
  /** Of a delimited text: how it is read. */
  readonly csv?: CsvSource;
  /** Makes what `relation` names; once, before the settings are locked. */
  readonly make: (connection: DuckDBConnection) => Promise<void>;
  /** What follows FROM. `sample`: how many lines types are guessed from; −1 is all. */
  readonly relation: (sample: number) => string;
  /** Takes unpacked copies away. */
  readonly close: () => Promise<void>;
}

/** Name of the table that is read for the database. */
const own = 'table as read';

/** Without `hash`, files are located but not read whole. Throws `data.sqlTable` and what reading the files throws. */
export async function openTables(source: TableSource, folders: Folders, hash?: Hash): Promise<DuckTables> {
  const tables: [name: string, opened: Opened][] = [];
  const close = async () => {
    for (const [, { drop }] of tables) await drop?.();
  };
  try {
    if (source.format === 'sql')
      for (const [name, path] of Object.entries(source.tables))
        tables.push([name, await openFile(await fileSource(path, folders), folders, '/data/source/tables', hash)]);
    else tables.push([own, await openFile(source, folders, '/data/source/path', hash)]);
    const files = tables.flatMap(([, { named }]) => (named ? [named] : []));
    let bytes = 0;
    for (const { file, gzipped } of files) bytes += (await disk.stat(file)).size * (gzipped ? 5 : 1);
    const [[, only]] = tables;
    return {
      files,
      bytes,
      ...(only.csv && source.format === 'csv' && { csv: only.csv }),
      async make(connection) {
        for (const [name, { named, reader, text, isParquet }] of tables) {
          if (named && isParquet)
            await checkCounts(connection, named, source.format === 'sql' ? '/data/source/tables' : '/data/source/path');
          if (text) await putTable(connection, name, text);
          else if (reader && source.format === 'sql') await connection.run(`CREATE TEMP VIEW ${identifier(name)} AS FROM ${reader(-1)}`);
        }
      },
      relation: (sample) =>
        source.format === 'sql' ? `(${source.query.trim().replace(/;$/, '')}\n)` : (only.reader?.(sample) ?? identifier(own)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Rows of a chunk: the database's own size of vectors. */
const chunkRows = 2048;

const isDay = /^\d{4}-\d{2}-\d{2}$/;
const isMoment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

function typeOf(texts: readonly string[]): string {
  const said = texts.filter((text) => !isMissing(text));
  if (said.length === 0) return 'VARCHAR';
  if (said.every(isNumber)) {
    if (!said.every((text) => /^-?\d+$/.test(text))) return 'DOUBLE';
    // A number that a double cannot hold is a code, of which no digit may be lost.
    return said.every((text) => Number.isSafeInteger(Number(text))) ? 'BIGINT' : 'VARCHAR';
  }
  if (isLogical(said)) return 'BOOLEAN';
  if (said.every((text) => isDay.test(text))) return 'DATE';
  return said.every((text) => isDay.test(text) || isMoment.test(text)) ? 'TIMESTAMP' : 'VARCHAR';
}

/** Makes a temporary table of a text's rows, in their order. A column whose values do not fit its type stays text. */
async function putTable(connection: DuckDBConnection, name: string, { names, columns, lines }: TextTable): Promise<void> {
  const { DuckDBDataChunk, VARCHAR } = await loadDuck('/data/source');
  const raw = `${name} as text`;
  await connection.run(`CREATE TEMP TABLE ${identifier(raw)} (${names.map((one) => `${identifier(one)} VARCHAR`).join(', ')})`);
  const appender = await connection.createAppender(raw, 'main', 'temp');
  const types = names.map(() => VARCHAR);
  for (let from = 0; from < lines.length; from += chunkRows) {
    const to = Math.min(lines.length, from + chunkRows);
    const chunk = DuckDBDataChunk.create(types, to - from);
    chunk.setColumns(columns.map((column) => column.slice(from, to).map((text) => (isMissing(text) ? null : text))));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const casts: string[] = [];
  for (const [index, one] of names.entries()) {
    const [column, type] = [identifier(one), typeOf(columns[index])];
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM ${identifier(raw)} WHERE ${column} IS NOT NULL AND TRY_CAST(${column} AS ${type}) IS NULL`,
    );
    const unfit = Number(reader.getRowsJS()[0]?.[0]);
    casts.push(`${column}::${unfit > 0 ? 'VARCHAR' : type} AS ${column}`);
  }
  await connection.run(`CREATE TEMP TABLE ${identifier(name)} AS SELECT ${casts.join(', ')} FROM ${identifier(raw)}`);
  await connection.run(`DROP TABLE ${identifier(raw)}`);
}
