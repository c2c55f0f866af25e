/** Starts runs that come from runs, and shows them. */
import type { Request } from '#contract/calls.ts';
import type { RunSummary } from '#contract/runs.ts';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { openRun } from '../workspace/open-run.ts';

/** What went wrong is thrown where somebody waits for it, and else told. */
async function begin(started: Promise<RunSummary>): Promise<void> {
  const run = await started;
  useTrainingStore.getState().changed(run);
  openRun(run.id);
}

function told(started: Promise<void>): Promise<void> {
  return started.catch((error: unknown) => {
    toast({ text: errorTextNow(error), tone: 'bad' });
  });
}

export const goOn = ({ id }: RunSummary): Promise<void> => told(begin(call('runs.resume', { runId: id })));
export const reproduce = ({ id }: RunSummary): Promise<void> => told(begin(call('runs.reproduce', { runId: id })));
/** Throws. */
export const trainLonger = ({ id }: RunSummary, epochs: number): Promise<void> => begin(call('runs.resume', { runId: id, epochs }));
/** Throws. */
export const fork = (request: Request<'runs.fork'>): Promise<void> => begin(call('runs.fork', request));
