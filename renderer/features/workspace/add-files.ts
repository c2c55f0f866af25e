/** Files that are dropped on the window: put into the workspace, and read by a cell of the notebook. */
import { create } from 'zustand';
import { call } from '../../platform/client.ts';
import { toast } from '../../components/toast-store.ts';
import { errorTextNow } from '../../words/errors.ts';
import { translate } from '../../words/use-words.ts';
import { blockElement } from '../notebook/block-element.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { dataCellText, folderCellText, kindOf, pathFrom } from './data-cell.ts';
import { useWorkspaceStore } from './workspace-store.ts';

/** Small enough for a message, large enough to be quick. */
const pieceBytes = 4_000_000;

interface Uploading {
  /** The file that is being sent, while one is. */
  readonly name: string | undefined;
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly cancel: () => void;
}

let cancelled = false;

export const useUploadStore = create<Uploading>(() => ({
  name: undefined,
  sentBytes: 0,
  totalBytes: 0,
  cancel: () => {
    cancelled = true;
  },
}));

interface Dropped {
  readonly file: File;
  /** Folders that it lies in among what was dropped; '' for a file by itself. */
  readonly below: string;
}

/** What was dropped, folders with all that is in them. To be called while the event is handled. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  if (entries.every((entry) => entry?.isDirectory !== true)) return files.map((file) => ({ file, below: '' }));
  return (await Promise.all(entries.map(async (entry) => (entry ? filesOf(entry, '') : [])))).flat();
}

async function filesOf(entry: FileSystemEntry, below: string): Promise<Dropped[]> {
  if (entry.name.startsWith('.')) return [];
  if (entry.isFile) {
    return new Promise((resolve, reject) => (entry as FileSystemFileEntry).file((file) => resolve([{ file, below }]), reject));
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Dropped[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await filesOf(one, below === '' ? entry.name : `${below}/${entry.name}`)));
  }
}

/**
 * Puts the files into `folder` of the workspace; with a notebook open, adds a cell for each that one can read, behind
 * the block `afterKey`.
 */
export async function addFiles(dropped: readonly Dropped[], folder: string, afterKey: string | undefined): Promise<void> {
  const totalBytes = dropped.reduce((sum, { file }) => sum + file.size, 0);
  const paths: { path: string; below: string }[] = [];
  let sentBytes = 0;
  cancelled = false;
  try {
    for (const { file, below } of dropped) {
      const place = [folder, below].filter((part) => part !== '').join('/');
      const path = await upload(file, place, (bytes) => {
        useUploadStore.setState({ name: file.name, sentBytes: sentBytes + bytes, totalBytes });
      });
      if (path === undefined) return;
      sentBytes += file.size;
      paths.push({ path, below });
    }
  } catch (error) {
    toast({ text: errorTextNow(error), tone: 'bad' });
  } finally {
    useUploadStore.setState({ name: undefined });
  }
  await useWorkspaceStore.getState().load();
  await addCells(paths, afterKey);
}

/** Puts a file into a folder of the workspace; its path there, undefined where it was cancelled. */
export async function upload(file: File, folder: string, onSent: (bytes: number) => void): Promise<string | undefined> {
  const id = crypto.randomUUID();
  for (let offset = 0; ;) {
    onSent(offset);
    if (cancelled) {
      await call('workspace.cancelUpload', { id });
      return undefined;
    }
    const bytes = new Uint8Array(await file.slice(offset, offset + pieceBytes).arrayBuffer());
    const last = offset + bytes.length >= file.size;
    const { path } = await call('workspace.upload', { id, name: file.name, folder, bytes, offset, last });
    if (last) return path;
    offset += bytes.length;
  }
}

async function addCells(added: readonly { path: string; below: string }[], afterKey: string | undefined): Promise<void> {
  const { path: notebook, insertText, open } = useNotebookStore.getState();
  const opened = added.find(({ path }) => kindOf(path) === 'notebook');
  if (opened) {
    await open(opened.path);
    return;
  }
  let after = afterKey;
  let cells = 0;
  if (notebook !== undefined) {
    const here = (path: string) => pathFrom(notebook, path);
    // What lies in a folder is read as one.
    for (const folder of new Set(added.filter(({ below }) => below !== '').map(({ path, below }) => topFolder(path, below)))) {
      const text = folderCellText(
        here(folder),
        added.map(({ path }) => path),
      );
      if (text === undefined) continue;
      after = goTo(insertText('data', text, after));
      cells += 1;
    }
    for (const { path } of added.filter(({ below }) => below === '')) {
      if (kindOf(path) === 'image') {
        after = goTo(insertText('prose', `![](${encodeURI(here(path))})`, after));
        cells += 1;
      } else {
        const key = await addDataCell(path, after);
        if (key === undefined) continue;
        after = key;
        cells += 1;
      }
    }
  }
  if (cells === 0 && added.length > 0) toast({ text: translate('workspace.added', { count: added.length }) });
}

/** When it is drawn. */
function goTo(key: string): string {
  requestAnimationFrame(() => {
    const block = blockElement(key);
    block?.scrollIntoView({ block: 'center' });
    block?.focus({ preventScroll: true });
  });
  return key;
}

function topFolder(path: string, below: string): string {
  const depth = path.split('/').length - 1 - below.split('/').length;
  return path
    .split('/')
    .slice(0, depth + 1)
    .join('/');
}

/** Adds a cell that reads `path`, and goes to it. Its key; undefined where none can. */
export async function addDataCell(path: string, afterKey: string | undefined): Promise<string | undefined> {
  const { path: notebook, insertText } = useNotebookStore.getState();
  if (notebook === undefined) return undefined;
  const { columns } = await call('workspace.columns', { path }).catch(() => ({ columns: undefined }));
  const others = useWorkspaceStore.getState().workspace?.dataFiles.map((file) => pathFrom(notebook, file.path)) ?? [];
  const text = dataCellText(pathFrom(notebook, path), columns, others);
  return text === undefined ? undefined : goTo(insertText('data', text, afterKey));
}
