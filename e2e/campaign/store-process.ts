/** One of several processes that write and read one store: argv is the workspace, the seconds, and a seed. Prints what it did. */
import { openStore } from '#store/store.ts';
import { epochRow, newRun } from '#store/testing/run-fixture.ts';
import { campaignValues } from './store-values.ts';

const [folder = '', seconds = '10', seed = '1'] = process.argv.slice(2);
const store = openStore(folder);
const until = performance.now() + 1000 * Number(seconds);
const errors: string[] = [];
const runs: { readonly id: string; readonly epochs: number }[] = [];
let values = 0;
let reads = 0;
/** Runs that were listed last. */
let most = 0;
for (let number = 0; performance.now() < until; number++) {
  try {
    const id = store.create(newRun({ name: `process ${seed} run ${number}` }));
    store.begin(id);
    let epochs = 0;
    while (epochs < 40 && performance.now() < until) {
      epochs++;
      store.recordEpoch(id, epochRow(epochs, campaignValues(epochs)));
      values += 4;
      if (epochs % 10 === 0) {
        const listed = store.list();
        const { loss } = store.history(id);
        // What was written is there for its writer at once, and what others wrote stays there.
        if (loss.length !== epochs) errors.push(`${loss.length} of ${epochs} epochs were read`);
        if (listed.length < most) errors.push(`${listed.length} runs are listed after ${most}`);
        most = listed.length;
        reads += 2;
      }
    }
    store.end(id, { status: 'completed', reason: 'epochs' });
    runs.push({ id, epochs });
  } catch (error) {
    errors.push(String(error));
  }
}
store.close();
process.stdout.write(JSON.stringify({ runs, values, reads, errors: errors.slice(0, 5), errorCount: errors.length }));
