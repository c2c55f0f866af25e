/** Which trials are given up before their end. Scores are smaller the better. */
import { quantile } from '#contract/statistics/quantile.ts';
import type { PrunerName } from '#contract/sweeps.ts';

/** A trial's scores after each epoch, from the first on. */
export interface TrialCurve {
  readonly number: number;
  readonly scores: readonly number[];
  readonly isDone: boolean;
}

export interface Pruner {
  /** Whether to give the trial up after its last score; `epochs` is what it is planned to have. */
  gives(trial: TrialCurve, others: readonly TrialCurve[], epochs: number): boolean;
}

/** What is kept of the trials of one rung goes on to so many times the epochs. */
const factor = 3;
/** Optuna's: trials that must be done before the median says anything. */
const medianStartup = 5;

const bestOf = (scores: readonly number[]) => scores.reduce((best, score) => (score < best ? score : best), Infinity);

/**
 * Optuna's median rule (after Golovin et al., Google Vizier, 2017): the best score so far is worse than the median of what
 * the trials that are done had after the same epoch.
 */
const median: Pruner = {
  gives({ scores }, others) {
    const done = others.filter(({ isDone }) => isDone);
    if (done.length < medianStartup) return false;
    const there = done
      .flatMap((other) => (other.scores.length >= scores.length ? [other.scores[scores.length - 1]] : []))
      .filter((score) => !Number.isNaN(score))
      .sort((a, b) => a - b);
    return there.length > 0 && bestOf(scores) > quantile(there, 0.5);
  },
};

/** The first rung of a bracket, in epochs: four rungs and more below the planned length, but one epoch at least. */
const firstRung = (epochs: number, bracket: number) => Math.max(1, Math.floor(epochs / factor ** 4)) * factor ** bracket;

/** Whether a trial that got so far is in the best third of those that did (Li et al., ASHA, 2018: whoever is there by now). */
function failsRung({ scores }: TrialCurve, others: readonly TrialCurve[], epochs: number, bracket: number): boolean {
  let rung = firstRung(epochs, bracket);
  while (rung < scores.length) rung *= factor;
  if (rung !== scores.length || rung >= epochs) return false;
  const own = bestOf(scores);
  const there = [own, ...others.filter((other) => other.scores.length >= rung).map((other) => bestOf(other.scores.slice(0, rung)))].sort(
    (a, b) => a - b,
  );
  // A third of fewer than three is one.
  return own > there[Math.max(1, Math.floor(there.length / factor)) - 1];
}

/** As many as there are rungs up to the planned length; where that is one, its bracket gives nothing up. */
function bracketCount(epochs: number): number {
  let count = 1;
  while (firstRung(epochs, count) <= epochs) count++;
  return count;
}

/**
 * Hyperband's brackets (Li et al., 2018), which differ in how early the first rung is: the earlier, the more trials, as
 * these cost less.
 */
export function bracketOf(number: number, epochs: number): number {
  const count = bracketCount(epochs);
  const weights = Array.from({ length: count }, (_, bracket) => factor ** (count - 1 - bracket) / (count - bracket));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Low-discrepancy, so that every bracket soon has its share.
  let rest = ((number * 0.618_033_988_749_895) % 1) * total;
  const found = weights.findIndex((weight) => (rest -= weight) < 0);
  return found < 0 ? 0 : found;
}

const pruners: Readonly<Record<PrunerName, Pruner>> = {
  none: { gives: () => false },
  median,
  asha: { gives: (trial, others, epochs) => failsRung(trial, others, epochs, 0) },
  hyperband: {
    gives(trial, others, epochs) {
      const bracket = bracketOf(trial.number, epochs);
      const competing = others.filter(({ number }) => bracketOf(number, epochs) === bracket);
      return failsRung(trial, competing, epochs, bracket);
    },
  },
};

export const prunerNamed = (name: PrunerName): Pruner => pruners[name];
