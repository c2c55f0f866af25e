/** Which rows train, which validate, which test. */
import { EpochbookError } from '#contract/errors.ts';
import type { DataStep } from '#contract/spec.ts';

export type SplitStep = Extract<DataStep, { op: 'split' | 'kFold' }>;
type ShareStep = Extract<DataStep, { op: 'split' }>;
type FoldStep = Extract<DataStep, { op: 'kFold' }>;

/** Row numbers of each part, ascending. */
export interface Parts {
  readonly train: Uint32Array;
  readonly validation?: Uint32Array;
  readonly test?: Uint32Array;
}

/** 32 mixed bits of two whole numbers (MurmurHash3's finalizer over a Weyl sequence). */
function mixed(seed: number, row: number): number {
  let bits = (Math.imul(seed | 0, 0x9e3779b1) + Math.imul(row + 1, 0x85ebca77)) | 0;
  for (const factor of [0x85ebca6b, 0xc2b2ae35]) {
    bits ^= bits >>> 16;
    bits = Math.imul(bits, factor);
  }
  return (bits ^ (bits >>> 13)) >>> 0;
}

const ascending = (rows: number[]) => Uint32Array.from(rows).sort();

/** Samples that a share (below 1) or a count stands for, out of `count`. */
function size(share: number, count: number): number {
  return share < 1 ? Math.round(share * count) : Math.round(share);
}

/** Shares or counts of validation and test; 0 where a column says what they are. */
export const sharesOf = ({ validation, test }: ShareStep): [number, number] => [
  typeof validation === 'number' ? validation : 0,
  typeof test === 'number' ? test : 0,
];

/** What is known of the rows; `idOf` is a row's place in its source. */
export interface RowFacts {
  readonly classOf?: (row: number) => number;
  readonly groupOf?: (row: number) => string;
  readonly timeOf?: (row: number) => number;
  /** What the column says that names the parts. */
  readonly partOf?: (row: number) => string;
  readonly idOf?: (row: number) => number;
}

/** 32 bits of a text (FNV-1a). */
function hashOf(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  return bits >>> 0;
}

/**
 * Splits `count` rows. Each row has a number drawn from the seed and its own place alone, and the lowest go to
 * validation, the next to the test: rows added at the end move almost none of those before. Groups are drawn whole,
 * by their names. By time, the latest rows are the test and those before them the validation; rows of one moment stay
 * in the earlier part. Folds are even parts of the same order. Throws `data.splitTooLarge`, `data.emptyPart`,
 * `data.splitWays`, `data.fewGroups`, `data.noTrainRows`.
 */
export function split(count: number, step: SplitStep | undefined, at: string, facts: RowFacts = {}): Parts {
  if (!step) return { train: Uint32Array.from({ length: count }, (_, row) => row) };
  if (step.op === 'kFold') return splitFolds(count, step, at, facts);
  if (step.column !== undefined) return splitByColumn(count, step, at, facts);
  const { stratify = false, seed = 0 } = step;
  const [validation, test] = sharesOf(step);
  const { classOf, groupOf, timeOf, idOf = (row: number) => row } = facts;
  if ([stratify, groupOf, timeOf].filter(Boolean).length > 1) throw new EpochbookError('data.splitWays', {}, { at });
  const wanted = { validation: size(validation, count), test: size(test, count) };
  if (wanted.validation + wanted.test >= count) {
    throw new EpochbookError('data.splitTooLarge', { validation: wanted.validation, test: wanted.test, samples: count }, { at });
  }
  const empty = (part: 'validation' | 'test') => new EpochbookError('data.emptyPart', { part, samples: count }, { at });
  if (validation > 0 && wanted.validation === 0) throw empty('validation');
  if (test > 0 && wanted.test === 0) throw empty('test');

  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] };
  if (groupOf) byGroup(count, groupOf, wanted, seed, at, parts);
  else if (timeOf) byTime(count, timeOf, wanted, parts);
  else {
    const groups = stratify && classOf ? byClass(count, classOf) : [Uint32Array.from({ length: count }, (_, row) => row)];
    const sizes = groups.map((group) => group.length);
    const quotas = { validation: apportion(wanted.validation, sizes), test: apportion(wanted.test, sizes) };
    groups.forEach((group, index) => {
      drawnOrder(group, seed, idOf).forEach((row, rank) => {
        const toValidation = quotas.validation[index];
        const part = rank < toValidation ? 'validation' : rank < toValidation + quotas.test[index] ? 'test' : 'train';
        parts[part].push(row);
      });
    });
  }
  if (parts.train.length === 0) throw new EpochbookError('data.splitTooLarge', { ...wanted, samples: count }, { at });
  for (const part of ['validation', 'test'] as const) if (wanted[part] > 0 && parts[part].length === 0) throw empty(part);
  return {
    train: ascending(parts.train),
    ...(wanted.validation > 0 && { validation: ascending(parts.validation) }),
    ...(wanted.test > 0 && { test: ascending(parts.test) }),
  };
}

