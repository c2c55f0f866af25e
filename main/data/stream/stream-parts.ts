/** Which part each stored row is of, and the windows over them: by groups, by times, by a column or at random. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Preparation } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { columnNamed, type TypedColumn } from '../columns.ts';
import { type Parts, split } from '../split.ts';
import { place, splitOf, stepOf } from '../steps.ts';
import { checkWindowSplit } from '../table.ts';
import { notATime, secondsOf } from '../times.ts';
import { placesInSeries, placeWindows, type RowOrder, type WindowStep } from '../windows.ts';
import type { Columns } from './stream-columns.ts';
import { keptNumbers, keptTexts, ofTexts, type StreamRows } from './stream-rows.ts';
import type { StreamedTarget } from './stream-targets.ts';
import type { PlacedStored } from './stream-windows.ts';

/** What a column says in each kept row. */
async function readGroups(rows: StreamRows, columns: Columns, { name }: TypedColumn): Promise<(row: number) => string> {
  const source = columns.get(name)!;
  const codeOf = new Uint32Array(rows.kept.length);
  const known = new Map<string, number>();
  const numbered = ofTexts((texts) =>
    Uint32Array.from(texts, (text) => {
      const before = known.get(text) ?? known.size;
      known.set(text, before);
      return before;
    }),
  );
  for (let block = 0; block < rows.store.blocks(); block += 1) {
    const { texts, codes } = keptTexts(rows, source, block);
    const own = numbered(texts);
    codeOf.set(
      codes.map((code) => own[code]),
      rows.firstKept[block],
    );
    await nextTurn();
  }
  const names = [...known.keys()];
  return (row) => names[codeOf[row]];
}

/** When each kept row was, in seconds for dates. Throws `data.notATime` where one of the first `upTo` rows says no time. */
async function readTimes(rows: StreamRows, columns: Columns, column: TypedColumn, at: string, upTo: number): Promise<Float64Array> {
  const source = columns.get(column.name)!;
  const times = new Float64Array(rows.kept.length);
  const momentsIn = ofTexts((texts) => texts.map(secondsOf));
  for (let block = 0; block < rows.store.blocks(); block += 1) {
    let values: Float64Array;
    if (source.kind !== 'numbers' && column.type === 'text') {
      const { texts, codes } = keptTexts(rows, source, block);
      const moments = momentsIn(texts);
      values = Float64Array.from(codes, (code) => moments[code]);
    } else values = keptNumbers(rows, source, block);
    const odd = values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0 && rows.firstKept[block] + odd < upTo) {
      const { table, row } = rows.originOf(rows.firstKept[block] + odd);
      const error = await rows.notANumber(column, rows.firstKept[block] + odd, at);
      const where = { file: table.path, line: row + 1, column: column.index + 1 };
      throw notATime(
        String(error.values['value'] ?? ''),
        { path: table.path, unit: 'row', line: row + 1, column: column.name },
        { at, where },
      );
    }
    times.set(values, rows.firstKept[block]);
    await nextTurn();
  }
  return times;
}

export async function partRows(
  rows: StreamRows,
  columns: Columns,
  typed: readonly TypedColumn[],
  spec: DataSpec,
  target: StreamedTarget,
  count: number,
): Promise<{ -readonly [Part in keyof Parts]: Parts[Part] }> {
  const found = splitOf(spec);
  if (!found) return { ...split(count, undefined, '/data') };
  const at = place(found);
  const { group } = found.step;
  const { time, column } = found.step.op === 'split' ? found.step : {};
  // The training data's rows lie before all others.
  const idOf = (row: number) => rows.kept[row];
  checkWindowSplit(spec);
  const window = stepOf(spec, 'window');
  const named = (name: string) => columnNamed(typed, name, rows.path, at);
  const groupOf = group === undefined ? undefined : await readGroups(rows, columns, named(group));
  const moments =
    time !== undefined
      ? await readTimes(rows, columns, named(time), at, count)
      : window && group === undefined && column === undefined
        ? await windowTimes(window)
        : undefined;
  return {
    ...split(count, found.step, at, {
      ...(target.classes && { classOf: (row: number) => target.values[row] }),
      ...(groupOf && { groupOf }),
      ...(moments && { timeOf: (row: number) => moments[row] }),
      ...(column !== undefined && { partOf: await readGroups(rows, columns, named(column)) }),
      idOf,
    }),
  };

  /** When each row of a series was: by its column of times, else by its place in the series. */
  async function windowTimes({ step, index }: { readonly step: WindowStep; readonly index: number }): Promise<Float64Array> {
    const told = (name: string) => columnNamed(typed, name, rows.path, place({ index }));
    if (step.time !== undefined) return readTimes(rows, columns, told(step.time), place({ index }), count);
    if (step.group === undefined) return Float64Array.from({ length: count }, (_, row) => row);
    return placesInSeries(count, await readGroups(rows, columns, told(step.group)));
  }
}

/** The windows over the kept rows, where there are any. Throws what `placeWindows` throws, and `data.notATime`. */
export async function placeStored(
  rows: StreamRows,
  columns: Columns,
  typed: readonly TypedColumn[],
  spec: DataSpec,
  parts: Parts,
  known: Preparation | undefined,
): Promise<PlacedStored | undefined> {
  const found = stepOf(spec, 'window');
  if (!found) return undefined;
  const { step, index } = found;
  const order = await orderStored(rows, columns, typed, spec, found);
  return { ...placeWindows(parts, step, order, place(found), known?.series?.gap), step, index };
}

/** Which series each kept row belongs to, and when it was. Throws `data.notATime`. */
export async function orderStored(
  rows: StreamRows,
  columns: Columns,
  typed: readonly TypedColumn[],
  spec: DataSpec,
  found: { readonly step: WindowStep; readonly index: number },
): Promise<RowOrder> {
  const { step } = found;
  const at = place(found);
  const named = (name: string) => columnNamed(typed, name, rows.path, at);
  const group = step.group ?? splitOf(spec)?.step.group;
  const groupOf = group === undefined ? () => '' : await readGroups(rows, columns, named(group));
  const times = step.time === undefined ? undefined : await readTimes(rows, columns, named(step.time), at, rows.kept.length);
  const timeOf = (row: number) => (times ? times[row] : rows.originOf(row).row);
  return { groupOf, timeOf };
}
