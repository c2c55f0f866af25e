/** Whether runs differ by more than their seeds make them differ. */
import type { RunId } from '#contract/ids.ts';
import { betterOf } from '#contract/metric-direction.ts';
import type { RunSummary, SeedNoise } from '#contract/runs.ts';
import { holm, spreadOf, welch } from '#contract/statistics/welch.ts';

interface Group {
  readonly compared: number[];
  readonly repeats: readonly RunSummary[];
}

/** A metric's value of a run at its best epoch or its last; NaN where it has none. */
function valueOf(run: RunSummary, metric: string, at: 'best' | 'last'): number {
  const summary = run.metrics[metric];
  if (!summary) return Number.NaN;
  return at === 'last' ? summary.last : betterOf(metric) === 'min' ? summary.min : summary.max;
}

/** Undefined where all are one group, or none of them was repeated. */
export function seedNoiseOf(
  compared: readonly { readonly summary: RunSummary; readonly repeats: readonly RunSummary[] }[],
): SeedNoise | undefined {
  const groups = new Map<RunId, Group>();
  for (const [index, { summary, repeats }] of compared.entries()) {
    // Its oldest repeat stands for a group; a run that did not complete is alone.
    const isRepeat = repeats.some(({ id }) => id === summary.id);
    const key = isRepeat ? repeats[0].id : summary.id;
    const group = groups.get(key) ?? { compared: [], repeats: isRepeat ? repeats : [summary] };
    group.compared.push(index);
    groups.set(key, group);
  }
  const list = [...groups.values()];
  if (list.length < 2 || list.every(({ repeats }) => repeats.length < 2)) return undefined;
  const names = [...new Set(compared.flatMap(({ summary }) => Object.keys(summary.metrics)))];
  const metrics = names.flatMap((metric) =>
    (['best', 'last'] as const).map((at) => {
      const spreads = list.map(({ repeats }) => spreadOf(repeats.map((run) => valueOf(run, metric, at))));
      const tests = spreads.map((spread, index) => (index === 0 ? undefined : welch(spread, spreads[0])));
      const adjusted = holm(tests.flatMap((test) => (test ? [test.p] : [])));
      let next = 0;
      return { metric, at, groups: spreads, tests: tests.map((test) => (test ? { ...test, adjustedP: adjusted[next++] } : null)) };
    }),
  );
  return { groups: list.map(({ compared: indexes, repeats }) => ({ compared: indexes, runIds: repeats.map(({ id }) => id) })), metrics };
}
