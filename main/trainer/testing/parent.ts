/** For tests: starts a run that would not end in the folder argv[2], tells the trainer's process id, and waits to be killed. */
import { forkTrainerOnNode } from '../fork-node.ts';
import { createTrainerHost } from '../host.ts';
import { pointsSpec } from './table.ts';

const folder = process.argv[2];
let pid: number | undefined;
const host = createTrainerHost({
  fork: () => {
    const child = forkTrainerOnNode()();
    pid = child.pid;
    return child;
  },
});
const task = { folders: { notebook: folder, workspace: folder }, backend: 'native', threads: 1, checkpointFolder: `${folder}/checkpoints` };
host.train({ spec: pointsSpec({ epochs: 1_000_000 }), ...task }, (news) => {
  if (news.type === 'epochEnded' && news.row.epoch === 1) process.stdout.write(`${pid}\n`);
});
