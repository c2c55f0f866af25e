import { fillStore } from '../bench/runs-store.ts';

/** Sixty finished runs with six params, four metrics and tags. The folder gets a store. */
export function fillWithSixtyRuns(folder: string): void {
  fillStore(folder, { runs: 60, epochs: 6, metrics: 4 });
}
