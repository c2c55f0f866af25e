import { FolderOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSettingsStore } from '../../app/settings-store.ts';
import { attempt } from '../../components/attempt.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { call } from '../../platform/client.ts';
import { useWords } from '../../words/use-words.ts';

interface Props {
  readonly title: string;
  /** What was written; the desktop shows it in its folder. */
  readonly path: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Says what was written, and where. */
export function DoneDialog({ title, path, onClose, children }: Props) {
  const t = useWords();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          {desktop && (
            <Button icon={<FolderOpen size={14} />} onClick={() => void attempt(() => call('shell.showItem', { path }))}>
              {t('export.showInFolder')}
            </Button>
          )}
          <Button look="primary" onClick={onClose}>
            {t('export.finish')}
          </Button>
        </>
      }
    >
      <div className="export-result">{children}</div>
    </Dialog>
  );
}
