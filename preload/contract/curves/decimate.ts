/** Above this many points in view, a line is drawn from the lows and highs of as many columns as half of it. */
export const decimationLimit = 5_000;

/** Index of the first element that is at least `value`, in ascending numbers. */
export function firstAtLeast(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first element that is above `value`, in ascending numbers. */
export function firstAbove(sorted: ArrayLike<number>, value: number): number {
  const at = firstAtLeast(sorted, value);
  let end = at;
  while (end < sorted.length && sorted[end] === value) end++;
  return end;
}

export interface Kept {
  /** Of the points to draw, ascending. */
  readonly indexes: readonly number[];
  /** Points in view, drawn or not. */
  readonly inView: number;
}

/**
 * Which points of `x` (ascending) inside `range` to draw, and one more on each side so that lines run off the edge. Where
 * they are more than `limit`, each of `limit / 2` stretches, equally many points each or, by `log`, equally wide on a
 * logarithmic axis, gives its lowest and its highest point, in their order: no extreme is ever lost. A stretch without
 * any number gives one point, a gap. Infinite values are not drawn, so they are no extremes.
 */
export function keptPoints(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  range?: readonly [number, number],
  limit = decimationLimit,
  log = false,
): Kept {
  const start = range ? Math.max(0, firstAtLeast(x, range[0]) - 1) : 0;
  const end = range ? Math.min(x.length, firstAtLeast(x, range[1]) + 2) : x.length;
  const count = end - start;
  const indexes: number[] = [];
  if (count <= limit) {
    for (let index = start; index < end; index++) indexes.push(index);
    return { indexes, inView: count };
  }
  const stretches = Math.max(1, Math.floor(limit / 2));
  const first = log ? firstAtLeast(x, Number.MIN_VALUE) : start;
  const from = Math.max(start, first);
  const logFrom = Math.log(x[from] ?? 1);
  const logTo = Math.log(x[end - 1] ?? 1);
  let begin = from;
  for (let stretch = 0; stretch < stretches && begin < end; stretch++) {
    const to =
      stretch === stretches - 1
        ? end
        : log
          ? Math.min(end, firstAtLeast(x, Math.exp(logFrom + ((logTo - logFrom) * (stretch + 1)) / stretches)))
          : start + Math.floor(((stretch + 1) * count) / stretches);
    let lowest = -1;
    let highest = -1;
    for (let index = begin; index < to; index++) {
      const value = y[index];
      if (!Number.isFinite(value)) continue;
      if (lowest < 0 || value < y[lowest]) lowest = index;
      if (highest < 0 || value > y[highest]) highest = index;
    }
    if (to > begin) {
      if (lowest < 0) indexes.push(begin);
      else if (lowest === highest) indexes.push(lowest);
      else indexes.push(Math.min(lowest, highest), Math.max(lowest, highest));
    }
    begin = Math.max(begin, to);
  }
  return { indexes, inView: count };
}
