/**
 * What Aim's SDK exports: the table of `Metric.dataframe` (a row a value; aim/sdk/sequences/metric.py) and, beside it, that
 * of `Run.dataframe` (a row a run, with its name, tags and note). Aim's own folder, `.aim`, is for Aim alone.
 */
import { EpochbookError } from '#contract/errors.ts';
import type { KnobValue } from '#contract/spec.ts';
import { foundRun, type FoundRun } from './found-run.ts';
import { metricPrefixes } from './metric-prefixes.ts';
import { readNumber, readSetting } from './plain-values.ts';
import { Points } from './series.ts';
import type { Table } from './tables.ts';

const hash = 'run.hash';
const metricName = 'metric.name';
const contextPrefix = 'metric.context.';
const runPrefix = 'run.';
/** Under which Aim's examples and integrations keep a run's settings. */
const settingsName = 'hparams.';

export const isAimMetrics = (names: readonly string[]): boolean =>
  [hash, metricName, 'value', 'step'].every((name) => names.includes(name));
export const isAimRuns = (names: readonly string[]): boolean =>
  ['hash', 'name', 'creation_time', 'experiment'].every((name) => names.includes(name));

/** `loss` in the context `{subset: 'val'}` is `val_loss`, as elsewhere; what else the context says comes behind the name. */
function metricIn(name: string, context: readonly (readonly [key: string, value: string])[]): string {
  let prefix = '';
  const more: string[] = [];
  for (const [key, value] of context) {
    if (value === '') continue;
    const known = key === 'subset' && Object.hasOwn(metricPrefixes, value) ? metricPrefixes[value] : undefined;
    if (known !== undefined) prefix = name.startsWith(known) ? '' : known;
    // A column with gaps has its whole numbers as 1.0.
    else more.push(`${key}=${readNumber(value) ?? value}`);
  }
  return [prefix + name, ...more].join(' ');
}

/** A time as pandas writes it: of the place where it was logged, without saying which; or milliseconds since 1970. */
const timeOf = (text: string): number => readNumber(text) ?? Date.parse(text.replace(' ', 'T'));
const setting = (name: string): string => (name.startsWith(settingsName) ? name.slice(settingsName.length) : name);

interface RunFacts {
  readonly name: string;
  readonly note: string;
  readonly tags: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
}

function tagsIn(text: string): string[] {
  try {
    const tags: unknown = JSON.parse(text);
    return Array.isArray(tags) ? tags.map(String) : [];
  } catch {
    return [];
  }
}

/** By the run's hash. */
export function readAimRuns({ names, rows }: Table): Map<string, RunFacts> {
  const column = (name: string) => names.indexOf(name);
  const at = (row: readonly string[], name: string): string => row[column(name)] ?? '';
  const seconds = (text: string): number => (readNumber(text) ?? Number.NaN) * 1000;
  return new Map(
    rows.map((row) => {
      const experiment = at(row, 'experiment');
      return [
        at(row, 'hash'),
        {
          name: at(row, 'name'),
          note: at(row, 'description'),
          tags: [...(experiment === '' || experiment === 'default' ? [] : [experiment]), ...tagsIn(at(row, 'tags'))],
          startedAt: seconds(at(row, 'creation_time')),
          endedAt: seconds(at(row, 'end_time')),
        },
      ];
    }),
  );
}

interface Reading {
  readonly points: Map<string, Points>;
  readonly params: Record<string, KnobValue>;
  from: number;
  to: number;
}

export function readAimMetrics({ file, names, rows }: Table, facts: ReadonlyMap<string, RunFacts>): FoundRun[] {
  const column = (name: string) => names.indexOf(name);
  const [run, metric, value, step, time] = [hash, metricName, 'value', 'step', 'time'].map(column);
  const startingWith = (prefix: string) =>
    names.flatMap((name, at) => (name.startsWith(prefix) && name !== hash ? [[name.slice(prefix.length), at] as const] : []));
  const contexts = startingWith(contextPrefix);
  const settings = startingWith(runPrefix);
  const readings = new Map<string, Reading>();
  const findings: EpochbookError[] = [];
  for (const [index, row] of rows.entries()) {
    const epoch = readNumber(row[step] ?? '');
    if (epoch === undefined || !Number.isInteger(epoch)) {
      findings.push(new EpochbookError('interchange.rowSkipped', { path: file, row: index + 1, value: row[step] ?? '' }));
      continue;
    }
    let reading = readings.get(row[run]);
    if (!reading) readings.set(row[run], (reading = { points: new Map(), params: {}, from: Infinity, to: -Infinity }));
    const at = timeOf(row[time] ?? '');
    if (at < reading.from) reading.from = at;
    if (at > reading.to) reading.to = at;
    for (const [name, place] of settings) {
      const text = row[place] ?? '';
      if (text !== '') reading.params[setting(name)] ??= readSetting(text);
    }
    const name = metricIn(
      row[metric],
      contexts.map(([key, place]) => [key, row[place] ?? '']),
    );
    let points = reading.points.get(name);
    if (!points) reading.points.set(name, (points = new Points()));
    // Every row is a value that was logged: one that pandas leaves empty was NaN.
    points.add(epoch, readNumber(row[value] ?? '') ?? Number.NaN, at);
  }
  return [...readings].map(([key, { points, params, from, to }], index) => {
    const known = facts.get(key);
    const first = [known?.startedAt ?? Number.NaN, from].find(Number.isFinite) ?? 0;
    const last = [known?.endedAt ?? Number.NaN, to].find(Number.isFinite) ?? first;
    const run = {
      tool: 'aim' as const,
      path: file,
      key,
      name: known?.name || key,
      status: 'completed' as const,
      startedAt: first,
      endedAt: Math.max(first, last),
      params,
      tags: known?.tags ?? [],
      note: known?.note ?? '',
    };
    return foundRun(run, points, index === 0 ? findings : []);
  });
}
