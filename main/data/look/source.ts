/** Opens the table a data source names in a database of its own, where any row can be reached at once. */
import { createHash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';
import type { LookCell, LookColumn } from '#contract/look.ts';
import { detailOf, identifier, loadDuck, lockDown } from '../duck.ts';
import { typedCsvReader } from '../duck-csv.ts';
import { openTables, type TableSource } from '../duck-tables.ts';
import type { Folders } from '../files.ts';
import { explainNotUtf8 } from '../recoded.ts';
import { twiceIn } from '../row-table.ts';

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

/** Signs of a text that are shown of it: a cell is no page. */
const longestShown = 1000;

/** A column's values as texts. Times are all of one zone, which is not said with each. */
export function textOf({ name, type }: LookColumn): string {
  const text = `${identifier(name)}::VARCHAR`;
  return type === 'time' ? `regexp_replace(${text}, '\\+00$', '')` : text;
}

/** What is shown of a column: numbers and truth as themselves, everything else as text. */
export function shownAs(column: LookColumn): string {
  return column.type === 'number' || column.type === 'logical' ? identifier(column.name) : `left(${textOf(column)}, ${longestShown})`;
}

export function toCell(value: unknown): LookCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  // Decimals have a class of their own.
  const text = (value as { toString(): string }).toString();
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/**
 * The database may read the named files and write its own copy, and nothing else. `cache`: a folder for a copy that is
 * too large for memory; older copies in it are removed. `most`: as of `openTables`. Throws what reading the data throws.
 */
export async function openTable(source: TableSource, folders: Folders, cache: string, most?: number): Promise<LookTable> {
  const at = source.format === 'sql' ? '/data/source/query' : '/data/source/path';
  const { DuckDBInstance: Duck } = await loadDuck(at);
  const tables = await openTables(source, folders, undefined, most);
  const { files, csv, relation } = tables;
  const large = tables.bytes > mostInMemory;
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
  let instance: DuckDBInstance | undefined;
  const close = async () => {
    instance?.closeSync();
    await tables.close();
    if (large) await disk.rm(cache, { recursive: true, force: true });
  };
  const path = source.format === 'sql' ? 'SQL' : source.path;
  try {
    // One thread for a query, as when it is read for training: rows without an order come in the same one.
    instance = await Duck.create(database, { threads: source.format === 'sql' ? '1' : '2', memory_limit: memoryLimit });
    const connection = await instance.connect();
    await lockDown(connection, files, ['enable_progress_bar = true', 'enable_progress_bar_print = false']);
    await tables.make(connection, source.format !== 'sql');
    await connection.run('SET lock_configuration = true');
    const first = await connection.runAndReadAll(`FROM ${relation(guessedFrom)} LIMIT ${firstCount}`);
    const found = first.columnNames();
    const twice = twiceIn(found);
    if (twice !== undefined) throw new EpochbookError('data.columnTwice', { path, column: twice }, { at });
    const names = csv?.header === false ? found.map((_, index) => `column${index + 1}`) : found;
    const types = first.columnTypes().map(String);
    const columns = names.map((name, index): LookColumn => ({ name, type: typeOf(types[index]) }));
    const firstRows = first.getRowsJS().map((row) => row.map((value, index) => shownValue(value, columns[index].type)));
    const selected = found.map((name, index) => `${identifier(name)} AS ${identifier(names[index])}`).join(', ');
    const copy = (from: string) => connection.run(`CREATE OR REPLACE TABLE looked AS SELECT ${selected} FROM ${from}`);
    /** The quickest way; false where it is not as sure as the others. */
    const copyTyped = async (told: NonNullable<typeof csv>): Promise<boolean> => {
      try {
        const typed = found.map((name, index) => [name, types[index]] as const);
        await copy(typedCsvReader(files[0], told, typed));
        const copied = await connection.runAndReadAll('FROM looked LIMIT 0');
        return copied.columnTypes().map(String).join() === types.join();
      } catch {
        return false;
      }
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
            await tables.complete(connection);
            if (!csv || !(await copyTyped(csv)))
              await copy(relation(guessedFrom)).catch(async (error: unknown) => {
                if (!csv) throw error;
                await copy(relation(-1));
              });
            const [[rows]] = (await connection.runAndReadAll('SELECT count(*) FROM looked')).getRowsJS() as bigint[][];
            if (rows === 0n) throw new EpochbookError('data.noRows', { path }, { at });
            return { connection, rows: Number(rows) };
          } catch (cause) {
            if (cause instanceof EpochbookError) throw cause;
            throw await failed(cause);
          } finally {
            clearInterval(timer);
          }
        })();
        return imported;
      },
      close,
    };
  } catch (cause) {
    const error = cause instanceof EpochbookError ? cause : await failed(cause);
    await close();
    throw error;
  }

  async function failed(cause: unknown): Promise<unknown> {
    const { format } = source;
    const odd = format === 'csv' && (await explainNotUtf8(cause, files[0], { at, told: source.encoding }));
    if (odd) return odd;
    const code = format === 'parquet' || format === 'json' || format === 'sql' ? (`data.${format}` as const) : 'data.table';
    return new EpochbookError(code, { path, detail: detailOf(cause, files) }, { at, cause });
  }
}

function shownValue(value: unknown, type: LookColumn['type']): LookCell {
  if (typeof value === 'string') return value.slice(0, longestShown);
  if (type === 'time' && value instanceof Date)
    return value
      .toISOString()
      .replace(/T00:00:00\.000Z$/, '')
      .replace('T', ' ')
      .replace('.000Z', '');
  return toCell(value);
}
