/**
 * Learning rates as functions of the step, with Keras 3's formulas (`keras.optimizers.schedules`) and, for one cycle,
 * PyTorch's (`OneCycleLR`). They are computed outside the compiled step, which takes the rate as an input.
 */
import { EpochbookError } from '#contract/errors.ts';
import type { Json, KerasObject } from '#contract/spec.ts';
import { camelCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';

/** Learning rate of a step, counted from 0 over all epochs; `totalSteps` are those of the whole run. */
export type RateAt = (step: number, totalSteps: number) => number;

export interface Schedule {
  readonly rateAt: RateAt;
  /** Null where the rate changes by itself. */
  readonly constant: number | null;
}

export const constantRate = (rate: number): Schedule => ({ rateAt: () => rate, constant: rate });

type Check = (value: Json) => boolean;
const isNumber = (value: Json): value is number => typeof value === 'number' && Number.isFinite(value);
const notNegative: Check = (value) => isNumber(value) && value >= 0;
const positive: Check = (value) => isNumber(value) && value > 0;
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const countOrNone: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const boolean: Check = (value) => typeof value === 'boolean';
const share: Check = (value) => isNumber(value) && value >= 0 && value <= 1;
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

interface Option {
  readonly check: Check;
  /** None where it must be given; null where it may be left out. */
  readonly default?: Json;
}
type Values = Readonly<Record<string, Json>>;

interface Kind {
  readonly options: Readonly<Record<string, Option>>;
  /** What is wrong with the options together: the one to change. */
  readonly misfit?: (values: Values) => string | null;
  readonly make: (values: Values) => RateAt;
}

const numberOf = (values: Values, name: string) => values[name] as number;
const initialLearningRate: Option = { check: notNegative };
const decaySteps: Option = { check: count };

/** The falls so far: in stairs only whole ones. */
const fallsAt = (values: Values, step: number) => {
  const falls = step / numberOf(values, 'decaySteps');
  return values.staircase === true ? Math.floor(falls) : falls;
};

const decayOptions = { initialLearningRate, decaySteps, decayRate: { check: notNegative }, staircase: { check: boolean, default: false } };

/** From 1 to 0 along half a cosine while `done` goes from 0 to 1. */
const cosine = (done: number) => 0.5 * (1 + Math.cos(Math.PI * done));

const kinds: Readonly<Record<string, Kind>> = {
  ExponentialDecay: {
    options: decayOptions,
    make: (values) => (step) => numberOf(values, 'initialLearningRate') * numberOf(values, 'decayRate') ** fallsAt(values, step),
  },
  InverseTimeDecay: {
    options: decayOptions,
    make: (values) => (step) => numberOf(values, 'initialLearningRate') / (1 + numberOf(values, 'decayRate') * fallsAt(values, step)),
  },
  PolynomialDecay: {
    options: {
      initialLearningRate,
      decaySteps,
      endLearningRate: { check: notNegative, default: 0.0001 },
      power: { check: positive, default: 1 },
      cycle: { check: boolean, default: false },
    },
    make: (values) => (step) => {
      const steps = numberOf(values, 'decaySteps');
      const end = numberOf(values, 'endLearningRate');
      const done = values.cycle === true ? step / (steps * Math.max(1, Math.ceil(step / steps))) : Math.min(step, steps) / steps;
      return (numberOf(values, 'initialLearningRate') - end) * (1 - done) ** numberOf(values, 'power') + end;
    },
  },
  CosineDecay: {
    options: {
      initialLearningRate,
      decaySteps,
      alpha: { check: share, default: 0 },
      warmupTarget: { check: notNegative, default: null },
      warmupSteps: { check: countOrNone, default: 0 },
    },
    make: (values) => {
      const initial = numberOf(values, 'initialLearningRate');
      const alpha = numberOf(values, 'alpha');
      // Without a target, Keras knows no warm-up.
      const target = values.warmupTarget as number | null;
      const warmup = target === null ? 0 : numberOf(values, 'warmupSteps');
      const top = target ?? initial;
      return (step) => {
        if (step < warmup) return initial + (top - initial) * (step / warmup);
        const done = Math.min(step - warmup, numberOf(values, 'decaySteps')) / numberOf(values, 'decaySteps');
        return top * ((1 - alpha) * cosine(done) + alpha);
      };
    },
  },
  CosineDecayRestarts: {
    options: {
      initialLearningRate,
      firstDecaySteps: { check: count },
      tMul: { check: (value) => isNumber(value) && value >= 1, default: 2 },
      mMul: { check: notNegative, default: 1 },
      alpha: { check: share, default: 0 },
    },
    make: (values) => (step) => {
      const alpha = numberOf(values, 'alpha');
      const factor = numberOf(values, 'tMul');
      let length = numberOf(values, 'firstDecaySteps');
      let start = 0;
      let restarts = 0;
      if (factor === 1) {
        restarts = Math.floor(step / length);
        start = restarts * length;
      } else {
        // Periods grow, so there are few of them.
        while (step >= start + length) {
          start += length;
          length *= factor;
          restarts++;
        }
      }
      const height = numberOf(values, 'mMul') ** restarts;
      return numberOf(values, 'initialLearningRate') * ((1 - alpha) * height * cosine((step - start) / length) + alpha);
    },
  },
  PiecewiseConstantDecay: {
    options: { boundaries: { check: list(countOrNone) }, values: { check: list(notNegative) } },
    misfit: ({ boundaries, values }) => {
      const steps = boundaries as number[];
      if (steps.some((step, index) => index > 0 && step <= steps[index - 1])) return 'boundaries';
      return (values as number[]).length === steps.length + 1 ? null : 'values';
    },
    make: (values) => {
      const boundaries = values.boundaries as number[];
      const rates = values.values as number[];
      // A boundary's own step still has the rate before it.
      return (step) => {
        const passed = boundaries.findIndex((boundary) => step <= boundary);
        return rates[passed < 0 ? rates.length - 1 : passed];
      };
    },
  },
  OneCycle: {
    options: {
      maxLearningRate: { check: notNegative },
      totalSteps: { check: (value) => count(value) && (value as number) > 1, default: null },
      warmupShare: { check: share, default: 0.3 },
      divFactor: { check: positive, default: 25 },
      finalDivFactor: { check: positive, default: 10_000 },
    },
    make: (values) => (step, runSteps) => {
      const most = numberOf(values, 'maxLearningRate');
      const first = most / numberOf(values, 'divFactor');
      const last = first / numberOf(values, 'finalDivFactor');
      const end = ((values.totalSteps as number | null) ?? runSteps) - 1;
      const peak = numberOf(values, 'warmupShare') * (end + 1) - 1;
      const between = (from: number, to: number, done: number) => to + (from - to) * cosine(done);
      if (step <= peak) return between(first, most, peak > 0 ? step / peak : 1);
      if (step >= end) return last;
      return between(most, last, (step - peak) / (end - peak));
    },
  },
};

export const scheduleNames: readonly string[] = Object.keys(kinds);

/** From `{ class_name, config }`. Throws, `at` being the schedule's place, for what does not exist or cannot be. */
export function makeSchedule(spec: KerasObject, at: string): Schedule {
  const className = scheduleNames.find((known) => known.toLowerCase() === spec.class_name.toLowerCase());
  if (!className) {
    const values = { name: spec.class_name, nearest: nearest(spec.class_name, scheduleNames) };
    throw new EpochbookError('engine.scheduleUnknown', values, { at });
  }
  const { options, make, misfit } = kinds[className];
  const values: Record<string, Json> = Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => (option.default === undefined ? [] : [[name, option.default]])),
  );
  const wrong = (option: string, place = `${at}/config/${option}`) =>
    new EpochbookError(
      'engine.scheduleOption',
      { schedule: className, option, value: JSON.stringify(values[option] ?? null) },
      { at: place },
    );
  for (const [key, value] of Object.entries(spec.config)) {
    if (value === null || key === 'name') continue;
    const option = camelCase(key);
    const place = `${at}/config/${key}`;
    if (!Object.hasOwn(options, option)) {
      const names = { layer: className, option: key, nearest: nearest(option, Object.keys(options)) };
      throw new EpochbookError('engine.optionUnknown', names, { at: place });
    }
    values[option] = value;
    if (!options[option].check(value)) throw wrong(option, place);
  }
  for (const name of Object.keys(options)) if (values[name] === undefined) throw wrong(name, at);
  const unfit = misfit?.(values);
  if (unfit) throw wrong(unfit);
  return { rateAt: make(values), constant: null };
}
