/**
 * Features of a stored table: what `fitFeatures` does to values in memory, in passes over blocks of rows. The same numbers
 * in the same order go through the same sums, so that what is fitted is the same to the bit.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { MessageKey } from '#contract/words/message.ts';
import type { Feature, Transform } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { quantile } from '#contract/statistics/quantile.ts';
import { isMissing, numberIn, type TypedColumn } from '../columns.ts';
import {
  bucketsOf,
  checkWidth,
  clipOf,
  doneTo,
  type FeatureDraft,
  featureMade,
  inCategoryOrder,
  mostFrequentIn,
  pickerOf,
  replacedIn,
  sharedBefore,
  sharesOf,
  transform,
} from '../features.ts';
import { place } from '../steps.ts';
import { blockRows } from './column-store.ts';
import { marked, numbersIn, type Source } from './stream-columns.ts';
import { mostFrequentNumber, valuesAtRanks } from './order-statistics.ts';
import type { StreamRows } from './stream-rows.ts';

type Value = string | number;

/** A feature on its way. Texts are told by their codes: what is done to one is done once. */
export interface Draft extends FeatureDraft {
  readonly source: Source;
  /** Of what was fitted before: a text among numbers has no number, whatever is done to gaps. In fitting, that is looked for first. */
  readonly textIsOdd?: boolean;
  /** Of codes: each one's value so far. */
  byCode?: Value[];
}

/** A feature, and how its numbers are had of a block. */
export interface StreamedFeature {
  readonly feature: Feature;
  readonly column: TypedColumn;
  /** Of the kept rows in a block. */
  readonly valuesIn: (block: number) => Float64Array;
}

/** Numbers that the columns of one column's categories may come to, on the disk. */
const mostCells = 2 ** 30;
/** Different numbers from which on they are no longer counted: they are too many to make a column of each. */
const mostCounted = 1_000_000;

const toNumber = (value: Value): number => (typeof value === 'number' ? value : numberIn(value));
const isGap = (value: Value) => (typeof value === 'number' ? Number.isNaN(value) : isMissing(value));

/** The kept rows' numbers of a block; texts that are none are NaN. */
export function valuesIn({ store, kept, firstKept }: StreamRows, draft: Draft, block: number): Float64Array {
  const [from, to] = [firstKept[block], firstKept[block + 1]];
  const made = new Float64Array(to - from);
  const start = block * blockRows;
  const { source, byCode } = draft;
  if (byCode && source.kind === 'codes') {
    const { category } = draft;
    const numbers = Float64Array.from(byCode, (value, code) => {
      if (draft.textIsOdd && marked(source.texts[code]) === Infinity) return Number.NaN;
      return category === undefined ? toNumber(value) : String(value) === category ? 1 : 0;
    });
    const codes = store.read(source.column, block);
    for (let row = from; row < to; row += 1) made[row - from] = numbers[codes[kept[row] - start]];
    return made;
  }
  const numbers = numbersIn(store, source, block);
  for (let row = from; row < to; row += 1) made[row - from] = numbers[kept[row] - start];
  const steps = draft.category === undefined ? doneTo(draft) : draft.before;
  for (const step of steps) {
    // What the source says is replaced already.
    if (step.op === 'replace') continue;
    if (step.op === 'scale') for (let row = 0; row < made.length; row += 1) made[row] = (made[row] - step.offset) / step.scale;
    else for (let row = 0; row < made.length; row += 1) made[row] = toNumber(transform(step, made[row]));
  }
  if (draft.category !== undefined) for (let row = 0; row < made.length; row += 1) made[row] = String(made[row]) === draft.category ? 1 : 0;
  if (draft.textIsOdd) for (let row = from; row < to; row += 1) if (numbers[kept[row] - start] === Infinity) made[row - from] = Number.NaN;
  return made;
}

export interface FitOptions {
  /** Hears when a pass over a column is done. */
  readonly onPass?: () => void;
}

