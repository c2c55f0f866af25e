/** Norms, histograms and dead units of a step's values. All sums are taken in double precision. */
import type { Histogram } from '#contract/observations.ts';

const bins = 32;

/** Even bins between the least and the largest finite value; undefined where there is none. */
export function histogramOf(parts: readonly Float32Array[]): Histogram | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const values of parts) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (min > max) return undefined;
  if (min === max) return { min, max, counts: [parts.reduce((count, values) => count + values.filter(Number.isFinite).length, 0)] };
  const counts = Array.from({ length: bins }, () => 0);
  const scale = bins / (max - min);
  for (const values of parts) {
    for (const value of values) if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((value - min) * scale))] += 1;
  }
  return { min, max, counts };
}

export function squaredSum(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

export function squaredDistance(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] - other[index]) ** 2;
  return sum;
}

/** Share of the units, one an index of `axis`, whose values are all 0. `shape` has the batch in front. */
export function deadShare(values: Float32Array, shape: readonly number[], axis: number): number {
  const units = shape[axis];
  const inner = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  const lives = new Uint8Array(units);
  for (let index = 0; index < values.length; index++) {
    if (values[index] !== 0) lives[Math.floor(index / inner) % units] = 1;
  }
  return lives.reduce((dead, alive) => dead + (1 - alive), 0) / units;
}

/** Index of the first value that is not a finite number; −1 where all are. */
export function firstWrong(values: ArrayLike<number>): number {
  for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return index;
  return -1;
}
