import { FilePlus2 } from 'lucide-react';
import { type DragEvent, useId, useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Progress } from '../../components/Progress.tsx';
import { TextField } from '../../components/TextField.tsx';
import { useErrorText } from '../../words/errors.ts';
import { useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { type Dropped, droppedFiles, upload } from '../workspace/add-files.ts';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';

interface Props {
  readonly label: string;
  readonly hint: string;
  /** Paths, with commas between them. */
  readonly value: string;
  readonly disabled: boolean;
  readonly onValue: (value: string) => void;
}

/** The paths that are named. */
export const pathsIn = (value: string): string[] =>
  value
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');

/** Files of the workspace, or others that are dropped here or chosen: they are then put into it, beside the notebook. */
export function FilesField({ label, hint, value, disabled, onValue }: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const list = useId();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<string>();
  const [error, setError] = useState<unknown>();
  const known = useWorkspaceStore((state) => state.workspace?.dataFiles);

  const add = async (files: readonly Dropped[]): Promise<void> => {
    const notebook = useNotebookStore.getState().path ?? '';
    const beside = notebook.includes('/') ? notebook.slice(0, notebook.lastIndexOf('/')) : '';
    const paths: string[] = [];
    setError(undefined);
    try {
      for (const { file, below } of files) {
        setSending(file.name);
        const path = await upload({ file, below }, beside, () => {});
        if (path !== undefined) paths.push(path);
      }
      if (paths.length > 0) onValue(paths.join(', '));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setSending(undefined);
    }
  };
  const drop = (event: DragEvent): void => {
    setOver(false);
    if (disabled || !event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    void droppedFiles(event.dataTransfer).then(add, setError);
  };

  return (
    // Files may be dropped here; the button beside does the same by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={over ? 'use-files over' : 'use-files'}
      role="group"
      aria-label={label}
      onDragOver={(event) => {
        if (disabled || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <TextField label={label} value={value} onValue={onValue} disabled={disabled} list={list} spellCheck={false} mono hint={hint} />
      <datalist id={list}>
        {known?.map(({ path }) => (
          <option key={path}>{path}</option>
        ))}
      </datalist>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={(event) => void add([...(event.target.files ?? [])].map((file) => ({ file, below: '' })))}
      />
      <Button icon={<FilePlus2 size={14} />} disabled={disabled || sending !== undefined} onClick={() => chooser.current?.click()}>
        {t('modelUse.choose')}
      </Button>
      {sending !== undefined && <Progress label={t('modelUse.adding', { name: sending })} />}
      {error !== undefined && (
        <p className="run-error" role="alert">
          {errorText(error)}
        </p>
      )}
    </div>
  );
}