/** Rows in the order of the numbers drawn for them. */
function drawnOrder(rows: Uint32Array, seed: number, idOf: (row: number) => number): number[] {
  const drawn = Float64Array.from(rows, (row) => mixed(seed, idOf(row)) * 2 ** 20 + (idOf(row) % 2 ** 20));
  return Array.from(rows.keys())
    .sort((a, b) => drawn[a] - drawn[b] || a - b)
    .map((place) => rows[place]);
}

function splitByColumn(count: number, step: ShareStep, at: string, { partOf = () => '' }: RowFacts): Parts {
  if (step.stratify || step.group !== undefined || step.time !== undefined) throw new EpochbookError('data.splitWays', {}, { at });
  const values = (given: ShareStep['test']) => new Set(Array.isArray(given) ? given.map(String) : []);
  const [validation, test] = [values(step.validation), values(step.test)];
  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] };
  for (let row = 0; row < count; row += 1) {
    const said = partOf(row);
    parts[validation.has(said) ? 'validation' : test.has(said) ? 'test' : 'train'].push(row);
  }
  const missing = (['validation', 'test'] as const).find(
    (part) => (part === 'validation' ? validation : test).size > 0 && parts[part].length === 0,
  );
  const column = step.column ?? '';
  if (missing) {
    const wanted = [...(missing === 'validation' ? validation : test)].join(', ');
    const found = [...new Set(Array.from({ length: count }, (_, row) => partOf(row)))].slice(0, 8).join(', ');
    throw new EpochbookError('data.partValues', { part: missing, column, wanted, found }, { at });
  }
  if (parts.train.length === 0) throw new EpochbookError('data.noTrainRows', { column }, { at });
  return {
    train: Uint32Array.from(parts.train),
    ...(validation.size > 0 && { validation: Uint32Array.from(parts.validation) }),
    ...(test.size > 0 && { test: Uint32Array.from(parts.test) }),
  };
}

function splitFolds(count: number, step: FoldStep, at: string, facts: RowFacts): Parts {
  const { folds, fold, stratify = false, seed = 0 } = step;
  const { classOf, groupOf, idOf = (row: number) => row } = facts;
  if (stratify && groupOf) throw new EpochbookError('data.splitWays', {}, { at });
  const parts = { train: [] as number[], validation: [] as number[] };
  const all = Uint32Array.from({ length: count }, (_, row) => row);
  if (groupOf) {
    const groups = groupsIn(count, groupOf, seed);
    if (groups.length < folds) throw new EpochbookError('data.fewGroups', { groups: groups.length, parts: folds }, { at });
    let before = 0;
    groups.forEach(({ rows }, index) => {
      // A group goes where its middle lies; each fold gets at least one.
      const even = Math.floor(((before + rows.length / 2) * folds) / count);
      const own = Math.min(Math.max(even, folds - groups.length + index), index);
      before += rows.length;
      parts[own === fold - 1 ? 'validation' : 'train'].push(...rows);
    });
  } else {
    let ahead = 0;
    for (const group of stratify && classOf ? byClass(count, classOf) : [all]) {
      // What is left over of one class goes to another fold than that of the next.
      drawnOrder(group, seed, idOf).forEach((row, rank) => {
        const own = stratify ? (rank + ahead) % folds : Math.floor((rank * folds) / count);
        parts[own === fold - 1 ? 'validation' : 'train'].push(row);
      });
      ahead += group.length;
    }
  }
  if (parts.validation.length === 0 || parts.train.length === 0)
    throw new EpochbookError('data.emptyPart', { part: 'validation', samples: count }, { at });
  return { train: ascending(parts.train), validation: ascending(parts.validation) };
}

