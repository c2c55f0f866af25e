/** What a user does with the workspace's files: folders made, files renamed, deleted and brought back, files put in. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, promises as disk } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { errorCode, explainDiskError } from '#files/disk-error.ts';
import type { Context } from './context.ts';
import { fileInWorkspace, pathInWorkspace } from './paths.ts';
import { listFiles, notebookEnding } from './workspace.ts';

/** What was deleted can be brought back for this long. */
const binDays = 30;
const binFolder = '.epochbook/bin';
const uploadFolder = '.epochbook/uploads';

export interface Explorer {
  makeFolder(path: string): Promise<void>;
  /** Runs of a notebook, and of those in a folder, go with it. Throws `workspace.taken`. */
  rename(from: string, to: string): Promise<void>;
  /** Moves it to the workspace's bin; gives what `restore` wants. */
  remove(path: string): Promise<string>;
  /** Puts it back where it was. Throws `workspace.taken`. */
  restore(id: string): Promise<string>;
  /**
   * Takes a file piece by piece, and puts it into `folder` with the last. Where the workspace has that very file, its path
   * is given instead; a name that is taken gets a number.
   */
  upload(piece: UploadPiece): Promise<string | undefined>;
  cancelUpload(id: string): Promise<void>;
}

export interface UploadPiece {
  readonly id: string;
  readonly name: string;
  /** In the workspace; '' is its top. */
  readonly folder: string;
  /** It came with its folder: the very file elsewhere is not the one that is meant. */
  readonly withFolder?: boolean | undefined;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly last: boolean;
}

export function createExplorer(context: Context, hasStore: () => boolean): Explorer {
  const top = () => context.folder();

  /** Of ours, by an id that is no path. */
  function own(folder: string, id: string): string {
    if (!/^[\w-]{1,64}$/.test(id)) throw new EpochbookError('workspace.fileMissing', { path: id });
    return join(top(), folder, id);
  }

  /** A place for something new: in the workspace, not in our own folder, and free. */
  function place(path: string): string {
    const file = fileInWorkspace(top(), path);
    const name = basename(file);
    if (name === '' || name.startsWith('.') || /[\\:*?"<>|]/.test(name) || hasControl(name) || name.length > 200) {
      throw new EpochbookError('workspace.badName', { name });
    }
    refuseOwn(file);
    return file;
  }

  function refuseOwn(file: string): void {
    if (pathInWorkspace(top(), file).split('/')[0] === '.epochbook') throw new EpochbookError('workspace.outside', { path: file });
  }

  async function existing(path: string): Promise<string> {
    const file = fileInWorkspace(top(), path);
    refuseOwn(file);
    if (!existsSync(file)) throw new EpochbookError('workspace.fileMissing', { path });
    return file;
  }

  /** Letters' case may be all that changes, where the disk does not tell it apart. */
  async function refuseTaken(to: string, from?: string): Promise<void> {
    const there = await disk.stat(to).catch(() => undefined);
    if (!there) return;
    const before = from === undefined ? undefined : await disk.stat(from).catch(() => undefined);
    if (before?.ino === there.ino && before.dev === there.dev) return;
    throw new EpochbookError('workspace.taken', { path: pathInWorkspace(top(), to) });
  }

  async function moved(from: string, to: string): Promise<void> {
    try {
      await disk.mkdir(dirname(to), { recursive: true });
      await disk.rename(from, to);
    } catch (error) {
      throw explainDiskError(error, to);
    }
  }

  async function emptyOldBin(): Promise<void> {
    const bin = join(top(), binFolder);
    for (const id of await disk.readdir(bin).catch(() => [])) {
      const { mtimeMs } = await disk.stat(join(bin, id));
      if (Date.now() - mtimeMs > binDays * 86_400_000) await disk.rm(join(bin, id), { recursive: true, force: true });
    }
  }

  return {
    async makeFolder(path) {
      const folder = place(path);
      await refuseTaken(folder);
      await disk.mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw explainDiskError(error, folder);
      });
    },

    async rename(from, to) {
      const file = await existing(from);
      const target = place(to);
      await refuseTaken(target, file);
      await moved(file, target);
      if (hasStore()) context.store().renameNotebook(pathInWorkspace(top(), file), pathInWorkspace(top(), target));
    },

    async remove(path) {
      const file = await existing(path);
      const id = randomUUID();
      // Its own name and place are kept by the path below the entry.
      await moved(file, join(own(binFolder, id), relative(top(), file)));
      emptyOldBin().catch(() => undefined);
      return id;
    },

    async restore(id) {
      const entry = own(binFolder, id);
      // One file or folder lies below it, at the path that it had.
      let at = entry;
      for (;;) {
        const names = await disk.readdir(at).catch(() => [] as string[]);
        const next = names.length === 1 ? join(at, names[0]) : undefined;
        const target = resolve(top(), relative(entry, at));
        if (next === undefined || (at !== entry && !existsSync(target))) break;
        at = next;
        if (!(await disk.stat(at)).isDirectory()) break;
      }
      if (at === entry) throw new EpochbookError('workspace.fileMissing', { path: id });
      const target = resolve(top(), relative(entry, at));
      await refuseTaken(target);
      await moved(at, target);
      await disk.rm(entry, { recursive: true, force: true });
      return pathInWorkspace(top(), target);
    },

    async upload({ id, name, folder, withFolder = false, bytes, offset, last }) {
      const part = own(uploadFolder, id);
      try {
        await disk.mkdir(dirname(part), { recursive: true });
        const handle = await disk.open(part, offset === 0 ? 'w' : 'r+');
        try {
          await handle.write(bytes, 0, bytes.length, offset);
          if (last) await handle.sync();
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw explainDiskError(error, part);
      }
      if (!last) return undefined;
      const wanted = place(join(folder, basename(name)));
      const known = await sameFile(part, withFolder ? [wanted] : await namesakes(top(), name));
      if (known !== undefined) {
        await disk.rm(part, { force: true });
        return pathInWorkspace(top(), known);
      }
      const target = free(wanted);
      await moved(part, target);
      return pathInWorkspace(top(), target);
    },

    async cancelUpload(id) {
      await disk.rm(own(uploadFolder, id), { force: true });
    },
  };
}

