/** What is odd in a data set, said before an epoch is spent on it: only what is certain, or next to certain. */
import { beforeScaling, literal } from '#contract/cell-text.ts';
import type { Column, DataFix, Finding } from '#contract/notebook.ts';
import { inputSizeOf, inputStartOf } from '#contract/part-inputs.ts';
import type { Dataset, Part } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { message, type MessageKey, type MessageValues } from '#contract/words/message.ts';
import { mixed } from './mix.ts';

/** A class this many times larger than another makes accuracy a poor guide. */
const unbalancedFrom = 10;
/** A class with fewer samples can neither be learned nor judged. */
const fewestOfClass = 5;
/** From this share of gaps on, a column says more of how it was collected than of what it measures. */
const nearlyEmptyFrom = 0.5;
/** Weights start for values near 1. */
const largest = 20;
/** Labels of another kind than the rest are a slip where they are few. */
const fewOfKind = 0.2;
/** As many rows, names or files are told as evidence. */
const shown = 5;

/** Rows that a finding points at: more say no more. */
const mostRows = 1000;

export type FindingMore = Pick<Finding, 'column' | 'fix'> & { readonly rows?: Iterable<number> };

export function finding(code: MessageKey, values: MessageValues, evidence: string, { rows, column, fix }: FindingMore = {}): Finding {
  const found = rows && [...new Set(rows)].slice(0, mostRows).sort((a, b) => a - b);
  return {
    code,
    message: message('en', code, values),
    values,
    evidence,
    ...(found && found.length > 0 && { rows: found }),
    ...(column !== undefined && { column }),
    ...(fix && { fix }),
  };
}

export const dropColumn = (name: string): DataFix => ({ do: 'addStep', step: `.drop(${literal(name)})` });

/** What is known besides the samples. */
export interface DatasetFacts {
  readonly columns?: readonly Column[];
  /** What the columns say in the first row. */
  readonly firstRow?: readonly unknown[] | undefined;
  /** Files that lay between the pictures and are none; and pictures that could not be decoded. */
  readonly ignored?: readonly string[] | undefined;
  readonly skipped?: readonly string[] | undefined;
  readonly skippedRows?: readonly number[] | undefined;
  /** The column to predict; of arrays, what steps call their labels. */
  readonly target?: string | undefined;
  /** Parts whose rows are of other files. */
  readonly foreign?: readonly ('validation' | 'test')[];
  readonly spec: DataSpec;
}

const partNames = ['train', 'validation', 'test'] as const;
type Samples = Omit<Dataset, 'hash'>;

/** Rows of the source whose sample is of one of the classes. */
function rowsOfClasses(dataset: Samples, classes: ReadonlySet<number>, { foreign = [] }: DatasetFacts): number[] {
  return partNames.flatMap((name) => {
    const part = dataset[name];
    if (!part || (name !== 'train' && foreign.includes(name))) return [];
    return Array.from(part.rows).filter((_, index) => classes.has(part.targets[index]));
  });
}

/** Samples of each class over all parts. */
export function countClasses(dataset: Omit<Dataset, 'hash'>): { name: string; count: number }[] {
  if (!dataset.classes) return [];
  const counts = dataset.classes.map((name) => ({ name, count: 0 }));
  for (const part of [dataset.train, dataset.validation, dataset.test]) for (const target of part?.targets ?? []) counts[target].count += 1;
  return counts;
}

