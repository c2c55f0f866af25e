/** What another reader opens, or what is read here and there: put into a file that nobody else can read. */
import { randomUUID } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../files.ts';
import { folderOf } from '../stored-arrays.ts';
import { writeWhole } from '../whole-io.ts';

export interface UnpackedFile {
  /** Absolute, in the workspace's cache. */
  readonly file: string;
  readonly bytes: number;
  readonly drop: () => Promise<void>;
}

/** Puts pieces one after another into a file, which is there until `drop` takes it away. Throws what the disk answers. */
export async function writeUnpacked(folders: Folders, pieces: AsyncIterable<Uint8Array>): Promise<UnpackedFile> {
  const folder = folderOf(folders);
  await disk.mkdir(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.${process.pid}.unpacked`);
  const drop = () => disk.rm(file, { force: true });
  const handle = await disk.open(file, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      writeWhole(handle.fd, piece, bytes);
      bytes += piece.length;
    }
  } catch (error) {
    await handle.close();
    await drop();
    throw error;
  }
  await handle.close();
  return { file, bytes, drop };
}
