import { ExportDialog } from './ExportDialog.tsx';
import { useExportStore } from './export-store.ts';

/** Shows the dialog where `openExport` asked for it. Once in the frame. */
export function ExportHost() {
  const run = useExportStore((state) => state.run);
  const close = useExportStore((state) => state.close);
  return run ? <ExportDialog key={run.id} run={run} onClose={close} /> : null;
}
