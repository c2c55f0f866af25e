/** What a reader finds in the files of another tool. */
import { EpochbookError } from '#contract/errors.ts';
import type { LoggedRun } from '#contract/logged-run.ts';
import type { Points } from './series.ts';

export interface FoundRun {
  readonly run: LoggedRun;
  /** What in its files could not be read, or not as it is. */
  readonly findings: readonly EpochbookError[];
}

/** A run with these points, which says where one step was logged more than once. */
export function foundRun(
  run: Omit<LoggedRun, 'series'>,
  points: ReadonlyMap<string, Points>,
  findings: readonly EpochbookError[],
): FoundRun {
  const series = [...points].map(([metric, ofMetric]) => ofMetric.series(metric));
  const dropped = series.reduce((total, each) => total + each.dropped, 0);
  return {
    run: { ...run, series: series.map((each) => each.series) },
    findings:
      dropped > 0 ? [...findings, new EpochbookError('interchange.stepsTwice', { run: run.name, metric: '*', count: dropped })] : findings,
  };
}
