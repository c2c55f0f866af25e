/** Durations and the names of metrics as words, the same on the screen and in reports. */
import type { measure } from './words/en/measure.ts';
import { type Locale, message, type MessageValues } from './words/message.ts';

type MeasureKey = keyof typeof measure;
export type SayMeasure = (key: MeasureKey, values?: MessageValues) => string;

export const validationPrefix = 'val_';

/** `val_accuracy` and `accuracy` are one family, `accuracy`. */
export function familyOf(metric: string): string {
  return metric.startsWith(validationPrefix) ? metric.slice(validationPrefix.length) : metric;
}

/** `learningRate` and `val_accuracy` as spaced words. */
export function spacedName(name: string): string {
  return name
    .replace(/[_.]+/g, ' ')
    .replace(/([\p{Ll}\p{N}])(\p{Lu})(?=\p{Ll}|$)/gu, (_whole, before: string, letter: string) => `${before} ${letter.toLowerCase()}`)
    .trim();
}

const knownFamilies: Record<string, MeasureKey> = {
  loss: 'measure.loss',
  accuracy: 'measure.accuracy',
  meanAbsoluteError: 'measure.meanAbsoluteError',
  mae: 'measure.meanAbsoluteError',
  meanSquaredError: 'measure.meanSquaredError',
  mse: 'measure.meanSquaredError',
};

/** `accuracy` in the language of the screen. */
export function familyName(say: SayMeasure, family: string): string {
  const key = knownFamilies[family];
  return key ? say(key) : spacedName(family);
}

/** `val_accuracy` as `val accuracy`, in the language of the screen. */
export function metricName(say: SayMeasure, metric: string): string {
  const family = familyName(say, familyOf(metric));
  return metric.startsWith(validationPrefix) ? say('measure.validationOf', { metric: family }) : family;
}

/** With a capital where the language has them, for the start of a line. */
export function heading(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const digits = new Map<string, Intl.NumberFormat>();

function decimals(locale: Locale, value: number, count: 0 | 1): string {
  const key = `${locale} ${count}`;
  let known = digits.get(key);
  if (!known) digits.set(key, (known = new Intl.NumberFormat(locale, { minimumFractionDigits: count, maximumFractionDigits: count })));
  return known.format(value);
}

/** 36 ms, 1.8 s, 2 min 5 s, 1 h 3 min. */
export function durationText(locale: Locale, milliseconds: number): string {
  const elapsed = Math.max(0, milliseconds);
  if (!Number.isFinite(elapsed)) return '–';
  if (elapsed > 0 && elapsed < 1) return message(locale, 'measure.milliseconds', { value: decimals(locale, elapsed, 1) });
  if (elapsed < 999.5) return message(locale, 'measure.milliseconds', { value: decimals(locale, elapsed, 0) });
  if (elapsed < 9_950) return message(locale, 'measure.seconds', { value: decimals(locale, elapsed / 1000, 1) });
  const seconds = Math.round(elapsed / 1000);
  if (seconds < 60) return message(locale, 'measure.seconds', { value: decimals(locale, seconds, 0) });
  if (seconds < 3600) return message(locale, 'measure.minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
  return message(locale, 'measure.hours', { hours: Math.floor(seconds / 3600), minutes: Math.floor((seconds % 3600) / 60) });
}
