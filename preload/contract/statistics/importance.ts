/** How much a param has to do with a metric, over runs: by ranks, so that a scale's shape does not matter. */
import type { KnobValue } from '../spec.ts';
import { incompleteBeta, twoSidedP } from './student-t.ts';

export interface Importance {
  readonly param: string;
  /**
   * `spearman`: rank correlation ρ, −1…1, of numbers and of params with two values (the first is the lower).
   * `kruskalWallis`: ε², 0…1, of texts with three values or more (Tomczak and Tomczak, 2014); it has no direction.
   */
  readonly method: 'spearman' | 'kruskalWallis';
  readonly effect: number;
  /** Ends of the 95 % interval of ρ: Fisher's z with Bonett and Wright's (2000) error. Absent for ε² and below 4 runs. */
  readonly interval?: readonly [low: number, high: number];
  /** Of no relation, by the t or F approximation to the ranks' distribution. */
  readonly p: number;
  /** Runs that have both the param and a finite value. */
  readonly n: number;
  /** The values of a param that is not a number, lowest first. */
  readonly values?: readonly KnobValue[];
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to++;
    for (let at = from; at <= to; at++) ranks[order[at]] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/** Pearson's correlation; NaN where one of them does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(x);
  const meanY = mean(y);
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let index = 0; index < x.length; index++) {
    const dx = x[index] - meanX;
    const dy = y[index] - meanY;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

function spearman(x: readonly number[], y: readonly number[]): Pick<Importance, 'effect' | 'interval' | 'p'> {
  const n = x.length;
  const effect = correlation(ranksOf(x), ranksOf(y));
  const freedom = n - 2;
  const p = freedom < 1 ? Number.NaN : Math.abs(effect) === 1 ? 0 : twoSidedP(effect * Math.sqrt(freedom / (1 - effect ** 2)), freedom);
  if (n < 4) return { effect, p };
  const z = Math.atanh(Math.max(-0.999999, Math.min(0.999999, effect)));
  const reach = 1.959964 * Math.sqrt((1 + effect ** 2 / 2) / (n - 3));
  return { effect, interval: [Math.tanh(z - reach), Math.tanh(z + reach)], p };
}

function kruskalWallis(groups: readonly number[], y: readonly number[]): Pick<Importance, 'effect' | 'p'> {
  const n = y.length;
  const ranks = ranksOf(y);
  const mean = (n + 1) / 2;
  const total = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [index, group] of groups.entries()) {
    const of = sums.get(group) ?? { sum: 0, count: 0 };
    sums.set(group, { sum: of.sum + ranks[index], count: of.count + 1 });
  }
  let between = 0;
  for (const { sum, count } of sums.values()) between += count * (sum / count - mean) ** 2;
  // H over n − 1 is ε²; with equal ranks divided out, it is the share of the ranks' variance between the groups.
  const effect = total > 0 ? between / total : Number.NaN;
  const k = sums.size;
  const freedom = n - k;
  if (freedom < 1 || Number.isNaN(effect)) return { effect, p: Number.NaN };
  const f = effect >= 1 ? Infinity : effect / (k - 1) / ((1 - effect) / freedom);
  const p = f === Infinity ? 0 : incompleteBeta(freedom / (freedom + (k - 1) * f), freedom / 2, (k - 1) / 2);
  return { effect, p };
}

/**
 * Of every param that varies over `runs`, the strongest first. `valueOf` gives a run's metric; what is not finite is left
 * out. A relation that rises and falls again, such as a best learning rate in the middle, has a small ρ.
 */
export function importanceOf<Run extends { readonly params: Readonly<Record<string, KnobValue>> }>(
  runs: readonly Run[],
  valueOf: (run: Run) => number | undefined,
): Importance[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  const found = names.flatMap((param): Importance[] => {
    const pairs = runs.flatMap((run) => {
      const setting = run.params[param];
      const value = valueOf(run);
      return setting === undefined || value === undefined || !Number.isFinite(value) ? [] : [{ setting, value }];
    });
    const n = pairs.length;
    const settings = [...new Set(pairs.map(({ setting }) => setting))];
    if (n < 3 || settings.length < 2) return [];
    const y = pairs.map(({ value }) => value);
    if (settings.every((setting) => typeof setting === 'number')) {
      return [
        {
          param,
          method: 'spearman',
          n,
          ...spearman(
            pairs.map(({ setting }) => Number(setting)),
            y,
          ),
        },
      ];
    }
    const values = settings.sort((a, b) => (String(a) < String(b) ? -1 : 1));
    const x = pairs.map(({ setting }) => values.indexOf(setting));
    return values.length === 2
      ? [{ param, method: 'spearman', n, values, ...spearman(x, y) }]
      : [{ param, method: 'kruskalWallis', n, values, ...kruskalWallis(x, y) }];
  });
  const strength = ({ effect }: Importance) => (Number.isNaN(effect) ? -1 : Math.abs(effect));
  return found.sort((a, b) => strength(b) - strength(a));
}
