/** From the values of columns to the numbers a model sees: fitted here on the training rows, applied alike everywhere. */
import { EpochbookError } from '#contract/errors.ts';
import type { Feature, Transform } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { quantile } from '#contract/statistics/quantile.ts';
import { columnNamed, isLogical, isMissing, notANumber, numberIn, type TypedColumn } from './columns.ts';
import { placeOf, type TextTable } from './csv.ts';
import { place } from './steps.ts';

type Value = string | number;
type StepOf<Op> = Extract<DataSpec['steps'][number], { op: Op }>;

/** A text's number; NaN where it has none. */
const toNumber = (value: Value): number => (typeof value === 'number' ? value : numberIn(value));

export function transform(step: Transform, value: Value): Value {
  switch (step.op) {
    case 'logical':
      return typeof value === 'string' && isMissing(value) ? NaN : Number(/^true$/i.test(String(value)));
    case 'replace':
      return Object.hasOwn(step.values, String(value)) ? step.values[String(value)] : value;
    case 'impute':
      if (typeof step.value === 'string') return typeof value === 'string' && isMissing(value) ? step.value : value;
      return Number.isNaN(toNumber(value)) ? step.value : toNumber(value);
    case 'clip':
      // Neither bound holds a missing value: Math.max(NaN, 0) is NaN.
      return Math.min(Math.max(toNumber(value), step.min ?? -Infinity), step.max ?? Infinity);
    case 'log':
      return Math.log(step.plus + toNumber(value));
    case 'bucketize': {
      const number = toNumber(value);
      return Number.isNaN(number) ? NaN : step.boundaries.filter((boundary) => boundary <= number).length;
    }
    case 'ordinal':
      return typeof value === 'string' && isMissing(value) ? NaN : step.categories.indexOf(String(value));
    default:
      return (toNumber(value) - step.offset) / step.scale;
  }
}

/** Whether a feature is made of a column's words, whatever they look like. */
export const isOfText = ({ before = [], category }: Feature): boolean =>
  before.some((step) => step.op === 'logical' || step.op === 'ordinal' || (step.op === 'impute' && typeof step.value === 'string')) ||
  (category !== undefined && !before.some((step) => step.op !== 'replace'));

/** A feature's number for what its column says, NaN where that is missing or no number: what prediction does to a row. */
export function featureOf(feature: Feature, text: string): number {
  const { before = [], category, offset, scale } = feature;
  const ofText = isOfText(feature);
  let value: Value = text;
  for (const step of before) {
    // A text among numbers is wrong and no gap, as it was in training.
    if (!ofText && typeof value === 'string' && step.op !== 'replace' && !isMissing(value) && Number.isNaN(numberIn(value))) return NaN;
    value = transform(step, value);
  }
  if (category !== undefined) return String(value) === category ? 1 : 0;
  return (toNumber(value) - offset) / scale;
}

/** A feature on its way: what was done to its column so far. */
export interface FeatureDraft {
  readonly column: TypedColumn;
  kind: 'number' | 'text';
  before: Transform[];
  category?: string;
  /** The last step, where that was a scale. */
  scale?: { offset: number; scale: number };
}

/** All that has been done to it, its last scale too. */
export const doneTo = ({ before, scale }: FeatureDraft): Transform[] => (scale ? [...before, { op: 'scale', ...scale }] : before);

/** What its categories share: a number that is told by its words is one first. */
export function sharedBefore(draft: FeatureDraft): Transform[] {
  const before = doneTo(draft);
  return before.length === 0 && draft.kind === 'number' ? [{ op: 'scale', offset: 0, scale: 1 }] : before;
}

/** What replaces texts in a column. */
export const replacedIn = (spec: DataSpec, { name }: TypedColumn): Transform[] =>
  spec.steps.flatMap((step) => (step.op === 'replace' && step.column === name ? [{ op: step.op, values: step.values }] : []));

export const clipOf = ({ min, max }: StepOf<'clip'>): Transform => ({
  op: 'clip',
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
});

/** The shares of rows below each boundary between even buckets. */
export const sharesOf = ({ buckets = 10 }: StepOf<'bucketize'>): number[] =>
  Array.from({ length: buckets - 1 }, (_, number) => (number + 1) / buckets);

