/** How long an epoch will take, measured before it is asked for: of the train cells near the view, one after another. */
import type { Estimate } from '#contract/notebook.ts';
import { cellsOf, type EditedCell } from './blocks.ts';
import { isNearBlock } from './editor/near.ts';
import { inputsOf } from './inputs.ts';
import type { useNotebookStore } from './notebook-store.ts';

export interface Foreseen {
  /** The train cell's key among the inputs. */
  readonly input: string;
  /** Absent while it is being measured, and where it could not be. */
  readonly estimate?: Estimate;
  readonly going: boolean;
}

interface Sources {
  readonly notebook: () => ReturnType<typeof useNotebookStore.getState>;
  /** Measuring takes all cores: not while something trains, which it would slow, nor while somebody types. */
  readonly isBusy: () => boolean;
  readonly ask: (trainCell: string) => Promise<Estimate>;
  readonly put: (trainCell: string, value: Foreseen) => void;
}

/** Returns what has all measured that is not known and told somewhere; to be called whenever that may be another. */
export function createForeseeing({ notebook, isBusy, ask, put }: Sources): () => void {
  let going = false;

  function next(): { readonly id: string; readonly input: string } | undefined {
    if (isBusy()) return undefined;
    const { blocks, checked, foreseen } = notebook();
    const inputs = inputsOf(notebook());
    for (const id of toldTrainCells(cellsOf(blocks))) {
      const input = inputs.keys.get(id)!;
      const isChecked = checked[id]?.outcome.status === 'ok' && checked[id].inputs.keys.get(id) === input;
      if (isChecked && foreseen[id]?.input !== input) return { id, input };
    }
    return undefined;
  }

  async function measure(id: string, input: string): Promise<void> {
    const { path } = notebook();
    const tell = (value: Foreseen) => {
      if (notebook().path === path) put(id, value);
    };
    tell({ input, going: true });
    // Without a foreseen time nothing is lost; what is wrong with the cells shows when they are run.
    const estimate = await ask(id).catch(() => undefined);
    tell({ input, going: false, ...(estimate && { estimate }) });
  }

  async function all(): Promise<void> {
    going = true;
    for (let one = next(); one; one = next()) await measure(one.id, one.input);
    going = false;
  }

  return () => void (going || all());
}

/** Ids of those whose epoch is told near the view: at themselves, or at a model above them. */
function toldTrainCells(cells: readonly EditedCell[]): string[] {
  const told: string[] = [];
  let isTold = false;
  for (const { kind, id, key } of cells) {
    if (kind !== 'model' && kind !== 'train') continue;
    isTold ||= isNearBlock(key);
    if (kind !== 'train') continue;
    if (isTold) told.push(id);
    isTold = false;
  }
  return told;
}
