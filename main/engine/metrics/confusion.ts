/** The confusion matrix of an epoch: kept beside the metrics, as it is a table rather than a number. */
import { EpochbookError } from '#contract/errors.ts';
import type { Confusion } from '#contract/observations.ts';
import type { Dataset } from '#contract/samples.ts';
import type { MetricSpec } from '#contract/spec.ts';
import { sumsByPosition } from './by-position.ts';
import { confusionOf } from './counts.ts';
import type { Loss } from './losses.ts';
import { isConfusion, type Metric } from './metrics.ts';

/** Up to so many classes it is kept without being asked for. */
const fewClasses = 100;

/** Null where there are no classes to confuse, or so many that it has to be asked for. Throws where it is and cannot be. */
export function confusionMetric(
  metrics: readonly MetricSpec[],
  loss: Loss,
  { classes = [], targetShape }: Pick<Dataset, 'classes' | 'targetShape'>,
): Metric | null {
  const asked = metrics.findIndex(isConfusion);
  if (['numbers', 'embedding', 'sequence'].includes(loss.output) || classes.length < 2) {
    if (asked < 0) return null;
    const values = { metric: 'confusionMatrix', loss: loss.name };
    throw new EpochbookError('engine.metricFit', values, { at: `/train/metrics/${asked}` });
  }
  if (asked < 0 && classes.length > fewClasses) return null;
  const { sums } = confusionOf(loss.output);
  const byPosition = sumsByPosition(sums);
  return { key: 'confusion', names: [], sums: targetShape.length > 0 ? (...given) => byPosition(...given).of : sums, results: () => [] };
}

/** From the sums over an epoch. An output beyond the classes is named by its number. */
export function confusionTable(sums: Float64Array, classes: readonly string[]): Pick<Confusion, 'classes' | 'counts'> {
  const size = Math.round(Math.sqrt(sums.length));
  return {
    classes: Array.from({ length: size }, (_, index) => classes[index] ?? String(index)),
    counts: Array.from({ length: size }, (_, row) => Array.from(sums.subarray(row * size, (row + 1) * size))),
  };
}