/** Names that differ in case, spaces and punctuation alone. */
export function spelledAlike(names: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    // What holds no letter is a number or a code, in which a sign may tell two apart.
    if (!/\p{L}/u.test(name)) continue;
    const plain = name
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[\s_.\-–]+/gu, '');
    groups.set(plain, [...(groups.get(plain) ?? []), name]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

export function findFaults(dataset: Samples, facts: DatasetFacts): Finding[] {
  const { columns = [], ignored = [], skipped = [], skippedRows = [], firstRow = [] } = facts;
  const found: Finding[] = [];
  if (ignored.length > 0)
    found.push(finding('data.filesIgnored', { count: ignored.length, file: ignored[0] }, ignored.slice(0, shown).join(', ')));
  if (skipped.length > 0)
    found.push(
      finding('data.picturesSkipped', { count: skipped.length, file: skipped[0] }, skipped.slice(0, shown).join(', '), {
        rows: skippedRows,
      }),
    );
  const samples = partNames.reduce((sum, name) => sum + (dataset[name]?.count ?? 0), 0);
  for (const [index, { name, role, distinct, missing, min }] of columns.entries()) {
    if (role !== 'feature') continue;
    const mend = { column: name, fix: dropColumn(name) };
    if (distinct === 1 && missing === 0)
      found.push(finding('data.constantColumn', { column: name }, `${name} = ${min ?? String(firstRow[index])}`, mend));
    if (missing >= samples * nearlyEmptyFrom)
      found.push(finding('data.nearlyEmpty', { column: name, missing, samples }, `${missing} / ${samples}`, mend));
  }
  // Tokens are as frequent as they are, and phrases come again.
  if (dataset.text && dataset.text.column === undefined) return found;
  // What does not fit into memory is not compared sample by sample.
  if (dataset.train.stored) return [...found, ...classFaults(dataset, facts)];
  return [...found, ...largeValues(dataset, facts), ...classFaults(dataset, facts), ...sameSamples(dataset, facts)];
}

/** Arrays whose values are far from those that weights start with. */
function largeValues({ train, features, text, inputs }: Samples, { spec }: DatasetFacts): Finding[] {
  if (features || text || inputs) return [];
  let [min, max] = [Infinity, -Infinity];
  for (const value of train.inputs) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (Math.max(Math.abs(min), Math.abs(max)) <= largest) return [];
  const isBytes = min >= 0 && max <= 255;
  const fix: DataFix = isBytes
    ? { do: 'setOption', of: spec.source.format, name: 'scale', value: '1 / 255' }
    : { do: 'addStep', step: '.standardize()', before: ['split', 'kFold'] };
  const number = (value: number) => Number(value.toPrecision(4));
  const size = train.inputs.length / train.count;
  const isLarge = (_: number, index: number) =>
    train.inputs.subarray(index * size, (index + 1) * size).some((value) => Math.abs(value) > largest);
  const rows = train.rows.filter(isLarge);
  return [finding('data.largeValues', { min: number(min), max: number(max) }, `${number(min)} … ${number(max)}`, { rows, fix })];
}

function classFaults(dataset: Samples, facts: DatasetFacts): Finding[] {
  const found: Finding[] = [];
  const classes = countClasses(dataset);
  // Of classes at each place, no sample is of one.
  if (classes.length < 2 || dataset.targetShape.length > 0) return found;
  const { target, spec } = facts;
  const rows = (names: readonly string[]) =>
    rowsOfClasses(dataset, new Set(names.map((name) => classes.findIndex((one) => one.name === name))), facts);
  // Arrays have no column to look at.
  const about = target === undefined || !facts.columns ? {} : { column: target };
  const leaveOut = (names: readonly string[]): Pick<FindingMore, 'fix'> =>
    target === undefined
      ? {}
      : { fix: { do: 'addStep', step: `.filter(${literal(target)}, { noneOf: [${names.map(literal).join(', ')}] })` } };
  const sorted = classes.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least && most && most.count >= least.count * unbalancedFrom) {
    const values = { large: most.name, largeCount: most.count, small: least.name, smallCount: least.count };
    found.push(
      finding('data.unbalanced', values, `${most.name}: ${most.count}, ${least.name}: ${least.count}`, {
        ...about,
        rows: rows([least.name]),
        fix: { do: 'setTrainOption', name: 'classWeight', value: "'balanced'" },
      }),
    );
  }
  const trained = new Set(dataset.train.targets);
  const unseen = classes.filter(({ count }, index) => count > 0 && !trained.has(index)).map(({ name }) => name);
  if (unseen.length > 0) {
    const parting = spec.steps.find((step) => step.op === 'split' || step.op === 'kFold');
    found.push(
      finding('data.classNotTrained', { classes: unseen.join(', '), count: unseen.length }, unseen.join(', '), {
        ...about,
        rows: rows(unseen),
        ...(parting && {
          fix: { do: 'setOption', of: parting.op, name: 'stratify', value: 'true', without: ['group', 'time'] },
        }),
      }),
    );
  }
  // Of a data set with a handful of samples, everything is small.
  const small =
    most && most.count >= fewestOfClass * 2 ? sorted.filter(({ count, name }) => count < fewestOfClass && !unseen.includes(name)) : [];
  if (small.length > 0) {
    const names = small.map(({ name }) => name);
    found.push(
      finding(
        'data.smallClass',
        { classes: names.slice(0, shown).join(', '), count: small.length, samples: small[0].count },
        small.map(({ name, count }) => `${name}: ${count}`).join(', '),
        { ...about, rows: rows(names), ...leaveOut(names) },
      ),
    );
  }
  for (const names of spelledAlike(classes.map(({ name }) => name))) {
    const counts = names.map((name) => ({ name, count: classes.find((one) => one.name === name)?.count ?? 0 }));
    found.push(
      finding(
        'data.labelSpelling',
        { names: quotedNames(names) },
        counts.map(({ name, count }) => `${JSON.stringify(name)}: ${count}`).join(', '),
        {
          ...about,
          rows: rows(rarer(counts)),
          ...(target !== undefined && { fix: spellAlike(target, counts) }),
        },
      ),
    );
  }
  const numbers = classes.filter(({ name }) => /^[+-]?\d+(?:\.\d+)?$/.test(name));
  const numbered = numbers.reduce((sum, { count }) => sum + count, 0);
  const all = classes.reduce((sum, { count }) => sum + count, 0);
  if (numbers.length > 0 && numbers.length < classes.length && numbered <= all * fewOfKind) {
    const names = numbers.map(({ name }) => name);
    found.push(
      finding(
        'data.labelKind',
        { names: quotedNames(names), count: numbered },
        numbers.map(({ name, count }) => `${name}: ${count}`).join(', '),
        {
          ...about,
          rows: rows(names),
          ...leaveOut(names),
        },
      ),
    );
  }
  return found;
}

