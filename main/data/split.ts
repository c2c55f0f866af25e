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

/** As many values of a column are told. */
const mostShown = 8;

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

  const partOf = new Uint8Array(count);
  if (groupOf) byGroup(count, groupOf, wanted, seed, at, partOf);
  else if (timeOf) byTime(count, timeOf, wanted, partOf);
  else {
    const drawn = (row: number) => mixed(seed, idOf(row));
    const groups = ranked(count, drawn, stratify ? classOf : undefined);
    const sizes = groups.map(({ sorted }) => sorted.length);
    const quotas = { validation: apportion(wanted.validation, sizes), test: apportion(wanted.test, sizes) };
    const bounds = groups.map(({ sorted }, index) => {
      const toValidation = quotas.validation[index];
      return [toValidation, toValidation + quotas.test[index]].map((rank) => sorted[rank] ?? Infinity);
    });
    const indexOf = new Map(groups.map((group, index) => [group.of, index]));
    for (let row = 0; row < count; row += 1) {
      const [validated, tested] = bounds[groups.length === 1 ? 0 : indexOf.get(classOf!(row))!];
      const own = drawn(row);
      partOf[row] = own < validated ? parts.validation : own < tested ? parts.test : parts.train;
    }
  }
  const found = gather(partOf);
  if (found.train.length === 0) throw new EpochbookError('data.splitTooLarge', { ...wanted, samples: count }, { at });
  for (const part of ['validation', 'test'] as const) if (wanted[part] > 0 && found[part].length === 0) throw empty(part);
  return {
    train: found.train,
    ...(wanted.validation > 0 && { validation: found.validation }),
    ...(wanted.test > 0 && { test: found.test }),
  };
}

/** The part of a row, as one byte: millions of rows are parted in little memory. */
const parts = { train: 0, validation: 1, test: 2 } as const;

/** Each part's rows, ascending. */
function gather(partOf: Uint8Array): Record<keyof Parts, Uint32Array> {
  const sizes = [0, 0, 0];
  for (const part of partOf) sizes[part] += 1;
  const rows = sizes.map((size) => new Uint32Array(size));
  const filled = [0, 0, 0];
  for (let row = 0; row < partOf.length; row += 1) {
    const part = partOf[row];
    rows[part][filled[part]++] = row;
  }
  return { train: rows[parts.train], validation: rows[parts.validation], test: rows[parts.test] };
}

/** The numbers drawn for the rows of each class, ascending; they are all different. Without classes, of all rows. */
function ranked(
  count: number,
  drawn: (row: number) => number,
  classOf?: (row: number) => number,
): { readonly of: number | undefined; readonly sorted: Uint32Array }[] {
  const sizes = new Map<number | undefined, number>();
  for (let row = 0; row < count; row += 1) sizes.set(classOf?.(row), (sizes.get(classOf?.(row)) ?? 0) + 1);
  const groups = new Map([...sizes].map(([of, size]) => [of, { of, sorted: new Uint32Array(size), filled: 0 }]));
  for (let row = 0; row < count; row += 1) {
    const group = groups.get(classOf?.(row))!;
    group.sorted[group.filled++] = drawn(row);
  }
  for (const { sorted } of groups.values()) sorted.sort();
  return [...groups.values()].sort((a, b) => (a.of ?? 0) - (b.of ?? 0));
}

function splitByColumn(count: number, step: ShareStep, at: string, { partOf: said = () => '' }: RowFacts): Parts {
  if (step.stratify || step.group !== undefined || step.time !== undefined) throw new EpochbookError('data.splitWays', {}, { at });
  const values = (given: ShareStep['test']) => new Set(Array.isArray(given) ? given.map(String) : []);
  const [validation, test] = [values(step.validation), values(step.test)];
  const partOf = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const one = said(row);
    partOf[row] = validation.has(one) ? parts.validation : test.has(one) ? parts.test : parts.train;
  }
  const rows = gather(partOf);
  const missing = (['validation', 'test'] as const).find(
    (part) => (part === 'validation' ? validation : test).size > 0 && rows[part].length === 0,
  );
  const column = step.column ?? '';
  if (missing) {
    const wanted = [...(missing === 'validation' ? validation : test)].join(', ');
    const known = new Set<string>();
    for (let row = 0; row < count && known.size < mostShown; row += 1) known.add(said(row));
    throw new EpochbookError('data.partValues', { part: missing, column, wanted, found: [...known].join(', ') }, { at });
  }
  if (rows.train.length === 0) throw new EpochbookError('data.noTrainRows', { column }, { at });
  return {
    train: rows.train,
    ...(validation.size > 0 && { validation: rows.validation }),
    ...(test.size > 0 && { test: rows.test }),
  };
}

