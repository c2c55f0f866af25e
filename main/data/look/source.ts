/** Opens the table a data source names in a database of its own, where any row can be reached at once. */
import { createHash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';
import type { LookCell, LookColumn } from '#contract/look.ts';
import { archiveOf, type DataSource, type TextEncoding } from '#contract/spec.ts';
import { parseCsv } from '../csv.ts';
import { detailOf, identifier, loadDuck, lockDown, type NamedFile, quoted, readerOf, tableReader } from '../duck.ts';
import { type Folders, isGzipped, locate } from '../files.ts';

export type TableSource = Extract<DataSource, { format: 'csv' | 'parquet' | 'json' | 'sql' }>;

export interface LookTable {
  readonly columns: readonly LookColumn[];
  readonly firstRows: readonly (readonly LookCell[])[];
  /** Copies the table; `onProgress` hears the share done, where it is known. Once. */
  import(onProgress: (share: number | undefined) => void): Promise<Imported>;
  close(): Promise<void>;
}

export interface Imported {
  readonly connection: DuckDBConnection;
  readonly rows: number;
}

/** Rows shown before the table is copied. */
const firstCount = 100;
/** Lines that types are guessed from; where a later one is of another type, all lines are looked at. */
const guessedFrom = 100_000;
/** Above this, the copy lies on the disk instead of in memory. */
const mostInMemory = 64 * 2 ** 20;
const memoryLimit = '600MB';
const progressMs = 200;

const numeric = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;

export function typeOf(duckType: string): LookColumn['type'] {
  if (numeric.test(duckType)) return 'number';
  if (duckType === 'BOOLEAN') return 'logical';
  return /^(?:DATE|TIMESTAMP.*)$/.test(duckType) ? 'time' : 'text';
}

/** What is shown of a column: numbers and truth as themselves, everything else as text. */
export function shownAs({ name, type }: LookColumn): string {
  return type === 'number' || type === 'logical' ? identifier(name) : `${identifier(name)}::VARCHAR`;
}

export function toCell(value: unknown): LookCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  // Decimals have a class of their own.
  const text = (value as { toString(): string }).toString();
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** Ways in which tables say that a value is missing, as `isMissing` of columns.ts has them. */
const missingTexts = ['', 'NA', 'na', 'N/A', 'n/a', 'NaN', 'nan', 'NAN', 'NULL', 'null', 'Null', 'None', 'none', 'NONE', '?', '-'];

type CsvSource = Extract<TableSource, { format: 'csv' }>;

/** Bytes from which it is told how a text is to be read. */
const readFrom = 1 << 16;

/** What is found of a text when it is read for training, so that it is shown alike; what is told stays. */
async function asRead(source: CsvSource, { file, path, gzipped }: NamedFile): Promise<CsvSource> {
  if (gzipped) return source;
  const bytes = Buffer.alloc(readFrom);
  const handle = await disk.open(file);
  let bytesRead: number;
  try {
    ({ bytesRead } = await handle.read(bytes, 0, readFrom, 0));
  } finally {
    await handle.close();
  }
  const head = bytes.subarray(0, bytesRead);
  // UTF-16 has a second byte after its line end.
  const wide = head[0] === 0xff && head[1] === 0xfe ? 2 : 1;
  const whole = bytesRead < readFrom ? head : head.subarray(0, Math.max(head.lastIndexOf(0x0a), 0) + wide);
  try {
    const { reading } = parseCsv({ path, bytes: whole }, source, '/data/source/path');
    if (!reading) return source;
    const { encoding, delimiter, header, decimal } = reading;
    return { ...source, encoding: encoding as TextEncoding, delimiter, header, decimal: decimal === ',' ? ',' : '.' };
  } catch {
    // What is wrong with it is said where it is read whole.
    return source;
  }
}

/** By the database's names; what it does not know cannot be looked at. */
const encodings: Readonly<Partial<Record<TextEncoding, string>>> = { 'utf-16le': 'utf-16', 'windows-1252': 'latin-1' };

/** `sample`: how many lines the types are guessed from; −1 is all. */
function csvReader({ file, gzipped }: NamedFile, source: CsvSource, sample: number): string {
  const { delimiter, header = true, encoding = 'utf-8', nulls = [], decimal, quote, comment, skip } = source;
  const encoded = encodings[encoding];
  if (encoding !== 'utf-8' && encoded === undefined) throw new EpochbookError('data.noLook');
  const options = [
    `header = ${header}`,
    `sample_size = ${sample}`,
    `nullstr = [${[...missingTexts, ...nulls].map(quoted).join(', ')}]`,
    ...(delimiter === undefined ? [] : [`delim = ${quoted(delimiter)}`]),
    ...(encoded === undefined ? [] : [`encoding = ${quoted(encoded)}`]),
    ...(decimal === ',' ? ["decimal_separator = ','"] : []),
    ...(quote === undefined ? [] : [`quote = ${quoted(quote)}`]),
    ...(comment === undefined ? [] : [`comment = ${quoted(comment)}`]),
    ...(skip === undefined ? [] : [`skip = ${skip}`]),
    ...(gzipped ? ["compression = 'gzip'"] : []),
  ];
  return `read_csv(${quoted(file)}, ${options.join(', ')})`;
}

async function filesOf(source: TableSource, folders: Folders): Promise<{ files: NamedFile[]; bytes: number }> {
  const named = source.format === 'sql' ? Object.values(source.tables) : [source.path];
  let bytes = 0;
  const files: NamedFile[] = [];
  for (const path of named) {
    const at = source.format === 'sql' ? '/data/source/tables' : '/data/source/path';
    // Nothing is unpacked onto the disk, where the database would have to read it.
    if (archiveOf(path)) throw new EpochbookError('data.noLook');
    const file = await locate(path, folders, at);
    const gzipped = await isGzipped(file, path, at);
    bytes += (await disk.stat(file)).size * (gzipped ? 5 : 1);
    files.push({ path, file, gzipped });
  }
  return { files, bytes };
}

/**
 * The database may read the named files and write its own copy, and nothing else. `cache`: a folder for a copy that is
 * too large for memory; older copies in it are removed. Throws what reading the data throws.
 */
export async function openTable(source: TableSource, folders: Folders, cache: string): Promise<LookTable> {
  const at = source.format === 'sql' ? '/data/source/query' : '/data/source/path';
  const { DuckDBInstance: Duck } = await loadDuck(at);
  const { files, bytes } = await filesOf(source, folders);
  const large = bytes > mostInMemory;
  let database = ':memory:';
  if (large) {
    await disk.rm(cache, { recursive: true, force: true });
    await disk.mkdir(cache, { recursive: true });
    database = join(
      cache,
      `${createHash('sha256')
        .update(JSON.stringify([source, files]))
        .digest('hex')
        .slice(0, 16)}.duckdb`,
    );
  }
  // One thread for a query, as when it is read for training: rows without an order come in the same one.
  const threads = source.format === 'sql' ? '1' : '2';
  const instance: DuckDBInstance = await Duck.create(database, { threads, memory_limit: memoryLimit });
  const close = async () => {
    instance.closeSync();
    if (large) await disk.rm(cache, { recursive: true, force: true });
  };
  try {
    const connection = await instance.connect();
    await lockDown(connection, files, ['enable_progress_bar = true', 'enable_progress_bar_print = false']);
    if (source.format === 'sql')
      for (const [index, name] of Object.keys(source.tables).entries())
        await connection.run(`CREATE TEMP VIEW ${identifier(name)} AS FROM ${readerOf(files[index], '/data/source/tables')}`);
    await connection.run('SET lock_configuration = true');
    const csv = source.format === 'csv' ? await asRead(source, files[0]) : undefined;
    const relation = (sample: number): string => {
      if (source.format === 'sql') return `(${source.query.trim().replace(/;$/, '')}\n)`;
      return source.format === 'csv' ? csvReader(files[0], csv ?? source, sample) : tableReader(source.format, files[0]);
    };
    const first = await connection.runAndReadAll(`FROM ${relation(guessedFrom)} LIMIT ${firstCount}`);
    const found = first.columnNames();
    const twice = found.find((name, index) => found.indexOf(name) < index);
    if (twice !== undefined) throw new EpochbookError('data.columnTwice', { path: files[0].path, column: twice }, { at });
    const names = csv?.header === false ? found.map((_, index) => `column${index + 1}`) : found;
    const types = first.columnTypes().map(String);
    const columns = names.map((name, index): LookColumn => ({ name, type: typeOf(types[index]) }));
    const firstRows = first.getRowsJS().map((row) => row.map((value, index) => shownValue(value, columns[index].type)));
    const copy = async (sample: number) => {
      const selected = found.map((name, index) => `${identifier(name)} AS ${identifier(names[index])}`).join(', ');
      await connection.run(`CREATE TABLE looked AS SELECT ${selected} FROM ${relation(sample)}`);
    };
    let imported: Promise<Imported> | undefined;
    return {
      columns,
      firstRows,
      import(onProgress) {
        imported ??= (async () => {
          const timer = setInterval(() => {
            const { percentage } = connection.progress;
            onProgress(percentage >= 0 ? percentage / 100 : undefined);
          }, progressMs);
          try {
            await copy(guessedFrom).catch(async (error: unknown) => {
              if (source.format !== 'csv') throw error;
              await copy(-1);
            });
            const [[rows]] = (await connection.runAndReadAll('SELECT count(*) FROM looked')).getRowsJS() as bigint[][];
            if (rows === 0n) throw new EpochbookError('data.noRows', { path: files[0].path }, { at });
            return { connection, rows: Number(rows) };
          } catch (cause) {
            if (cause instanceof EpochbookError) throw cause;
            throw failed(cause);
          } finally {
            clearInterval(timer);
          }
        })();
        return imported;
      },
      close,
    };
  } catch (cause) {
    await close();
    throw cause instanceof EpochbookError ? cause : failed(cause);
  }

  function failed(cause: unknown): EpochbookError {
    const path = source.format === 'sql' ? 'SQL' : source.path;
    return new EpochbookError(
      source.format === 'csv' ? 'data.table' : `data.${source.format}`,
      { path, detail: detailOf(cause, files) },
      { at, cause },
    );
  }
}

function shownValue(value: unknown, type: LookColumn['type']): LookCell {
  if (type === 'time' && value instanceof Date)
    return value
      .toISOString()
      .replace(/T00:00:00\.000Z$/, '')
      .replace('T', ' ')
      .replace('.000Z', '');
  return toCell(value);
}
