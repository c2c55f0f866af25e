/**
 * Unsaved text, kept beside the workspace's database so that a crash loses at most what was typed since the last entry:
 * `.epochbook/journal/PATH.json`, one file a notebook, written whole and flushed.
 */
import { randomUUID } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { NotebookDraft } from '#contract/notebook.ts';
import { errorCode, explainDiskError } from '#files/disk-error.ts';
import { writeWhole } from '#files/write-whole.ts';
import { parseNotebook } from '#notebook/parse.ts';

const draft = z.object({
  /** Milliseconds since 1970, UTC. */
  at: z.number(),
  /** SHA-256 of the file that was edited, and its text where it was known. */
  baseHash: z.string(),
  base: z.string().optional(),
  text: z.string(),
  /** Which start of the app wrote it. */
  session: z.string(),
});
type Draft = z.infer<typeof draft>;

const journalFile = z.object({
  version: z.literal(1),
  /** What is being typed. */
  current: draft.optional(),
  /** Left by crashes, oldest first, until the user says what becomes of them. */
  left: z.array(draft),
});

interface Entries {
  current: Draft | undefined;
  left: Draft[];
}

export interface Journal {
  /** What a crash left of `path` that its file, with this text, does not hold; the newest. */
  left(path: string, text: string): Promise<NotebookDraft | undefined>;
  write(path: string, entry: Omit<Draft, 'session'>): Promise<void>;
  /** The file holds what was typed into the file of `baseHash`. */
  saved(path: string, baseHash: string): Promise<void>;
  /** The newest that a crash left is answered for: restored or not wanted. */
  answered(path: string): Promise<void>;
}

/** `folder`: the workspace. */
export function createJournal(folder: () => string): Journal {
  const known = new Map<string, Entries>();
  const session = randomUUID();
  const fileOf = (path: string): string => join(folder(), '.epochbook', 'journal', ...`${path}.json`.split('/'));

  async function read(path: string): Promise<Entries> {
    const file = fileOf(path);
    const found = known.get(file);
    if (found) return found;
    const bytes = await disk.readFile(file, 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw explainDiskError(error, file);
    });
    let entries: Entries = { current: undefined, left: [] };
    if (bytes !== undefined) {
      const parsed = journalFile.safeParse(parsedJson(bytes));
      if (parsed.success) entries = { current: parsed.data.current, left: parsed.data.left };
      // Not ours, or of a later version: it is set aside, never overwritten.
      else await disk.rename(file, `${file}.unread`);
    }
    known.set(file, entries);
    return entries;
  }

  async function keep(path: string, { current, left }: Entries): Promise<void> {
    const file = fileOf(path);
    known.set(file, { current, left });
    if (current || left.length > 0) {
      await writeWhole(file, new TextEncoder().encode(JSON.stringify({ version: 1, ...(current && { current }), left })));
    } else await disk.rm(file, { force: true });
  }

  return {
    async left(path, text) {
      const { current, left } = await read(path);
      const all = [...left, ...(current ? [current] : [])];
      const differing = all.filter((one) => one.text !== text);
      // Nobody types here while it is opened: what was current was left.
      if (current || differing.length < left.length) await keep(path, { current: undefined, left: differing });
      const newest = differing.at(-1);
      if (!newest) return undefined;
      const base = newest.base === undefined ? undefined : parseNotebook(newest.base).blocks;
      return { at: newest.at, baseHash: newest.baseHash, blocks: parseNotebook(newest.text).blocks, ...(base && { base }) };
    },
    async write(path, entry) {
      const { left } = await read(path);
      await keep(path, { current: { ...entry, session }, left });
    },
    async saved(path, baseHash) {
      const { current, left } = await read(path);
      // A second page that was opened meanwhile took what was typed here for something left.
      const others = left.filter((one) => one.session !== session || one.baseHash !== baseHash);
      if (current || others.length < left.length) await keep(path, { current: undefined, left: others });
    },
    async answered(path) {
      const { current, left } = await read(path);
      if (left.length > 0) await keep(path, { current, left: left.slice(0, -1) });
    },
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
