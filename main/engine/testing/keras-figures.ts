/** What Keras 3 itself computes (keras-figures.py), recorded so that tests need no Python. */
import { readFileSync } from 'node:fs';
import type { KerasObject } from '#contract/spec.ts';

interface Figures {
  readonly keras: string;
  readonly optimizers: {
    readonly weights: readonly number[][];
    /** By step and weight. */
    readonly gradients: readonly number[][][];
    readonly cases: readonly (KerasObject & { readonly steps: readonly number[][][]; readonly final?: readonly number[][] })[];
  };
  /** Rates of the steps 0, 1, … */
  readonly schedules: readonly (KerasObject & { readonly rates: readonly number[] })[];
  readonly losses: readonly (KerasObject & {
    readonly shape: readonly number[];
    readonly output: readonly number[];
    readonly targets: readonly number[];
    readonly value: number;
    readonly gradient: readonly number[];
  })[];
  readonly metrics: readonly {
    readonly name: string;
    readonly loss: string;
    readonly shape: readonly number[];
    readonly output: readonly number[];
    readonly targets: readonly number[];
    readonly value: number;
  }[];
}

export const kerasFigures = JSON.parse(readFileSync(new URL('./keras-figures.json', import.meta.url), 'utf8')) as Figures;
