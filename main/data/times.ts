/** When each row was. */
import { EpochbookError } from '#contract/errors.ts';
import { numberIn, type TypedColumn } from './columns.ts';
import { placeOf, type TextTable } from './csv.ts';

/** Of a date (ISO 8601), since 1970; NaN where the text is none. */
export const secondsOf = (text: string): number => (/^\d{4}-\d{2}/.test(text) ? Date.parse(text) / 1000 : Number.NaN);

/** Seconds of dates (ISO 8601), else whatever a number counts. Throws `data.notATime`. */
export function timesOf(table: TextTable, column: TypedColumn, at: string): Float64Array {
  return Float64Array.from(table.columns[column.index], (text, row) => {
    const time = column.type === 'number' ? numberIn(text) : secondsOf(text);
    if (!Number.isNaN(time)) return time;
    const { path, unit, line } = placeOf(table, row);
    const where = { file: path, line, column: column.index + 1 };
    throw new EpochbookError('data.notATime', { path, unit, line, column: column.name, value: text.slice(0, 60) }, { at, where });
  });
}
