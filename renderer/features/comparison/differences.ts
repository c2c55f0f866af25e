/** What differs between runs, as rows that can be laid out either way. */
import type { Comparison, RunSummary } from '#contract/runs.ts';
import type { Json, KnobValue } from '#contract/spec.ts';
import { bestOf, betterOf, familiesOf, validationPrefix } from '../runs/metrics.ts';

export type Cell =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'text'; readonly value: Json }
  | { readonly type: 'missing' };

export interface DifferenceRow {
  readonly id: string;
  readonly kind: 'param' | 'setting' | 'best' | 'last' | 'timeAnEpoch' | 'epochs' | 'parameters';
  /** A param's or metric's name, or a setting's path. */
  readonly name: string;
  readonly cells: readonly Cell[];
  /** Which end is better, where one is. */
  readonly better?: 'min' | 'max';
  /** Where a param stands in the spec, as far as its values show: settings with the same values. */
  readonly places?: readonly string[];
  /** Epochs that go with the values, e.g. where the best one was. */
  readonly epochs?: readonly (number | undefined)[];
}

const missing: Cell = { type: 'missing' };

function numberCell(value: number | null | undefined): Cell {
  return value === null || value === undefined || Number.isNaN(value) ? missing : { type: 'number', value };
}

function valueCell(value: Json | KnobValue | null | undefined): Cell {
  if (value === null || value === undefined) return missing;
  return typeof value === 'number' ? numberCell(value) : { type: 'text', value };
}

/** Params and other settings that differ. A setting that has a param's very values is named with the param, not again. */
export function settingRows({ params, settings }: Pick<Comparison, 'params' | 'settings'>): DifferenceRow[] {
  const key = (values: readonly unknown[]): string => JSON.stringify(values.map((value) => value ?? null));
  const places = new Map<string, string[]>();
  const others: DifferenceRow[] = [];
  const ofParams = new Set(Object.values(params).map(key));
  for (const { path, values } of settings) {
    const same = key(values);
    if (ofParams.has(same)) places.set(same, [...(places.get(same) ?? []), path]);
    else others.push({ id: `setting:${path}`, kind: 'setting', name: path, cells: values.map(valueCell) });
  }
  const rows = Object.entries(params).map(([name, values]): DifferenceRow => {
    return { id: `param:${name}`, kind: 'param', name, cells: values.map(valueCell), places: places.get(key(values)) ?? [] };
  });
  return [...rows, ...others];
}

/** Best and last values of every metric, what is judged on validation data first; then time and size where they differ. */
export function resultRows({ runs, metrics }: Pick<Comparison, 'runs' | 'metrics'>): DifferenceRow[] {
  const rows: DifferenceRow[] = [];
  const families = familiesOf(Object.keys(metrics)).sort((a, b) => Number(a === 'loss') - Number(b === 'loss'));
  for (const metric of [...families.map((family) => validationPrefix + family), ...families]) {
    const summaries = metrics[metric];
    if (!summaries) continue;
    const better = betterOf(metric);
    const bests = summaries.map((summary) => bestOf(metric, summary));
    rows.push(
      {
        id: `best:${metric}`,
        kind: 'best',
        name: metric,
        better,
        cells: bests.map((best) => numberCell(best?.value)),
        epochs: bests.map((best) => best?.epoch),
      },
      { id: `last:${metric}`, kind: 'last', name: metric, better, cells: summaries.map((summary) => numberCell(summary?.last)) },
    );
  }
  const differ = (value: (run: RunSummary) => number): boolean => new Set(runs.map(value)).size > 1;
  rows.push({
    id: 'timeAnEpoch',
    kind: 'timeAnEpoch',
    name: '',
    better: 'min',
    cells: runs.map((run) => numberCell(run.epochs > 0 ? run.elapsedMs / run.epochs : undefined)),
  });
  if (differ((run) => run.epochs)) rows.push({ id: 'epochs', kind: 'epochs', name: '', cells: runs.map((run) => numberCell(run.epochs)) });
  if (differ((run) => run.parameters)) {
    rows.push({ id: 'parameters', kind: 'parameters', name: '', cells: runs.map((run) => numberCell(run.parameters)) });
  }
  return rows;
}

/** Indexes of the best cells; none where fewer than two have a number or all are equal. */
export function bestCells(row: DifferenceRow): ReadonlySet<number> {
  const numbers = row.cells.flatMap((cell, index) => (cell.type === 'number' ? [{ value: cell.value, index }] : []));
  const values = numbers.map(({ value }) => value);
  if (!row.better || numbers.length < 2 || new Set(values).size === 1) return new Set();
  const top = row.better === 'min' ? Math.min(...values) : Math.max(...values);
  return new Set(numbers.filter(({ value }) => value === top).map(({ index }) => index));
}

export interface Difference {
  /** First minus second. */
  readonly absolute: number;
  /** Of the second; undefined where that is 0 or the signs differ. */
  readonly share: number | undefined;
  /** First over second, for settings: 2 for 16 and 8. */
  readonly ratio: number | undefined;
}

/** How the first number differs from the second; undefined where one is missing or they are equal. */
export function differenceOf(first: Cell | undefined, second: Cell | undefined): Difference | undefined {
  if (first?.type !== 'number' || second?.type !== 'number' || first.value === second.value) return undefined;
  const absolute = first.value - second.value;
  const sameSign = first.value > 0 === second.value > 0 && second.value !== 0 && first.value !== 0;
  return {
    absolute,
    share: sameSign ? absolute / Math.abs(second.value) : undefined,
    ratio: sameSign ? first.value / second.value : undefined,
  };
}

/** Runs that were trained on the same data, in the order of their first; one group where all were. A run that has not
 * read its data yet is in none. */
export function dataGroups<T extends Pick<RunSummary, 'dataHash'>>(runs: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const run of runs) if (run.dataHash !== '') groups.set(run.dataHash, [...(groups.get(run.dataHash) ?? []), run]);
  return [...groups.values()];
}
