/** Runs for tests. */
import type { RunId } from '#contract/ids.ts';
import type { MetricSummary, RunSummary } from '#contract/runs.ts';

export function metric(values: readonly number[]): MetricSummary {
  const numbers = values.filter((value) => !Number.isNaN(value));
  const min = numbers.length > 0 ? Math.min(...numbers) : Number.NaN;
  const max = numbers.length > 0 ? Math.max(...numbers) : Number.NaN;
  return { last: values.at(-1) ?? Number.NaN, min, minEpoch: values.indexOf(min) + 1, max, maxEpoch: values.indexOf(max) + 1 };
}

export function runIdOf(number: number): RunId {
  return String(number).padStart(12, '0') as RunId;
}

export function makeRun(number: number, more: Partial<RunSummary> = {}): RunSummary {
  return {
    id: runIdOf(number),
    name: `run ${number}`,
    notebook: 'clothes.epoch.md',
    status: 'completed',
    reason: 'epochs',
    startedAt: 1_700_000_000_000 + number,
    elapsedMs: 10_000,
    epochs: 3,
    plannedEpochs: 3,
    backend: 'native',
    threads: 2,
    seed: 7,
    params: {},
    tags: [],
    note: '',
    dataHash: 'hash',
    samples: { train: 80, validation: 20 },
    parameters: 100,
    metrics: {},
    color: number,
    ...more,
  };
}
