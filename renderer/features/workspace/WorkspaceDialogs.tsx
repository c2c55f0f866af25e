import { type FormEvent, useId, useState } from 'react';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { TextField } from '../../components/TextField.tsx';
import { call } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useWorkspaceStore } from './workspace-store.ts';

export function WorkspaceDialogs() {
  const asking = useWorkspaceStore((state) => state.asking);
  if (asking === 'title') return <NewNotebook />;
  if (asking === 'folder') return <OpenFolder />;
  return null;
}

function NewNotebook() {
  const t = useWords();
  const form = useId();
  const [title, setTitle] = useState('');
  const close = () => useWorkspaceStore.getState().askForTitle(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() === '') return;
    close();
    useNavigationStore.getState().show('notebook');
    void useNotebookStore.getState().create(title.trim());
  };
  return (
    <Dialog
      title={t('workspace.newNotebookTitle')}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t('frame.cancel')}</Button>
          <Button look="primary" type="submit" form={form} disabled={title.trim() === ''}>
            {t('workspace.create')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <TextField label={t('workspace.title')} placeholder={t('workspace.titleExample')} value={title} onValue={setTitle} />
      </form>
    </Dialog>
  );
}

function OpenFolder() {
  const t = useWords();
  const form = useId();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const current = useWorkspaceStore((state) => state.workspace?.folder ?? '');
  const [folder, setFolder] = useState(current);
  const [error, setError] = useState<string>();
  const [opening, setOpening] = useState(false);
  const close = () => useWorkspaceStore.getState().askForFolder(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setOpening(true);
    setError(undefined);
    try {
      await useWorkspaceStore.getState().openFolder(folder.trim());
      useNavigationStore.getState().show('notebook');
    } catch (failure) {
      setError(errorTextNow(failure));
      setOpening(false);
    }
  };
  const choose = async () => {
    const chosen = await call('shell.chooseFolder', { title: t('workspace.openFolderTitle') });
    if (chosen.folder !== null) setFolder(chosen.folder);
  };
  return (
    <Dialog
      title={t('workspace.openFolderTitle')}
      onClose={close}
      actions={
        <>
          {desktop && <Button onClick={() => void choose()}>{t('workspace.choose')}</Button>}
          <Button onClick={close}>{t('frame.cancel')}</Button>
          <Button look="primary" type="submit" form={form} disabled={opening || folder.trim() === ''}>
            {t('workspace.open')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <TextField label={t('workspace.folder')} hint={t('workspace.folderHint')} error={error} mono value={folder} onValue={setFolder} />
      </form>
    </Dialog>
  );
}
