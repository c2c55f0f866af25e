/** What metrics mean: which are better small, which belong together, which one a table shows. */
import { betterOf } from '#contract/metric-direction.ts';
import { familyOf, validationPrefix } from '#contract/measured.ts';
import type { MetricSummary, RunSummary } from '#contract/runs.ts';

export { betterOf, familyOf, validationPrefix };

export interface BestValue {
  readonly value: number;
  readonly epoch: number;
}

/** The best value of a metric and its epoch; undefined where it never was a number. */
export function bestOf(metric: string, summary: MetricSummary | null | undefined): BestValue | undefined {
  if (!summary) return undefined;
  const best =
    betterOf(metric) === 'min' ? { value: summary.min, epoch: summary.minEpoch } : { value: summary.max, epoch: summary.maxEpoch };
  return Number.isFinite(best.value) ? best : undefined;
}

/** Families in the order of a page: the loss first, then as they come. */
export function familiesOf(metrics: Iterable<string>): string[] {
  const families = new Set([...metrics].map(familyOf));
  return [...families].sort((a, b) => Number(b === 'loss') - Number(a === 'loss'));
}

/**
 * The metric that a row of runs is judged by: of the families other than the loss the one most runs have, on
 * validation data where any run has that; of several that most have, one that is measured on it. Undefined where there is only a loss.
 */
export function mainMetric(runs: readonly RunSummary[]): string | undefined {
  const counts = new Map<string, number>();
  for (const run of runs) {
    for (const family of new Set(Object.keys(run.metrics).map(familyOf))) {
      if (family !== 'loss') counts.set(family, (counts.get(family) ?? 0) + 1);
    }
  }
  let main: string | undefined;
  const isValidated = (family: string): boolean => runs.some((run) => validationPrefix + family in run.metrics);
  for (const [family, count] of counts) {
    const most = main === undefined ? 0 : counts.get(main)!;
    if (count > most || (count === most && isValidated(family) && !isValidated(main!))) main = family;
  }
  if (main === undefined) return undefined;
  const validation = validationPrefix + main;
  return runs.some((run) => validation in run.metrics) ? validation : main;
}

/** The loss to list: on validation data where any run has it. */
export function lossMetric(runs: readonly RunSummary[]): string {
  return runs.some((run) => 'val_loss' in run.metrics) || runs.length === 0 ? 'val_loss' : 'loss';
}
