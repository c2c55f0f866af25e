/** What MLflow's file store and its databases have in common. */
import { EpochbookError } from '#contract/errors.ts';
import type { LoggedRun } from '#contract/logged-run.ts';
import type { FoundRun } from './found-run.ts';
import { readSetting } from './plain-values.ts';
import type { Points } from './series.ts';

export interface MlflowRun {
  /** Of the store: absolute. */
  readonly path: string;
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  readonly status: LoggedRun['status'];
  readonly startTime: number | undefined;
  readonly endTime: number | undefined;
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly metrics: ReadonlyMap<string, Points>;
}

/** MLflow's RunStatus by name. */
export function statusNamed(name: string): LoggedRun['status'] {
  if (name === 'FAILED') return 'failed';
  return name === 'KILLED' ? 'stopped' : 'completed';
}

const noteTag = 'mlflow.note.content';

/** Values that were logged without a step are all at step 0; they are numbered from 1 in the order of their times. */
export function foundMlflowRun(run: MlflowRun, earlier: readonly EpochbookError[]): FoundRun {
  const { path, id, experiment, name, status, startTime, endTime, params, tags, metrics } = run;
  const findings = [...earlier];
  let from = startTime ?? Infinity;
  let to = endTime ?? -Infinity;
  const series = [...metrics].map(([metric, points]) => {
    const isNumbered = points.hasOneStep();
    const { series: ofMetric, dropped } = (isNumbered ? points.numbered() : points).series(metric);
    if (isNumbered) findings.push(new EpochbookError('interchange.stepsNumbered', { run: name, metric, count: points.length }));
    if (dropped > 0) findings.push(new EpochbookError('interchange.stepsTwice', { run: name, metric, count: dropped }));
    for (const time of ofMetric.times) {
      if (startTime === undefined && time < from) from = time;
      if (endTime === undefined && time > to) to = time;
    }
    return ofMetric;
  });
  const startedAt = Number.isFinite(from) ? from : 0;
  const own = [...tags].filter(([key]) => !key.startsWith('mlflow.')).map(([key, value]) => (value === '' ? key : `${key}: ${value}`));
  return {
    run: {
      tool: 'mlflow',
      path,
      key: id,
      name: name === '' ? id : name,
      status,
      startedAt,
      endedAt: Math.max(startedAt, to),
      params: Object.fromEntries([...params].map(([key, value]) => [key, readSetting(value)])),
      tags: [...(experiment === '' || experiment === 'Default' ? [] : [experiment]), ...own],
      note: tags.get(noteTag) ?? '',
      series,
    },
    findings,
  };
}
