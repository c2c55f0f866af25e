/**
 * The value that a share of `sorted` lies below: Hyndman and Fan's (1996) type 7, between two values linearly, as NumPy's
 * and R's default.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
