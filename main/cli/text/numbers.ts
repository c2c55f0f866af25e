/** Numbers as a table shows them. */

const fewestDigits = 4;
const mostDigits = 17;
/** Beyond these a number is written with an exponent. */
const smallest = 1e-4;
const largest = 1e7;

function isPlain(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= smallest && size < largest);
}

/** `decimals` after the point for plain numbers, as many digits in all for the others. */
function written(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return String(value);
  return isPlain(value) ? value.toFixed(Math.min(decimals, 20)) : value.toExponential(Math.min(decimals, 20) - 1);
}

/**
 * Values of one column, all with the same number of decimals: four, or as many more as it takes to tell different values
 * apart. Whole numbers have none. A value that is missing is empty.
 */
export function columnOfNumbers(values: readonly (number | undefined | null)[]): string[] {
  const numbers = values.filter((value): value is number => typeof value === 'number');
  if (numbers.every((value) => Number.isSafeInteger(value) || !Number.isFinite(value))) {
    return values.map((value) => (typeof value === 'number' ? String(value) : ''));
  }
  const distinct = [...new Set(numbers)];
  let decimals = fewestDigits;
  while (decimals < mostDigits && new Set(distinct.map((value) => written(value, decimals))).size < distinct.length) decimals++;
  return values.map((value) => (typeof value === 'number' ? written(value, decimals) : ''));
}

/** A number by itself: four decimals at most, none that are only zeros. */
export function plainNumber(value: number): string {
  return Number.isFinite(value) && isPlain(value) ? String(Number(value.toFixed(fewestDigits))) : written(value, fewestDigits);
}

/** Of a time in JSON, nanoseconds and less are noise. */
export const toMicroseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** `812 ms`, `8.1 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `2026-11-23 22:41:07` in local time. */
export function dateAndTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
