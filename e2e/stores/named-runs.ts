import type { LoggedRun } from '#contract/logged-run.ts';
import { openStore } from '#store/store.ts';
import { makeRun } from '../bench/runs-store.ts';

/** Names as people give them: other scripts, marks of a language of markup, and one that fills several lines. */
export const runNames = [
  '更宽的第一层，学习率减半',
  'Ρυθμός μάθησης α=0,001',
  'Широкая сеть №2',
  'Đường cơ sở — žluťoučký kůň',
  'rocket 🚀👩‍🔬 & <b>bold</b>',
  `a very long name ${Array.from({ length: 24 }, (_, index) => `layer${index}=dense(${8 * (index + 1)})`).join(' ')} end`,
  'short',
];

/** A finished run of each name, with loss and accuracy over 40 epochs. The folder gets a store. */
export function fillWithNamedRuns(folder: string): void {
  const store = openStore(folder);
  for (const [number, name] of runNames.entries()) {
    const run: LoggedRun = { ...makeRun(number, { runs: runNames.length, epochs: 40, metrics: 4 }), name };
    store.importRun(run);
  }
  store.close();
}
