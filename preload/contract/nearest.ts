/** The name someone meant: nearest by edits (optimal string alignment, case counting little), if it is near at all. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const candidate of names) {
    const distance = edits(comparable(name), comparable(candidate));
    if (!best || distance < best.distance) best = { name: candidate, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(Math.max(name.length, best.name.length) * 0.4)) ? best.name : undefined;
}

/** Keras has some layers under two names: MaxPool2D and MaxPooling2D, Convolution2D and Conv2D. */
const shortened = { convolution: 'conv', pooling: 'pool', average: 'avg', normalization: 'norm' } as const;

function comparable(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[_\s-]/g, '');
  return Object.entries(shortened).reduce((text, [long, short]) => text.replaceAll(long, short), plain);
}

/** Characters to insert, delete, replace or swap with a neighbour. */
function edits(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 20 || from.length > 100) return Infinity;
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (same ? 0 : 1));
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, before[column - 2] + 1);
      }
      line.push(cost);
    }
    before = last;
    last = line;
  }
  return last[to.length];
}
