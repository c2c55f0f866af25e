/** Which run the export dialog is open for. */
import { create } from 'zustand';
import type { RunSummary } from '#contract/runs.ts';

interface ExportState {
  readonly run: RunSummary | undefined;
  readonly open: (run: RunSummary) => void;
  readonly close: () => void;
}

export const useExportStore = create<ExportState>((set) => ({
  run: undefined,
  open: (run) => set({ run }),
  close: () => set({ run: undefined }),
}));

/** For a button or a command anywhere. `ExportHost` in the frame shows the dialog. */
export function openExport(run: RunSummary): void {
  useExportStore.getState().open(run);
}
