/** When each row was. */
import { EpochbookError } from '#contract/errors.ts';
import { numberIn, type TypedColumn } from './columns.ts';
import { placeOf, type TextTable } from './csv.ts';

const moment =
  /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?(?: ?([ap])\.?m\.?)?(?: ?(?:(Z|UTC|GMT)|([+-]\d{2})(?::?(\d{2}))?))?)?$/i;
/** The same with letters for a zone. */
const lettered = /^(.*\d(?: ?[ap]\.?m\.?)?) ?([a-z]{2,5})$/i;

/** The hours that are most likely meant by what people call a zone. */
const hoursOf: Readonly<Record<string, string>> = {
  EST: '-05:00',
  EDT: '-04:00',
  CDT: '-05:00',
  MST: '-07:00',
  MDT: '-06:00',
  PST: '-08:00',
  PDT: '-07:00',
  CET: '+01:00',
  CEST: '+02:00',
  EET: '+02:00',
  EEST: '+03:00',
  WET: '+00:00',
  JST: '+09:00',
  KST: '+09:00',
};

/** Twelve hours of morning and evening, of which the first is called the twelfth. */
function hourOf(hour: string, half: string | undefined): string {
  const number = Number(hour);
  if (half === undefined) return hour.padStart(2, '0');
  if (number < 1 || number > 12) return 'none';
  return String((number % 12) + (half.toLowerCase() === 'p' ? 12 : 0)).padStart(2, '0');
}

/**
 * Of a date (ISO 8601, the hours also by AM and PM), since 1970, to the millisecond; NaN where the text is none. A time
 * without a zone is UTC, so that a table says the same on every computer.
 */
export function secondsOf(text: string): number {
  const [, date, hour, minute, second = '00', fraction = '0', half, , zone, zoneMinutes = '00'] = moment.exec(text) ?? [];
  if (date === undefined) return Number.NaN;
  if (hour === undefined) return Date.parse(date) / 1000;
  if (minute === undefined && half === undefined) return Number.NaN;
  const offset = zone === undefined ? 'Z' : `${zone}:${zoneMinutes}`;
  return Date.parse(`${date}T${hourOf(hour, half)}:${minute ?? '00'}:${second}.${fraction}${offset}`) / 1000;
}

/** Why a text is no time: it may have letters for its zone, which several zones share. `place`: where the text stands. */
export function notATime(
  text: string,
  values: { readonly path: string; readonly unit: 'line' | 'row'; readonly line: number; readonly column: string },
  place: { readonly at: string; readonly where: { readonly file: string; readonly line: number; readonly column: number } },
): EpochbookError {
  const value = text.slice(0, 60);
  const [, time, zone] = lettered.exec(text) ?? [];
  if (time === undefined || !time.includes(':') || Number.isNaN(secondsOf(time)))
    return new EpochbookError('data.notATime', { ...values, value }, place);
  const hours = Object.hasOwn(hoursOf, zone.toUpperCase()) ? hoursOf[zone.toUpperCase()] : '+01:00';
  const written = text.slice(time.length);
  const query = `replace("${values.column.replaceAll('"', '""')}", '${written}', '${hours}')`;
  return new EpochbookError('data.timeZone', { ...values, value, zone, instead: `${time}${hours}`, query }, place);
}

/** Seconds of dates (ISO 8601), else whatever a number counts. Throws `data.notATime` and `data.timeZone`. */
export function timesOf(table: TextTable, column: TypedColumn, at: string): Float64Array {
  return Float64Array.from(table.columns[column.index], (text, row) => {
    const time = column.type === 'number' ? numberIn(text) : secondsOf(text);
    if (!Number.isNaN(time)) return time;
    const { path, unit, line } = placeOf(table, row);
    throw notATime(text, { path, unit, line, column: column.name }, { at, where: { file: path, line, column: column.index + 1 } });
  });
}