/** `even`: boundaries between even buckets, where none are told. */
export const bucketsOf = ({ boundaries }: StepOf<'bucketize'>, even: readonly number[]): Transform => ({
  op: 'bucketize',
  boundaries: boundaries ? [...boundaries].sort((a, b) => a - b) : [...new Set(even)],
});

/** Which features a step is done to: those of the columns that it names, or others. Throws what `columnNamed` throws, and `data.textStep`. */
export function pickerOf<Draft extends FeatureDraft>(
  drafts: readonly Draft[],
  chosen: readonly TypedColumn[],
  { path, op, at }: { readonly path: string; readonly op: string; readonly at: string },
) {
  const picked = (names: readonly string[] | undefined, otherwise: (draft: Draft) => boolean): Draft[] => {
    const named = names?.map((name) => columnNamed(chosen, name, path, at));
    return drafts.filter((draft) => draft.category === undefined && (named ? named.includes(draft.column) : otherwise(draft)));
  };
  const numeric = (names: readonly string[] | undefined): Draft[] =>
    picked(names, ({ kind }) => kind === 'number').map((draft) => {
      if (draft.kind === 'number') return draft;
      throw new EpochbookError('data.textStep', { step: op, column: draft.column.name }, { at });
    });
  return { picked, numeric };
}

export const featureMade = ({ column, before, category, scale }: FeatureDraft): Feature => ({
  column: column.name,
  ...(before.length > 0 && { before }),
  ...(category !== undefined && { category }),
  offset: scale?.offset ?? 0,
  scale: scale?.scale ?? 1,
});

/** With its values in every row so far. */
interface Draft extends FeatureDraft {
  values: Value[];
}

export interface FittedFeature {
  readonly feature: Feature;
  readonly column: TypedColumn;
  /** By row of the table. */
  readonly values: Float64Array;
}

function startDraft(table: TextTable, column: TypedColumn): Draft {
  const texts = table.columns[column.index];
  if (column.type === 'number') {
    const values = texts.map((text, row) => {
      const number = numberIn(text);
      if (!isMissing(text) && !Number.isFinite(Math.fround(number))) throw notANumber(table, column, row, '/data/source');
      return number;
    });
    return { column, kind: 'number', values, before: [] };
  }
  const draft: Draft = { column, kind: 'text', values: [...texts], before: [] };
  if (isLogical(texts)) apply(draft, { op: 'logical' }, 'number');
  return draft;
}

function apply(draft: Draft, step: Transform, kind: Draft['kind'] = draft.kind): void {
  if (draft.scale) draft.before.push({ op: 'scale', ...draft.scale });
  delete draft.scale;
  draft.before.push(step);
  draft.values = draft.values.map((value) => transform(step, value));
  draft.kind = kind;
}

const isGap = (value: Value) => (typeof value === 'number' ? Number.isNaN(value) : isMissing(value));
const natural = new Intl.Collator('en', { numeric: true });
export const inCategoryOrder = (a: string, b: string) => natural.compare(a, b) || (a < b ? -1 : 1);

function numbersIn(draft: Draft, rows: Uint32Array): number[] {
  return Array.from(rows, (row) => toNumber(draft.values[row])).filter((value) => !Number.isNaN(value));
}

function mostFrequent(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return mostFrequentIn(counts);
}

/** Of two that are as frequent, the first in natural order. */
export function mostFrequentIn(counts: ReadonlyMap<Value, number>): Value | undefined {
  let [found, most]: [Value | undefined, number] = [undefined, 0];
  for (const [value, many] of counts)
    if (many > most || (many === most && inCategoryOrder(String(value), String(found)) < 0)) [found, most] = [value, many];
  return found;
}

