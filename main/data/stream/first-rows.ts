/** Of rows that are told apart by 128 bits of what they say, the first of each. */

/** One of four hashes of 32 bits: where it begins, and what it goes on with. */
export const lanes = [
  [0x6a09e667, 0x9e3779b1],
  [0xbb67ae85, 0x85ebca77],
  [0x3c6ef372, 0xc2b2ae3d],
  [0xa54ff53a, 0x27d4eb2f],
] as const;

/** Rows by their hashes, each with the number under which it came (open addressing). */
class RowSet {
  private readonly slots: Uint32Array;
  private readonly hashes: Uint32Array;

  constructor(most: number) {
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * most + 2)));
    this.hashes = new Uint32Array(most * lanes.length);
  }

  /** The number of the row with this hash; `next` where there is none yet. */
  numberOf(hash: Uint32Array, at: number, next: number): number {
    const { slots, hashes } = this;
    for (let slot = hash[at] & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const found = slots[slot] - 1;
      if (found < 0) {
        slots[slot] = next + 1;
        for (let lane = 0; lane < lanes.length; lane += 1) hashes[next * lanes.length + lane] = hash[at + lane];
        return next;
      }
      let lane = 0;
      while (lane < lanes.length && hashes[found * lanes.length + lane] === hash[at + lane]) lane += 1;
      if (lane === lanes.length) return found;
    }
  }
}

/** Rows that come one after another. Where those that say the same have different goals, none of them is kept. */
export class FirstRows {
  private readonly set: RowSet;
  private readonly first: Uint32Array;
  private readonly goals: Float64Array;
  private readonly isContrary: Uint8Array;
  private found = 0;

  constructor(most: number) {
    this.set = new RowSet(most);
    this.first = new Uint32Array(most);
    this.goals = new Float64Array(most);
    this.isContrary = new Uint8Array(most);
  }

  /** A row whose hash is the four numbers from `at` on. */
  add(row: number, hash: Uint32Array, at: number, goal: number): void {
    const place = this.set.numberOf(hash, at, this.found);
    if (place === this.found) this.append(row, goal);
    // Two that are missing are alike.
    else if (!Object.is(this.goals[place], goal + 0)) this.isContrary[place] = 1;
  }

  /** A row that is kept, whatever it says. */
  addAlone(row: number): void {
    this.append(row, 0);
  }

  private append(row: number, goal: number): void {
    this.first[this.found] = row;
    this.goals[this.found] = goal + 0;
    this.found += 1;
  }

  rows(): Uint32Array {
    return this.first.subarray(0, this.found).filter((_, place) => this.isContrary[place] === 0);
  }
}