export const quotedNames = (names: readonly string[]) => names.map((name) => `“${name}”`).join(', ');

interface Counted {
  readonly name: string;
  readonly count: number;
}

/** The most frequent spelling; of equals the first by alphabet. */
const usual = (counts: readonly Counted[]) => [...counts].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))[0].name;
export const rarer = (counts: readonly Counted[]) => counts.map(({ name }) => name).filter((name) => name !== usual(counts));

export function spellAlike(column: string, counts: readonly Counted[]): DataFix {
  const values = rarer(counts).map((name) => `${literal(name)}: ${literal(usual(counts))}`);
  return { do: 'addStep', step: `.replace(${literal(column)}, { ${values.join(', ')} })`, before: beforeScaling };
}

/** 32 bits of a sample's inputs (FNV-1a over its words). */
function hashOf(words: Uint32Array, from: number, to: number): number {
  let bits = 0x811c9dc5;
  for (let index = from; index < to; index += 1) {
    bits = Math.imul(bits ^ words[index], 0x01000193);
    bits ^= bits >>> 15;
  }
  return bits >>> 0;
}

/**
 * Of each sample, 32 bits of its inputs. Those of windows roll on from one to the next (Rabin and Karp 1987), so that
 * the length of a window costs nothing.
 */
function hashesOf(words: Uint32Array, { windows, count }: Pick<Part, 'windows' | 'count'>, size: number): Uint32Array {
  if (!windows) return Uint32Array.from({ length: count }, (_, index) => hashOf(words, index * size, (index + 1) * size));
  const base = 0x01000193;
  let leaving = 1;
  for (let index = 0; index < size; index += 1) leaving = Math.imul(leaving, base);
  let [bits, from, to] = [0, 0, 0];
  return windows.starts.map((start) => {
    if (start >= to) [bits, from, to] = [0, start, start];
    for (; to < start + size; to += 1) {
      bits = (Math.imul(bits, base) + mixed(words[to])) | 0;
      if (to - from < size) continue;
      bits = (bits - Math.imul(mixed(words[from]), leaving)) | 0;
      from += 1;
    }
    return mixed(bits) >>> 0;
  });
}

