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

interface ReportState {
  readonly isOpen: boolean;
  readonly show: (isOpen: boolean) => void;
}

/** Whether the report's dialog is open; it is about the open notebook. */
export const useReportStore = create<ReportState>((set) => ({ isOpen: false, show: (isOpen) => set({ isOpen }) }));

/** For a button or a command anywhere. `ExportHost` in the frame shows the dialog. */
export function openExport(run: RunSummary): void {
  useExportStore.getState().open(run);
}