/** See `fitFeatures`, whose errors these are. */
export async function fitStreamedFeatures(
  rows: StreamRows,
  chosen: readonly { readonly column: TypedColumn; readonly source: Source }[],
  spec: DataSpec,
  { onPass = () => {} }: FitOptions = {},
): Promise<StreamedFeature[]> {
  const { store, signal, path } = rows;
  const blocks = [...Array(store.blocks()).keys()];
  const each = async (draft: Draft, take: (value: number, kept: number) => void): Promise<void> => {
    for (const block of blocks) {
      signal?.throwIfAborted();
      const values = valuesIn(rows, draft, block);
      const from = rows.firstKept[block];
      for (let row = 0; row < values.length; row += 1) take(values[row], from + row);
      await nextTurn();
    }
    onPass();
  };
  /** How often each code comes, in the rows trained on or in all. */
  const countCodes = async (draft: Draft, trained: boolean): Promise<Float64Array> => {
    const { source } = draft;
    if (source.kind !== 'codes') throw new Error('numbers have no codes');
    const counts = new Float64Array(source.texts.length);
    for (const block of blocks) {
      signal?.throwIfAborted();
      const codes = store.read(source.column, block);
      const start = block * blockRows;
      for (let row = rows.firstKept[block]; row < rows.firstKept[block + 1]; row += 1)
        if (!trained || rows.isTrained[row] === 1) counts[codes[rows.kept[row] - start]] += 1;
      await nextTurn();
    }
    onPass();
    return counts;
  };
  /** Numbers of the rows trained on, in their order. */
  const eachTrained = (draft: Draft) => (take: (value: number) => void) =>
    each(draft, (value, kept) => {
      if (rows.isTrained[kept] === 1 && !Number.isNaN(value)) take(value);
    });
  const countTrained = async (draft: Draft): Promise<number> => {
    let count = 0;
    await eachTrained(draft)(() => (count += 1));
    return count;
  };
  const quantilesOf = async (draft: Draft, shares: readonly number[]): Promise<number[]> => {
    const count = await countTrained(draft);
    if (count === 0) return shares.map(() => Number.NaN);
    const ranks = new Set(
      shares.flatMap((share) => {
        const below = Math.floor((count - 1) * share);
        return [below, Math.min(count - 1, below + 1)];
      }),
    );
    const values = await valuesAtRanks(eachTrained(draft), count, [...ranks]);
    const sorted = { length: count, ...Object.fromEntries([...ranks].map((rank, index) => [rank, values[index]])) };
    return shares.map((share) => quantile(sorted, share));
  };
  const apply = (draft: Draft, step: Transform, kind: Draft['kind'] = draft.kind) => {
    draft.before = [...doneTo(draft), step];
    delete draft.scale;
    if (draft.byCode) draft.byCode = draft.byCode.map((value) => transform(step, value));
    draft.kind = kind;
  };

  let drafts: Draft[] = [];
  for (const { column, source } of chosen) {
    const draft: Draft = { column, source, kind: column.type, before: replacedIn(spec, column) };
    if (source.kind === 'codes') draft.byCode = column.type === 'number' ? source.texts.map(numberIn) : [...source.texts];
    if (column.type === 'number') await checkNumbers(draft);
    else {
      if (source.kind !== 'codes') throw new Error('a text is stored as codes');
      const counts = await countCodes(draft, false);
      const present = source.texts.filter((text, code) => counts[code] > 0 && !isMissing(text));
      if (present.length > 0 && present.every((text) => /^(?:true|false)$/i.test(text))) apply(draft, { op: 'logical' }, 'number');
    }
    drafts.push(draft);
  }

  /** Every row says a number or nothing. */
  async function checkNumbers(draft: Draft): Promise<void> {
    let odd = -1;
    for (const block of blocks) {
      const numbers = numbersIn(store, draft.source, block);
      const start = block * blockRows;
      for (let row = rows.firstKept[block]; row < rows.firstKept[block + 1] && odd < 0; row += 1) {
        const value = numbers[rows.kept[row] - start];
        if (!Number.isNaN(value) && !Number.isFinite(Math.fround(value))) odd = row;
      }
      if (odd >= 0) break;
      await nextTurn();
    }
    if (odd >= 0) throw await rows.notANumber(draft.column, odd, '/data/source');
    onPass();
  }

  for (const [index, step] of spec.steps.entries()) {
    const at = place({ index });
    const failed = (code: MessageKey, values: Record<string, string | number>) => new EpochbookError(code, values, { at });
    const { picked, numeric } = pickerOf(
      drafts,
      chosen.map(({ column }) => column),
      { path, op: step.op, at },
    );
    switch (step.op) {
      case 'impute':
        for (const draft of picked(step.columns, () => true)) {
          if (step.columns === undefined && !(await hasGaps(draft))) continue;
          await impute(draft, step, failed);
        }
        break;
      case 'clip':
        for (const draft of numeric(step.columns)) apply(draft, clipOf(step));
        break;
      case 'log':
        for (const draft of numeric(step.columns)) {
          const plus = step.plus ?? 1;
          let found: { kept: number; value: number } | undefined;
          await each(draft, (value, kept) => {
            if (!found && value + plus <= 0) found = { kept, value };
          });
          if (found) {
            const line = rows.kept[found.kept] + 1;
            throw failed('data.logOfNegative', { path, unit: 'row', line, column: draft.column.name, value: found.value, plus });
          }
          apply(draft, { op: 'log', plus });
        }
        break;
      case 'bucketize':
        for (const draft of numeric(step.columns)) {
          const even = step.boundaries ? [] : (await quantilesOf(draft, sharesOf(step))).filter((value) => !Number.isNaN(value));
          apply(draft, bucketsOf(step, even));
        }
        break;
      case 'normalize':
        for (const draft of numeric(step.columns)) {
          const scale = await fitScale(draft, step.method ?? 'standard');
          draft.before = doneTo(draft);
          draft.scale = scale;
          if (draft.byCode) draft.byCode = draft.byCode.map((value) => transform({ op: 'scale', ...scale }, value));
        }
        break;
      case 'ordinal':
        for (const draft of picked(step.columns, ({ kind }) => kind === 'text')) {
          const texts = (draft.byCode ?? []).map(String);
          const counts = await countCodes(draft, true);
          const seen = new Set(texts.filter((text, code) => counts[code] > 0 && !isMissing(text)));
          const categories = step.order ?? [...seen].sort(inCategoryOrder);
          if (step.order) {
            const all = await countCodes(draft, false);
            const odd = texts.findIndex((text, code) => all[code] > 0 && !isMissing(text) && !categories.includes(text));
            if (odd >= 0) {
              const line = rows.kept[await firstOf(draft, odd)] + 1;
              throw failed('data.notInOrder', { path, unit: 'row', line, column: draft.column.name, value: texts[odd].slice(0, 60) });
            }
          }
          apply(draft, { op: 'ordinal', categories }, 'number');
        }
        break;
      case 'oneHot': {
        const wanted = new Set(picked(step.columns, ({ kind }) => kind === 'text'));
        const made: Draft[] = [];
        for (const draft of drafts) {
          if (!wanted.has(draft)) {
            made.push(draft);
            continue;
          }
          const shared = sharedBefore(draft);
          const categories = await categoriesOf(draft);
          checkWidth(draft.column, categories.length, rows.kept.length, mostCells, at);
          for (const category of categories)
            made.push({
              column: draft.column,
              source: draft.source,
              kind: 'number',
              category,
              before: shared,
              ...(draft.byCode && { byCode: draft.byCode }),
            });
        }
        drafts = made;
        break;
      }
      default:
        break;
    }
  }
  return drafts.map((draft): StreamedFeature => {
    const { column, kind } = draft;
    if (kind === 'text') {
      const example = (draft.source.kind === 'codes' ? draft.source.texts : []).find((text) => !isMissing(text)) ?? '';
      throw new EpochbookError('data.textFeature', { path, column: column.name, example: example.slice(0, 40) }, { at: '/data/source' });
    }
    return { feature: featureMade(draft), column, valuesIn: (block) => valuesIn(rows, draft, block) };
  });

  async function hasGaps(draft: Draft): Promise<boolean> {
    if (draft.byCode) {
      const counts = await countCodes(draft, false);
      return draft.byCode.some((value, code) => counts[code] > 0 && isGap(value));
    }
    let some = false;
    await each(draft, (value) => (some ||= Number.isNaN(value)));
    return some;
  }

  type Failed = (code: MessageKey, values: Record<string, string | number>) => Error;

  async function impute(draft: Draft, step: Extract<DataSpec['steps'][number], { op: 'impute' }>, failed: Failed): Promise<void> {
    let { value } = step;
    const fail = (code: 'data.nothingToImpute' | 'data.imputeText') => failed(code, { column: draft.column.name });
    if (value === undefined) {
      const method = step.method ?? (draft.kind === 'number' ? 'median' : 'mostFrequent');
      if (draft.kind === 'text' && method !== 'mostFrequent') throw fail('data.imputeText');
      if (method === 'mostFrequent') value = await mostFrequent(draft);
      else if (method === 'mean') {
        let [sum, count] = [0, 0];
        await eachTrained(draft)((one) => {
          sum += one;
          count += 1;
        });
        value = count === 0 ? undefined : sum / count;
      } else {
        const [median] = await quantilesOf(draft, [0.5]);
        value = Number.isNaN(median) ? undefined : median;
      }
      if (value === undefined) throw fail('data.nothingToImpute');
    } else if (draft.kind === 'number' && typeof value === 'string') value = numberIn(value);
    else if (draft.kind === 'text') value = String(value);
    if (typeof value === 'number' && Number.isNaN(value)) throw fail('data.imputeText');
    apply(draft, { op: 'impute', value });
  }

  async function mostFrequent(draft: Draft): Promise<Value | undefined> {
    if (!draft.byCode) return mostFrequentNumber(eachTrained(draft));
    const counts = new Map<Value, number>();
    const byCode = await countCodes(draft, true);
    for (const [code, value] of draft.byCode.entries())
      if (byCode[code] > 0 && !isGap(value)) counts.set(value, (counts.get(value) ?? 0) + byCode[code]);
    return mostFrequentIn(counts);
  }

  async function categoriesOf(draft: Draft): Promise<string[]> {
    const seen = new Set<Value>();
    if (draft.byCode) {
      const counts = await countCodes(draft, true);
      for (const [code, value] of draft.byCode.entries()) if (counts[code] > 0) seen.add(value);
    } else
      await each(draft, (value, kept) => {
        if (rows.isTrained[kept] === 1 && seen.size <= mostCounted) seen.add(value);
      });
    return [...new Set(Array.from(seen, String))].sort();
  }

  async function firstOf(draft: Draft, wanted: number): Promise<number> {
    if (draft.source.kind === 'codes')
      for (const block of blocks) {
        const codes = store.read(draft.source.column, block);
        const start = block * blockRows;
        for (let row = rows.firstKept[block]; row < rows.firstKept[block + 1]; row += 1)
          if (codes[rows.kept[row] - start] === wanted) return row;
      }
    return 0;
  }

  async function fitScale(draft: Draft, method: 'standard' | 'minMax'): Promise<{ offset: number; scale: number }> {
    let [count, sum, min, max] = [0, 0, Infinity, -Infinity];
    await eachTrained(draft)((value) => {
      count += 1;
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    });
    if (count === 0) return { offset: 0, scale: 1 };
    if (method === 'minMax') return { offset: min, scale: max > min ? max - min : 1 };
    const mean = sum / count;
    let squares = 0;
    await eachTrained(draft)((value) => {
      squares += (value - mean) ** 2;
    });
    return { offset: mean, scale: Math.sqrt(squares / count) || 1 };
  }
}

/** The features' values of a block's kept rows. Throws `data.missingValue` or `data.notANumber` where one is none as a 32-bit float. */
export async function finiteColumns(rows: StreamRows, features: readonly StreamedFeature[], block: number): Promise<Float64Array[]> {
  const columns: Float64Array[] = [];
  for (const { valuesIn: take, column } of features) {
    const values = take(block);
    const odd = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (odd >= 0) throw await rows.notANumber(column, rows.firstKept[block] + odd, '/data/source');
    columns.push(values);
  }
  return columns;
}