/** Groups in the order of the numbers drawn for their names. */
function groupsIn(count: number, groupOf: (row: number) => string, seed: number): { name: string; rows: number[] }[] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < count; row += 1) {
    const group = groups.get(groupOf(row));
    if (group) group.push(row);
    else groups.set(groupOf(row), [row]);
  }
  const drawn = [...groups].map(([name, rows]) => ({ name, rows, number: mixed(seed, hashOf(name)) }));
  return drawn.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

type Sizes = Readonly<Record<'validation' | 'test', number>>;
type Lists = Record<'train' | 'validation' | 'test', number[]>;

/** Whole groups, in an order drawn from their names, fill a part until another would take it further from its size. */
function byGroup(count: number, groupOf: (row: number) => string, wanted: Sizes, seed: number, at: string, parts: Lists): void {
  const drawn = groupsIn(count, groupOf, seed);
  const needed = 1 + Number(wanted.validation > 0) + Number(wanted.test > 0);
  if (drawn.length < needed) throw new EpochbookError('data.fewGroups', { groups: drawn.length, parts: needed }, { at });
  for (const part of ['validation', 'test'] as const) {
    const left = part === 'validation' && wanted.test > 0 ? 2 : 1;
    while (wanted[part] > 0 && drawn.length > left) {
      const [{ rows }] = drawn;
      const missing = wanted[part] - parts[part].length;
      if (parts[part].length > 0 && rows.length - missing > missing) break;
      parts[part].push(...rows);
      drawn.shift();
      if (missing <= rows.length) break;
    }
  }
  for (const { rows } of drawn) parts.train.push(...rows);
}

function byTime(count: number, timeOf: (row: number) => number, wanted: Sizes, parts: Lists): void {
  const order = Array.from({ length: count }, (_, row) => row).sort((a, b) => timeOf(a) - timeOf(b) || a - b);
  /** The first place at or after which a new moment begins. */
  const boundary = (from: number): number => {
    let place = from;
    while (place > 0 && place < count && timeOf(order[place]) === timeOf(order[place - 1])) place += 1;
    return place;
  };
  const test = boundary(count - wanted.test);
  const validation = Math.min(boundary(count - wanted.test - wanted.validation), test);
  order.forEach((row, place) => parts[place < validation ? 'train' : place < test ? 'validation' : 'test'].push(row));
}

function byClass(count: number, classOf: (row: number) => number): Uint32Array[] {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < count; row += 1) {
    const group = groups.get(classOf(row));
    if (group) group.push(row);
    else groups.set(classOf(row), [row]);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, rows]) => Uint32Array.from(rows));
}

/** Shares `total` out in proportion to `sizes`, whole numbers that add up (largest remainder). */
function apportion(total: number, sizes: readonly number[]): number[] {
  const all = sizes.reduce((sum, one) => sum + one, 0);
  const exact = sizes.map((one) => (total * one) / all);
  const shares = exact.map(Math.floor);
  const rest = total - shares.reduce((sum, one) => sum + one, 0);
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b] - shares[b] - (exact[a] - shares[a]) || a - b);
  for (const index of byRemainder.slice(0, rest)) shares[index] += 1;
  return shares;
}