function splitFolds(count: number, step: FoldStep, at: string, facts: RowFacts): Parts {
  const { folds, fold, stratify = false, seed = 0 } = step;
  const { classOf, groupOf, idOf = (row: number) => row } = facts;
  if (stratify && groupOf) throw new EpochbookError('data.splitWays', {}, { at });
  const partOf = new Uint8Array(count);
  if (groupOf) {
    const { groups, codeOf } = groupsIn(count, groupOf, seed);
    if (groups.length < folds) throw new EpochbookError('data.fewGroups', { groups: groups.length, parts: folds }, { at });
    let before = 0;
    const validated = new Uint8Array(groups.length);
    groups.forEach(({ code, size: own }, index) => {
      // A group goes where its middle lies; each fold gets at least one.
      const even = Math.floor(((before + own / 2) * folds) / count);
      const place = Math.min(Math.max(even, folds - groups.length + index), index);
      before += own;
      if (place === fold - 1) validated[code] = parts.validation;
    });
    for (let row = 0; row < count; row += 1) partOf[row] = validated[codeOf[row]];
  } else {
    const drawn = (row: number) => mixed(seed, idOf(row));
    const groups = ranked(count, drawn, stratify ? classOf : undefined);
    /** By class: how many rows the classes before it have. */
    const ahead = new Map<number | undefined, number>();
    let all = 0;
    for (const { of, sorted } of groups) {
      ahead.set(of, all);
      all += sorted.length;
    }
    const sortedOf = new Map(groups.map(({ of, sorted }) => [of, sorted]));
    for (let row = 0; row < count; row += 1) {
      const of = stratify ? classOf?.(row) : undefined;
      const rank = rankIn(sortedOf.get(of)!, drawn(row));
      // What is left over of one class goes to another fold than that of the next.
      const own = stratify ? (rank + ahead.get(of)!) % folds : Math.floor((rank * folds) / count);
      if (own === fold - 1) partOf[row] = parts.validation;
    }
  }
  const { train, validation } = gather(partOf);
  if (validation.length === 0 || train.length === 0)
    throw new EpochbookError('data.emptyPart', { part: 'validation', samples: count }, { at });
  return { train, validation };
}

/** How many of the ascending numbers are less. */
function rankIn(sorted: Uint32Array, number: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Groups {
  /** In the order of the numbers drawn for their names; a code is an index by first appearance. */
  readonly groups: readonly { readonly code: number; readonly size: number }[];
  readonly codeOf: Uint32Array;
}

function groupsIn(count: number, groupOf: (row: number) => string, seed: number): Groups {
  const codes = new Map<string, number>();
  const sizes: number[] = [];
  const codeOf = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    const name = groupOf(row);
    let code = codes.get(name);
    if (code === undefined) {
      code = codes.size;
      codes.set(name, code);
      sizes.push(0);
    }
    sizes[code] += 1;
    codeOf[row] = code;
  }
  const drawn = [...codes].map(([name, code]) => ({ name, code, size: sizes[code], number: mixed(seed, hashOf(name)) }));
  return { groups: drawn.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1)), codeOf };
}

type Sizes = Readonly<Record<'validation' | 'test', number>>;

/** Whole groups, in an order drawn from their names, fill a part until another would take it further from its size. */
function byGroup(count: number, groupOf: (row: number) => string, wanted: Sizes, seed: number, at: string, partOf: Uint8Array): void {
  const { groups, codeOf } = groupsIn(count, groupOf, seed);
  const needed = 1 + Number(wanted.validation > 0) + Number(wanted.test > 0);
  if (groups.length < needed) throw new EpochbookError('data.fewGroups', { groups: groups.length, parts: needed }, { at });
  const partOfGroup = new Uint8Array(groups.length);
  let next = 0;
  for (const part of ['validation', 'test'] as const) {
    const left = part === 'validation' && wanted.test > 0 ? 2 : 1;
    let filled = 0;
    while (wanted[part] > 0 && groups.length - next > left) {
      const { code, size: own } = groups[next];
      const missing = wanted[part] - filled;
      if (filled > 0 && own - missing > missing) break;
      partOfGroup[code] = parts[part];
      filled += own;
      next += 1;
      if (missing <= own) break;
    }
  }
  for (let row = 0; row < count; row += 1) partOf[row] = partOfGroup[codeOf[row]];
}

function byTime(count: number, timeOf: (row: number) => number, wanted: Sizes, partOf: Uint8Array): void {
  const times = new Float64Array(count);
  for (let row = 0; row < count; row += 1) times[row] = timeOf(row);
  const sorted = times.slice().sort();
  /** The first place at or after which a new moment begins. */
  const boundary = (from: number): number => {
    let place = from;
    while (place > 0 && place < count && sorted[place] === sorted[place - 1]) place += 1;
    return place;
  };
  const test = boundary(count - wanted.test);
  const validation = Math.min(boundary(count - wanted.test - wanted.validation), test);
  const [testFrom, validationFrom] = [sorted[test] ?? Infinity, sorted[validation] ?? Infinity];
  for (let row = 0; row < count; row += 1)
    partOf[row] = times[row] >= testFrom ? parts.test : times[row] >= validationFrom ? parts.validation : parts.train;
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
