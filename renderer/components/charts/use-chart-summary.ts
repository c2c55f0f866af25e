import { useMemo } from 'react';
import { useFormats, useWords } from '../../words/use-words.ts';
import type { LineSeries } from './series.ts';

/** Nobody listens to more lines than this; and to go through many long ones takes time. */
const mostLines = 20;

export interface LineSummary {
  readonly first: number;
  readonly last: number;
  /** The best value and its epoch. */
  readonly bestValue: number;
  readonly bestEpoch: number;
}

/** A line in four numbers; undefined where it has none. */
export function summarize(series: LineSeries, best: 'min' | 'max'): LineSummary | undefined {
  let summary: { first: number; last: number; bestValue: number; bestEpoch: number } | undefined;
  for (const [index, value] of series.y.entries()) {
    const epoch = series.x[index];
    if (!Number.isFinite(value) || epoch === undefined) continue;
    summary ??= { first: value, last: value, bestValue: value, bestEpoch: epoch };
    summary.last = value;
    if (best === 'min' ? value < summary.bestValue : value > summary.bestValue) {
      summary.bestValue = value;
      summary.bestEpoch = epoch;
    }
  }
  return summary;
}

/** The chart in a few sentences, for those who do not see it. */
export function useChartSummary(series: readonly LineSeries[], best: 'min' | 'max'): string {
  const t = useWords();
  const formats = useFormats();
  return useMemo(() => {
    const ends = series.flatMap(({ x }) => (x.length > 0 ? [x[0] ?? 0, x[x.length - 1] ?? 0] : []));
    if (ends.length === 0) return t('chart.empty');
    const lines = series.slice(0, mostLines).flatMap((one) => {
      const summary = summarize(one, best);
      if (!summary) return [];
      return t('chart.summaryLine', {
        name: one.name,
        first: formats.measure(summary.first),
        last: formats.measure(summary.last),
        best: formats.measure(summary.bestValue),
        epoch: summary.bestEpoch,
      });
    });
    return [t('chart.summary', { lines: series.length, first: Math.min(...ends), last: Math.max(...ends) }), ...lines].join(' ');
  }, [series, best, t, formats]);
}
