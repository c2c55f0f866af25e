/** What a column of text holds: numbers or words, and how they are spread. */
import { EpochbookError } from '#contract/errors.ts';
import type { Column } from '#contract/notebook.ts';
import { nearest } from '#contract/nearest.ts';
import { placeOf, type TextTable } from './csv.ts';
import { missing } from './missing.ts';

export const isMissing = (text: string) => missing.has(text.toLowerCase());

/** A plain decimal number, so that a date, a version or a hexadecimal id is not taken for one. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

export const isNumber = (text: string) => decimal.test(text);

/** NaN where a value is missing or no number. */
export const numberIn = (text: string): number => (isNumber(text) ? Number(text) : NaN);

/** True and false need no encoding. */
export function isLogical(texts: readonly string[]): boolean {
  let some = false;
  for (const text of texts) {
    if (isMissing(text)) continue;
    if (text.length > 5 || !/^(?:true|false)$/i.test(text)) return false;
    some = true;
  }
  return some;
}

/** What a row says in a column, the same for the same: numbers that are written in two ways are one. */
export function sayingOf({ type }: Pick<TypedColumn, 'type'>, text: string): string {
  if (type !== 'number') return text;
  const number = numberIn(text);
  if (!Number.isNaN(number)) return String(number);
  return isMissing(text) ? '' : text;
}

export interface TypedColumn {
  readonly name: string;
  readonly index: number;
  readonly type: 'number' | 'text';
  readonly missing: number;
}

/** A column is numeric where most of its values are numbers; the odd one out is then an error, not a category. */
export function typeColumns(table: TextTable, casts: ReadonlyMap<string, TypedColumn['type']> = new Map()): TypedColumn[] {
  return table.names.map((name, index) => {
    const values = table.columns[index];
    const absent = values.filter(isMissing).length;
    const numbers = values.filter(isNumber).length;
    const cast = casts.get(name);
    if (cast) return { name, index, type: cast, missing: absent };
    return { name, index, type: numbers > (values.length - absent) / 2 ? 'number' : 'text', missing: absent };
  });
}

/** The numbers of a column. Throws `data.missingValue` and `data.notANumber` at the first row that has none. */
export function numbersOf(
  table: TextTable,
  column: TypedColumn,
  count: number,
  at: string,
  role: 'feature' | 'target' = 'feature',
): Float64Array {
  const values = table.columns[column.index];
  const numbers = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    const text = values[row];
    if (!isNumber(text)) throw notANumber(table, column, row, at, role);
    numbers[row] = Number(text);
    if (!Number.isFinite(Math.fround(numbers[row]))) throw notANumber(table, column, row, at, role);
  }
  return numbers;
}

/** Why a row has no number. */
export function notANumber(
  table: TextTable,
  column: TypedColumn,
  row: number,
  at: string,
  role: 'feature' | 'target' = 'feature',
): EpochbookError {
  const text = table.columns[column.index][row];
  const { path, unit, line } = placeOf(table, row);
  const place = { at, where: { file: path, line, column: column.index + 1 } };
  const values = { path, unit, line, column: column.name, role };
  if (!isMissing(text)) return new EpochbookError('data.notANumber', { ...values, value: text.slice(0, 60) }, place);
  return new EpochbookError('data.missingValue', { ...values, count: column.missing }, place);
}

export function columnNamed(columns: readonly TypedColumn[], name: string, path: string, at: string): TypedColumn {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  const near = nearest(
    name,
    columns.map((column) => column.name),
  );
  if (near !== undefined) throw new EpochbookError('data.columnMissingNear', { path, column: name, near }, { at });
  const names = columns.map((column) => column.name).join(', ');
  throw new EpochbookError('data.columnMissing', { path, column: name, names }, { at });
}

/** What the preview tells of a column, over its first `count` rows. */
export function describeColumn(table: TextTable, column: TypedColumn, count: number, role: Column['role']): Column {
  const values = table.columns[column.index].slice(0, count);
  const { name, type } = column;
  const base = { name, type, role, missing: values.filter(isMissing).length };
  if (type === 'text') return { ...base, distinct: new Set(values).size };
  const numbers = values.filter(isNumber).map(Number);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  let [min, max] = [Infinity, -Infinity];
  for (const value of numbers) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { ...base, min, max, mean, deviation: Math.sqrt(variance), distinct: new Set(numbers).size };
}
