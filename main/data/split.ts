/** Which rows train, which validate, which test. */
import { EpochbookError } from '#contract/errors.ts';
import type { DataStep } from '#contract/spec.ts';

export type SplitStep = Extract<DataStep, { op: 'split' }>;

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

/**
 * Splits `count` rows. Each row has a number drawn from the seed and its own place alone, and the lowest go to
 * validation, the next to the test: rows added at the end move almost none of those before.
 * `classOf` is needed to stratify. Throws `data.splitTooLarge` and `data.emptyPart`.
 */
export function split(count: number, step: SplitStep | undefined, at: string, classOf?: (row: number) => number): Parts {
  if (!step) return { train: Uint32Array.from({ length: count }, (_, row) => row) };
  const { validation, test = 0, stratify = false, seed = 0 } = step;
  const wanted = { validation: size(validation, count), test: size(test, count) };
  if (wanted.validation + wanted.test >= count) {
    throw new EpochbookError('data.splitTooLarge', { validation: wanted.validation, test: wanted.test, samples: count }, { at });
  }
  if ((validation > 0 && wanted.validation === 0) || (test > 0 && wanted.test === 0)) {
    throw new EpochbookError(
      'data.emptyPart',
      { part: validation > 0 && wanted.validation === 0 ? 'validation' : 'test', samples: count },
      { at },
    );
  }

  const groups = stratify && classOf ? byClass(count, classOf) : [Uint32Array.from({ length: count }, (_, row) => row)];
  const quotas = {
    validation: apportion(
      wanted.validation,
      groups.map((group) => group.length),
    ),
    test: apportion(
      wanted.test,
      groups.map((group) => group.length),
    ),
  };
  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] };
  groups.forEach((group, index) => {
    const drawn = Float64Array.from(group, (row) => mixed(seed, row) * 2 ** 20 + (row % 2 ** 20));
    const order = Array.from(group.keys()).sort((a, b) => drawn[a] - drawn[b] || a - b);
    order.forEach((place, rank) => {
      const toValidation = quotas.validation[index];
      const part = rank < toValidation ? 'validation' : rank < toValidation + quotas.test[index] ? 'test' : 'train';
      parts[part].push(group[place]);
    });
  });
  return {
    train: ascending(parts.train),
    ...(wanted.validation > 0 && { validation: ascending(parts.validation) }),
    ...(wanted.test > 0 && { test: ascending(parts.test) }),
  };
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
