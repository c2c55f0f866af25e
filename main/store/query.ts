/** `runs --where` and `--sort`: the language is in the contract, where the page has it too. */
import { EpochbookError } from '#contract/errors.ts';
import { betterOf } from '#contract/metric-direction.ts';
import { parseQuery as parse, QueryError, type RunFilter } from '#contract/run-query.ts';
import type { RunSummary } from '#contract/runs.ts';

/** Throws `query.*` errors, whose `where` is the column in `text`. */
export function parseQuery(text: string): RunFilter {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new EpochbookError(error.code, error.values, { where: { line: 1, column: error.column } });
  }
}

/** Runs by a metric, lowest first by its `min` where lower is better (losses and errors), else highest first by its `max`. Runs without it come last. */
export function sortByMetric(runs: readonly RunSummary[], metric: string): RunSummary[] {
  const higherIsBetter = betterOf(metric) === 'max';
  const key = (run: RunSummary): number => {
    const summary = run.metrics[metric];
    const value = summary ? (higherIsBetter ? -summary.max : summary.min) : Number.NaN;
    return Number.isNaN(value) ? Infinity : value;
  };
  return runs
    .map((run, index) => ({ run, index, key: key(run) }))
    .sort((a, b) => (a.key === b.key ? a.index - b.index : a.key - b.key))
    .map(({ run }) => run);
}
