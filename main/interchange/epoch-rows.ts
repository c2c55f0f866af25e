/** Runs as one table with a row an epoch, as CSV and Parquet have it. */
import type { WrittenRun } from '#contract/logged-run.ts';

export interface EpochRow {
  readonly epoch: number;
  /** Milliseconds since 1970, UTC; NaN where nobody kept it. */
  readonly time: number;
  /** By the table's metrics; undefined where the run has none at this epoch. */
  readonly values: readonly (number | undefined)[];
}

/** Names of all params and metrics, each once. */
export function columnNames(runs: readonly WrittenRun[]): { readonly params: readonly string[]; readonly metrics: readonly string[] } {
  return {
    params: [...new Set(runs.flatMap((run) => Object.keys(run.params)))],
    metrics: [...new Set(runs.flatMap(({ series }) => series.map(({ metric }) => metric)))],
  };
}

/** Ascending epochs of all the run's series. */
export function* epochRows(run: WrittenRun, metrics: readonly string[]): Generator<EpochRow> {
  const byMetric = metrics.map((name) => run.series.find(({ metric }) => metric === name));
  const epochs = [...new Set(run.series.flatMap((series) => [...series.epochs]))].sort((a, b) => a - b);
  const at = byMetric.map(() => 0);
  for (const epoch of epochs) {
    let time = Number.NaN;
    const values = byMetric.map((series, index) => {
      const place = at[index];
      if (!series || series.epochs[place] !== epoch) return undefined;
      at[index]++;
      time = Number.isNaN(time) ? series.times[place] : time;
      return series.values[place];
    });
    yield { epoch, time, values };
  }
}
