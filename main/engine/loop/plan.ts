/** What a train spec asks for besides model, loss and optimizer. */
import { EpochbookError } from '#contract/errors.ts';
import { betterOf } from '#contract/metric-direction.ts';
import type { Json, KerasObject, TrainSpec } from '#contract/spec.ts';
import { nearest } from '../model/nearest.ts';
import { isBoolean, isNumber, readCallback } from './callback-options.ts';
import { type EarlyStopping, makeEarlyStopping } from './early-stopping.ts';
import { makeRateFinder, type RateFinder } from './learning-rate-finder.ts';
import { makeOptimizer } from './optimizers.ts';
import { makePlateau, type Plateau } from './plateau.ts';

export interface Plan {
  readonly stoppings: readonly EarlyStopping[];
  readonly plateaus: readonly Plateau[];
  /** The run ends before an epoch that would take it beyond this; null where time does not matter. */
  readonly budgetMs: number | null;
  /** Steps between two checkpoints inside of an epoch; null where time decides alone. */
  readonly backupSteps: number | null;
  /** Whether averaged weights are what is judged in validation, or at an epoch's end altogether; null: neither. */
  readonly averaged: 'validation' | 'epoch' | null;
  /** Looks for a learning rate before the first epoch; null where nobody asked. */
  readonly rateFinder: RateFinder | null;
  /** Decides which checkpoint is the best. */
  readonly best: { readonly metric: string; readonly better: (value: number, than: number) => boolean };
}

const callbackNames = [
  'EarlyStopping',
  'ReduceLROnPlateau',
  'TimeBudget',
  'BackupAndRestore',
  'LearningRateFinder',
  'SwapEMAWeights',
] as const;

/** `metrics` are the names that epochs will report. Throws, with `at`, for callbacks that cannot be. */
export function makePlan(train: TrainSpec, metrics: readonly string[]): Plan {
  const stoppings: EarlyStopping[] = [];
  const plateaus: Plateau[] = [];
  let budgetMs: number | null = null;
  let backupSteps: number | null = null;
  let rateFinder: RateFinder | null = null;
  let averaged: Plan['averaged'] = null;
  for (const [index, callback] of train.callbacks.entries()) {
    const at = `/train/callbacks/${index}`;
    switch (callbackNames.find((name) => name.toLowerCase() === callback.class_name.toLowerCase())) {
      case 'EarlyStopping':
        stoppings.push(makeEarlyStopping(callback, metrics, at));
        break;
      case 'ReduceLROnPlateau':
        if (makeOptimizer(train.optimizer).schedule.constant === null) throw new EpochbookError('engine.plateauSchedule', {}, { at });
        plateaus.push(makePlateau(callback, metrics, at));
        break;
      case 'TimeBudget':
        budgetMs = Math.min(budgetMs ?? Infinity, readBudgetMs(callback, at));
        break;
      case 'BackupAndRestore':
        backupSteps = readBackupSteps(callback, at) ?? backupSteps;
        break;
      case 'LearningRateFinder':
        rateFinder = makeRateFinder(callback, at);
        break;
      case 'SwapEMAWeights': {
        if (makeOptimizer(train.optimizer).finalSlot === null) throw new EpochbookError('engine.averagesMissing', {}, { at });
        const { swapOnEpoch } = readCallback(callback, { swapOnEpoch: { default: false, check: isBoolean } }, at);
        averaged = swapOnEpoch === true || averaged === 'epoch' ? 'epoch' : 'validation';
        break;
      }
      default: {
        const values = { name: callback.class_name, nearest: nearest(callback.class_name, callbackNames) };
        throw new EpochbookError('engine.callbackUnknown', values, { at });
      }
    }
  }
  const monitored = stoppings[0];
  const metric = monitored?.monitor ?? (metrics.includes('val_loss') ? 'val_loss' : 'loss');
  const higher = betterOf(metric) === 'max';
  const better = monitored?.better ?? ((value, than) => (higher ? value > than : value < than));
  return { stoppings, plateaus, budgetMs, backupSteps, averaged, rateFinder, best: { metric, better } };
}

function readBudgetMs(callback: KerasObject, at: string): number {
  const { seconds } = readCallback(callback, { seconds: { check: (value) => isNumber(value) && value > 0 } }, at);
  return (seconds as number) * 1000;
}

/** Keras' `save_freq`: `epoch`, or steps. */
function readBackupSteps(callback: KerasObject, at: string): number | null {
  const isFrequency = (value: Json) => value === 'epoch' || (Number.isSafeInteger(value) && (value as number) > 0);
  const { saveFreq } = readCallback(callback, { saveFreq: { default: 'epoch', check: isFrequency } }, at);
  return saveFreq === 'epoch' ? null : (saveFreq as number);
}
