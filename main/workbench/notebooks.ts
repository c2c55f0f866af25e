/** Notebook files: opened, made and saved without losing a byte of what is not ours. */
import { createHash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { basename } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { Block, NotebookView, OpenedNotebook } from '#contract/notebook.ts';
import type { KnobValue } from '#contract/spec.ts';
import { writeWhole } from '#files/write-whole.ts';
import { printFrontMatter } from '#notebook/front-matter.ts';
import { decodeNotebook, parseNotebook } from '#notebook/parse.ts';
import { printNotebook, withWrittenIds } from '#notebook/print.ts';
import { errorCode, explainDiskError } from '#files/disk-error.ts';
import type { Context } from './context.ts';
import { createJournal } from './journal.ts';
import { createKept, keptKnobs, keptView } from './kept.ts';
import { fileInWorkspace } from './paths.ts';
import { notebookEnding } from './workspace.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function read(file: string, path: string): Promise<Buffer> {
  try {
    return await disk.readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new EpochbookError('workspace.fileMissing', { path }, { cause: error });
    if (errorCode(error) === 'EISDIR') throw new EpochbookError('workspace.isFolder', { path }, { cause: error });
    throw new EpochbookError('workspace.unreadable', { path, detail: errorCode(error) }, { cause: error });
  }
}

async function write(file: string, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  await writeWhole(file, bytes);
  return hashOf(bytes);
}

function opened(path: string, bytes: Uint8Array): OpenedNotebook {
  const { title, blocks, problems } = parseNotebook(decodeNotebook(bytes));
  return { path, title: title || basename(path, notebookEnding), blocks, hash: hashOf(bytes), problems };
}

/** A file name that a title gives: letters and digits of any script, dashes between. */
export function fileNameOf(title: string): string {
  const words =
    title
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.join('-').slice(0, 60).replace(/-$/, '') || 'notebook';
}

export interface Notebooks {
  open(path: string): Promise<OpenedNotebook>;
  /** Empty, or with what `template` holds, in its folder. */
  create(title: string, template?: { folder: string; text: string }): Promise<OpenedNotebook>;
  /** A file or folder has another name. */
  renamed(from: string, to: string): Promise<void>;
  save(path: string, blocks: readonly Block[], baseHash: string): Promise<{ hash: string }>;
  /** Keeps unsaved text on the disk until it is saved. */
  journal(path: string, blocks: readonly Block[], baseHash: string): Promise<void>;
  /** Until the notebook is opened again. */
  keepKnobs(path: string, knobs: Record<string, KnobValue>): Promise<void>;
  keepView(path: string, view: NotebookView): Promise<void>;
  /** The draft that was offered is restored or not wanted. */
  answerDraft(path: string): Promise<void>;
  versions(path: string, baseHash: string): Promise<{ disk: OpenedNotebook; base?: Block[] }>;
  /** Tells of notebooks that other programs changed since they were opened or saved here. */
  noticeChanges(): Promise<void>;
  /** Forgets what is open: another workspace takes its place. */
  clear(): void;
}

/** Enough for a handful of open notebooks and the saves that a page has not heard of yet. */
const rememberedTexts = 16;

