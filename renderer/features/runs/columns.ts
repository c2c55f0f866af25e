/**
 * The columns of the table of runs: every one there can be, what stands in it, what it is sorted and grouped by. A column
 * goes by its id: `state`, `param:filters`, `metric:val_loss:best`, `tag:cnn`.
 */
import type { Payload } from '#contract/events.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { MetricSummary, RunSummary } from '#contract/runs.ts';
import type { ShownColumn } from '#contract/run-views.ts';
import type { WordKey } from '../../words/catalogue.ts';
import type { Formats } from '../../words/format.ts';
import type { Translate } from '../../words/use-words.ts';
import { bestOf, betterOf, lossMetric, mainMetric } from './metrics.ts';
import { metricName, spacedName } from '#contract/measured.ts';
import { stateWord } from './run-words.ts';
import type { SortKey } from './sorting.ts';

export type Progress = Payload<'training.progressed'>;
export type ColumnSection = 'run' | 'param' | 'metric' | 'tag';

export interface Column {
  readonly id: string;
  readonly title: string;
  /** Beside another column of the same metric: `last` instead of `val loss, last`. */
  readonly shortTitle?: string;
  readonly section: ColumnSection;
  /** The metric it is of. */
  readonly metric?: string;
  readonly align: 'left' | 'right';
  /** Absent where a column cannot be sorted by. */
  readonly sortKey?: (run: RunSummary) => SortKey;
  /** The direction of the first click. */
  readonly descendingFirst: boolean;
  readonly text: (run: RunSummary, progress?: Progress) => string;
  /** Present where runs can be grouped by it: equal values, one group. */
  readonly groupKey?: (run: RunSummary) => SortKey;
  /** A mean, a deviation or an end of the column's numbers. */
  readonly statistic?: (value: number) => string;
  /** Where one value is the best of all: what is compared, and which end is better. */
  readonly best?: { readonly value: (run: RunSummary) => number | undefined; readonly better: 'min' | 'max' };
}

/** What occurs in the runs, as far as the columns depend on it. Plain data: equal shapes have the same JSON. */
export interface Shape {
  readonly params: readonly { readonly name: string; readonly numeric: boolean; readonly varies: boolean }[];
  readonly metrics: readonly string[];
  readonly tags: readonly string[];
  readonly severalNotebooks: boolean;
  /** A knob for the number of epochs says again what stands under `epochs`. */
  readonly epochsTold: boolean;
  readonly mainMetric: string | undefined;
  readonly lossMetric: string;
}

export function shapeOf(runs: readonly RunSummary[]): Shape {
  const params = new Map<string, { numeric: boolean; varies: boolean; first: unknown }>();
  const metrics = new Set<string>();
  const tags = new Set<string>();
  for (const run of runs) {
    for (const name in run.params) {
      const value = run.params[name];
      const known = params.get(name);
      if (!known) params.set(name, { numeric: typeof value === 'number', varies: false, first: value });
      else {
        if (typeof value !== 'number') known.numeric = false;
        if (value !== known.first) known.varies = true;
      }
    }
    for (const name in run.metrics) metrics.add(name);
    for (const tag of run.tags) tags.add(tag);
  }
  return {
    params: [...params].map(([name, { numeric, varies }]) => ({ name, numeric, varies })),
    metrics: [...metrics],
    tags: [...tags].sort((a, b) => a.localeCompare(b)),
    severalNotebooks: runs.some((run) => run.notebook !== runs[0]?.notebook),
    epochsTold: runs.every((run) => run.params['epochs'] === undefined || run.params['epochs'] === run.plannedEpochs),
    mainMetric: mainMetric(runs),
    lossMetric: lossMetric(runs),
  };
}

/** More params than this, and those that are the same in all runs are left out first. */
const paramLimit = 8;

/** The columns of a table that nobody has changed. */
export function usualColumns(shape: Shape, bin: boolean): ShownColumn[] {
  const ids = ['state'];
  if (shape.severalNotebooks) ids.push('notebook');
  const params = shape.params.filter(({ name }) => name !== 'epochs' || !shape.epochsTold);
  const kept = new Set([...params.filter(({ varies }) => varies), ...params].slice(0, paramLimit));
  for (const param of params) if (params.length <= paramLimit || kept.has(param)) ids.push(`param:${param.name}`);
  const { mainMetric: main, lossMetric: loss } = shape;
  if (main !== undefined) ids.push(`metric:${main}:best`, `metric:${main}:bestEpoch`, `metric:${main}:last`);
  if (shape.metrics.includes(loss)) {
    ids.push(`metric:${loss}:min`);
    if (main === undefined) ids.push(`metric:${loss}:bestEpoch`, `metric:${loss}:last`);
  }
  ids.push('epochs', 'time', bin ? 'deleted' : 'started');
  // An empty column at the end pushes what is told out of sight.
  if (shape.tags.length > 0) ids.push('tags');
  return ids.map((id) => ({ id }));
}

