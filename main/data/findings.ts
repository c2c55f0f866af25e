/** What is odd in a data set, said before an epoch is spent on it: only what is certain, or next to certain. */
import type { Column, Finding } from '#contract/notebook.ts';
import type { Dataset, Part } from '#contract/samples.ts';
import { message, type MessageKey, type MessageValues } from '#contract/words/message.ts';

/** A class this many times larger than another makes accuracy a poor guide. */
const unbalancedFrom = 10;
/** A class with fewer samples can neither be learned nor judged. */
const fewestOfClass = 5;
/** From this share of gaps on, a column says more of how it was collected than of what it measures. */
const nearlyEmptyFrom = 0.5;
/** As many rows, names or files are told as evidence. */
const shown = 5;

export function finding(code: MessageKey, values: MessageValues, evidence: string): Finding {
  return { code, message: message('en', code, values), values, evidence };
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

export function findFaults(dataset: Omit<Dataset, 'hash'>, columns: readonly Column[] = [], ignored: readonly string[] = []): Finding[] {
  const found: Finding[] = [];
  if (ignored.length > 0)
    found.push(finding('data.filesIgnored', { count: ignored.length, file: ignored[0] }, ignored.slice(0, shown).join(', ')));
  const samples = [dataset.train, dataset.validation, dataset.test].reduce((sum, part) => sum + (part?.count ?? 0), 0);
  for (const { name, role, distinct, missing, min } of columns) {
    if (role !== 'feature') continue;
    if (distinct === 1 && missing === 0) found.push(finding('data.constantColumn', { column: name }, `${name} = ${min ?? ''}`.trim()));
    if (missing >= samples * nearlyEmptyFrom)
      found.push(finding('data.nearlyEmpty', { column: name, missing, samples }, `${missing} / ${samples}`));
  }
  // Tokens are as frequent as they are, and phrases come again.
  if (dataset.text && dataset.text.column === undefined) return found;
  return [...found, ...classFaults(dataset), ...sameSamples(dataset)];
}

function classFaults(dataset: Omit<Dataset, 'hash'>): Finding[] {
  const found: Finding[] = [];
  const classes = countClasses(dataset);
  if (classes.length < 2) return found;
  const sorted = classes.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least && most && most.count >= least.count * unbalancedFrom) {
    const values = { large: most.name, largeCount: most.count, small: least.name, smallCount: least.count };
    found.push(finding('data.unbalanced', values, `${most.name}: ${most.count}, ${least.name}: ${least.count}`));
  }
  const trained = new Set(dataset.train.targets);
  const unseen = classes.filter(({ count }, index) => count > 0 && !trained.has(index)).map(({ name }) => name);
  if (unseen.length > 0)
    found.push(finding('data.classNotTrained', { classes: unseen.join(', '), count: unseen.length }, unseen.join(', ')));
  // Of a data set with a handful of samples, everything is small.
  const small =
    most && most.count >= fewestOfClass * 2 ? sorted.filter(({ count, name }) => count < fewestOfClass && !unseen.includes(name)) : [];
  if (small.length > 0) {
    const names = small
      .slice(0, shown)
      .map(({ name }) => name)
      .join(', ');
    found.push(
      finding(
        'data.smallClass',
        { classes: names, count: small.length, samples: small[0].count },
        small.map(({ name, count }) => `${name}: ${count}`).join(', '),
      ),
    );
  }
  for (const names of spelledAlike(classes.map(({ name }) => name)))
    found.push(
      finding(
        'data.labelSpelling',
        { names: names.map((name) => `“${name}”`).join(', ') },
        names.map((name) => JSON.stringify(name)).join(', '),
      ),
    );
  return found;
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

/** Samples of the validation or the test that the training part has as well, and equal samples of different classes. */
function sameSamples({ train, validation, test, task }: Omit<Dataset, 'hash'>): Finding[] {
  const size = train.inputs.length / train.count;
  // One or two numbers are alike by chance; so are the rows of a table that has few different ones.
  if (size < 3 || train.count < 10) return [];
  const wordsOf = ({ inputs }: Part) => new Uint32Array(inputs.buffer, inputs.byteOffset, inputs.length);
  const words = wordsOf(train);
  const places = new Map<number, number>();
  const next = new Int32Array(train.count).fill(-1);
  const equal = (others: Uint32Array, from: number, place: number): boolean => {
    for (let index = 0; index < size; index += 1) if (others[from + index] !== words[place * size + index]) return false;
    return true;
  };
  const find = (others: Uint32Array, from: number, hash: number): number => {
    let place = places.get(hash) ?? -1;
    while (place >= 0 && !equal(others, from, place)) place = next[place];
    return place;
  };
  const contrary: string[] = [];
  let distinct = 0;
  for (let index = 0; index < train.count; index += 1) {
    const hash = hashOf(words, index * size, (index + 1) * size);
    const before = find(words, index * size, hash);
    if (before >= 0) {
      if (task === 'classification' && train.targets[before] !== train.targets[index])
        contrary.push(`${train.rows[before] + 1} = ${train.rows[index] + 1}`);
      continue;
    }
    distinct += 1;
    next[index] = places.get(hash) ?? -1;
    places.set(hash, index);
  }
  if (distinct * 2 < train.count) return [];
  const found: Finding[] = [];
  for (const [part, samples] of [
    ['validation', validation],
    ['test', test],
  ] as const) {
    if (!samples) continue;
    const others = wordsOf(samples);
    const twice: string[] = [];
    for (let index = 0; index < samples.count; index += 1) {
      const place = find(others, index * size, hashOf(others, index * size, (index + 1) * size));
      if (place >= 0) twice.push(`${train.rows[place] + 1} = ${samples.rows[index] + 1}`);
    }
    if (twice.length > 0)
      found.push(finding('data.sameInBoth', { part, count: twice.length, samples: samples.count }, twice.slice(0, shown).join(', ')));
  }
  if (contrary.length > 0) found.push(finding('data.contrary', { count: contrary.length }, contrary.slice(0, shown).join(', ')));
  return found;
}
