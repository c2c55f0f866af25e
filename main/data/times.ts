/** When each row was. */
import { EpochbookError } from '#contract/errors.ts';
import { numberIn, type TypedColumn } from './columns.ts';
import { placeOf, type TextTable } from './csv.ts';

const moment =
  /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)? ?(?:(Z|UTC|GMT)|([+-]\d{2})(?::?(\d{2}))?)?)?$/i;

/**
 * Of a date (ISO 8601), since 1970, to the millisecond; NaN where the text is none. A time without a zone is UTC, so that
 * a table says the same on every computer.
 */
export function secondsOf(text: string): number {
  const [, date, hour, minute, second = '00', fraction = '0', , zone, zoneMinutes = '00'] = moment.exec(text) ?? [];
  if (date === undefined) return Number.NaN;
  if (hour === undefined) return Date.parse(date) / 1000;
  const offset = zone === undefined ? 'Z' : `${zone}:${zoneMinutes}`;
  return Date.parse(`${date}T${hour.padStart(2, '0')}:${minute}:${second}.${fraction}${offset}`) / 1000;
}

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