export function createNotebooks(context: Context): Notebooks {
  /** Hash of the bytes that the screen knows, by path. */
  const known = new Map<string, string>();
  const saving = new Map<string, Promise<unknown>>();
  /** Texts that were opened or saved here, by their hash, the latest last: what unsaved text began with. */
  const texts = new Map<string, string>();
  const journal = createJournal(() => context.folder());
  const keptKnobsOf = createKept(() => context.folder(), keptKnobs);
  const keptViewOf = createKept(() => context.folder(), keptView);
  const keepsJournal = context.options.shell.name !== 'cli';

  function remember(hash: string, text: string): void {
    texts.delete(hash);
    texts.set(hash, text);
    if (texts.size > rememberedTexts) texts.delete(texts.keys().next().value!);
  }

  /** One after another: two quick writes of one file must not overtake each other. */
  function inTurn<T>(path: string, action: () => Promise<T>): Promise<T> {
    const done = (saving.get(path) ?? Promise.resolve()).then(action);
    saving.set(
      path,
      done.catch(() => undefined),
    );
    return done;
  }

  async function open(path: string): Promise<OpenedNotebook> {
    const bytes = await read(fileInWorkspace(context.folder(), path), path);
    const notebook = opened(path, bytes);
    known.set(path, notebook.hash);
    if (!keepsJournal) return notebook;
    const text = decodeNotebook(bytes);
    remember(notebook.hash, text);
    // A journal that cannot be read must not keep the notebook from being opened.
    const draft = await inTurn(path, () => journal.left(path, text)).catch((error: unknown) => console.error(error));
    const [knobs, view] = await Promise.all([keptKnobsOf.read(path), keptViewOf.read(path)]);
    return { ...notebook, ...(draft && { draft }), ...(knobs && { knobs }), ...(view && { view }) };
  }

  async function journalNow(path: string, blocks: readonly Block[], baseHash: string): Promise<void> {
    fileInWorkspace(context.folder(), path);
    const text = printNotebook(withWrittenIds(blocks));
    const base = texts.get(baseHash);
    // Back at what the file holds, say by undoing: there is nothing to keep.
    if (hashOf(new TextEncoder().encode(printNotebook(blocks))) === known.get(path) || text === texts.get(known.get(path) ?? '')) {
      await journal.saved(path, baseHash);
      return;
    }
    await journal.write(path, { at: Date.now(), baseHash, ...(base !== undefined && { base }), text });
  }

  async function saveAndForget(path: string, blocks: readonly Block[], baseHash: string): Promise<{ hash: string }> {
    const saved = await saveNow(path, blocks, baseHash);
    if (keepsJournal) {
      // The text is safe in its file; a journal that stays is told apart by its text when the notebook is opened.
      await journal.saved(path, baseHash).catch((error: unknown) => console.error(error));
    }
    return saved;
  }

  async function saveNow(path: string, blocks: readonly Block[], baseHash: string): Promise<{ hash: string }> {
    const file = fileInWorkspace(context.folder(), path);
    const text = printNotebook(blocks);
    const before = await disk.readFile(file).catch((error: unknown) => {
      // Gone since it was opened: saving puts it back.
      if (errorCode(error) === 'ENOENT') return undefined;
      throw explainDiskError(error, file);
    });
    if (before) {
      const found = hashOf(before);
      if (found === hashOf(new TextEncoder().encode(text))) {
        known.set(path, found);
        return { hash: found };
      }
      if (found !== baseHash) throw new EpochbookError('notebook.changedOnDisk', { path });
    }
    // Something changed: cells that were given an id in memory now keep it.
    const written = printNotebook(withWrittenIds(blocks));
    const hash = await write(file, written);
    known.set(path, hash);
    remember(hash, written);
    return { hash };
  }

  return {
    open,
    async create(title, template) {
      const name = template && template.folder !== '' ? `${template.folder}/${fileNameOf(title)}` : fileNameOf(title);
      const front: Block = { type: 'front', text: printFrontMatter(title) };
      const rest = template ? parseNotebook(template.text).blocks.filter((block) => block.type !== 'front') : [];
      for (let number = 1; ; number++) {
        const path = `${name}${number === 1 ? '' : `-${number}`}${notebookEnding}`;
        const file = fileInWorkspace(context.folder(), path);
        const isTaken = await disk.stat(file).then(
          () => true,
          () => false,
        );
        if (isTaken) continue;
        await write(file, printNotebook([front, ...rest]));
        return open(path);
      }
    },
    save: (path, blocks, baseHash) => inTurn(path, () => saveAndForget(path, blocks, baseHash)),
    journal: (path, blocks, baseHash) => inTurn(path, () => journalNow(path, blocks, baseHash)),
    keepKnobs: async (path, knobs) => {
      fileInWorkspace(context.folder(), path);
      await keptKnobsOf.keep(path, knobs);
    },
    keepView: async (path, view) => {
      fileInWorkspace(context.folder(), path);
      await keptViewOf.keep(path, view);
    },
    answerDraft: (path) => inTurn(path, () => journal.answered(path)),
    async versions(path, baseHash) {
      const bytes = await read(fileInWorkspace(context.folder(), path), path);
      const base = texts.get(baseHash);
      return { disk: opened(path, bytes), ...(base !== undefined && { base: parseNotebook(base).blocks }) };
    },
    async noticeChanges() {
      for (const [path, hash] of known) {
        await saving.get(path);
        const bytes = await disk.readFile(fileInWorkspace(context.folder(), path)).catch(() => undefined);
        if (!bytes || known.get(path) !== hash) continue;
        const found = hashOf(bytes);
        if (found === hash) continue;
        known.set(path, found);
        context.emit('notebook.changedOnDisk', { path, hash: found });
      }
    },
    async renamed(from, to) {
      for (const [path, hash] of known) {
        if (path !== from && !path.startsWith(`${from}/`)) continue;
        known.delete(path);
        known.set(to + path.slice(from.length), hash);
      }
      await Promise.all([keptKnobsOf.renamed(from, to), keptViewOf.renamed(from, to)]);
    },
    clear: () => known.clear(),
  };
}
