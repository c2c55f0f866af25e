/** Files inside zip archives, read in place. */
import type { Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { archiveOf } from '#contract/spec.ts';
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import { openPlacedZip, openZip, type PlacedEntry, type ZipEntry } from './zip.ts';

/** Larger archives are read where they lie, an entry at a time. */
const mostHeld = 2 ** 29;
/** A small archive can hold terabytes of zeros; what is worth learning from is never so small a part of itself. */
const anyTimes = 2 * 2 ** 30;
const mostTimes = 200;
const namesShown = 12;

interface Archive {
  readonly path: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

let last: { key: string; archive: Archive } | undefined;
let lastPlaced: { key: string; entries: ReadonlyMap<string, PlacedEntry> } | undefined;

/** Throws `data.bomb`. */
export function checkTimes(path: string, unpacked: number, packed: number, at: string): void {
  if (unpacked <= anyTimes || unpacked <= mostTimes * packed) return;
  throw new EpochbookError('data.bomb', { path, gigabytes: Math.floor(unpacked / 2 ** 30), times: mostTimes }, { at });
}

/** Folders, what systems add for themselves, and names that lead elsewhere are no files of it. */
const isFile = (name: string) =>
  !name.endsWith('/') &&
  !/^\/|\\|^[a-z]:/i.test(name) &&
  !name.split('/').some((part) => part === '..' || part === '__MACOSX' || part.startsWith('.'));

const byName = <Entry extends ZipEntry>(entries: readonly Entry[]): Map<string, Entry> =>
  new Map(entries.filter(({ name }) => isFile(name)).map((entry) => [entry.name, entry]));

/** `file`: where the archive lies. The one opened last is kept, so that many entries are read from one copy. */
async function openArchive(path: string, file: string, at: string): Promise<Archive> {
  const { key, size } = await stateOf(file);
  if (last?.key === key) return last.archive;
  const entries = size > mostHeld ? await openPlacedZip(file, path, at) : await openZip({ path, bytes: await disk.readFile(file) }, at);
  const together = entries.reduce((sum, entry) => sum + entry.size, 0);
  checkTimes(path, together, size, at);
  const archive = { path, entries: byName<ZipEntry>(entries) };
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
  const found = entryNamed(entries, path, entry, at);
  if (found.size > most) throw new EpochbookError('data.tooLarge', { path: `${path}/${found.name}`, gigabytes: most / 2 ** 30 }, { at });
  const bytes = await found.read();
  hash.update(found.name).update(bytes);
  return bytes;
}

/** The entry named, or the only one. Throws `data.zipEntry`, `data.zipEntryNear` and `data.zipWhich`. */
function entryNamed<Entry extends ZipEntry>(entries: ReadonlyMap<string, Entry>, path: string, entry: string, at: string): Entry {
  const found = entries.get(entry);
  if (found) return found;
  const known = [...entries.keys()];
  const names = known.slice(0, namesShown).join(', ') + (known.length > namesShown ? ', …' : '');
  if (entry === '') {
    const [only, ...others] = entries.values();
    if (!only || others.length > 0) throw new EpochbookError('data.zipWhich', { path, names, first: known[0] ?? '' }, { at });
    return only;
  }
  const near = nearest(entry, known);
  if (near !== undefined) throw new EpochbookError('data.zipEntryNear', { path: `${path}/${entry}`, near: `${path}/${near}` }, { at });
  throw new EpochbookError('data.zipEntry', { path: `${path}/${entry}`, names }, { at });
}

/** Of a file: another one where it was changed. */
async function stateOf(file: string): Promise<{ key: string; size: number }> {
  const { size, mtimeMs, ino } = await disk.stat(file);
  return { key: JSON.stringify([file, size, mtimeMs, ino]), size };
}

/** Where an entry lies in its archive: the one named, or the only one. Throws what `readEntry` throws. */
export async function placedEntry({ path, entry, file }: { path: string; entry: string; file: string }, at: string): Promise<PlacedEntry> {
  const { key, size } = await stateOf(file);
  if (lastPlaced?.key !== key) lastPlaced = { key, entries: byName(await openPlacedZip(file, path, at)) };
  const found = entryNamed(lastPlaced.entries, path, entry, at);
  checkTimes(`${path}/${found.name}`, found.size, size, at);
  return found;
}

/** The names of all entries below one, as the notebook would say them. */
export async function entriesBelow({ path, entry, file }: { path: string; entry: string; file: string }, at: string): Promise<string[]> {
  const { entries } = await openArchive(path, file, at);
  const root = entry === '' ? '' : `${entry.replace(/\/+$/, '')}/`;
  return [...entries.keys()].filter((name) => name.startsWith(root)).map((name) => `${path}/${name}`);
}
