/** Rows in order as lines, the windows over them marked: what each sees, what it is to predict, and where gaps keep any from lying. */
import { EpochbookError } from '#contract/errors.ts';
import type { LookSeries, SeriesAsk } from '#contract/look.ts';
import type { DataSpec } from '#contract/spec.ts';
import type { Folders } from '../files.ts';
import { loadSeries } from '../load.ts';
import type { PlacedSeries } from '../placed-series.ts';
import { isGap, orderRows } from '../windows.ts';

/** Places in which values are drawn; more are not told apart. */
const mostPlaces = 1200;
const mostLines = 6;
const mostGroups = 1000;

type PartName = LookSeries['parts'][number]['part'];
type Line = LookSeries['lines'][number];
type Stretch = LookSeries['shown'];
type OnProgress = (share: number | undefined) => void;

const partNames = ['train', 'validation', 'test'] as const;

export interface OpenSeries {
  readonly answer: (ask: SeriesAsk, onProgress: OnProgress) => Promise<LookSeries>;
  readonly close: () => Promise<void>;
}

/** The rows of a series in the order of time. */
interface OneSeries {
  readonly rows: Uint32Array;
  readonly times: Float64Array;
}

/**
 * Reads the data as training does; what is larger than memory is drawn in one pass over a file. Throws what reading
 * throws, and `data.noLook` where no windows are made.
 */
export async function openSeries(data: DataSpec, folders: Folders, onProgress: OnProgress = () => {}): Promise<OpenSeries> {
  const placed = await loadSeries(data, folders, { onProgress });
  if (!placed) throw new EpochbookError('data.noLook');
  const { groupOf, timeOf } = placed.order;
  const all = Uint32Array.from({ length: placed.count }, (_, row) => row);
  const { order, ends } = orderRows(all, placed.order);
  const groups = ends.map((_, index) => groupOf(order[ends[index - 1] ?? 0]));
  const groupNumber = new Map(groups.map((name, index) => [name, index]));
  const partOf = new Uint8Array(placed.count);
  for (const [index, part] of partNames.entries()) for (const row of placed.parts[part] ?? []) partOf[row] = index + 1;
  const windows = partNames.map((part) => windowsByGroup(placed, part, groupNumber));
  let drawn: { key: string; lines: Line[] } | undefined;

  return {
    async answer(ask, hear) {
      const group = Math.min(ask.group, groups.length - 1);
      const rows = order.subarray(ends[group - 1] ?? 0, ends[group]);
      const times = Float64Array.from(rows, timeOf);
      const extent = { from: times[0], to: times[times.length - 1] };
      const shown = ask.range ?? extent;
      const key = JSON.stringify([group, shown]);
      if (drawn?.key !== key) drawn = { key, lines: await linesOf(placed, { rows, times }, shown, hear) };
      const gaps = gapsOf(times, placed.windows.gap);
      const { step, columns } = placed;
      return {
        groups: groups.slice(0, mostGroups),
        group,
        ...(step.time !== undefined && { time: step.time }),
        isDate: placed.isDate,
        rows: rows.length,
        extent,
        shown,
        lines: drawn.lines,
        moreLines: Math.max(0, columns.length - mostLines),
        parts: stretchesOf({ rows, times }, partOf),
        gaps,
        windows: windowsOf(
          placed,
          windows.map((own) => own[group] ?? new Uint32Array(0)),
          gaps,
          ask.window,
        ),
      };
    },
    close: placed.close,
  };
}

const gapsOf = (times: Float64Array, gap: number): Stretch[] => {
  const gaps: Stretch[] = [];
  for (let place = 1; place < times.length; place += 1)
    if (isGap(times[place] - times[place - 1], gap)) gaps.push({ from: times[place - 1], to: times[place] });
  return gaps;
};

/** Rows that follow one another in one part. */
function stretchesOf({ rows, times }: OneSeries, partOf: Uint8Array): LookSeries['parts'] {
  const stretches: LookSeries['parts'] = [];
  for (let place = 0; place < rows.length; place += 1) {
    const part = partOf[rows[place]];
    if (part === 0) continue;
    if (place > 0 && partOf[rows[place - 1]] === part) stretches[stretches.length - 1].to = times[place];
    else stretches.push({ part: partNames[part - 1], from: times[place], to: times[place] });
  }
  return stretches;
}

/** Where in the part's order the windows of each series begin. */
function windowsByGroup({ windows, order }: PlacedSeries, part: PartName, numbers: ReadonlyMap<string, number>): Uint32Array[] {
  const placed = windows.parts[part];
  const found: Uint32Array[] = [];
  if (!placed) return found;
  const { starts } = placed;
  const groupAt = (index: number) => order.groupOf(placed.order[starts[index]]);
  for (let from = 0; from < starts.length;) {
    const group = groupAt(from);
    let to = from + 1;
    while (to < starts.length && groupAt(to) === group) to += 1;
    found[numbers.get(group)!] = starts.subarray(from, to);
    from = to;
  }
  return found;
}