function hasControl(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f]/.test(name);
}

/** `table.csv`, `table-2.csv`, … */
function free(file: string): string {
  const ending = file.endsWith(notebookEnding) ? notebookEnding : file.endsWith('.gz') ? `${extname(file.slice(0, -3))}.gz` : extname(file);
  const stem = file.slice(0, file.length - ending.length);
  for (let number = 1; ; number++) {
    const candidate = `${stem}${number === 1 ? '' : `-${number}`}${ending}`;
    if (!existsSync(candidate)) return candidate;
  }
}

async function namesakes(top: string, name: string): Promise<string[]> {
  return (await listFiles(top)).files.filter((file) => basename(file) === name);
}

/** The one of these files that has the bytes of `part`. */
async function sameFile(part: string, files: readonly string[]): Promise<string | undefined> {
  const { size } = await disk.stat(part);
  for (const file of files) {
    if ((await disk.stat(file).catch(() => undefined))?.size !== size) continue;
    if ((await hashOf(file)) === (await hashOf(part))) return file;
  }
  return undefined;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** The names of a table's columns, from a file's first line; undefined where it is no such table. */
export async function columnsOf(folder: string, path: string): Promise<string[] | undefined> {
  const delimiters = /\.tsv$/i.test(path) ? ['\t'] : /\.csv$/i.test(path) ? [',', ';', '\t', '|'] : undefined;
  if (!delimiters) return undefined;
  const file = fileInWorkspace(folder, path);
  try {
    const handle = await disk.open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
      const [line] = buffer
        .toString('utf8', 0, bytesRead)
        .replace(/^\uFEFF/, '')
        .split(/\r?\n/, 1);
      const counts = delimiters.map((delimiter) => line.split(delimiter).length);
      const delimiter = delimiters[counts.indexOf(Math.max(...counts))];
      const fields = line.match(new RegExp(`(?:"(?:[^"]|"")*"|[^${delimiter === '|' ? '\\|' : delimiter}])+`, 'g')) ?? [];
      return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field.trim()));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new EpochbookError('workspace.unreadable', { path, detail: errorCode(error) }, { cause: error });
  }
}
