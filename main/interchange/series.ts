/** Collects a metric's values as they come, in any order. */
import type { LoggedSeries } from '#contract/logged-run.ts';

/** Grows as it is filled. */
export class Points {
  #room = 64;
  #epochs = new Float64Array(this.#room);
  #values = new Float64Array(this.#room);
  #times = new Float64Array(this.#room);
  length = 0;
  #isAscending = true;

  add(epoch: number, value: number, time: number): void {
    if (this.length === this.#room) {
      this.#room *= 2;
      const larger = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
        const grown = new Float64Array(this.#room);
        grown.set(old);
        return grown;
      };
      this.#epochs = larger(this.#epochs);
      this.#values = larger(this.#values);
      this.#times = larger(this.#times);
    }
    if (this.length > 0 && epoch <= this.#epochs[this.length - 1]) this.#isAscending = false;
    this.#epochs[this.length] = epoch;
    this.#values[this.length] = value;
    this.#times[this.length] = time;
    this.length++;
  }

  /** Whether every value was logged at the same step, as tools do that were never told one. */
  hasOneStep(): boolean {
    return this.length > 1 && this.#epochs.subarray(0, this.length).every((epoch) => epoch === this.#epochs[0]);
  }

  /** In the order of their times, the first being 1, 2, … */
  numbered(): Points {
    const order = this.#order((a, b) => this.#times[a] - this.#times[b]);
    const points = new Points();
    order.forEach((index, place) => points.add(place + 1, this.#values[index], this.#times[index]));
    return points;
  }

  #order(compare: (a: number, b: number) => number): number[] {
    // Of equals, what came later stays later.
    return Array.from({ length: this.length }, (_, index) => index).sort((a, b) => compare(a, b) || a - b);
  }

  /** Of an epoch that is there more than once, as after a restart, the one that came last is kept; `dropped` counts the others. */
  series(metric: string): { series: LoggedSeries; dropped: number } {
    const cut = (array: Float64Array) => array.slice(0, this.length);
    if (this.#isAscending) {
      return { series: { metric, epochs: cut(this.#epochs), values: cut(this.#values), times: cut(this.#times) }, dropped: 0 };
    }
    const order = this.#order((a, b) => this.#epochs[a] - this.#epochs[b]);
    const kept = order.filter((index, place) => place === order.length - 1 || this.#epochs[order[place + 1]] !== this.#epochs[index]);
    const pick = (array: Float64Array) => Float64Array.from(kept, (index) => array[index]);
    const series = { metric, epochs: pick(this.#epochs), values: pick(this.#values), times: pick(this.#times) };
    return { series, dropped: this.length - kept.length };
  }
}

/** Orders texts the same on every machine. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
