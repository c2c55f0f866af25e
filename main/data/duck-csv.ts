/** How the database reads a delimited text: as it is read for training, so that it is shown and queried alike. */
import { promises as disk } from 'node:fs';
import type { DataSource, TextEncoding } from '#contract/spec.ts';
import { parseCsv } from './csv.ts';
import { type NamedFile, quoted } from './duck.ts';

export type CsvSource = Extract<DataSource, { format: 'csv' }>;

/** Ways in which tables say that a value is missing, as `isMissing` of columns.ts has them. */
const missingTexts = ['', 'NA', 'na', 'N/A', 'n/a', 'NaN', 'nan', 'NAN', 'NULL', 'null', 'Null', 'None', 'none', 'NONE', '?', '-'];

/** Bytes from which it is told how a text is to be read. */
const readFrom = 1 << 16;

/** What is found of a text when it is read for training; what is told stays. */
export async function asRead(source: CsvSource, { file, path, gzipped }: NamedFile): Promise<CsvSource> {
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

/** By the database's names; a text in another one is read for it. */
export const encodings: Readonly<Partial<Record<TextEncoding, string>>> = {
  'utf-8': 'utf-8',
  'utf-16le': 'utf-16',
  'windows-1252': 'latin-1',
};

export const isKnownEncoding = ({ encoding = 'utf-8' }: CsvSource) => encodings[encoding] !== undefined;

/** `sample`: how many lines the types are guessed from; −1 is all. */
export function csvReader({ file, gzipped }: NamedFile, source: CsvSource, sample: number): string {
  const { delimiter, header = true, encoding = 'utf-8', nulls = [], decimal, quote, comment, skip } = source;
  const options = [
    `header = ${header}`,
    `sample_size = ${sample}`,
    `nullstr = [${[...missingTexts, ...nulls].map(quoted).join(', ')}]`,
    ...(delimiter === undefined ? [] : [`delim = ${quoted(delimiter)}`]),
    ...(encoding === 'utf-8' ? [] : [`encoding = ${quoted(encodings[encoding] ?? encoding)}`]),
    ...(decimal === ',' ? ["decimal_separator = ','"] : []),
    ...(quote === undefined ? [] : [`quote = ${quoted(quote)}`]),
    ...(comment === undefined ? [] : [`comment = ${quoted(comment)}`]),
    ...(skip === undefined ? [] : [`skip = ${skip}`]),
    ...(gzipped ? ["compression = 'gzip'"] : []),
  ];
  return `read_csv(${quoted(file)}, ${options.join(', ')})`;
}