function impute(
  draft: Draft,
  step: StepOf<'impute'>,
  rows: Uint32Array,
  fail: (code: 'data.nothingToImpute' | 'data.imputeText') => Error,
): void {
  let { value } = step;
  if (value === undefined) {
    const present = Array.from(rows, (row) => draft.values[row]).filter((one) => !isGap(one));
    const method = step.method ?? (draft.kind === 'number' ? 'median' : 'mostFrequent');
    if (draft.kind === 'text' && method !== 'mostFrequent') throw fail('data.imputeText');
    if (method === 'mostFrequent') value = mostFrequent(present);
    else if (method === 'mean') value = (present as number[]).reduce((sum, one) => sum + one, 0) / present.length;
    else
      value = quantile(
        (present as number[]).sort((a, b) => a - b),
        0.5,
      );
    if (value === undefined || present.length === 0) throw fail('data.nothingToImpute');
  } else if (draft.kind === 'number' && typeof value === 'string') value = numberIn(value);
  else if (draft.kind === 'text') value = String(value);
  if (typeof value === 'number' && Number.isNaN(value)) throw fail('data.imputeText');
  apply(draft, { op: 'impute', value });
}

/** Numbers that the columns of one column's categories may come to, in memory. */
const mostCells = 2 ** 27;

/** Throws `data.oneHotTooWide` where a column's categories are too many to become a column each, as those of an id are. */
export function checkWidth({ name }: TypedColumn, categories: number, rows: number, most: number, at: string): void {
  if (categories * rows > most) throw new EpochbookError('data.oneHotTooWide', { column: name, categories, rows }, { at });
}

/** A constant column is only centred. */
function fitScale(numbers: readonly number[], method: 'standard' | 'minMax'): { offset: number; scale: number } {
  if (numbers.length === 0) return { offset: 0, scale: 1 };
  if (method === 'minMax') {
    let [min, max] = [Infinity, -Infinity];
    for (const value of numbers) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return { offset: min, scale: max > min ? max - min : 1 };
  }
  const mean = meanOf(numbers);
  return { offset: mean, scale: deviationOf(numbers, mean) || 1 };
}

// Loops of their own, which give but a number. Where objects were made after the loops, once, in a long test process
// (Node 24.21, not seen again), every column had the last one's offset and scale beside right values: numbers that
// optimized code let the objects share are the one explanation found. `checkMade` would tell.
function meanOf(numbers: readonly number[]): number {
  let sum = 0;
  for (const value of numbers) sum += value;
  return sum / numbers.length;
}

function deviationOf(numbers: readonly number[], mean: number): number {
  let squares = 0;
  for (const value of numbers) squares += (value - mean) ** 2;
  return Math.sqrt(squares / numbers.length);
}

/**
 * Makes features of the chosen columns, the spec's steps one after the other. `train`: the rows to fit on.
 * Throws `data.notANumber`, `data.missingValue`, `data.textFeature`, `data.textStep`, `data.logOfNegative`,
 * `data.nothingToImpute`, `data.imputeText`, `data.notInOrder`, `data.oneHotTooWide`.
 */
