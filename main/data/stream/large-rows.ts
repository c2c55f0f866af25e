/** Rows of formats that the database does not know, a few thousand at a time: SQLite and Arrow. */
import { createReadStream, promises as disk } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import { arrowTextOf, loadArrow, refusedArrow } from '../arrow.ts';
import type { NamedFile } from '../duck.ts';
import { loadSqlite, selectTable, sqliteTextOf } from '../sqlite.ts';

export interface LargeRows {
  readonly names: readonly string[];
  readonly blocks: AsyncIterable<readonly (readonly string[])[]>;
}

const blockOf = 4096;

/** The database is opened where it lies, to be read alone. Throws what `readSqlite` throws. */
async function openSqliteRows(
  { path, table }: Extract<DataSource, { format: 'sqlite' }>,
  { file }: NamedFile,
  at: string,
): Promise<LargeRows> {
  const log = await disk.stat(`${file}-wal`).catch(() => undefined);
  if (log && log.size > 0) throw new EpochbookError('data.sqliteChanging', { path }, { at });
  const Database = await loadSqlite();
  const refused = (cause: unknown) =>
    cause instanceof EpochbookError
      ? cause
      : new EpochbookError('data.sqlite', { path, detail: (cause as Error).message.slice(0, 200) }, { at, cause });
  let opened: InstanceType<typeof Database> | undefined;
  try {
    const database = new Database(file, { readonly: true });
    opened = database;
    // Damaged pages can leave rows out without a word.
    const sound = database.pragma('quick_check(1)', { simple: true });
    if (sound !== 'ok') throw new Error(String(sound));
    const statement = selectTable(database, { path, ...(table !== undefined && { table }) });
    const names = statement.columns().map(({ name }) => name);
    const blocks = async function* (): AsyncGenerator<string[][]> {
      try {
        let rows: string[][] = [];
        for (const row of statement.iterate() as Iterable<unknown[]>) {
          rows.push(row.map(sqliteTextOf));
          if (rows.length < blockOf) continue;
          yield rows;
          rows = [];
        }
        yield rows;
      } catch (cause) {
        throw refused(cause);
      } finally {
        database.close();
      }
    };
    return { names, blocks: blocks() };
  } catch (cause) {
    opened?.close();
    throw refused(cause);
  }
}

/** Record batches, one after another. Throws what `readArrow` throws. */
async function openArrowRows(path: string, { file }: NamedFile): Promise<LargeRows> {
  const arrow = await loadArrow();
  try {
    const reader = await arrow.RecordBatchReader.from(createReadStream(file));
    await reader.open();
    const { fields } = reader.schema;
    const times = fields.map(({ type }) => arrow.DataType.isDate(type) || arrow.DataType.isTimestamp(type));
    const blocks = async function* (): AsyncGenerator<string[][]> {
      try {
        for await (const batch of reader)
          for (let from = 0; from < batch.numRows; from += blockOf) {
            const columns = fields.map((_, index) => batch.getChildAt(index));
            yield Array.from({ length: Math.min(blockOf, batch.numRows - from) }, (_, row) =>
              columns.map((column, index) => arrowTextOf(column?.get(from + row), times[index])),
            );
          }
      } catch (cause) {
        throw refusedArrow(path, cause);
      }
    };
    return { names: fields.map(({ name }) => name), blocks: blocks() };
  } catch (cause) {
    throw cause instanceof EpochbookError ? cause : refusedArrow(path, cause);
  }
}

/** Rows of a file in a format that the database does not know. Throws what reading it whole throws. */
export const openRows = (source: Extract<DataSource, { format: 'sqlite' | 'arrow' }>, file: NamedFile, at: string): Promise<LargeRows> =>
  source.format === 'sqlite' ? openSqliteRows(source, file, at) : openArrowRows(source.path, file);
