/** What a confusion matrix says of each class, for the core and the page. */
import type { Confusion } from './observations.ts';

export interface ClassScores {
  readonly name: string;
  /** Share of what is said to be of the class that is; NaN where nothing is said to be. */
  readonly precision: number;
  /** Share of the class that is found; NaN where the class has no samples. */
  readonly recall: number;
  readonly f1: number;
  /** Samples of the class. */
  readonly samples: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function classScores({ classes, counts }: Pick<Confusion, 'classes' | 'counts'>): ClassScores[] {
  return classes.map((name, index) => {
    const right = counts[index][index];
    const samples = sum(counts[index]);
    const said = sum(counts.map((row) => row[index]));
    return { name, samples, precision: right / said, recall: right / samples, f1: (2 * right) / (samples + said) };
  });
}
