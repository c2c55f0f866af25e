/** What a train spec asks for besides model, loss and optimizer. */
import { EpochbookError } from '#contract/errors.ts';
import type { TrainSpec } from '#contract/spec.ts';
import { isBetterHigher } from '../metrics/metrics.ts';
import { nearest } from '../model/nearest.ts';
import { type EarlyStopping, makeEarlyStopping } from './early-stopping.ts';

export interface Plan {
  readonly stoppings: readonly EarlyStopping[];
  /** Decides which checkpoint is the best. */
  readonly best: { readonly metric: string; readonly better: (value: number, than: number) => boolean };
}

const callbackNames = ['EarlyStopping'];

/** `metrics` are the names that epochs will report. */
export function makePlan(train: TrainSpec, metrics: readonly string[]): Plan {
  const stoppings = train.callbacks.map((callback, index) => {
    const at = `/train/callbacks/${index}`;
    if (callback.class_name.toLowerCase() !== 'earlystopping') {
      throw new EpochbookError(
        'engine.callbackUnknown',
        { name: callback.class_name, nearest: nearest(callback.class_name, callbackNames) },
        { at },
      );
    }
    return makeEarlyStopping(callback, metrics, at);
  });
  const monitored = stoppings[0];
  const metric = monitored?.monitor ?? (metrics.includes('val_loss') ? 'val_loss' : 'loss');
  const higher = isBetterHigher(metric);
  return { stoppings, best: { metric, better: monitored?.better ?? ((value, than) => (higher ? value > than : value < than)) } };
}
