/** Metrics in tables: which come first, and which of their values is the best. */
import { betterOf } from '#contract/metric-direction.ts';
import type { MetricSummary } from '#contract/runs.ts';

export function bestOf(metric: string, summary: MetricSummary | null | undefined): { value: number; epoch: number } | undefined {
  if (!summary) return undefined;
  return betterOf(metric) === 'max' ? { value: summary.max, epoch: summary.maxEpoch } : { value: summary.min, epoch: summary.minEpoch };
}

/** Each name once, those of the validation part first. */
export function metricNames(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return [...names.filter((name) => name.startsWith('val_')), ...names.filter((name) => !name.startsWith('val_'))];
}
