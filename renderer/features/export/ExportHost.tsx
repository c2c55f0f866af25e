import { ExportDialog } from './ExportDialog.tsx';
import { ReportDialog } from './ReportDialog.tsx';
import { useExportStore, useReportStore } from './export-store.ts';

/** Shows the dialog where `openExport` asked for it. Once in the frame. */
export function ExportHost() {
  const run = useExportStore((state) => state.run);
  const close = useExportStore((state) => state.close);
  const isReport = useReportStore((state) => state.isOpen);
  const showReport = useReportStore((state) => state.show);
  if (isReport) return <ReportDialog onClose={() => showReport(false)} />;
  return run ? <ExportDialog key={run.id} run={run} onClose={close} /> : null;
}
