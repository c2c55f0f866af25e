/** Tables in Arrow files (Feather 2 is one), read as text like the others. */
import type { Hash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import * as zlib from 'node:zlib';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import type { TextTable } from './csv.ts';
import { type Folders, mostUnpacked, readDataFile } from './files.ts';
import { unpackLz4 } from './lz4.ts';
import { rowTable } from './row-table.ts';

type ArrowSource = Extract<DataSource, { format: 'arrow' }>;
type Arrow = typeof import('apache-arrow');

const at = '/data/source/path';

/** Compression makes rows small, but not this small. */
const mostRowsOfByte = 10_000;

/** In Node from 22.15 on. */
const unpackZstd = (zlib as { zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer })
  .zstdDecompressSync;

export async function loadArrow(): Promise<Arrow> {
  const arrow = await import('apache-arrow');
  const { compressionRegistry, CompressionType } = arrow;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes: Uint8Array) => unpackLz4(bytes, mostUnpacked) });
  if (unpackZstd)
    compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes: Uint8Array) => unpackZstd(bytes, { maxOutputLength: mostUnpacked }) });
  return arrow;
}

/** A damaged file can promise billions of dictionaries, which the reader goes through one by one: it is stopped. */
const mostMs = 5_000;
const bytesPerMs = 10_000;

function inTime<Value>(bytes: number, work: () => Value): Value {
  return runInNewContext('work()', { work }, { timeout: mostMs + Math.ceil(bytes / bytesPerMs) }) as Value;
}

/**
 * Undefined where a batch is none. Of a file, batches are read by their number: the reader's own way through them does
 * not end where one is damaged.
 */
function readBatches(arrow: Arrow, bytes: Uint8Array): InstanceType<Arrow['Table']> | undefined {
  const reader = arrow.RecordBatchReader.from(bytes).open();
  if (!reader.isFile()) return new arrow.Table(reader.readAll());
  const batches = [];
  for (let index = 0; index < reader.numRecordBatches; index += 1) {
    const batch = reader.readRecordBatch(index);
    if (!batch) return undefined;
    batches.push(batch);
  }
  return new arrow.Table(reader.schema, batches);
}

export function arrowTextOf(value: unknown, isTime: boolean): string {
  if (value === null || value === undefined) return '';
  if (isTime && typeof value === 'number') return new Date(value).toISOString().replace(/T00:00:00\.000Z$/, '');
  if (typeof value === 'object') return value instanceof Date ? value.toISOString() : JSON.stringify(value);
  return `${value as string | number | bigint | boolean}`.trim();
}

/** Why an Arrow file cannot be read; what the reader stumbles over says nothing to a person. */
export const refusedArrow = (path: string, cause: unknown): EpochbookError =>
  cause instanceof Error && !(cause instanceof TypeError || cause instanceof RangeError || cause.message.includes('undefined'))
    ? new EpochbookError('data.arrow', { path, detail: cause.message.slice(0, 200) }, { at, cause })
    : new EpochbookError('data.arrowDamaged', { path }, { at, cause });

/** Throws `data.arrow`, `data.arrowDamaged`, `data.noRows`, `data.columnTwice`. */
export async function readArrow({ path }: ArrowSource, folders: Folders, hash: Hash): Promise<TextTable> {
  const { bytes } = await readDataFile(path, folders, at, hash);
  const arrow = await loadArrow();
  const refused = (cause: unknown) => refusedArrow(path, cause);
  // What was written before Arrow's own format cannot be read by its libraries any more.
  if (bytes.toString('latin1', 0, 4) === 'FEA1') throw refused(new Error('Feather 1'));
  let names: string[];
  let columns: string[][];
  let count: number;
  try {
    const table = inTime(bytes.length, () => readBatches(arrow, bytes));
    if (!table || table.numRows > bytes.length * mostRowsOfByte) throw refused(undefined);
    count = table.numRows;
    names = table.schema.fields.map(({ name }) => name);
    columns = table.schema.fields.map(({ type }, index) => {
      const isTime = arrow.DataType.isDate(type) || arrow.DataType.isTimestamp(type);
      return Array.from(table.getChildAt(index) ?? [], (value: unknown) => arrowTextOf(value, isTime));
    });
  } catch (cause) {
    throw refused(cause);
  }
  if (names.length === 0 || columns.some((column) => column.length !== count)) throw refused(undefined);
  return rowTable(path, names, columns, at);
}