/**
 * Samples of the validation or the test that the training part has as well, equal samples of different classes, and
 * pictures that are there twice.
 */
function sameSamples(
  { train, validation, test, task, inputShape, targetShape, scale }: Samples,
  { foreign = [] }: DatasetFacts,
): Finding[] {
  const size = inputSizeOf(train);
  // One or two numbers are alike by chance; so are the rows of a table that has few different ones.
  if (size < 3 || train.count < 10) return [];
  const wordsOf = ({ inputs }: Part) => new Uint32Array(inputs.buffer, inputs.byteOffset, inputs.length);
  const words = wordsOf(train);
  const mask = 2 ** Math.ceil(Math.log2(train.count)) - 1;
  /** By hash, the sample that was met last; by sample, the one before it. */
  const places = new Int32Array(mask + 1).fill(-1);
  const next = new Int32Array(train.count).fill(-1);
  const equal = (others: Uint32Array, from: number, place: number): boolean => {
    const start = inputStartOf(train, place, size);
    for (let index = 0; index < size; index += 1) if (others[from + index] !== words[start + index]) return false;
    return true;
  };
  const find = (others: Uint32Array, from: number, hash: number): number => {
    let place = places[hash & mask];
    while (place >= 0 && !equal(others, from, place)) place = next[place];
    return place;
  };
  const contrary: [number, number][] = [];
  const again: [number, number][] = [];
  let different = 0;
  const hashes = hashesOf(words, train, size);
  for (const [index, hash] of hashes.entries()) {
    const before = find(words, inputStartOf(train, index, size), hash);
    if (before >= 0) {
      const pair: [number, number] = [train.rows[before], train.rows[index]];
      if (task === 'classification' && targetShape.length === 0 && train.targets[before] !== train.targets[index]) contrary.push(pair);
      else again.push(pair);
      continue;
    }
    different += 1;
    next[index] = places[hash & mask];
    places[hash & mask] = index;
  }
  if (different * 2 < train.count) return [];
  const found: Finding[] = [];
  for (const [part, samples] of [
    ['validation', validation],
    ['test', test],
  ] as const) {
    if (!samples) continue;
    const others = wordsOf(samples);
    const twice: [number, number][] = [];
    for (const [index, hash] of hashesOf(others, samples, size).entries()) {
      const place = find(others, inputStartOf(samples, index, size), hash);
      if (place >= 0) twice.push([train.rows[place], samples.rows[index]]);
    }
    // Rows of another file are not those of this one.
    const isForeign = foreign.includes(part);
    const more = isForeign ? { rows: twice.map(([row]) => row) } : { rows: twice.flat(), fix: distinct('.distinct()') };
    const values = { part, count: twice.length, samples: samples.count, where: isForeign ? 'otherFile' : 'here' };
    if (twice.length > 0) found.push(finding('data.sameInBoth', values, pairsText(twice), more));
  }
  if (contrary.length > 0)
    found.push(
      finding('data.contrary', { count: contrary.length }, pairsText(contrary), {
        rows: contrary.flat(),
        fix: distinct(".distinct({ contrary: 'drop' })"),
      }),
    );
  // Rows of a table are often the same by chance, pictures are not.
  if (again.length > 0 && scale !== undefined && inputShape.length === 3)
    found.push(finding('data.twice', { count: again.length }, pairsText(again), { rows: again.flat(), fix: distinct('.distinct()') }));
  return found;
}

const distinct = (step: string): DataFix => ({ do: 'addStep', step, before: beforeScaling });

/** Rows as a person counts them. */
const pairsText = (pairs: readonly (readonly [number, number])[]) =>
  pairs
    .slice(0, shown)
    .map(([a, b]) => `${a + 1} = ${b + 1}`)
    .join(', ');