const metricParts = ['best', 'bestEpoch', 'last', 'atBest', 'min', 'max'] as const;
type MetricPart = (typeof metricParts)[number];
const metricWords: Record<MetricPart, { readonly long: WordKey; readonly short: WordKey }> = {
  best: { long: 'runs.metricBest', short: 'runs.best' },
  bestEpoch: { long: 'table.metricBestEpoch', short: 'runs.at' },
  last: { long: 'table.metricLast', short: 'runs.last' },
  atBest: { long: 'table.metricAtBest', short: 'table.atBest' },
  min: { long: 'runs.metricMin', short: 'table.min' },
  max: { long: 'table.metricMax', short: 'table.max' },
};

const runFields = [
  'state',
  'notebook',
  'tags',
  'note',
  'epochs',
  'time',
  'started',
  'ended',
  'data',
  'samples',
  'parameters',
  'backend',
  'threads',
  'seed',
  'id',
] as const;

/** Every column there can be, by section, in the order of a list to choose from. */
export function columnIds(shape: Shape): string[] {
  return [
    ...runFields,
    ...shape.params.map(({ name }) => `param:${name}`),
    ...shape.metrics.flatMap((metric) => metricParts.map((part) => `metric:${metric}:${part}`)),
    ...shape.tags.map((tag) => `tag:${tag}`),
  ];
}

/** Undefined where no run has what it shows, or the id is no column's. */
export function columnOf(id: string, shape: Shape, t: Translate, formats: Formats): Column | undefined {
  if (id.startsWith('param:')) return paramColumn(id.slice('param:'.length), shape, formats);
  if (id.startsWith('metric:')) {
    const end = id.lastIndexOf(':');
    const metric = id.slice('metric:'.length, end);
    const part = id.slice(end + 1);
    return shape.metrics.includes(metric) && isMetricPart(part) ? metricColumn(metric, part, t, formats) : undefined;
  }
  if (id.startsWith('tag:')) {
    const tag = id.slice('tag:'.length);
    if (!shape.tags.includes(tag)) return undefined;
    const has = (run: RunSummary): boolean => run.tags.includes(tag);
    return {
      id,
      title: tag,
      section: 'tag',
      align: 'left',
      descendingFirst: true,
      sortKey: has,
      groupKey: has,
      text: (run) => (has(run) ? '✓' : ''),
    };
  }
  return runColumn(id, t, formats);
}

function isMetricPart(part: string): part is MetricPart {
  return (metricParts as readonly string[]).includes(part);
}

function rounded(formats: Formats): (value: number) => string {
  return (value) => formats.setting(Number(value.toPrecision(4)));
}

function paramColumn(name: string, shape: Shape, formats: Formats): Column | undefined {
  const found = shape.params.find((param) => param.name === name);
  if (!found) return undefined;
  const value = (run: RunSummary) => run.params[name];
  return {
    id: `param:${name}`,
    title: spacedName(name),
    section: 'param',
    align: found.numeric ? 'right' : 'left',
    descendingFirst: false,
    sortKey: value,
    groupKey: value,
    ...(found.numeric && { statistic: rounded(formats) }),
    text: (run) => {
      const own = run.params[name];
      return own === undefined ? '' : formats.setting(own);
    },
  };
}

const numberOrNone = (value: number | undefined): number | undefined => (value === undefined || Number.isNaN(value) ? undefined : value);

function metricColumn(metric: string, part: MetricPart, t: Translate, formats: Formats): Column {
  const name = metricName(t, metric);
  const better = betterOf(metric);
  const read: Record<MetricPart, (summary: MetricSummary | undefined) => number | undefined> = {
    best: (summary) => bestOf(metric, summary)?.value,
    bestEpoch: (summary) => bestOf(metric, summary)?.epoch,
    last: (summary) => numberOrNone(summary?.last),
    atBest: (summary) => numberOrNone(summary?.atBest),
    min: (summary) => numberOrNone(summary?.min),
    max: (summary) => numberOrNone(summary?.max),
  };
  const value = (run: RunSummary): number | undefined => read[part](run.metrics[metric]);
  const isEpoch = part === 'bestEpoch';
  // The other end of a metric has no best one: the largest of all losses is nothing to look for.
  const isJudged = !isEpoch && !((part === 'min' && better === 'max') || (part === 'max' && better === 'min'));
  return {
    id: `metric:${metric}:${part}`,
    title: t(metricWords[part].long, { metric: name }),
    shortTitle: t(metricWords[part].short),
    section: 'metric',
    metric,
    align: 'right',
    descendingFirst: !isEpoch && better === 'max',
    sortKey: value,
    text: (run) => {
      const number = value(run);
      if (number === undefined) return !isEpoch && run.epochs > 0 && metric in run.metrics ? formats.measure(Number.NaN) : '';
      return isEpoch ? formats.count(number) : formats.measure(number);
    },
    statistic: isEpoch ? rounded(formats) : (number) => formats.measure(number),
    ...(isJudged && { best: { value, better } }),
  };
}

