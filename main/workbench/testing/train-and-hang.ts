/** For tests: opens the workspace argv[2] as an app does, trains what would not end, and tells each epoch it shows. */
import { join } from 'node:path';
import type { OpenedNotebook } from '#contract/notebook.ts';
import type { RunSummary } from '#contract/runs.ts';
import { forkTrainerOnNode } from '#trainer/fork-node.ts';
import { createWorkbench } from '../workbench.ts';

const folder = process.argv[2];
const workbench = await createWorkbench({
  folder,
  fork: forkTrainerOnNode(),
  samplesFolder: join(import.meta.dirname, '../../../resources/samples'),
  settingsFile: join(folder, 'settings.json'),
  version: '0',
  shell: { name: 'browser' },
});
workbench.subscribe((name, payload) => {
  if (name === 'training.epochEnded') process.stdout.write(`${JSON.stringify(payload)}\n`);
});

async function call<T>(name: string, request: unknown): Promise<T> {
  const reply = await workbench.call(name, request);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as T;
}

const { path, blocks } = await call<OpenedNotebook>('notebook.open', { path: 'points.epoch.md' });
const { id } = await call<RunSummary>('training.start', { path, blocks, knobs: { epochs: 1_000_000 } });
await call('training.start', { path, blocks, name: 'waiting' });
process.stdout.write(`${JSON.stringify({ started: id })}\n`);
