/** Reads a zip archive in memory by its central directory (PKWARE's APPNOTE 6.3, without encryption and Zip64). */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { crc32 } from '#contract/crc.ts';
import { EpochbookError } from '#contract/errors.ts';
import type { OpenedFile } from './files.ts';

export interface ZipEntry {
  readonly name: string;
  /** Unpacked, as the directory tells it. */
  readonly size: number;
  /** Unpacked. Throws `data.zipDamaged`. */
  readonly read: () => Promise<Buffer>;
}

const inflate = promisify(inflateRaw);

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
/** Zip64's sign that a size stands elsewhere. */
const elsewhere = 0xffffffff;

/** Nothing is unpacked before it is asked for, and never more than the directory says. Throws `data.zipDamaged`. */
export function openZip({ path, bytes }: OpenedFile, at: string): ZipEntry[] {
  const damaged = (cause?: unknown) => new EpochbookError('data.zipDamaged', { path }, { at, cause });
  let end = bytes.length - 22;
  while (end >= 0 && bytes.length - end < 66_000 && bytes.readUInt32LE(end) !== endMark) end -= 1;
  if (end < 0 || bytes.readUInt32LE(end) !== endMark) throw damaged();
  const count = bytes.readUInt16LE(end + 10);
  let next = bytes.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (next + 46 > bytes.length || bytes.readUInt32LE(next) !== entryMark) throw damaged();
    const method = bytes.readUInt16LE(next + 10);
    const sum = bytes.readUInt32LE(next + 16);
    const [packed, size] = [bytes.readUInt32LE(next + 20), bytes.readUInt32LE(next + 24)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => bytes.readUInt16LE(next + offset));
    const local = bytes.readUInt32LE(next + 42);
    const name = bytes.toString('utf8', next + 46, next + 46 + nameLength);
    const read = async (): Promise<Buffer> => {
      if (packed === elsewhere || size === elsewhere || local + 30 > bytes.length || bytes.readUInt32LE(local) !== localMark)
        throw damaged();
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      const content = bytes.subarray(start, start + packed);
      if (content.length < packed || (method !== 0 && method !== 8)) throw damaged();
      let unpacked: Buffer;
      try {
        unpacked = method === 0 || size === 0 ? content : await inflate(content, { maxOutputLength: size });
      } catch (cause) {
        throw damaged(cause);
      }
      if (unpacked.length !== size || crc32(unpacked) !== sum) throw damaged();
      return unpacked;
    };
    entries.push({ name, size, read });
    next += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}
