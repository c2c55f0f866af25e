/** A callback's options as the text gives them, and the metric it watches. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json, KerasObject } from '#contract/spec.ts';
import { betterOf } from '#contract/metric-direction.ts';
import { camelCase, snakeCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';

export interface CallbackOption {
  /** Undefined where it must be given; null where it may be left out. */
  readonly default?: Json;
  readonly check: (value: Json) => boolean;
}

export const isNumber = (value: Json): value is number => typeof value === 'number' && Number.isFinite(value);
export const isCount = (value: Json): boolean => isNumber(value) && value >= 0;
export const isText = (value: Json): boolean => typeof value === 'string';
export const isBoolean = (value: Json): boolean => typeof value === 'boolean';
export const isMode = (value: Json): boolean => value === 'auto' || value === 'min' || value === 'max';

/** Keras writes some things of its own that mean nothing here. */
const ignored = ['verbose', 'name'];

/** Checked, with defaults filled in; Keras' spelling or tfjs'. Throws, with `at`, for what does not exist or cannot be. */
export function readCallback(
  callback: KerasObject,
  options: Readonly<Record<string, CallbackOption>>,
  at: string,
): Readonly<Record<string, Json>> {
  const read: Record<string, Json> = {};
  const wrong = (option: string, value: Json, place: string) => {
    const values = { callback: callback.class_name, option, value: JSON.stringify(value) };
    return new EpochbookError('engine.callbackOption', values, { at: place });
  };
  for (const [key, value] of Object.entries(callback.config)) {
    const option = camelCase(key);
    if (value === null || ignored.includes(option)) continue;
    const place = `${at}/config/${key}`;
    if (!Object.hasOwn(options, option)) {
      const values = { layer: callback.class_name, option: key, nearest: nearest(option, Object.keys(options)) };
      throw new EpochbookError('engine.optionUnknown', values, { at: place });
    }
    if (!options[option].check(value)) throw wrong(option, value, place);
    read[option] = value;
  }
  for (const [name, option] of Object.entries(options)) {
    if (read[name] !== undefined) continue;
    if (option.default === undefined) throw wrong(name, null, at);
    read[name] = option.default;
  }
  return read;
}

/** Metrics are reported in snake case; `val_meanAbsoluteError` is understood as well. */
export const metricKey = (name: string): string =>
  name.startsWith('val_') ? `val_${snakeCase(camelCase(name.slice(4)))}` : snakeCase(camelCase(name));

export interface Watched {
  /** As epochs report it. */
  readonly monitor: string;
  readonly better: (value: number, than: number) => boolean;
}

/** What `monitor`, `mode` and `minDelta` say. Throws, with `at`, where epochs (`metrics`) report no such metric. */
export function watched(options: Readonly<Record<string, Json>>, callback: KerasObject, metrics: readonly string[], at: string): Watched {
  const monitor = metricKey(options.monitor as string);
  if (!metrics.includes(monitor)) {
    const values = { monitor: options.monitor as string, metrics: metrics.join(', '), nearest: nearest(monitor, metrics) };
    throw new EpochbookError('engine.monitorMissing', values, { at: 'monitor' in callback.config ? `${at}/config/monitor` : at });
  }
  const higher = options.mode === 'auto' ? betterOf(monitor) === 'max' : options.mode === 'max';
  const delta = Math.abs(options.minDelta as number);
  return { monitor, better: (value, than) => (higher ? value - delta > than : value + delta < than) };
}
