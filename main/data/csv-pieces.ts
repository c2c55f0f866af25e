/** A delimited text of any length, some megabytes at a time. */
import { isAscii } from 'node:buffer';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource, TextEncoding } from '#contract/spec.ts';
import { parseCsv, type TextTable } from './csv.ts';
import { asTold, likelyEncoding } from './encoding.ts';
import { findFile, type Folders, type FoundFile, plainBytesOf } from './files.ts';
import { explainOddLine, recoded } from './recoded.ts';

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

const headBytes = 1 << 16;

/** UTF-16 has line ends of two bytes, and zeros between its letters. */
async function wideEncoding(found: FoundFile, path: string): Promise<TextEncoding | undefined> {
  for await (const bytes of plainBytesOf(found, path, at)) {
    const encoding = likelyEncoding(bytes.subarray(0, headBytes));
    return encoding === 'utf-16le' || encoding === 'utf-16be' ? encoding : undefined;
  }
  return undefined;
}

async function* asUtf8(pieces: AsyncIterable<Buffer>, encoding: TextEncoding, told: CsvSource): AsyncGenerator<Buffer> {
  try {
    yield* recoded(pieces, encoding);
  } catch (error) {
    throw explainOddLine(error, { path: told.path, at, told: told.encoding });
  }
}

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
 * The table in pieces of whole rows. How it is read is found from the first piece and holds for all; its encoding, from
 * the first that says more than ASCII does. Throws what `parseCsv` and `plainBytesOf` throw.
 */
export async function* csvPieces(told: CsvSource, folders: Folders, pieceBytes = usualBytes): AsyncGenerator<TextTable> {
  const { path } = told;
  const found = await findFile(path, folders, at);
  const wide = told.encoding === 'utf-16le' || told.encoding === 'utf-16be' ? told.encoding : await wideEncoding(found, path);
  const source: CsvSource = wide ? { ...told, encoding: 'utf-8' } : told;
  const plain = plainBytesOf(found, path, at);
  const quote = source.quote?.charCodeAt(0) ?? doubleQuote;
  let rest: Buffer = Buffer.alloc(0);
  let held: Buffer[] = [];
  let heldBytes = 0;
  let first: TextTable | undefined;
  let [lines, rows] = [0, 0];
  let { encoding } = source;

  const read = (bytes: Buffer): TextTable => {
    let table: TextTable;
    try {
      if (!first?.reading) table = parseCsv({ path, bytes }, source, at);
      else {
        const { delimiter, decimal } = first.reading;
        const found = { ...source, encoding, delimiter, decimal, header: false, skip: 0 } as CsvSource;
        table = parseCsv({ path, bytes }, found, at);
        if (table.names.length !== first.names.length) {
          const values = { path, line: table.lines[0], wanted: first.names.length, found: table.names.length };
          throw new EpochbookError('data.raggedRow', values, { at, where: { file: path, line: table.lines[0] } });
        }
      }
    } catch (error) {
      throw shifted(asTold(error, told.encoding), lines);
    }
    if (!isAscii(bytes)) encoding ??= table.reading?.encoding as TextEncoding | undefined;
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

  for await (const chunk of wide ? asUtf8(plain, wide, told) : plain) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < pieceBytes) continue;
    const all = Buffer.concat([rest, ...held]);
    [held, heldBytes] = [[], 0];
    const end = lastLineEnd(all, quote);
    rest = all.subarray(end);
    if (end > 0) yield read(all.subarray(0, end));
  }
  const last = Buffer.concat([rest, ...held]);
  // Blank lines at the end are no rows.
  if (first && last.toString('latin1').trim() === '') return;
  if (last.length === 0) throw new EpochbookError('data.emptyFile', { path }, { at });
  yield read(last);
}
