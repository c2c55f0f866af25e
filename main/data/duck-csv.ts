/** How the database reads a delimited text: as it is read for training, so that it is shown and queried alike. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { DataSource } from '#contract/spec.ts';
import { EpochbookError } from '#contract/errors.ts';
import { longLine, mostFields, parseCsv } from './csv.ts';
import { identifier, isOneOf, type NamedFile, quoted } from './duck.ts';

export type CsvSource = Extract<DataSource, { format: 'csv' }>;

/** Ways in which tables say that a value is missing, as `isMissing` of columns.ts has them. */
const missingTexts = ['', 'NA', 'na', 'N/A', 'n/a', 'NaN', 'nan', 'NAN', 'NULL', 'null', 'Null', 'None', 'none', 'NONE', '?', '-'];

/** Bytes from which it is told how a text is to be read. */
const readFrom = 1 << 16;

/** The first bytes of a file, unpacked; of a damaged one, as many as there are. */
async function headOf({ file, gzipped }: NamedFile): Promise<Buffer> {
  const source = createReadStream(file, { highWaterMark: readFrom });
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of (gzipped ? source.pipe(createGunzip()) : source) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= readFrom) break;
    }
  } catch {
    // What is wrong with it is said where it is read whole.
  } finally {
    source.destroy();
  }
  return Buffer.concat(chunks).subarray(0, readFrom);
}

/** What is found of a text, which is UTF-8, when it is read for training; what is told stays. */
export async function asRead(source: CsvSource, named: NamedFile): Promise<CsvSource> {
  const { path } = named;
  const head = await headOf(named);
  const whole = head.length < readFrom ? head : head.subarray(0, head.lastIndexOf(0x0a) + 1);
  try {
    const { reading } = parseCsv({ path, bytes: whole }, source, '/data/source/path');
    if (!reading) return source;
    const { delimiter, header, decimal } = reading;
    return { ...source, delimiter, header, decimal: decimal === ',' ? ',' : '.' };
  } catch {
    // What is wrong with it is said where it is read whole.
    return source;
  }
}

/**
 * Refuses what `parseCsv` refuses of a line: told of one with millions of delimiters, the database would guess their
 * types until it has all memory. Throws `data.lineTooWide`.
 */
export async function checkLines({ file, path, gzipped }: NamedFile, { delimiter = ',' }: CsvSource, at: string): Promise<void> {
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  const sign = delimiter.charCodeAt(0);
  let [line, length, fields, quoted] = [1, 0, 0, false];
  try {
    for await (const chunk of (gzipped ? source.pipe(createGunzip()) : source) as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.length;) {
        const found = chunk.indexOf(0x0a, start);
        const end = found < 0 ? chunk.length : found;
        length += end - start;
        if (length > longLine) {
          quoted ||= chunk.subarray(start, end).includes(0x22);
          for (let place = start; place < end; place += 1) fields += Number(chunk[place] === sign);
          if (fields > mostFields && !quoted)
            throw new EpochbookError('data.lineTooWide', { path, line, fields, most: mostFields }, { at, where: { file: path, line } });
        }
        if (found >= 0) [line, length, fields, quoted] = [line + 1, 0, 0, false];
        start = end + 1;
      }
    }
  } catch (error) {
    // What else is wrong with it is said where it is read.
    if (error instanceof EpochbookError) throw error;
  } finally {
    source.destroy();
  }
}

/** Of a file that is UTF-8. `sample`: how many lines the types are guessed from; −1 is all. */
export const csvReader = (named: NamedFile, source: CsvSource, sample: number): string =>
  reader(named, source, [`sample_size = ${sample}`, nullsOf([...missingTexts, ...(source.nulls ?? [])])]);

/**
 * The same in less time where the types are known already: not each value is compared with all texts that say that one is
 * missing, but those of words alone. Fails, or gives other types, where numbers are missing in another way than by an
 * empty field.
 */
export function typedCsvReader(named: NamedFile, source: CsvSource, types: readonly (readonly [name: string, type: string])[]): string {
  // What is read as a time is found again.
  const told = types.filter(([, type]) => !/^(?:DATE|TIME)/.test(type));
  const of = told.map(([name, type]) => `${quoted(name)}: ${quoted(type)}`).join(', ');
  const from = reader(named, source, [`types = {${of}}`, nullsOf(['', ...(source.nulls ?? [])])]);
  const said = types.map(([name, type]) => {
    const own = identifier(name);
    if (type === 'VARCHAR') return `CASE WHEN ${isOneOf(own, missingTexts)} THEN NULL ELSE ${own} END AS ${own}`;
    // The database takes some of these texts for numbers.
    return type === 'DOUBLE' || type === 'FLOAT' ? `CASE WHEN isnan(${own}) THEN NULL ELSE ${own} END AS ${own}` : own;
  });
  return `(SELECT ${said.join(', ')} FROM ${from})`;
}

const nullsOf = (texts: readonly string[]) => `nullstr = [${texts.map(quoted).join(', ')}]`;

function reader({ file, gzipped }: NamedFile, source: CsvSource, more: readonly string[]): string {
  const { delimiter, header = true, decimal, quote, comment, skip } = source;
  const options = [
    `header = ${header}`,
    ...more,
    ...(delimiter === undefined ? [] : [`delim = ${quoted(delimiter)}`]),
    ...(decimal === ',' ? ["decimal_separator = ','"] : []),
    ...(quote === undefined ? [] : [`quote = ${quoted(quote)}`]),
    ...(comment === undefined ? [] : [`comment = ${quoted(comment)}`]),
    ...(skip === undefined ? [] : [`skip = ${skip}`]),
    ...(gzipped ? ["compression = 'gzip'"] : []),
  ];
  return `read_csv(${quoted(file)}, ${options.join(', ')})`;
}
