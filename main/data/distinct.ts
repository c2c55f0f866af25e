/** Which of equal samples are kept. */

/**
 * Rows in their order, the first of those with one key. `targetOf`: where rows of one key differ in it, none of them is
 * kept.
 */
export function distinctRows(count: number, keyOf: (row: number) => string, targetOf?: (row: number) => string | number): number[] {
  const first = new Map<string, number>();
  const contrary = new Set<string>();
  for (let row = 0; row < count; row += 1) {
    const key = keyOf(row);
    const before = first.get(key);
    if (before === undefined) first.set(key, row);
    else if (targetOf && targetOf(before) !== targetOf(row)) contrary.add(key);
  }
  return [...first].filter(([key]) => !contrary.has(key)).map(([, row]) => row);
}
