/** Metrics in tables: which come first, and which of their values is the best. */
import type { MetricSummary } from '#contract/runs.ts';

/** Whether more is better; losses and errors are better low. */
export const isBetterHigher = (metric: string): boolean => /accuracy|acc$|auc$|precision|recall|f1|r2|score|similarity/i.test(metric);

export function bestOf(metric: string, summary: MetricSummary | null | undefined): { value: number; epoch: number } | undefined {
  if (!summary) return undefined;
  return isBetterHigher(metric) ? { value: summary.max, epoch: summary.maxEpoch } : { value: summary.min, epoch: summary.minEpoch };
}

/** Each name once, those of the validation part first. */
export function metricNames(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return [...names.filter((name) => name.startsWith('val_')), ...names.filter((name) => !name.startsWith('val_'))];
}