/** The windows of a series by the time of their first row. `starts`: of each part. */
function windowsOf(
  { windows: { parts }, step, order: { timeOf }, sourceRowOf }: PlacedSeries,
  starts: readonly Uint32Array[],
  gaps: readonly Stretch[],
  wanted: number,
): LookSeries['windows'] {
  const { length, horizon = 1, outputs = 1 } = step;
  const count = starts.reduce((sum, own) => sum + own.length, 0);
  const number = Math.min(wanted, count - 1);
  const next = starts.map(() => 0);
  const rowAt = (part: number, place: number) => parts[partNames[part]]!.order[place];
  const spans: LookSeries['windows']['spans'] = [];
  let window: LookSeries['windows']['window'];
  let [gapsBefore, stretch] = [0, -1];
  for (let index = 0; index < count; index += 1) {
    let part = -1;
    let from = Infinity;
    for (const [one, own] of starts.entries()) {
      if (next[one] >= own.length) continue;
      const time = timeOf(rowAt(one, own[next[one]]));
      if (part < 0 || time < from) [part, from] = [one, time];
    }
    const start = starts[part][next[part]++];
    const [last, target] = [start + length - 1, start + length - 1 + horizon];
    const to = timeOf(rowAt(part, target + outputs - 1));
    while (gapsBefore < gaps.length && gaps[gapsBefore].to <= from) gapsBefore += 1;
    const before = spans.at(-1);
    if (before?.part === partNames[part] && stretch === gapsBefore) {
      before.to = Math.max(before.to, to);
      before.count += 1;
    } else spans.push({ part: partNames[part], from, to, count: 1 });
    stretch = gapsBefore;
    if (index !== number) continue;
    const rowsAt = (first: number, end: number): [number, number] => [sourceRowOf(rowAt(part, first)), sourceRowOf(rowAt(part, end))];
    window = {
      number,
      part: partNames[part],
      from,
      to: timeOf(rowAt(part, last)),
      targetFrom: timeOf(rowAt(part, target)),
      targetTo: to,
      rows: rowsAt(start, last),
      targetRows: rowsAt(target, target + outputs - 1),
    };
  }
  return { count, spans, ...(window && { window }) };
}

/**
 * The least and the largest value of the rows that share a place of the drawing, in one pass over all rows in any order.
 * A line breaks at gaps, and at places where no row says a number.
 */
async function linesOf(placed: PlacedSeries, { rows, times }: OneSeries, shown: Stretch, onProgress: OnProgress): Promise<Line[]> {
  const width = (shown.to - shown.from) / mostPlaces;
  const isDense = rows.length > mostPlaces;
  /** By row: 0 where it is of another series, 1 where it is not shown, else two more than its place. */
  const placeOf = new Uint32Array(placed.count);
  const at: number[] = [];
  const breaks = new Set<number>();
  let isBroken = true;
  for (const [index, row] of rows.entries()) {
    const time = times[index];
    isBroken ||= isGap(time - times[index - 1], placed.windows.gap);
    placeOf[row] = 1;
    if (time < shown.from || time > shown.to) continue;
    if (isBroken || !isDense || time - at[at.length - 1] >= width) {
      if (isBroken) breaks.add(at.length);
      at.push(time);
    }
    isBroken = false;
    placeOf[row] = at.length + 1;
  }
  const lines = placed.columns.slice(0, mostLines).map(() => ({
    min: Infinity,
    max: -Infinity,
    low: new Float64Array(at.length).fill(Infinity),
    high: new Float64Array(at.length).fill(-Infinity),
  }));
  await placed.eachRows(
    mostLines,
    (first, values) => {
      for (const [index, line] of lines.entries()) {
        const own = values[index];
        for (let row = 0; row < own.length; row += 1) {
          const place = placeOf[first + row];
          const value = own[row];
          if (place === 0 || Number.isNaN(value)) continue;
          if (value < line.min) line.min = value;
          if (value > line.max) line.max = value;
          if (place === 1) continue;
          if (value < line.low[place - 2]) line.low[place - 2] = value;
          if (value > line.high[place - 2]) line.high[place - 2] = value;
        }
      }
    },
    onProgress,
  );
  return lines.map(({ min, max, low, high }, index) => {
    const segments: Line['segments'] = [];
    let open = false;
    for (const [place, time] of at.entries()) {
      if (breaks.has(place)) open = false;
      if (low[place] === Infinity) {
        open = false;
        continue;
      }
      if (!open) segments.push({ at: [], low: [], high: [] });
      open = true;
      const segment = segments[segments.length - 1];
      segment.at.push(time);
      segment.low.push(low[place]);
      segment.high.push(high[place]);
    }
    const [least, most] = max < min ? [0, 0] : [min, max];
    return { ...placed.columns[index], min: least, max: most, segments };
  });
}
