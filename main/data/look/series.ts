/** Rows in order as lines, the windows over them marked: what each sees, what it is to predict, and where gaps keep any from lying. */
import { EpochbookError } from '#contract/errors.ts';
import type { LookSeries, SeriesAsk } from '#contract/look.ts';
import type { DataSpec } from '#contract/spec.ts';
import { numberIn, type TypedColumn } from '../columns.ts';
import type { Folders } from '../files.ts';
import { loadDataset } from '../load.ts';
import type { PlacedSeries } from '../table.ts';
import { isGap } from '../windows.ts';

/** Places in which values are drawn; more are not told apart. */
const mostPlaces = 1200;
const mostLines = 6;
const mostGroups = 1000;

type PartName = LookSeries['parts'][number]['part'];
type Line = LookSeries['lines'][number];

interface Window {
  readonly part: PartName;
  /** Row of the table. */
  readonly first: number;
  readonly last: number;
  readonly target: number;
  readonly lastTarget: number;
}

/** Reads the data as training does. Throws what that throws, `data.seriesTooLarge`, and `data.noLook` where no windows are made. */
export async function openSeries(data: DataSpec, folders: Folders): Promise<(ask: SeriesAsk) => LookSeries> {
  const { placed, preview } = await loadDataset(data, folders);
  if (preview.streamed) throw new EpochbookError('data.seriesTooLarge', {}, { at: '/data/source' });
  if (!placed) throw new EpochbookError('data.noLook');
  const groups = [...new Set(placed.table.lines.map((_, row) => placed.order.groupOf(row)))];
  return (ask) => seriesOf(placed, groups, ask);
}

function seriesOf(
  { table, target, chosen, parts, step, windows, order }: PlacedSeries,
  groups: readonly string[],
  ask: SeriesAsk,
): LookSeries {
  const group = Math.min(ask.group, groups.length - 1);
  const { groupOf, timeOf } = order;
  const partOf = new Map<number, PartName>();
  for (const part of ['train', 'validation', 'test'] as const) for (const row of parts[part] ?? []) partOf.set(row, part);
  const rows = table.lines
    .flatMap((_, row) => (groupOf(row) === groups[group] ? [row] : []))
    .sort((a, b) => timeOf(a) - timeOf(b) || a - b);
  const times = rows.map(timeOf);
  const extent = { from: times[0], to: times[times.length - 1] };
  const shown = ask.range ?? extent;
  const isAfterGap = (place: number) => place > 0 && isGap(times[place] - times[place - 1], windows.gap);

  const all = windowsOf(windows, step, groupOf, groups[group]).sort((a, b) => timeOf(a.first) - timeOf(b.first));
  const number = Math.min(ask.window, all.length - 1);
  const window = all[number];
  const parted: { part: PartName; from: number; to: number }[] = [];
  const gaps: { from: number; to: number }[] = [];
  /** How many gaps lie before a row. */
  const stretchOf = new Map<number, number>();
  for (const [place, row] of rows.entries()) {
    if (isAfterGap(place)) gaps.push({ from: times[place - 1], to: times[place] });
    stretchOf.set(row, gaps.length);
    const part = partOf.get(row);
    const before = parted.at(-1);
    if (part === undefined) continue;
    if (before?.part === part && partOf.get(rows[place - 1]) === part) before.to = times[place];
    else parted.push({ part, from: times[place], to: times[place] });
  }
  const spans: LookSeries['windows']['spans'] = [];
  let stretch: number | undefined;
  for (const { part, first, lastTarget } of all) {
    const before = spans.at(-1);
    const [from, to] = [timeOf(first), timeOf(lastTarget)];
    if (before?.part === part && stretchOf.get(first) === stretch) {
      before.to = Math.max(before.to, to);
      before.count += 1;
    } else spans.push({ part, from, to, count: 1 });
    stretch = stretchOf.get(first);
  }
  const numeric = [target, ...chosen.filter((column) => column !== target)].filter(({ type }) => type === 'number');
  return {
    groups: groups.slice(0, mostGroups),
    group,
    ...(step.time !== undefined && { time: step.time }),
    isDate: step.time !== undefined && table.columns[table.names.indexOf(step.time)].some((text) => /^\d{4}-\d{2}/.test(text)),
    rows: rows.length,
    extent,
    shown,
    lines: numeric.slice(0, mostLines).map((column) => lineOf(column, column === target)),
    moreLines: Math.max(0, numeric.length - mostLines),
    parts: parted,
    gaps,
    windows: {
      count: all.length,
      spans,
      window: {
        number,
        part: window.part,
        from: timeOf(window.first),
        to: timeOf(window.last),
        targetFrom: timeOf(window.target),
        targetTo: timeOf(window.lastTarget),
        rows: [table.rows[window.first], table.rows[window.last]],
        targetRows: [table.rows[window.target], table.rows[window.lastTarget]],
      },
    },
  };

  function lineOf(column: TypedColumn, isTarget: boolean): Line {
    const texts = table.columns[column.index];
    const segments: { at: number[]; low: number[]; high: number[] }[] = [];
    let [min, max] = [Infinity, -Infinity];
    const width = (shown.to - shown.from) / mostPlaces;
    const isDense = rows.length > mostPlaces;
    let open = false;
    for (const [place, row] of rows.entries()) {
      const [time, value] = [times[place], numberIn(texts[row])];
      if (isAfterGap(place) || Number.isNaN(value)) open = false;
      if (Number.isNaN(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
      if (time < shown.from || time > shown.to) continue;
      if (!open) segments.push({ at: [], low: [], high: [] });
      open = true;
      const { at, low, high } = segments[segments.length - 1];
      const last = at.length - 1;
      // Several rows at one place of the drawing are a stroke from the least to the largest.
      if (isDense && last >= 0 && time - at[last] < width) {
        low[last] = Math.min(low[last], value);
        high[last] = Math.max(high[last], value);
        continue;
      }
      at.push(time);
      low.push(value);
      high.push(value);
    }
    if (max < min) [min, max] = [0, 0];
    return { name: column.name, role: isTarget ? 'target' : 'feature', min, max, segments };
  }
}

function windowsOf(
  { parts }: PlacedSeries['windows'],
  { length, horizon = 1, outputs = 1 }: PlacedSeries['step'],
  groupOf: (row: number) => string,
  group: string,
): Window[] {
  return (['train', 'validation', 'test'] as const).flatMap((part) => {
    const placed = parts[part];
    if (!placed) return [];
    const { order, starts } = placed;
    const found: Window[] = [];
    for (const start of starts) {
      if (groupOf(order[start]) !== group) continue;
      const last = start + length - 1;
      found.push({
        part,
        first: order[start],
        last: order[last],
        target: order[last + horizon],
        lastTarget: order[last + horizon + outputs - 1],
      });
    }
    return found;
  });
}
