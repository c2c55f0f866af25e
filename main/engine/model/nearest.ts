/** Finds what someone probably meant. */

/** How many characters to insert, delete, replace or swap with a neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(rows[row - 1][column] + 1, current[column - 1] + 1, rows[row - 1][column - 1] + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, rows[row - 2][column - 2] + 1);
      current.push(least);
    }
    rows.push(current);
  }
  return rows[a.length][b.length];
}

const comparable = (name: string) => name.toLowerCase().replaceAll(/[_\s-]/g, '');

/** The candidate most like `name`; where none is near, `none`, on which messages select. */
export function nearest(name: string, candidates: Iterable<string>): string {
  const wanted = comparable(name);
  let best = 'none';
  let least = Math.max(2, Math.floor(wanted.length / 2));
  for (const candidate of candidates) {
    const far = distance(wanted, comparable(candidate));
    if (far < least || (far === least && best === 'none')) {
      best = candidate;
      least = far;
    }
  }
  return best;
}
