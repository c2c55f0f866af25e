/** The values that a sweep chooses among: each knob as a line from 0 to 1, so that a sampler need not know what it is. */
import { EpochbookError } from '#contract/errors.ts';
import type { KnobValue } from '#contract/spec.ts';
import type { KnobRange } from '#contract/sweeps.ts';

export interface Dimension {
  readonly name: string;
  /** How many values there are; undefined for a line of numbers. */
  readonly count?: number;
  /** Whether neighbours on the line are alike: numbers are, choices are not. */
  readonly ordered: boolean;
  /** The value at a place in [0, 1). */
  readonly valueAt: (place: number) => KnobValue;
  /** The middle of the places that give this value; undefined where none does. */
  readonly placeOf: (value: KnobValue) => number | undefined;
}

/** Digits of a value on a line: more say nothing about what is good. */
const digits = 5;
/** 0.30000000000000004 is 0.3. */
const clean = (value: number) => Number(value.toPrecision(12));

/** Throws `sweep.range`. */
export function dimensionOf({ name, min, max, step, log = false, whole = false, choices }: KnobRange): Dimension {
  if (choices) return listed(name, choices, false);
  if (min === undefined || max === undefined || !(min < max) || (log && min <= 0)) {
    throw new EpochbookError('sweep.range', { name, min: min ?? '?', max: max ?? '?', log: String(log) });
  }
  const grid = step ?? (whole && !log ? 1 : undefined);
  if (grid !== undefined && !log) {
    const count = Math.floor((max - min) / grid + 1e-9) + 1;
    return listed(name, { length: count, at: (index) => clean(min + index * grid) }, true);
  }
  const [from, to] = log ? [Math.log(min), Math.log(max)] : [min, max];
  const snapped = (value: number) => {
    const inside = Math.min(max, Math.max(min, value));
    if (step !== undefined) return clean(min + Math.round((inside - min) / step) * step);
    return whole ? Math.round(inside) : Math.min(max, Math.max(min, Number(inside.toPrecision(digits))));
  };
  return {
    name,
    ordered: true,
    valueAt: (place) => snapped(log ? Math.exp(from + place * (to - from)) : from + place * (to - from)),
    placeOf: (value) => {
      if (typeof value !== 'number' || value < min || value > max) return undefined;
      return ((log ? Math.log(value) : value) - from) / (to - from);
    },
  };
}

interface List {
  readonly length: number;
  at(index: number): KnobValue | undefined;
}

function listed(name: string, values: List, ordered: boolean): Dimension {
  const count = values.length;
  return {
    name,
    count,
    ordered,
    valueAt: (place) => values.at(Math.min(count - 1, Math.floor(place * count)))!,
    placeOf(value) {
      for (let index = 0; index < count; index++) if (Object.is(values.at(index), value)) return (index + 0.5) / count;
      return undefined;
    },
  };
}
