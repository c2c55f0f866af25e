import { NotebookText } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useWorkspaceStore } from './workspace-store.ts';

/** A workspace without a notebook open: what this is, and the one click that starts. */
export function Welcome() {
  const t = useWords();
  const samples = useWorkspaceStore((state) => state.samples);
  const workspace = useWorkspaceStore((state) => state.workspace);
  const askForTitle = useWorkspaceStore((state) => state.askForTitle);
  const askForFolder = useWorkspaceStore((state) => state.askForFolder);
  const openSample = useNotebookStore((state) => state.openSample);
  return (
    <div className="welcome">
      <NotebookText size={28} strokeWidth={1.5} aria-hidden />
      <h1>{t('workspace.welcome')}</h1>
      <p>{t('workspace.welcomeText')}</p>
      <ul className="sample-list">
        {samples.map((sample, index) => (
          <li key={sample.id}>
            <div>
              <b>{sample.title}</b>
              <p>{sample.description}</p>
              <small>{sample.licence}</small>
            </div>
            <Button look={index === 0 ? 'primary' : 'plain'} onClick={() => void openSample(sample.id)}>
              {t('workspace.tryIt')}
            </Button>
          </li>
        ))}
      </ul>
      <p className="welcome-other">
        <Button onClick={() => askForTitle(true)}>{t('workspace.newNotebook')}</Button>
        <Button onClick={() => askForFolder(true)}>{t('workspace.openFolder')}</Button>
      </p>
      {workspace && <small className="welcome-folder">{t('workspace.inFolder', { folder: workspace.folder })}</small>}
    </div>
  );
}
