/** Files that are whole or not there: a crash at any moment leaves the old one. */
import { promises as disk } from 'node:fs';
import { dirname } from 'node:path';
import { explainDiskError } from './disk-error.ts';

/** Makes what a rename did survive a power cut. Windows has no such call and needs none. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await disk.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file beside `file`, flushes it to the disk and puts it in `file`'s place. The folder is made where it is
 * missing. Bytes may come in pieces. Throws `store.diskFull` and `store.readOnly`.
 */
export async function writeWhole(file: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
  const folder = dirname(file);
  const written = `${file}.${process.pid}.part`;
  try {
    await disk.mkdir(folder, { recursive: true });
    const handle = await disk.open(written, 'w');
    try {
      for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await disk.rename(written, file);
    await flushFolder(folder);
  } catch (error) {
    await disk.rm(written, { force: true }).catch(() => undefined);
    throw explainDiskError(error, file);
  }
}

/** A second name for a whole file, in place of what has that name; a copy where the disk knows no second names. */
export async function linkWhole(from: string, to: string): Promise<void> {
  const made = `${to}.${process.pid}.part`;
  try {
    await disk.rm(made, { force: true });
    await disk.link(from, made).catch(() => disk.copyFile(from, made));
    await disk.rename(made, to);
    // Where both names are the same file already, a rename leaves the first name.
    await disk.rm(made, { force: true });
    await flushFolder(dirname(to));
  } catch (error) {
    await disk.rm(made, { force: true }).catch(() => undefined);
    throw explainDiskError(error, to);
  }
}
