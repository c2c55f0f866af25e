import { isGoingOn } from '#contract/going-on.ts';
import { useNotebookStore } from './notebook-store.ts';
import { useTrainingStore } from './training-store.ts';

/** Ends every run of the open notebook that trains or waits. */
export function stopTraining(): void {
  const { path } = useNotebookStore.getState();
  const { runs, stop } = useTrainingStore.getState();
  for (const run of runs) if (run.notebook === path && isGoingOn(run)) void stop(run.id);
}
