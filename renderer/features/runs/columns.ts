/** The columns of the table of runs: what stands in them, what they are sorted by, how wide they are. */
import type { Payload } from '#contract/events.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { Formats } from '../../words/format.ts';
import type { Translate } from '../../words/use-words.ts';
import { bestOf, betterOf, lossMetric, mainMetric } from './metrics.ts';
import { metricName, spacedName, stateWord } from './run-words.ts';
import type { SortKey } from './sorting.ts';

export type Progress = Payload<'training.progressed'>;

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Absent where a column cannot be sorted by. */
  readonly sortKey?: (run: RunSummary) => SortKey;
  /** The direction of the first click. */
  readonly descendingFirst: boolean;
  readonly text: (run: RunSummary, progress?: Progress) => string;
  /** A mean, a deviation or an end of the column's numbers. */
  readonly statistic?: (value: number) => string;
  /** Where one value is the best of all: what is compared, and which end is better. */
  readonly best?: { readonly value: (run: RunSummary) => number | undefined; readonly better: 'min' | 'max' };
}

/** More params than this, and those that are the same in all runs are left out first. */
const paramLimit = 8;

/** Names of params, those of the newest runs first. */
export function paramsOf(runs: readonly RunSummary[], limit = paramLimit): string[] {
  const values = new Map<string, Set<unknown>>();
  for (const run of runs) {
    for (const [name, value] of Object.entries(run.params)) {
      const seen = values.get(name) ?? new Set();
      values.set(name, seen.add(value));
    }
  }
  const names = [...values.keys()];
  if (names.length <= limit) return names;
  const varying = names.filter((name) => (values.get(name)?.size ?? 0) > 1);
  const kept = new Set([...varying, ...names].slice(0, limit));
  return names.filter((name) => kept.has(name));
}

export function columnsFor(runs: readonly RunSummary[], t: Translate, formats: Formats, bin: boolean): Column[] {
  const rounded = (value: number): string => formats.setting(Number(value.toPrecision(4)));
  const columns: Column[] = [
    {
      id: 'state',
      title: t('runs.state'),
      align: 'left',
      descendingFirst: false,
      sortKey: (run) => stateWord(t, run),
      text: (run) => stateWord(t, run),
    },
  ];
  if (new Set(runs.map((run) => run.notebook)).size > 1) {
    columns.push({
      id: 'notebook',
      title: t('runs.notebook'),
      align: 'left',
      descendingFirst: false,
      sortKey: (run) => run.notebook,
      text: (run) => run.notebook.replace(/\.epoch\.md$/, ''),
    });
  }
  // A knob for the number of epochs says again what stands under `epochs`.
  const told = runs.every((run) => run.params['epochs'] === undefined || run.params['epochs'] === run.plannedEpochs) ? 'epochs' : undefined;
  for (const name of paramsOf(runs).filter((param) => param !== told)) {
    const numeric = runs.every((run) => run.params[name] === undefined || typeof run.params[name] === 'number');
    columns.push({
      id: `param:${name}`,
      title: spacedName(name),
      align: numeric ? 'right' : 'left',
      descendingFirst: false,
      sortKey: (run) => run.params[name],
      ...(numeric && { statistic: rounded }),
      text: (run) => {
        const value = run.params[name];
        return value === undefined ? '' : formats.setting(value);
      },
    });
  }

  const measured = (metric: string, id: string, title: string, value: (run: RunSummary) => number | undefined): Column => ({
    id,
    title,
    align: 'right',
    descendingFirst: betterOf(metric) === 'max',
    sortKey: value,
    text: (run) => {
      const number = value(run);
      return number === undefined ? (run.epochs > 0 && metric in run.metrics ? '–' : '') : formats.measure(number);
    },
    statistic: (number) => formats.measure(number),
    best: { value, better: betterOf(metric) },
  });
  const epochColumn = (metric: string, id: string): Column => ({
    id,
    title: t('runs.at'),
    align: 'right',
    descendingFirst: false,
    sortKey: (run) => bestOf(metric, run.metrics[metric])?.epoch,
    statistic: rounded,
    text: (run) => {
      const epoch = bestOf(metric, run.metrics[metric])?.epoch;
      return epoch === undefined ? '' : formats.count(epoch);
    },
  });
  const last = (metric: string) => (run: RunSummary) => {
    const value = run.metrics[metric]?.last;
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };

  const main = mainMetric(runs);
  const loss = lossMetric(runs);
  if (main !== undefined) {
    const name = metricName(t, main);
    columns.push(
      measured(main, 'best', t('runs.metricBest', { metric: name }), (run) => bestOf(main, run.metrics[main])?.value),
      epochColumn(main, 'bestAt'),
      measured(main, 'last', t('runs.last'), last(main)),
    );
  }
  if (runs.some((run) => loss in run.metrics)) {
    columns.push(
      measured(loss, 'loss', t('runs.metricMin', { metric: metricName(t, loss) }), (run) => bestOf(loss, run.metrics[loss])?.value),
    );
    if (main === undefined) columns.push(epochColumn(loss, 'lossAt'), measured(loss, 'lossLast', t('runs.last'), last(loss)));
  }

  columns.push(
    {
      id: 'epochs',
      title: t('runs.epochs'),
      align: 'right',
      descendingFirst: true,
      sortKey: (run) => run.epochs,
      statistic: rounded,
      text: (run) =>
        isUnfinished(run)
          ? t('runs.epochsOf', { done: formats.count(run.epochs), planned: formats.count(run.plannedEpochs) })
          : formats.count(run.epochs),
    },
    {
      id: 'time',
      title: t('runs.time'),
      align: 'right',
      descendingFirst: true,
      sortKey: (run) => run.elapsedMs,
      statistic: (elapsedMs) => formats.duration(elapsedMs),
      text: (run, progress) => {
        const elapsedMs = run.status === 'running' && progress ? Math.max(run.elapsedMs, progress.elapsedMs) : run.elapsedMs;
        return elapsedMs > 0 ? formats.duration(elapsedMs) : '';
      },
    },
    bin
      ? {
          id: 'deleted',
          title: t('runs.deleted'),
          align: 'right',
          descendingFirst: true,
          sortKey: (run) => run.deletedAt,
          text: (run) => (run.deletedAt === undefined ? '' : formats.moment(run.deletedAt)),
        }
      : {
          id: 'started',
          title: t('runs.started'),
          align: 'right',
          descendingFirst: true,
          sortKey: (run) => run.startedAt,
          text: (run) => formats.moment(run.startedAt),
        },
  );
  return columns;
}

function isUnfinished(run: RunSummary): boolean {
  return run.status === 'running' || run.status === 'queued' || run.status === 'paused' || run.status === 'interrupted';
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
