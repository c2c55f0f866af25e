/** Lowering the learning rate where a metric no longer improves, with the rules of Keras 3's `ReduceLROnPlateau`. */
import type { KerasObject } from '#contract/spec.ts';
import { type CallbackOption, isCount, isMode, isNumber, isText, readCallback, watched } from './callback-options.ts';

export interface PlateauState {
  /** Epochs without improvement. */
  wait: number;
  /** Epochs still to pass before waiting begins again. */
  cooldown: number;
  best: number | null;
}

export interface Plateau {
  readonly monitor: string;
  readonly initial: PlateauState;
  /** What follows from an epoch that ended with `value` and was trained at `learningRate`. */
  after(state: PlateauState, value: number, learningRate: number): { state: PlateauState; learningRate: number };
}

const options: Readonly<Record<string, CallbackOption>> = {
  monitor: { default: 'val_loss', check: isText },
  factor: { default: 0.1, check: (value) => isNumber(value) && value > 0 && value < 1 },
  patience: { default: 10, check: isCount },
  mode: { default: 'auto', check: isMode },
  minDelta: { default: 1e-4, check: isNumber },
  cooldown: { default: 0, check: isCount },
  minLr: { default: 0, check: isCount },
};

/** `metrics` are the names that epochs will report. */
export function makePlateau(callback: KerasObject, metrics: readonly string[], at: string): Plateau {
  const read = readCallback(callback, options, at);
  const { monitor, better } = watched(read, callback, metrics, at);
  const { factor, patience, cooldown, minLr } = read as { factor: number; patience: number; cooldown: number; minLr: number };
  return {
    monitor,
    initial: { wait: 0, cooldown: 0, best: null },
    after: (before, value, learningRate) => {
      const cooling = before.cooldown > 0;
      const left = cooling ? before.cooldown - 1 : 0;
      const waited = cooling ? 0 : before.wait;
      if (before.best === null ? !Number.isNaN(value) : better(value, before.best))
        return { state: { wait: 0, cooldown: left, best: value }, learningRate };
      if (left > 0) return { state: { ...before, wait: waited, cooldown: left }, learningRate };
      const wait = waited + 1;
      if (wait < patience || learningRate <= minLr) return { state: { ...before, wait, cooldown: left }, learningRate };
      return { state: { ...before, wait: 0, cooldown }, learningRate: Math.max(learningRate * factor, minLr) };
    },
  };
}
