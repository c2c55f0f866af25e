/** Where a run can be watched: the output of its train cell. */
import { useNavigationStore } from '../../app/navigation-store.ts';
import type { RunSummary } from '#contract/runs.ts';
import { useNotebookStore } from './notebook-store.ts';
import { cellsOf } from './blocks.ts';
import { cellOf } from './lookup.ts';

/** Runs everything, and brings the first run's output into view once, unless the user goes elsewhere meanwhile. */
export async function runAll(): Promise<void> {
  useNavigationStore.getState().show('notebook');
  const { path } = useNotebookStore.getState();
  const went = watchUser();
  const started = await useNotebookStore.getState().runAll();
  if (started === undefined || went() || useNotebookStore.getState().path !== path) return;
  revealCell(started);
  afterDrawing(() => showOutput(started));
}

/** Runs a cell, and brings what a train cell's run comes to into view, unless the user goes elsewhere meanwhile. */
export async function runCell(id: string): Promise<void> {
  const went = watchUser();
  await useNotebookStore.getState().runCell(id);
  if (!went()) afterDrawing(() => showOutput(id));
}

/** Goes to where the run is drawn, in whichever notebook that is. */
export async function goToRun(run: RunSummary): Promise<void> {
  useNavigationStore.getState().show('notebook');
  if (useNotebookStore.getState().path !== run.notebook) await useNotebookStore.getState().open(run.notebook);
  const trainCells = cellsOf(useNotebookStore.getState().blocks).filter((cell) => cell.kind === 'train');
  const cell = trainCells.find(({ id }) => id === run.cell) ?? trainCells.at(-1);
  if (!cell) return;
  revealCell(cell.id);
  afterDrawing(() => showOutput(cell.id));
}

/** A collapsed heading may hide it. */
function revealCell(id: string): void {
  const { blocks, reveal } = useNotebookStore.getState();
  const key = cellOf(blocks, id)?.key;
  if (key !== undefined) reveal(key);
}

function showOutput(cell: string): void {
  const output = document.querySelector(`[data-output-of="${CSS.escape(cell)}"]`);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  output?.scrollIntoView({ block: 'nearest', behavior: still ? 'instant' : 'smooth' });
}

/** The state is drawn in the next frame, and laid out in the one after. */
function afterDrawing(action: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(action));
}

const usersEvents = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/** Returns a function that says, once, whether the user did anything with the page since. */
function watchUser(): () => boolean {
  let did = false;
  const note = () => {
    did = true;
  };
  for (const event of usersEvents) window.addEventListener(event, note, { capture: true, passive: true });
  return () => {
    for (const event of usersEvents) window.removeEventListener(event, note, { capture: true });
    return did;
  };
}
