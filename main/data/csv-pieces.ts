/** A delimited text of any length, some megabytes at a time. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import { parseCsv, type TextTable } from './csv.ts';
import { type Folders, isGzipped, locate } from './files.ts';

type CsvSource = Extract<DataSource, { format: 'csv' }>;

const usualBytes = 2 * 2 ** 20;
const at = '/data/source/path';
const [newline, doubleQuote] = [10, 34];

/** Bytes after the last line end outside quotes; 0 where there is none. */
function lastLineEnd(bytes: Buffer, quote: number): number {
  let [inQuotes, end] = [false, 0];
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] === quote) inQuotes = !inQuotes;
    else if (bytes[index] === newline && !inQuotes) end = index + 1;
  }
  return end;
}

/** UTF-16 has zeros between its letters, and cannot be cut at a byte. */
const isWide = (bytes: Buffer) => bytes.subarray(0, 1000).includes(0) || (bytes[0] === 0xff && bytes[1] === 0xfe);

/** Says an error of a later piece at its line in the file. */
function shifted(error: unknown, lines: number): unknown {
  if (!(error instanceof EpochbookError) || lines === 0) return error;
  const { line } = error.values;
  const { where } = error;
  return new EpochbookError(
    error.code,
    { ...error.values, ...(typeof line === 'number' && { line: line + lines }) },
    {
      at: error.at ?? at,
      ...(where && { where: { ...where, ...(where.line !== undefined && { line: where.line + lines }) } }),
      cause: error,
    },
  );
}

/**
 * The table in pieces of whole rows. How it is read is found from the first piece and holds for all. Throws what
 * `parseCsv` and `locate` throw.
 */
export async function* csvPieces(source: CsvSource, folders: Folders, pieceBytes = usualBytes): AsyncGenerator<TextTable> {
  const { path } = source;
  const file = await locate(path, folders, at);
  const raw = createReadStream(file, { highWaterMark: 1 << 20 });
  let failure: Error | undefined;
  let stream: Readable = raw;
  if (await isGzipped(file, path, at)) {
    stream = raw.pipe(createGunzip());
    raw.on('error', (error) => stream.destroy(error));
  }
  const quote = source.quote?.charCodeAt(0) ?? doubleQuote;
  let rest: Buffer = Buffer.alloc(0);
  let held: Buffer[] = [];
  let heldBytes = 0;
  let first: TextTable | undefined;
  let [lines, rows] = [0, 0];

  const read = (bytes: Buffer): TextTable => {
    let table: TextTable;
    try {
      if (!first?.reading) table = parseCsv({ path, bytes }, source, at);
      else {
        const { encoding, delimiter, decimal } = first.reading;
        const told = { ...source, encoding, delimiter, decimal, header: false, skip: 0 } as CsvSource;
        table = parseCsv({ path, bytes }, told, at);
        if (table.names.length !== first.names.length) {
          const values = { path, line: table.lines[0], wanted: first.names.length, found: table.names.length };
          throw new EpochbookError('data.raggedRow', values, { at, where: { file: path, line: table.lines[0] } });
        }
      }
    } catch (error) {
      throw shifted(error, lines);
    }
    const moved = {
      ...table,
      names: first?.names ?? table.names,
      lines: table.lines.map((line) => line + lines),
      rows: table.rows.map((row) => row + rows),
    };
    for (const byte of bytes) lines += Number(byte === newline);
    rows += table.lines.length;
    first ??= moved;
    return moved;
  };

  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes < pieceBytes) continue;
      const all = Buffer.concat([rest, ...held]);
      [held, heldBytes] = [[], 0];
      const end = !first && isWide(all) ? 0 : lastLineEnd(all, quote);
      rest = all.subarray(end);
      if (end > 0) yield read(all.subarray(0, end));
    }
  } catch (cause) {
    if (cause instanceof EpochbookError) throw cause;
    failure = cause as Error;
  } finally {
    raw.destroy();
  }
  if (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') === true) throw new EpochbookError('data.gzipDamaged', { path, gigabytes: 2 }, { at, cause: failure });
    throw new EpochbookError('data.unreadable', { path, detail: code ?? failure.message }, { at, cause: failure });
  }
  const last = Buffer.concat([rest, ...held]);
  // Blank lines at the end are no rows.
  if (first && last.toString('latin1').trim() === '') return;
  if (last.length === 0) throw new EpochbookError('data.emptyFile', { path }, { at });
  yield read(last);
}