function runColumn(id: string, t: Translate, formats: Formats): Column | undefined {
  const text = (title: WordKey, value: (run: RunSummary) => string | undefined, groups = true): Column => ({
    id,
    title: t(title),
    section: 'run',
    align: 'left',
    descendingFirst: false,
    sortKey: value,
    ...(groups && { groupKey: value }),
    text: (run) => value(run) ?? '',
  });
  const number = (title: WordKey, value: (run: RunSummary) => number | undefined, write: (value: number) => string): Column => ({
    id,
    title: t(title),
    section: 'run',
    align: 'right',
    descendingFirst: true,
    sortKey: value,
    statistic: write,
    text: (run) => {
      const own = value(run);
      return own === undefined ? '' : write(own);
    },
  });
  const moment = (title: WordKey, value: (run: RunSummary) => number | undefined): Column => {
    const { statistic: _none, ...column } = number(title, value, (at) => formats.moment(at));
    return column;
  };
  switch (id) {
    case 'state':
      return text('runs.state', (run) => stateWord(t, run));
    case 'notebook':
      return text('runs.notebook', (run) => run.notebook.replace(/\.epoch\.md$/, ''));
    case 'tags':
      return text('runs.tags', (run) => (run.tags.length === 0 ? undefined : run.tags.join(', ')));
    case 'note':
      return text('runs.note', (run) => run.note.split('\n', 1)[0], false);
    case 'data':
      return text('runs.data', (run) => run.dataHash.slice(0, 8));
    case 'backend':
      return text('runs.backend', (run) => run.backend);
    case 'id':
      return text('runs.id', (run) => run.id, false);
    case 'samples':
      return number('runs.samples', (run) => run.samples.train + run.samples.validation, rounded(formats));
    case 'parameters':
      return number('runs.parameters', (run) => run.parameters, rounded(formats));
    case 'threads':
      return number('table.threads', (run) => run.threads, rounded(formats));
    case 'seed':
      return { ...number('runs.seed', (run) => run.seed, String), groupKey: (run) => run.seed };
    case 'started':
      return moment('runs.started', (run) => run.startedAt);
    case 'ended':
      return moment('table.ended', (run) => run.endedAt);
    case 'deleted':
      return moment('runs.deleted', (run) => run.deletedAt);
    case 'epochs':
      return {
        ...number('runs.epochs', (run) => run.epochs, rounded(formats)),
        text: (run) =>
          isUnfinished(run)
            ? t('runs.epochsOf', { done: formats.count(run.epochs), planned: formats.count(run.plannedEpochs) })
            : formats.count(run.epochs),
      };
    case 'time':
      return {
        ...number(
          'runs.time',
          (run) => run.elapsedMs,
          (elapsedMs) => formats.duration(elapsedMs),
        ),
        text: (run, progress) => {
          const elapsedMs = run.status === 'running' && progress ? Math.max(run.elapsedMs, progress.elapsedMs) : run.elapsedMs;
          return elapsedMs > 0 ? formats.duration(elapsedMs) : '';
        },
      };
    default:
      return undefined;
  }
}

/** The columns as they stand beside each other: of a metric, the first alone has its name. */
export function shownColumns(shown: readonly ShownColumn[], shape: Shape, t: Translate, formats: Formats): (Column & ShownColumn)[] {
  const columns: (Column & ShownColumn)[] = [];
  // What is pinned stands first, whatever was chosen when.
  for (const one of [...shown.filter(({ pinned }) => pinned), ...shown.filter(({ pinned }) => !pinned)]) {
    const column = columnOf(one.id, shape, t, formats);
    if (!column) continue;
    const follows = column.metric !== undefined && columns.at(-1)?.metric === column.metric;
    columns.push({ ...column, ...one, title: follows && column.shortTitle !== undefined ? column.shortTitle : column.title });
  }
  return columns;
}

function isUnfinished(run: RunSummary): boolean {
  return isGoingOn(run) || run.status === 'interrupted';
}

/** The runs with the best value of each column that has one, where not all that have a value share it. */
export function bestRuns(columns: readonly Column[], runs: readonly RunSummary[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { id, best } of columns) {
    if (!best) continue;
    let top: number | undefined;
    let count = 0;
    for (const run of runs) {
      const value = best.value(run);
      if (value === undefined || !Number.isFinite(value)) continue;
      count++;
      if (top === undefined || (best.better === 'min' ? value < top : value > top)) top = value;
    }
    const winners = runs.filter((run) => best.value(run) === top).map((run) => run.id);
    if (winners.length < count) found.set(id, new Set(winners));
  }
  return found;
}
