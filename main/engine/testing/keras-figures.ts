/** What Keras 3 itself computes (the Python files beside this one), recorded so that tests need no Python. */
import { readFileSync } from 'node:fs';
import type { KerasObject } from '#contract/spec.ts';

interface OptimizerFigures {
  readonly weights: readonly number[][];
  /** Where they are not all vectors, and where they have names. */
  readonly shapes?: readonly number[][];
  readonly names?: readonly string[];
  /** By step and weight. */
  readonly gradients: readonly number[][][];
  readonly cases: readonly (KerasObject & { readonly steps: readonly number[][][]; readonly final?: readonly number[][] })[];
}
type LossFigures = KerasObject & {
  readonly shape: readonly number[];
  readonly output: readonly number[];
  readonly targets: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
};

interface Figures {
  readonly keras: string;
  readonly optimizers: OptimizerFigures;
  /** Rates of the steps 0, 1, … */
  readonly schedules: readonly (KerasObject & { readonly rates: readonly number[] })[];
  readonly losses: readonly LossFigures[];
  readonly metrics: readonly {
    readonly name: string;
    readonly loss: string;
    readonly shape: readonly number[];
    readonly output: readonly number[];
    readonly targets: readonly number[];
    readonly value: number;
  }[];
}

/** Of accumulation and averages, of metrics with options. */
interface TrainingFigures {
  readonly optimizers: OptimizerFigures;
  readonly metrics: {
    /** By the loss that the output is for. */
    readonly samples: Readonly<Record<string, { readonly shape: number[]; readonly output: number[]; readonly targets: number[] }>>;
    readonly cases: readonly (KerasObject & { readonly loss: string; readonly values: readonly number[] })[];
  };
  readonly losses: readonly LossFigures[];
}

/** Of losses and metrics beyond classes and single numbers, and of samples that count by weights. */
interface FurtherFigures {
  readonly losses: readonly (LossFigures & { readonly task: 'classification' | 'regression' })[];
  readonly metrics: {
    readonly samples: Readonly<
      Record<
        string,
        {
          readonly loss: string;
          readonly task: 'classification' | 'regression';
          readonly shape: number[];
          readonly output: number[];
          readonly targets: number[];
        }
      >
    >;
    readonly weights: readonly number[];
    readonly cases: readonly (KerasObject & { readonly of: string; readonly weighted: boolean; readonly values: readonly number[] })[];
  };
}

/** Of whole models: three steps of training; and of layers and optimizers beyond the first tables. */
interface ModelFigures {
  readonly layers: readonly object[];
  /** What the initializer STFT gives. */
  readonly waves: readonly {
    readonly config: { readonly [option: string]: unknown };
    readonly shape: number[];
    readonly values: number[];
  }[];
  readonly optimizers: OptimizerFigures;
  readonly models: readonly {
    readonly name: string;
    readonly layers: readonly KerasObject[];
    readonly inputShape: readonly number[];
    readonly loss: KerasObject;
    readonly optimizer: KerasObject;
    readonly classes?: number;
    readonly targets?: number;
    readonly batch: number;
    readonly classWeight?: Readonly<Record<string, number>>;
    readonly weightedMetrics?: string[];
    /** Of classes at each place: the shape of the places. */
    readonly places?: number[];
    readonly metrics?: string[];
    readonly start: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[];
    readonly batches: readonly {
      readonly inputs: readonly number[];
      readonly targets: readonly number[];
      readonly weights?: readonly number[];
      readonly loss: number;
      readonly metrics: Readonly<Record<string, number>>;
      /** Every weight. */
      readonly after: readonly number[][];
    }[];
  }[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));
export const kerasFigures = read('keras-figures') as Figures;
export const kerasTrainingFigures = read('keras-training-figures') as TrainingFigures;
export const kerasOptimizers = read('keras-optimizers') as { readonly optimizers: OptimizerFigures };
export const kerasModels = read('keras-models') as ModelFigures;
export const kerasFurtherFigures = read('keras-further-figures') as FurtherFigures;
