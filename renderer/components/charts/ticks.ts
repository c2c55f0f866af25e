/** Where an axis of time has its marks: at round seconds, minutes, hours and days. */
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30, 90, 365, 730, 3650].map((count) => count * day),
];

/** What x is: counts, such as epochs, stand at whole numbers. Times are in milliseconds. */
export type AxisKind = 'count' | 'duration' | 'moment' | 'number';

/** Marks of an axis of time, `width` pixels long; undefined where Plotly finds them. */
export function ticksOfTime(
  axis: AxisKind,
  range: readonly [number, number],
  width: number,
  logX: boolean,
  { duration, moment }: { readonly duration: (ms: number) => string; readonly moment: (ms: number) => string },
): { readonly values: readonly number[]; readonly texts: readonly string[] } | undefined {
  if (axis !== 'duration' && (axis !== 'moment' || logX)) return undefined;
  if (logX) return { values: roundDurations, texts: roundDurations.map(duration) };
  const offsetMs = axis === 'moment' ? -new Date(range[0]).getTimezoneOffset() * 60_000 : 0;
  const values = timeTicks(range, Math.max(2, Math.floor(width / 110)), offsetMs);
  return { values, texts: values.map(axis === 'moment' ? moment : duration) };
}

/** Durations that a logarithmic axis is marked at, in milliseconds. */
const roundDurations: readonly number[] = [1, 10, 100, second, 10 * second, minute, 10 * minute, hour, 10 * hour, 4 * day, 40 * day];

/** Milliseconds, at most `most` of them between both ends. `offsetMs` is that of the clock: days begin at its midnight. */
export function timeTicks([from, to]: readonly [number, number], most: number, offsetMs = 0): number[] {
  const wanted = (to - from) / Math.max(1, most);
  const step = steps.find((one) => one >= wanted) ?? steps.at(-1)! * Math.ceil(wanted / steps.at(-1)!);
  const ticks: number[] = [];
  for (let at = Math.ceil((from + offsetMs) / step) * step - offsetMs; at <= to && ticks.length < 1000; at += step) ticks.push(at);
  return ticks;
}
