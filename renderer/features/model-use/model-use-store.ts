/** Which run's model the dialog is about. */
import { create } from 'zustand';
import type { RunSummary } from '#contract/runs.ts';

interface ModelUseState {
  readonly run: RunSummary | undefined;
  readonly open: (run: RunSummary) => void;
  readonly close: () => void;
}

export const useModelUseStore = create<ModelUseState>((set) => ({
  run: undefined,
  open: (run) => set({ run }),
  close: () => set({ run: undefined }),
}));

/** For a button or a command anywhere. `ModelUseHost` in the frame shows the dialog. */
export function openModelUse(run: RunSummary): void {
  useModelUseStore.getState().open(run);
}
