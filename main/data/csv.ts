/** Reads a delimited text into columns of text, checking that every row has as many fields as the first. */
import { type CsvError, parse } from 'csv-parse/sync';
import { EpochbookError } from '#contract/errors.ts';
import type { DataPreview } from '#contract/notebook.ts';
import type { DataSource } from '#contract/spec.ts';
import { decodeText } from './encoding.ts';
import type { OpenedFile } from './files.ts';
import { missing } from './missing.ts';
import { twiceIn } from './row-table.ts';

export type Reading = NonNullable<DataPreview['reading']>;

export interface TextTable {
  readonly path: string;
  /** What `lines` counts. */
  readonly unit: 'line' | 'row';
  readonly names: readonly string[];
  /** By column, then by row; untrimmed fields are trimmed. */
  readonly columns: readonly (readonly string[])[];
  /** Of a text, the line on which each row ends; else the row's number. From 1. */
  readonly lines: readonly number[];
  /** Row of each in the source, from 0. */
  readonly rows: Uint32Array;
  readonly reading?: Reading;
  /** Other data that was put below this: from which row on. */
  readonly below?: readonly { readonly from: number; readonly path: string; readonly unit: 'line' | 'row' }[];
}

/** Where a row stands. */
export function placeOf(table: TextTable, row: number): { path: string; unit: 'line' | 'row'; line: number } {
  const { path, unit } = [...(table.below ?? [])].reverse().find(({ from }) => row >= from) ?? table;
  return { path, unit, line: table.lines[row] };
}

type CsvSource = Extract<DataSource, { format: 'csv' }>;

const delimiters = [',', ';', '\t', '|'];

/** The delimiter that cuts the first lines into the same number of fields, more than one; else the comma. */
function sniffDelimiter(text: string): string {
  const lines = text
    .slice(0, 65_536)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 20);
  const scored = delimiters.map((delimiter) => {
    const counts = lines.map((line) => line.replaceAll(/"[^"]*"/g, '').split(delimiter).length);
    const same = counts.filter((count) => count === counts[0]).length / Math.max(1, lines.length);
    return { delimiter, score: counts[0] > 1 ? same * 1000 + counts[0] : 0 };
  });
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).delimiter;
}

const fraction = /^[+-]?\d*\.\d+$/;
const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A first line with a fraction above numbers is data: no one names a column 5.1. */
function sniffHeader(records: readonly { record: string[] }[]): boolean {
  const [first, second] = records;
  if (!first || !second) return true;
  return !first.record.some((text, column) => fraction.test(text) && plain.test(second.record[column] ?? ''));
}

const commaDecimal = /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+$/;
const commaNumber = /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$/;

/** Whether a column's numbers have a comma before their fraction: some have, and none is written otherwise. */
export function hasCommas(texts: readonly string[], told: boolean): boolean {
  let [some, others] = [0, 0];
  for (const text of texts) {
    if (commaDecimal.test(text)) some += 1;
    else if (!commaNumber.test(text) && text !== '' && !missing.has(text.toLowerCase())) others += 1;
  }
  return some > 0 && (told ? others * 2 < texts.length : others === 0);
}

const withPoint = (text: string) => (commaNumber.test(text) ? text.replaceAll('.', '').replace(',', '.') : text);

/** A line this long is looked at before it is cut into fields. */
export const longLine = 2 ** 20;
export const mostFields = 200_000;

/** A line of millions of delimiters, as damage makes them, is no row: it would take long to cut and be refused all the same. */
function checkWidth(text: string, delimiter: string, path: string, at: string): void {
  if (text.length < longLine) return;
  let line = 1;
  for (let start = 0; start < text.length; line += 1) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end - start > longLine) {
      let fields = 1;
      for (let place = text.indexOf(delimiter, start); place >= 0 && place < end; place = text.indexOf(delimiter, place + 1)) fields += 1;
      // Between quotes they are text.
      if (fields > mostFields && !text.slice(start, end).includes('"'))
        throw new EpochbookError('data.lineTooWide', { path, line, fields, most: mostFields }, { at, where: { file: path, line } });
    }
    start = end + 1;
  }
}

/** Throws `data.encoding`, `data.emptyFile`, `data.noRows`, `data.raggedRow`, `data.csv`, `data.columnTwice`. */
export function parseCsv(file: OpenedFile, source: CsvSource, at: string): TextTable {
  const { path } = file;
  const { text, encoding } = decodeText(file, at, source.encoding);
  const { quote, comment, skip = 0 } = source;
  const delimiter =
    source.delimiter ??
    sniffDelimiter(
      skip > 0
        ? text
            .split(/\r?\n/, skip + 30)
            .slice(skip)
            .join('\n')
        : text,
    );
  checkWidth(text, delimiter, path, at);
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter,
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      from_line: skip + 1,
      ...(quote !== undefined && { quote }),
      ...(comment !== undefined && { comment }),
    }) as never;
  } catch (cause) {
    const { lines, message } = cause as CsvError & { lines?: number };
    throw new EpochbookError(
      'data.csv',
      { path, line: lines ?? 1, detail: message },
      { at, where: { file: path, ...(lines !== undefined && { line: lines }) }, cause },
    );
  }
  const [first] = records;
  if (!first) throw new EpochbookError('data.emptyFile', { path }, { at });
  const header = source.header ?? sniffHeader(records);
  const names = header ? first.record : first.record.map((_, index) => `column${index + 1}`);
  const twice = twiceIn(names);
  if (twice !== undefined)
    throw new EpochbookError('data.columnTwice', { path, column: twice }, { at, where: { file: path, line: first.info.lines } });
  const rows = header ? records.slice(1) : records;
  if (rows.length === 0) throw new EpochbookError('data.noRows', { path }, { at });
  const ragged = rows.find(({ record }) => record.length !== names.length);
  if (ragged) {
    const line = ragged.info.lines;
    const values = { path, line, wanted: names.length, found: ragged.record.length };
    throw new EpochbookError('data.raggedRow', values, { at, where: { file: path, line } });
  }
  const told = new Set(source.nulls);
  const nulls = new Map<string, number>();
  const decimals = new Set<string>();
  const columns = names.map((_, index) => {
    // Those in quotes, too, as in every other format.
    let texts = rows.map(({ record }) => record[index].trim());
    for (const [row, one] of texts.entries()) {
      if (one === '' || (!told.has(one) && !missing.has(one.toLowerCase()))) continue;
      nulls.set(one, (nulls.get(one) ?? 0) + 1);
      if (told.has(one)) texts[row] = '';
    }
    // With a comma between fields, quotes would have to be round every number: only where it is told.
    if (source.decimal === ',' || (source.decimal === undefined && delimiter !== ',')) {
      if (hasCommas(texts, source.decimal === ',')) {
        texts = texts.map(withPoint);
        decimals.add(',');
      }
    }
    return texts;
  });
  return {
    path,
    unit: 'line',
    names,
    columns,
    lines: rows.map(({ info }) => info.lines),
    rows: Uint32Array.from(rows.keys()),
    reading: {
      encoding,
      delimiter,
      header,
      decimal: source.decimal ?? (decimals.has(',') ? ',' : '.'),
      nulls: [...nulls].sort(([, many], [, more]) => more - many).map(([one]) => one),
      ...(source.nulls && { nullsTold: [...source.nulls] }),
      told: (['encoding', 'delimiter', 'header', 'decimal', 'nulls'] as const).filter((name) => source[name] !== undefined),
    },
  };
}
