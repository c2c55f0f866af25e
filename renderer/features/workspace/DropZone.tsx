import { FileDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Progress } from '../../components/Progress.tsx';
import { toast } from '../../components/toast-store.ts';
import { errorTextNow } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { addFiles, droppedFiles, useUploadStore } from './add-files.ts';

/** Files may be dropped anywhere: on a folder of the list, on a block, behind which the cell comes, or beside both. */
export function DropZone() {
  const t = useWords();
  const [over, setOver] = useState(false);
  const path = useNotebookStore((state) => state.path);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = 'copy';
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      const target = event.target instanceof Element ? event.target : undefined;
      const { path: notebook, selected, blocks } = useNotebookStore.getState();
      const folder = target?.closest<HTMLElement>('[data-folder]')?.dataset['folder'];
      const block = target?.closest<HTMLElement>('.block')?.dataset['key'] ?? selected ?? blocks.at(-1)?.key;
      const beside = notebook?.includes('/') === true ? notebook.slice(0, notebook.lastIndexOf('/')) : '';
      void droppedFiles(event.dataTransfer!).then(
        (files) => addFiles(files, folder ?? beside, block),
        (error: unknown) => toast({ text: errorTextNow(error), tone: 'bad' }),
      );
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onDragLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onDragLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return (
    <>
      {over && (
        <div className="drop-zone" aria-hidden>
          <FileDown size={22} />
          {t(path === undefined ? 'workspace.dropFiles' : 'workspace.dropData')}
        </div>
      )}
      <UploadNotice />
    </>
  );
}

/** Less is there before it could be read that it comes. */
const noticedBytes = 4_000_000;
const noticedFiles = 40;

function UploadNotice() {
  const t = useWords();
  const formats = useFormats();
  const { name, sentBytes, totalBytes, files, cancel } = useUploadStore();
  if (name === undefined || (totalBytes < noticedBytes && files < noticedFiles)) return null;
  return (
    <div className="upload-notice" role="status">
      <span>{t('workspace.uploading', { name, sent: formats.bytes(sentBytes), total: formats.bytes(totalBytes) })}</span>
      <Progress label={name} value={totalBytes === 0 ? 1 : sentBytes / totalBytes} />
      <Button onClick={cancel}>{t('frame.cancel')}</Button>
    </div>
  );
}
