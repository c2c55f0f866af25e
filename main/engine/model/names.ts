/** Spellings: Keras writes `learning_rate`, tfjs `learningRate`; both are understood everywhere. */
import type { Json } from '#contract/spec.ts';

export const camelCase = (name: string): string => name.replaceAll(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

/** As Keras names what it makes: `Conv2D` gives `conv2d`, `MaxPooling2D` gives `max_pooling2d`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The object with its keys, and those of objects inside it, in camel case. */
export function camelCaseKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(camelCaseKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [camelCase(key), camelCaseKeys(item)]));
}

/** A shape to read: `28 × 28 × 1`; a single value is `1`. */
export const shapeText = (shape: readonly (number | null)[]): string =>
  shape.length === 0 ? '1' : shape.map((length) => length ?? '?').join(' × ');
