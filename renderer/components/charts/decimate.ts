/** Above this many points in view, a line is drawn from the lows and highs of as many columns as half of it. */
export const decimationLimit = 5_000;

export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Points in view, drawn or not. */
  readonly inView: number;
}

/** Index of the first element that is at least `value`, in an ascending array. */
function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The points of `x` (ascending) inside `range`, and one more on each side so that lines run off the edge.
 * Where they are more than `limit`, each of `limit / 2` equal stretches gives its lowest and its highest
 * point, in their order: no extreme is ever lost. A stretch without any number gives one NaN, a gap.
 */
export function decimate(x: readonly number[], y: readonly number[], range?: readonly [number, number], limit = decimationLimit): Points {
  const start = range ? Math.max(0, firstAtLeast(x, range[0]) - 1) : 0;
  const end = range ? Math.min(x.length, firstAtLeast(x, range[1]) + 2) : x.length;
  const count = end - start;
  if (count <= limit) return { x: x.slice(start, end), y: y.slice(start, end), inView: count };

  const stretches = Math.max(1, Math.floor(limit / 2));
  const keptX: number[] = [];
  const keptY: number[] = [];
  const keep = (index: number): void => {
    keptX.push(x[index] ?? Number.NaN);
    keptY.push(y[index] ?? Number.NaN);
  };
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = start + Math.floor((stretch * count) / stretches);
    const to = start + Math.floor(((stretch + 1) * count) / stretches);
    let lowest = -1;
    let highest = -1;
    for (let index = from; index < to; index++) {
      const value = y[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      if (lowest < 0 || value < (y[lowest] ?? value)) lowest = index;
      if (highest < 0 || value > (y[highest] ?? value)) highest = index;
    }
    if (lowest < 0) keep(from);
    else if (lowest === highest) keep(lowest);
    else {
      keep(Math.min(lowest, highest));
      keep(Math.max(lowest, highest));
    }
  }
  return { x: keptX, y: keptY, inView: count };
}
