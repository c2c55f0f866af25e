/** For tests: stores two epochs of a run and a paused run in the workspace argv[2], says so, and waits to be killed. */
import { openStore } from '../store.ts';
import { lockWorkspace } from '../workspace-lock.ts';
import { epochRow, newRun } from './run-fixture.ts';

const folder = process.argv[2];
const lock = lockWorkspace(folder, 'desktop');
const store = openStore(folder);
const id = store.create(newRun());
store.begin(id);
store.recordEpoch(id, epochRow(1, { loss: 0.9 }));
store.recordEpoch(id, epochRow(2, { loss: 0.7 }));
const queued = store.create(newRun());
process.stdout.write(`${id} ${queued}\n`);
// What nobody holds any more would be collected, and its locks let go of.
setInterval(() => [lock, store], 1000);