export function fitFeatures(table: TextTable, chosen: readonly TypedColumn[], spec: DataSpec, train: Uint32Array): FittedFeature[] {
  let drafts = chosen.map((column) => startDraft(table, column));
  // The table's values are replaced already; those of a prediction are not.
  for (const draft of drafts) draft.before.unshift(...replacedIn(spec, draft.column));
  for (const [index, step] of spec.steps.entries()) {
    const at = place({ index });
    const { picked, numeric } = pickerOf(drafts, chosen, { path: table.path, op: step.op, at });
    switch (step.op) {
      case 'impute':
        for (const draft of picked(step.columns, ({ values }) => values.some(isGap)))
          impute(draft, step, train, (code) => new EpochbookError(code, { column: draft.column.name }, { at }));
        break;
      case 'clip':
        for (const draft of numeric(step.columns)) apply(draft, clipOf(step));
        break;
      case 'log':
        for (const draft of numeric(step.columns)) {
          const plus = step.plus ?? 1;
          const row = draft.values.findIndex((value) => toNumber(value) + plus <= 0);
          if (row >= 0) {
            const { path, unit, line } = placeOf(table, row);
            const values = { path, unit, line, column: draft.column.name, value: Number(draft.values[row]), plus };
            throw new EpochbookError('data.logOfNegative', values, { at });
          }
          apply(draft, { op: 'log', plus });
        }
        break;
      case 'bucketize':
        for (const draft of numeric(step.columns)) {
          const sorted = numbersIn(draft, train).sort((a, b) => a - b);
          const even = sorted.length === 0 ? [] : sharesOf(step).map((share) => quantile(sorted, share));
          apply(draft, bucketsOf(step, even));
        }
        break;
      case 'normalize':
        for (const draft of numeric(step.columns)) {
          if (draft.scale) draft.before.push({ op: 'scale', ...draft.scale });
          const scale = fitScale(numbersIn(draft, train), step.method ?? 'standard');
          draft.values = draft.values.map((value) => transform({ op: 'scale', ...scale }, value));
          draft.scale = scale;
        }
        break;
      case 'ordinal':
        for (const draft of picked(step.columns, ({ kind }) => kind === 'text')) {
          const texts = draft.values.map(String);
          const categories =
            step.order ?? [...new Set(Array.from(train, (row) => texts[row]).filter((text) => !isMissing(text)))].sort(inCategoryOrder);
          const row = step.order ? texts.findIndex((text) => !isMissing(text) && !categories.includes(text)) : -1;
          if (row >= 0) {
            const { path, unit, line } = placeOf(table, row);
            throw new EpochbookError(
              'data.notInOrder',
              { path, unit, line, column: draft.column.name, value: texts[row].slice(0, 60) },
              { at },
            );
          }
          apply(draft, { op: 'ordinal', categories }, 'number');
        }
        break;
      case 'oneHot': {
        const wanted = picked(step.columns, ({ kind }) => kind === 'text');
        drafts = drafts.flatMap((draft): Draft[] => {
          if (!wanted.includes(draft)) return [draft];
          const texts = draft.values.map(String);
          const categories = [...new Set(Array.from(train, (row) => texts[row]))].sort();
          checkWidth(draft.column, categories.length, texts.length, mostCells, at);
          const shared = sharedBefore(draft);
          return categories.map((category) => ({
            column: draft.column,
            kind: 'number',
            category,
            before: shared,
            values: texts.map((text) => (text === category ? 1 : 0)),
          }));
        });
        break;
      }
      default:
        break;
    }
  }
  return drafts.map((draft) => finish(table, draft));
}

/** Features that were fitted before, of a table in which `replace` and `map` are done. Throws as `fitFeatures` does. */
export function fittedFeatures(table: TextTable, columns: readonly TypedColumn[], features: readonly Feature[]): FittedFeature[] {
  return features.map((feature) => {
    const column = columnNamed(columns, feature.column, table.path, '/data/source');
    const done = withoutReplace(feature);
    const values = Float64Array.from(table.columns[column.index], (text) => featureOf(done, text));
    const odd = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (odd >= 0) throw notANumber(table, column, odd, '/data/source');
    return { feature, column, values };
  });
}

/** The feature of a column whose values are replaced already. */
export function withoutReplace(feature: Feature): Feature {
  const { before } = feature;
  return before?.some(({ op }) => op === 'replace') ? { ...feature, before: before.filter(({ op }) => op !== 'replace') } : feature;
}

function finish(table: TextTable, draft: Draft): FittedFeature {
  const { column, kind, values } = draft;
  if (kind === 'text') {
    const example = table.columns[column.index].find((text) => !isMissing(text)) ?? '';
    const facts = { path: table.path, column: column.name, example: example.slice(0, 40) };
    throw new EpochbookError('data.textFeature', facts, { at: '/data/source' });
  }
  const numbers = Float64Array.from(values as number[]);
  const odd = numbers.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (odd >= 0) throw notANumber(table, column, odd, '/data/source');
  const feature = featureMade(draft);
  checkMade(table, column, feature, numbers);
  return { feature, column, values: numbers };
}

/** What is kept for predictions and exports must give what training sees: shown by the first and the last row. */
function checkMade(table: TextTable, { name, index }: TypedColumn, feature: Feature, values: Float64Array): void {
  const done = withoutReplace(feature);
  const texts = table.columns[index];
  for (const row of [0, values.length - 1].filter((one) => one >= 0)) {
    const again = featureOf(done, texts[row]);
    if (!Object.is(again, values[row])) throw new Error(`${name} is ${values[row]} in row ${row}, ${again} by what is kept of it`);
  }
}
