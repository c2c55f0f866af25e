/** What a column of text holds: numbers or words, and how they are spread. */
import { EpochbookError } from '#contract/errors.ts';
import type { Column } from '#contract/notebook.ts';
import type { TextTable } from './csv.ts';

/** Ways in which tables say that a value is missing. */
const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-']);

export const isMissing = (text: string) => missing.has(text.toLowerCase());

/** A plain decimal number, so that a date, a version or a hexadecimal id is not taken for one. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const isNumber = (text: string) => decimal.test(text);

export interface TypedColumn {
  readonly name: string;
  readonly index: number;
  readonly type: 'number' | 'text';
  readonly missing: number;
}

/** A column is numeric where most of its values are numbers; the odd one out is then an error, not a category. */
export function typeColumns(table: TextTable): TypedColumn[] {
  return table.names.map((name, index) => {
    const values = table.columns[index];
    const absent = values.filter(isMissing).length;
    const numbers = values.filter(isNumber).length;
    return { name, index, type: numbers > (values.length - absent) / 2 ? 'number' : 'text', missing: absent };
  });
}

/** The numbers of a column. Throws `data.missingValue` and `data.notANumber` at the first row that has none. */
export function numbersOf(table: TextTable, column: TypedColumn, count: number, at: string): Float64Array {
  const values = table.columns[column.index];
  const numbers = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    const text = values[row];
    if (!isNumber(text)) throw notANumber(table, column, row, at);
    numbers[row] = Number(text);
    if (!Number.isFinite(Math.fround(numbers[row]))) throw notANumber(table, column, row, at);
  }
  return numbers;
}

function notANumber(table: TextTable, column: TypedColumn, row: number, at: string): EpochbookError {
  const text = table.columns[column.index][row];
  const line = table.lines[row];
  const place = { at, where: { file: table.path, line, column: column.index + 1 } };
  const values = { path: table.path, line, column: column.name };
  if (!isMissing(text)) return new EpochbookError('data.notANumber', { ...values, value: text.slice(0, 60) }, place);
  return new EpochbookError('data.missingValue', { ...values, count: column.missing }, place);
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
