/** Tables as files: CSV, TSV, and JSON as records, as lines, or as columns (what pandas writes by default). */
import { promises as disk } from 'node:fs';
import { extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { EpochbookError } from '#contract/errors.ts';

/** Every field is a text, as in CSV; an empty one is no value. */
export interface Table {
  readonly file: string;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const jsonEndings = new Set(['.json', '.jsonl', '.ndjson']);
export const isTableFile = (file: string): boolean => /\.(csv|tsv|json|jsonl|ndjson)$/i.test(file);
const isJson = (file: string): boolean => jsonEndings.has(extname(file).toLowerCase());
const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');
const headBytes = 65_536;

/** Names of the columns that the file begins with, without reading the whole; of JSON, the names in its first bytes. */
export async function tableNames(file: string): Promise<string[]> {
  const handle = await disk.open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = withoutMark(buffer.toString('utf8', 0, bytesRead));
    if (isJson(file)) return [...new Set(Array.from(head.matchAll(/"((?:[^"\\\n]|\\.)*)"\s*:/g), ([, name]) => name))];
    return head
      .split(/\r?\n/, 1)[0]
      .split(/[,;\t]/)
      .map((name) => name.replaceAll('"', '').trim());
  } finally {
    await handle.close();
  }
}

function csvTable(file: string, text: string): Table {
  const delimiter = [',', ';', '\t'].find((mark) => text.slice(0, text.search(/\r?\n|$/)).includes(mark)) ?? ',';
  const [names = [], ...rows] = parse(text, { delimiter, bom: true, skip_empty_lines: true, relax_column_count: true });
  return { file, names: names.map((name) => name.trim()), rows };
}

function field(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type JsonRecord = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is JsonRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

function jsonTable(file: string, text: string): Table {
  let records: JsonRecord[];
  let columns: JsonRecord | undefined;
  try {
    const whole: unknown = JSON.parse(text);
    records = Array.isArray(whole) ? whole.filter(isRecord) : [];
    if (isRecord(whole)) columns = whole;
  } catch (error) {
    // A record a line is no JSON as a whole.
    if (!/^\s*\{.*\}\s*\n/.test(text)) throw error;
    records = text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as JsonRecord);
  }
  if (columns) {
    const names = Object.keys(columns);
    const fields = names.map((name) => columns[name]).map((column) => (isRecord(column) ? column : {}));
    return { file, names, rows: Object.keys(fields[0] ?? {}).map((row) => fields.map((column) => field(column[row]))) };
  }
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { file, names, rows: records.map((record) => names.map((name) => field(record[name]))) };
}

/** Throws interchange.unreadable. */
export async function readTable(file: string): Promise<Table> {
  const text = withoutMark(await disk.readFile(file, 'utf8'));
  try {
    return isJson(file) ? jsonTable(file, text) : csvTable(file, text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new EpochbookError('interchange.unreadable', { path: file, detail }, { cause: error });
  }
}
