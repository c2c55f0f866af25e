/** Files that are dropped on the window: put into the workspace, and read by a cell of the notebook. */
import { create } from 'zustand';
import { call } from '../../platform/client.ts';
import { toast } from '../../components/toast-store.ts';
import { errorTextNow } from '../../words/errors.ts';
import { translate } from '../../words/use-words.ts';
import { blockElement } from '../notebook/block-element.ts';
import { cellsOf, editorText } from '../notebook/blocks.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { classesName, classFolders } from './class-folders.ts';
import { dataCellText, fileForNewCell, folderCellText, kindOf, pathFrom } from './data-cell.ts';
import { useWorkspaceStore } from './workspace-store.ts';

/** Small enough for a message, large enough to be quick. */
const pieceBytes = 4_000_000;

interface Uploading {
  /** The file that is being sent, while one is. */
  readonly name: string | undefined;
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly cancel: () => void;
}

let cancelled = false;

export const useUploadStore = create<Uploading>(() => ({
  name: undefined,
  sentBytes: 0,
  totalBytes: 0,
  files: 0,
  cancel: () => {
    cancelled = true;
  },
}));

export interface Dropped {
  readonly file: File;
  /** Folders that it lies in among what was dropped; '' for a file by itself. */
  readonly below: string;
}

/**
 * What was dropped, folders with all that is in them but hidden files. To be called while the event is handled. Throws the
 * browser's own error where one cannot be read.
 */
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

interface Added {
  /** In the workspace. */
  readonly path: string;
  readonly below: string;
}

/**
 * Puts the files into `folder` of the workspace; with a notebook open, adds a cell for each that one can read, behind
 * the block `afterKey`.
 */
export async function addFiles(given: readonly Dropped[], folder: string, afterKey: string | undefined): Promise<void> {
  const dropped = withClassesTogether(given, folder);
  const totalBytes = dropped.reduce((sum, { file }) => sum + file.size, 0);
  const added: Added[] = [];
  let sentBytes = 0;
  cancelled = false;
  useUploadStore.setState({ files: dropped.length, totalBytes });
  try {
    for (const one of dropped) {
      const path = await upload(one, folder, (bytes) => {
        useUploadStore.setState({ name: one.file.name, sentBytes: sentBytes + bytes });
      });
      if (path === undefined) return;
      sentBytes += one.file.size;
      added.push({ path, below: one.below });
    }
  } catch (error) {
    toast({ text: errorTextNow(error), tone: 'bad' });
  } finally {
    useUploadStore.setState({ name: undefined });
    await useWorkspaceStore.getState().load();
  }
  await addCells(added, afterKey);
}

/** Classes of one data set come into one folder, which a cell then reads. */
function withClassesTogether(dropped: readonly Dropped[], folder: string): readonly Dropped[] {
  const classes = classFolders(dropped.map(({ file, below }) => ({ below, name: file.name })));
  if (classes.length === 0) return dropped;
  const inside = folder === '' ? '' : `${folder}/`;
  const { folders = [], dataFiles = [] } = useWorkspaceStore.getState().workspace ?? {};
  const paths = [...folders, ...dataFiles.map(({ path }) => path)].filter((path) => path.startsWith(inside));
  const name = classesName(new Set(paths.map((path) => path.slice(inside.length).split('/')[0])));
  return dropped.map((one) => (classes.includes(one.below) ? { ...one, below: `${name}/${one.below}` } : one));
}

/**
 * Puts a file into `folder` of the workspace, below the folders that it came with; its path there, undefined where it was
 * cancelled.
 */
export async function upload({ file, below }: Dropped, folder: string, onSent: (bytes: number) => void): Promise<string | undefined> {
  const id = crypto.randomUUID();
  const place = { name: file.name, folder: [folder, below].filter((part) => part !== '').join('/'), withFolder: below !== '' };
  for (let offset = 0; ;) {
    onSent(offset);
    if (cancelled) {
      await call('workspace.cancelUpload', { id });
      return undefined;
    }
    const bytes = new Uint8Array(await file.slice(offset, offset + pieceBytes).arrayBuffer());
    const last = offset + bytes.length >= file.size;
    const { path } = await call('workspace.upload', { id, ...place, bytes, offset, last });
    if (last) return path;
    offset += bytes.length;
  }
}

