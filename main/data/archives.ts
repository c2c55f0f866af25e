/** Files inside zip archives, read in place: nothing is ever unpacked onto the disk. */
import type { Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { archiveOf } from '#contract/spec.ts';
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import { openPlacedZip, openZip, type PlacedEntry, type ZipEntry } from './zip.ts';

/** Larger archives are read where they lie, an entry at a time. */
const mostHeld = 2 ** 29;
/** A small archive can hold terabytes of zeros. */
const mostTogether = 8 * 2 ** 30;
const namesShown = 12;

interface Archive {
  readonly path: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

let last: { key: string; archive: Archive } | undefined;

/** Folders, what systems add for themselves, and names that lead elsewhere are no files of it. */
const isFile = (name: string) =>
  !name.endsWith('/') &&
  !/^\/|\\|^[a-z]:/i.test(name) &&
  !name.split('/').some((part) => part === '..' || part === '__MACOSX' || part.startsWith('.'));

/** `file`: where the archive lies. The one opened last is kept, so that many entries are read from one copy. */
async function openArchive(path: string, file: string, at: string): Promise<Archive> {
  const { size, mtimeMs, ino } = await disk.stat(file);
  const key = JSON.stringify([file, size, mtimeMs, ino]);
  if (last?.key === key) return last.archive;
  const entries = size > mostHeld ? await openPlacedZip(file, path, at) : await openZip({ path, bytes: await disk.readFile(file) }, at);
  const together = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (together > mostTogether) throw new EpochbookError('data.tooLarge', { path, gigabytes: mostTogether / 2 ** 30 }, { at });
  const archive = { path, entries: new Map(entries.filter(({ name }) => isFile(name)).map((entry) => [entry.name, entry])) };
  last = { key, archive };
  return archive;
}

/** Whether a path leads into an archive; a folder may be called `.zip` too. */
export async function inArchive(
  path: string,
  locateFile: (path: string) => Promise<string>,
): Promise<{ path: string; entry: string; file: string } | undefined> {
  const found = archiveOf(path);
  if (!found) return undefined;
  const file = await locateFile(found.archive);
  return (await disk.stat(file)).isFile() ? { path: found.archive, entry: found.entry, file } : undefined;
}

/** The bytes of an entry: the one named, or the only one. Throws `data.zipDamaged`, `data.zipEntry`, `data.zipWhich`, `data.tooLarge`. */
export async function readEntry(
  { path, entry, file }: { path: string; entry: string; file: string },
  most: number,
  at: string,
  hash: Hash,
): Promise<Buffer> {
  const { entries } = await openArchive(path, file, at);
  const known = [...entries.keys()];
  const names = known.slice(0, namesShown).join(', ') + (known.length > namesShown ? ', …' : '');
  if (entry === '' && known.length !== 1) throw new EpochbookError('data.zipWhich', { path, names, first: known[0] ?? '' }, { at });
  const found = entries.get(entry === '' ? known[0] : entry);
  if (!found) {
    const near = nearest(entry, known);
    if (near !== undefined) throw new EpochbookError('data.zipEntryNear', { path: `${path}/${entry}`, near: `${path}/${near}` }, { at });
    throw new EpochbookError('data.zipEntry', { path: `${path}/${entry}`, names }, { at });
  }
  if (found.size > most) throw new EpochbookError('data.tooLarge', { path: `${path}/${found.name}`, gigabytes: most / 2 ** 30 }, { at });
  const bytes = await found.read();
  hash.update(found.name).update(bytes);
  return bytes;
}

/** Where an entry lies in its archive; undefined where there is none of that name, which `readEntry` says. Throws `data.zipDamaged`. */
export async function placedEntry(
  { path, entry, file }: { path: string; entry: string; file: string },
  at: string,
): Promise<PlacedEntry | undefined> {
  const entries = (await openPlacedZip(file, path, at)).filter(({ name }) => isFile(name));
  return entry === '' && entries.length === 1 ? entries[0] : entries.find(({ name }) => name === entry);
}

/** The names of all entries below one, as the notebook would say them. */
export async function entriesBelow({ path, entry, file }: { path: string; entry: string; file: string }, at: string): Promise<string[]> {
  const { entries } = await openArchive(path, file, at);
  const root = entry === '' ? '' : `${entry.replace(/\/+$/, '')}/`;
  return [...entries.keys()].filter((name) => name.startsWith(root)).map((name) => `${path}/${name}`);
}
