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
 * missing. Throws `store.diskFull` and `store.readOnly`.
 */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(file);
  const written = `${file}.${process.pid}.part`;
  try {
    await disk.mkdir(folder, { recursive: true });
    const handle = await disk.open(written, 'w');
    try {
      await handle.writeFile(bytes);
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
