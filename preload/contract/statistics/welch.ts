/** Whether two groups of runs differ by more than chance: Welch's t-test, with Holm's correction for several tests. */
import { twoSidedP } from './student-t.ts';

export interface Spread {
  /** Values that are numbers. */
  readonly n: number;
  /** NaN where n is 0. */
  readonly mean: number;
  /** Sample standard deviation (n − 1); NaN where n is below 2. */
  readonly deviation: number;
}

/** Of the values that are finite; the mean first, so that nothing is lost to cancellation. */
export function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite);
  const n = finite.length;
  const mean = n === 0 ? Number.NaN : finite.reduce((sum, value) => sum + value, 0) / n;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, deviation: n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1)) };
}

export interface WelchTest {
  readonly t: number;
  /** By Welch and Satterthwaite; seldom whole. */
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * B. L. Welch, "The generalization of Student's problem when several different population variances are involved",
 * Biometrika 34 (1947). Undefined where a group has fewer than two values or neither has any spread: then there is no
 * noise to hold the difference against.
 */
export function welch(first: Spread, second: Spread): WelchTest | undefined {
  if (first.n < 2 || second.n < 2) return undefined;
  const a = first.deviation ** 2 / first.n;
  const b = second.deviation ** 2 / second.n;
  if (!(a + b > 0)) return undefined;
  const t = (first.mean - second.mean) / Math.sqrt(a + b);
  const degreesOfFreedom = (a + b) ** 2 / (a ** 2 / (first.n - 1) + b ** 2 / (second.n - 1));
  return { t, degreesOfFreedom, p: twoSidedP(t, degreesOfFreedom) };
}

/** S. Holm, "A simple sequentially rejective multiple test procedure", 1979. In the order given. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[a] - ps[b]);
  const adjusted = [...ps];
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, ps[index] * (ps.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
