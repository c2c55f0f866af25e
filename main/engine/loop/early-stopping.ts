/** Early stopping with Keras 3's options and rules. */
import type { KerasObject } from '#contract/spec.ts';
import {
  type CallbackOption,
  isBoolean,
  isCount,
  isMode,
  isNumber,
  isText,
  readCallback,
  watched,
  type Watched,
} from './callback-options.ts';

export interface StoppingState {
  /** Epochs without improvement. */
  wait: number;
  best: number | null;
  /** Epoch of `best`, and of the weights kept where those are to be restored; 0 before there is one. */
  bestEpoch: number;
}

export interface EarlyStopping extends Watched {
  readonly restoreBestWeights: boolean;
  readonly initial: StoppingState;
  /** What follows from an epoch (counted from 1) that ended with `value`. */
  after(state: StoppingState, epoch: number, value: number): { state: StoppingState; stop: boolean; keepWeights: boolean };
}

const options: Readonly<Record<string, CallbackOption>> = {
  monitor: { default: 'val_loss', check: isText },
  minDelta: { default: 0, check: isNumber },
  patience: { default: 0, check: isCount },
  mode: { default: 'auto', check: isMode },
  baseline: { default: null, check: isNumber },
  restoreBestWeights: { default: false, check: isBoolean },
  startFromEpoch: { default: 0, check: isCount },
};

/** `metrics` are the names that epochs will report. */
export function makeEarlyStopping(callback: KerasObject, metrics: readonly string[], at: string): EarlyStopping {
  const read = readCallback(callback, options, at);
  const { monitor, better } = watched(read, callback, metrics, at);
  const { patience, startFromEpoch, baseline } = read as { patience: number; startFromEpoch: number; baseline: number | null };
  return {
    monitor,
    better,
    restoreBestWeights: read.restoreBestWeights as boolean,
    initial: { wait: 0, best: null, bestEpoch: 0 },
    after: (state, epoch, value) => {
      if (epoch <= startFromEpoch) return { state, stop: false, keepWeights: false };
      // The first weights are kept even where no epoch ever improves on anything.
      const firstKept = state.bestEpoch === 0;
      const improved = state.best === null ? !Number.isNaN(value) : better(value, state.best);
      const next = {
        wait: improved && (baseline === null || better(value, baseline)) ? 0 : state.wait + 1,
        best: improved ? value : state.best,
        bestEpoch: improved || firstKept ? epoch : state.bestEpoch,
      };
      return { state: next, stop: next.wait > 0 && next.wait >= patience && epoch > 1, keepWeights: improved || firstKept };
    },
  };
}
