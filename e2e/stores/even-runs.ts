import { fillStore } from '../bench/runs-store.ts';

/** Sixty finished runs with six params, four metrics and tags. The folder gets a store. */
export function fillWithSixtyRuns(folder: string): void {
  fillStore(folder, { runs: 60, epochs: 6, metrics: 4 });
}

/** Eight runs of 4,000 epochs with loss and accuracy: more points than a screen has pixels. */
export function fillWithLongRuns(folder: string): void {
  fillStore(folder, { runs: 8, epochs: 4000, metrics: 2 });
}
