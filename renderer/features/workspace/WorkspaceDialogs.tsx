import { type FormEvent, useId, useState } from 'react';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { TextField } from '../../components/TextField.tsx';
import { call } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { giveKeyboardToNotebook } from '../notebook/keyboard.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useTabsStore } from '../tabs/tabs-store.ts';
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
  const samples = useWorkspaceStore((state) => state.samples);
  const [title, setTitle] = useState('');
  const [template, setTemplate] = useState('');
  const close = () => useWorkspaceStore.getState().askForTitle(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() === '') return;
    close();
    useNavigationStore.getState().show('notebook');
    void useNotebookStore
      .getState()
      .create(title.trim(), template === '' ? undefined : template)
      .then(giveKeyboardToNotebook);
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
        <fieldset className="templates">
          <legend>{t('workspace.template')}</legend>
          {[{ id: '', shows: t('workspace.emptyTemplate'), description: t('workspace.emptyTemplateText') }, ...samples].map((one) => (
            <label key={one.id} className={template === one.id ? 'on' : undefined}>
              <input type="radio" name="template" value={one.id} checked={template === one.id} onChange={() => setTemplate(one.id)} />
              <b>{one.shows}</b>
              <small>{one.description}</small>
            </label>
          ))}
        </fieldset>
      </form>
    </Dialog>
  );
}

function OpenFolder() {
  const t = useWords();
  const form = useId();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const current = useWorkspaceStore((state) => state.workspace?.folder ?? '');
  const formats = useFormats();
  const places = useTabsStore((state) => state.places);
  const recent = places.filter((place) => place.folder !== current).slice(0, 6);
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
        {recent.length > 0 && (
          <fieldset className="recent-places">
            <legend>{t('workspace.recent')}</legend>
            {recent.map((place) => (
              <Button key={place.folder} type="submit" title={place.folder} onClick={() => setFolder(place.folder)}>
                <b>{place.folder.slice(place.folder.replaceAll('\\', '/').lastIndexOf('/') + 1)}</b>
                <small>{place.folder}</small>
                <small>{formats.moment(place.at)}</small>
              </Button>
            ))}
          </fieldset>
        )}
      </form>
    </Dialog>
  );
}
