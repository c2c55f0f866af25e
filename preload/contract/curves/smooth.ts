/**
 * Smoothing of a curve, by its points as they follow each other. What is not finite stays as it is and has no part in
 * what is around it.
 */
export type Smoothing =
  | { readonly kind: 'none' }
  /** `weight` of what went before, 0 to below 1. */
  | { readonly kind: 'exponential'; readonly weight: number }
  /** Points on either side and the one between: an odd number. */
  | { readonly kind: 'mean'; readonly points: number }
  /** Standard deviation of the bell, in points. */
  | { readonly kind: 'gaussian'; readonly deviation: number };

export function smooth(values: Float64Array, smoothing: Smoothing): Float64Array {
  switch (smoothing.kind) {
    case 'exponential':
      return exponential(values, smoothing.weight);
    case 'mean':
      return centredMean(values, smoothing.points);
    case 'gaussian':
      return gaussian(values, smoothing.deviation);
    default:
      return values;
  }
}

/**
 * s(t) = w·s(t−1) + (1−w)·v(t) with s(0) = 0, divided by 1 − wᵗ, so that the start is not drawn towards 0: the correction
 * of Adam (Kingma and Ba 2015, section 3), and what TensorBoard draws.
 */
export function exponential(values: Float64Array, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let sum = 0;
  let power = 1;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!Number.isFinite(value)) {
      smoothed[index] = value;
      continue;
    }
    sum = weight * sum + (1 - weight) * value;
    power *= weight;
    smoothed[index] = sum / (1 - power);
  }
  return smoothed;
}

/**
 * The mean of the `points` values around each, fewer at the ends (as pandas' rolling(points, center=True,
 * min_periods=1).mean()). Sums go forwards and backwards within blocks of that length and are only added, never
 * subtracted (van Herk 1992): one huge value spoils no other.
 */
export function centredMean(values: Float64Array, points: number): Float64Array {
  const half = Math.max(0, Math.floor(points / 2));
  const width = 2 * half + 1;
  const { length } = values;
  const forward = new Float64Array(length);
  const forwardCount = new Uint32Array(length);
  const backward = new Float64Array(length);
  const backwardCount = new Uint32Array(length);
  for (let index = 0; index < length; index++) {
    const isFirst = index % width === 0;
    const finite = Number.isFinite(values[index]);
    forward[index] = (isFirst ? 0 : forward[index - 1]) + (finite ? values[index] : 0);
    forwardCount[index] = (isFirst ? 0 : forwardCount[index - 1]) + Number(finite);
  }
  for (let index = length - 1; index >= 0; index--) {
    const isLast = index % width === width - 1 || index === length - 1;
    const finite = Number.isFinite(values[index]);
    backward[index] = (isLast ? 0 : backward[index + 1]) + (finite ? values[index] : 0);
    backwardCount[index] = (isLast ? 0 : backwardCount[index + 1]) + Number(finite);
  }
  return values.map((value, index) => {
    if (!Number.isFinite(value)) return value;
    const from = index - half;
    const to = Math.min(length - 1, index + half);
    // From the start of a block on, the forward sum alone holds them; so it is before the array's start.
    if (from <= 0 || from % width === 0) {
      if (from <= 0 && Math.floor(to / width) > 0) return (backward[0] + forward[to]) / (backwardCount[0] + forwardCount[to]);
      return forward[to] / forwardCount[to];
    }
    if (Math.floor(from / width) === Math.floor(to / width)) return backward[from] / backwardCount[from];
    return (backward[from] + forward[to]) / (backwardCount[from] + forwardCount[to]);
  });
}

/**
 * The mean around each value weighted by exp(−d²/2σ²), out to 4σ (as scipy.ndimage.gaussian_filter1d), over what is there:
 * at the ends and at gaps the weights are divided by their own sum (Nadaraya 1964, Watson 1964).
 */
export function gaussian(values: Float64Array, deviation: number): Float64Array {
  const reach = Math.ceil(4 * deviation);
  const weights = Float64Array.from({ length: reach + 1 }, (_, distance) => Math.exp(-(distance * distance) / (2 * deviation * deviation)));
  return values.map((own, index) => {
    if (!Number.isFinite(own)) return own;
    let sum = 0;
    let total = 0;
    for (let at = Math.max(0, index - reach); at <= Math.min(values.length - 1, index + reach); at++) {
      const value = values[at];
      if (!Number.isFinite(value)) continue;
      const weight = weights[Math.abs(at - index)];
      sum += weight * value;
      total += weight;
    }
    return sum / total;
  });
}