/** More pictures than these are no illustrations. */
const mostPictures = 12;

async function addCells(added: readonly Added[], afterKey: string | undefined): Promise<void> {
  const { path: notebook, insertText, open } = useNotebookStore.getState();
  const opened = added.find(({ path }) => kindOf(path) === 'notebook');
  if (opened) {
    await open(opened.path);
    return;
  }
  const unread: string[] = [];
  let after = afterKey;
  let cells = 0;
  const goOn = (key: string) => {
    after = goTo(key);
    cells += 1;
  };
  if (notebook !== undefined) {
    const here = (path: string) => pathFrom(notebook, path);
    const alone = added.filter(({ below }) => below === '');
    // What lies in a folder is read as one, if it can be.
    const withFolder = added.filter(({ below }) => below !== '');
    const folderOf = ({ path, below }: Added) => topFolder(path, below);
    for (const folder of new Set(withFolder.map(folderOf))) {
      const inside = withFolder.filter((one) => folderOf(one) === folder);
      const text = folderCellText(
        here(folder),
        inside.map(({ path }) => here(path)),
      );
      if (text === undefined) alone.push(...inside);
      else goOn(insertText('data', text, after));
    }
    const pictures = alone.filter(({ path }) => kindOf(path) === 'image').length;
    const others = useWorkspaceStore.getState().workspace?.dataFiles.map((file) => here(file.path)) ?? [];
    const told = new Set<string>();
    for (const { path } of alone) {
      if (kindOf(path) === 'image' && pictures <= mostPictures) {
        goOn(insertText('prose', `![](${encodeURI(here(path))})`, after));
        continue;
      }
      const text = await textFor(path, here(path), others);
      if (text === undefined) unread.push(path.split('/').at(-1)!);
      // Two files that are read together have one cell.
      else if (!told.has(text)) goOn(insertText('data', text, after));
      if (text !== undefined) told.add(text);
    }
  }
  if (unread.length > 0) toast({ text: translate('workspace.addedUnread', { name: unread[0], more: unread.length - 1 }) });
  else if (cells === 0 && added.length > 0) toast({ text: translate('workspace.added', { count: added.length }) });
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

/** What a cell that reads the file says; undefined where none can. `here`, `others`: as seen from the notebook. */
async function textFor(path: string, here: string, others: readonly string[]): Promise<string | undefined> {
  const { columns } = await call('workspace.columns', { path }).catch(() => ({ columns: undefined }));
  return dataCellText(here, columns, others);
}

/** What a new data cell says where the workspace has a file for it. */
export async function newDataText(): Promise<string | undefined> {
  const { path: notebook, blocks } = useNotebookStore.getState();
  if (notebook === undefined) return undefined;
  const files = new Map(useWorkspaceStore.getState().workspace?.dataFiles.map(({ path }) => [pathFrom(notebook, path), path]));
  const texts = cellsOf(blocks).flatMap((cell) => (cell.kind === 'data' ? [editorText(cell)] : []));
  const here = fileForNewCell([...files.keys()], texts);
  return here === undefined ? undefined : textFor(files.get(here)!, here, [...files.keys()]);
}

/** Adds a cell that reads `path`, and goes to it. */
export async function addDataCell(path: string, afterKey: string | undefined): Promise<void> {
  const { path: notebook, insertText } = useNotebookStore.getState();
  if (notebook === undefined) return;
  const others = useWorkspaceStore.getState().workspace?.dataFiles.map((file) => pathFrom(notebook, file.path)) ?? [];
  const text = await textFor(path, pathFrom(notebook, path), others);
  if (text === undefined) toast({ text: translate('workspace.unread', { name: path.split('/').at(-1)! }) });
  else goTo(insertText('data', text, afterKey));
}
