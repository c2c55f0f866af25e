/** Early stopping with Keras 3's options and rules. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json, KerasObject } from '#contract/spec.ts';
import { isBetterHigher } from '../metrics/metrics.ts';
import { camelCase, snakeCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';

export interface StoppingState {
  /** Epochs without improvement. */
  wait: number;
  best: number | null;
  /** Epoch of `best`, and of the weights kept where those are to be restored; 0 before there is one. */
  bestEpoch: number;
}

export interface EarlyStopping {
  readonly monitor: string;
  readonly restoreBestWeights: boolean;
  readonly better: (value: number, than: number) => boolean;
  readonly initial: StoppingState;
  /** What follows from an epoch (counted from 1) that ended with `value`. */
  after(state: StoppingState, epoch: number, value: number): { state: StoppingState; stop: boolean; keepWeights: boolean };
}

/** Metrics are reported in snake case; `val_meanAbsoluteError` is understood as well. */
export const metricKey = (name: string): string =>
  name.startsWith('val_') ? `val_${snakeCase(camelCase(name.slice(4)))}` : snakeCase(camelCase(name));

const defaults: Readonly<Record<string, Json>> = {
  monitor: 'val_loss',
  minDelta: 0,
  patience: 0,
  verbose: 0,
  mode: 'auto',
  baseline: null,
  restoreBestWeights: false,
  startFromEpoch: 0,
};

const checks: Readonly<Record<string, (value: Json) => boolean>> = {
  monitor: (value) => typeof value === 'string',
  minDelta: (value) => typeof value === 'number',
  patience: (value) => typeof value === 'number' && value >= 0,
  mode: (value) => value === 'auto' || value === 'min' || value === 'max',
  baseline: (value) => typeof value === 'number',
  restoreBestWeights: (value) => typeof value === 'boolean',
  startFromEpoch: (value) => typeof value === 'number' && value >= 0,
};

function readOptions(callback: KerasObject, at: string): Record<string, Json> {
  const options: Record<string, Json> = { ...defaults };
  for (const [key, value] of Object.entries(callback.config)) {
    if (value === null) continue;
    const option = camelCase(key);
    if (!(option in defaults)) {
      const values = { layer: callback.class_name, option: key, nearest: nearest(option, Object.keys(defaults)) };
      throw new EpochbookError('engine.optionUnknown', values, { at: `${at}/config/${key}` });
    }
    if (checks[option] && !checks[option](value)) {
      const values = { callback: callback.class_name, option, value: JSON.stringify(value) };
      throw new EpochbookError('engine.callbackOption', values, { at: `${at}/config/${key}` });
    }
    options[option] = value;
  }
  return options;
}

/** `metrics` are the names that epochs will report. */
export function makeEarlyStopping(callback: KerasObject, metrics: readonly string[], at: string): EarlyStopping {
  const options = readOptions(callback, at);
  const monitor = metricKey(options.monitor as string);
  if (!metrics.includes(monitor)) {
    const values = { monitor: options.monitor as string, metrics: metrics.join(', '), nearest: nearest(monitor, metrics) };
    throw new EpochbookError('engine.monitorMissing', values, { at: 'monitor' in callback.config ? `${at}/config/monitor` : at });
  }
  const higher = options.mode === 'auto' ? isBetterHigher(monitor) : options.mode === 'max';
  const delta = Math.abs(options.minDelta as number);
  const better = (value: number, than: number) => (higher ? value - delta > than : value + delta < than);
  const { patience, startFromEpoch } = options as { patience: number; startFromEpoch: number };
  const baseline = options.baseline as number | null;
  return {
    monitor,
    better,
    restoreBestWeights: options.restoreBestWeights as boolean,
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
