/** `runs --where` and `--sort`: the language is in the contract, where the page has it too. */
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import { betterOf } from '#contract/metric-direction.ts';
import { parseQuery as parse, type Query, QueryError } from '#contract/run-query.ts';
import { type KnownNames, unknownNames } from '#contract/run-query-names.ts';
import type { RunSummary } from '#contract/runs.ts';

/** Throws `query.*` errors, whose `where` is the column in `text`. */
export function parseQuery(text: string): Query {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw placed(error);
  }
}

function placed({ code, values, column }: QueryError): EpochbookError {
  return new EpochbookError(code, values, { where: { line: 1, column } });
}

/** What the expression `text` names that no run has, each at its column. `known` is asked only where it names something. */
export function namesOfNoRun(text: string, known: () => KnownNames | undefined): PlainError[] {
  const { mentions } = parseQuery(text);
  const names = mentions.length > 0 ? known() : undefined;
  if (!names) return [];
  return unknownNames(mentions, names).map((notice) => toPlainError(placed(notice)));
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
