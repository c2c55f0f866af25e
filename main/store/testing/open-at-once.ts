/** For tests: says that it is there, opens the workspace argv[2] when told to, stores a run and says what came of it. */
import { openStore } from '../store.ts';
import { newRun } from './run-fixture.ts';

process.stdin.once('data', () => {
  try {
    const store = openStore(process.argv[2]);
    store.create(newRun({ name: 'opened at once' }));
    store.close();
    process.stdout.write('good\n');
  } catch (error) {
    process.stdout.write(`${String(error)}\n`);
  }
  process.stdin.destroy();
});
process.stdout.write('ready\n');
