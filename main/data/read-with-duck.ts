/** Tables through the database: Parquet, JSON, and queries over files. */
import type { Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import type { TextTable } from './csv.ts';
import { detailOf, loadDuck, lockDown } from './duck.ts';
import { openTables } from './duck-tables.ts';
import type { Folders } from './files.ts';
import { rowTable } from './row-table.ts';

/**
 * Reads a table as text. The database may open the named files and nothing else: no other file, no network, no
 * extension, no writing, and its settings are locked before the query is seen.
 * Throws `data.readerMissing`, `data.parquet`, `data.json`, `data.sql`, `data.sqlTable`, `data.noRows`,
 * `data.columnTwice`, and what reading the files throws.
 */
export async function readWithDuck(
  source: Extract<DataSource, { format: 'parquet' | 'json' | 'sql' }>,
  folders: Folders,
  hash: Hash,
): Promise<TextTable> {
  const at = source.format === 'sql' ? '/data/source/query' : '/data/source/path';
  const { DuckDBInstance } = await loadDuck(at);
  const tables = await openTables(source, folders, hash);
  const path = source.format === 'sql' ? 'SQL' : source.path;
  let instance: InstanceType<typeof DuckDBInstance> | undefined;
  try {
    // One thread for a query: rows without an order come in the same one every time.
    instance = await DuckDBInstance.create(':memory:', { threads: source.format === 'sql' ? '1' : '2' });
    const connection = await instance.connect();
    await lockDown(connection, tables.files);
    await tables.make(connection);
    await connection.run('SET lock_configuration = true');
    const reader = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM ${tables.relation(-1)}`);
    const names = reader.columnNames();
    const columns = (reader.getColumnsJS() as (string | null)[][]).map((column) => column.map((value) => value?.trim() ?? ''));
    if (source.format === 'json' && names.length === 1 && names[0] === 'json') throw new EpochbookError('data.jsonShape', { path }, { at });
    return rowTable(path, names, columns, at);
  } catch (cause) {
    if (cause instanceof EpochbookError) throw cause;
    throw new EpochbookError(`data.${source.format}`, { path, detail: detailOf(cause, tables.files) }, { at, cause });
  } finally {
    instance?.closeSync();
    await tables.close();
  }
}
