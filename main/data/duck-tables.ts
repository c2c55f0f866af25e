/** The tables of a source as the database has them: files that it reads by itself, and others that are read for it. */
import { createHash, type Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';
import { type DataSource, databaseOf } from '#contract/spec.ts';
import { readArrow } from './arrow.ts';
import type { TextTable } from './csv.ts';
import { identifier, type NamedFile, quoted, tableReader } from './duck.ts';
import { asRead, checkLines, csvReader, type CsvSource } from './duck-csv.ts';
import { type Folders, locate, placeDataFile } from './files.ts';
import { createForeignRows, cut, type ForeignRows } from './foreign-rows.ts';
import { openPagedRows, type PagedOptions, type PagedSource } from './paged-rows.ts';
import { placeUtf8 } from './recoded.ts';
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

/** Larger files are read for it some rows at a time. */
const mostHeld = 64 * 2 ** 20;

/** Of a running text, every line is a row. */
async function readForIt(source: PagedSource, folders: Folders, hash: Hash): Promise<TextTable> {
  switch (source.format) {
    case 'arrow':
      return readArrow(source, folders, hash);
    case 'sqlite':
      return readSqlite(source, folders, hash);
    case 'textFolder':
      return readTextFolder(source, folders, hash);
    default: {
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
  }
}

const isReadForIt = (source: FileSource): source is PagedSource =>
  source.format === 'arrow' || source.format === 'sqlite' || source.format === 'text' || source.format === 'textFolder';

interface Opened {
  readonly named?: NamedFile;
  /** How the database reads the file. */
  readonly reader?: (sample: number) => string;
  /** What is read for it. */
  readonly rows?: ForeignRows;
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

async function openFile(source: FileSource, { folders, at, hash, most }: PagedOptions): Promise<Opened> {
  if (isReadForIt(source)) {
    const paged = await openPagedRows(source, { folders, at, hash, most });
    if (paged) return { rows: createForeignRows(paged), drop: paged.drop };
    const { names, columns } = await readForIt(source, folders, hash ?? createHash('sha256'));
    return { rows: createForeignRows({ names, bytes: 0, blocks: cut(columns) }) };
  }
  const { path } = source;
  if (source.format !== 'csv') {
    const { drop, ...place } = await placeDataFile(path, folders, at, { hash, plain: source.format === 'parquet' });
    const named = { path, ...place };
    const format = source.format === 'json' ? 'json' : 'parquet';
    return { named, drop, isParquet: format === 'parquet', reader: () => tableReader(format, named) };
  }
  const { named, drop } = await placeUtf8(source, { folders, at, hash });
  const csv = await asRead({ ...source, encoding: 'utf-8' }, named);
  // A first look guesses from few lines, and within little memory.
  if (hash) await checkLines(named, csv, at);
  return { named, csv, drop, reader: (sample) => csvReader(named, csv, sample) };
}

export interface DuckTables {
  /** What the database may open. */
  readonly files: readonly NamedFile[];
  /** Bytes of the files, unpacked where that is known. */
  readonly bytes: number;
  /** Of a delimited text: how it is read. */
  readonly csv?: CsvSource;
  /** Makes what `relation` names; once, before the settings are locked. `first`: of a large file, from its first rows alone. */
  readonly make: (connection: DuckDBConnection, first?: boolean) => Promise<void>;
  /** Reads on where `make` was content with the first rows. */
  readonly complete: (connection: DuckDBConnection) => Promise<void>;
  /** What follows FROM. `sample`: how many lines types are guessed from; −1 is all. */
  readonly relation: (sample: number) => string;
  /** Takes unpacked copies away. */
  readonly close: () => Promise<void>;
}

/** Name of the table that is read for the database. */
const own = 'table as read';

/**
 * Without `hash`, files are located but not read whole. `most`: bytes of a file that the database does not know which are
 * held. Throws `data.sqlTable` and what reading the files throws.
 */
export async function openTables(source: TableSource, folders: Folders, hash?: Hash, most = mostHeld): Promise<DuckTables> {
  const tables: [name: string, opened: Opened][] = [];
  const close = async () => {
    for (const [, { drop, rows }] of tables) {
      await rows?.close();
      await drop?.();
    }
  };
  try {
    if (source.format === 'sql')
      for (const [name, path] of Object.entries(source.tables))
        tables.push([name, await openFile(await fileSource(path, folders), { folders, at: '/data/source/tables', hash, most })]);
    else tables.push([own, await openFile(source, { folders, at: '/data/source/path', hash, most })]);
    const files = tables.flatMap(([, { named }]) => (named ? [named] : []));
    let bytes = 0;
    for (const { file, gzipped } of files) bytes += (await disk.stat(file)).size * (gzipped ? 5 : 1);
    for (const [, { rows }] of tables) bytes += rows?.bytes ?? 0;
    const [[, only]] = tables;
    return {
      files,
      bytes,
      ...(only.csv && source.format === 'csv' && { csv: only.csv }),
      async make(connection, first = false) {
        for (const [name, { named, reader, rows, isParquet }] of tables) {
          if (named && isParquet)
            await checkCounts(connection, named, source.format === 'sql' ? '/data/source/tables' : '/data/source/path');
          if (rows) await rows.put(connection, name, first);
          else if (reader && source.format === 'sql') await connection.run(`CREATE TEMP VIEW ${identifier(name)} AS FROM ${reader(-1)}`);
        }
      },
      async complete(connection) {
        for (const [name, { rows }] of tables) if (rows && !rows.isWhole()) await rows.put(connection, name, false);
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
