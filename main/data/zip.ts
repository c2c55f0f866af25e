/** Reads a zip archive by its central directory (PKWARE's APPNOTE 6.3 with Zip64, without encryption), in memory or where it lies. */
import { promises as disk } from 'node:fs';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { EpochbookError } from '#contract/errors.ts';
import { checksum } from '#files/checksum.ts';
import type { OpenedFile } from './files.ts';

export interface ZipEntry {
  readonly name: string;
  /** Unpacked, as the directory tells it. */
  readonly size: number;
  /** Unpacked. Throws `data.zipDamaged`. */
  readonly read: () => Promise<Buffer>;
}

/** An entry of an archive on the disk. */
export interface PlacedEntry extends ZipEntry {
  /** Absolute: the archive. */
  readonly file: string;
  readonly isPacked: boolean;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** CRC-32 of what is unpacked. */
  readonly sum: number;
  /** Where its first byte lies in the archive. Throws `data.zipDamaged`. */
  readonly start: () => Promise<number>;
}

const inflate = promisify(inflateRaw);

const endMark = 0x06054b50;
const longEndMark = 0x06064b50;
const longPlaceMark = 0x07064b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
/** Zip64's sign that a number stands elsewhere. */
const elsewhere = 0xffffffff;
const longField = 0x0001;

/** The end record, with the longest comment, and Zip64's pointer before it. */
const longestEnd = 20 + 22 + 0xffff;
/** Directories of more are none. */
const mostDirectory = 256 * 2 ** 20;

type Damaged = (cause?: unknown) => EpochbookError;
/** Bytes of the archive; fewer where it ends. */
type Read = (from: number, length: number) => Buffer | Promise<Buffer>;

const long = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

async function findDirectory(size: number, read: Read, damaged: Damaged): Promise<{ count: number; from: number; length: number }> {
  const from = Math.max(0, size - longestEnd);
  const tail = await read(from, size - from);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== endMark) end -= 1;
  if (end < 0) throw damaged();
  const told = { count: tail.readUInt16LE(end + 10), from: tail.readUInt32LE(end + 16), length: tail.readUInt32LE(end + 12) };
  if (end < 20 || tail.readUInt32LE(end - 20) !== longPlaceMark) return told;
  const record = await read(long(tail, end - 12), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== longEndMark) throw damaged();
  return { count: long(record, 32), from: long(record, 48), length: long(record, 40) };
}

interface Told {
  readonly name: string;
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly sum: number;
  readonly local: number;
}

function entriesIn(directory: Buffer, count: number, damaged: Damaged): Told[] {
  const entries: Told[] = [];
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    if (next + 46 > directory.length || directory.readUInt32LE(next) !== entryMark) throw damaged();
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => directory.readUInt16LE(next + offset));
    const name = directory.toString('utf8', next + 46, next + 46 + nameLength);
    const extra = directory.subarray(next + 46 + nameLength, next + 46 + nameLength + extraLength);
    // In this order, and only those that stand elsewhere.
    const [size, packedSize, local] = numbersOf(
      [24, 20, 42].map((offset) => directory.readUInt32LE(next + offset)),
      extra,
      damaged,
    );
    const [method, sum] = [directory.readUInt16LE(next + 10), directory.readUInt32LE(next + 16)];
    entries.push({ name, size, packedSize, method, sum, local });
    next += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

function numbersOf(told: readonly number[], extra: Buffer, damaged: Damaged): number[] {
  if (!told.includes(elsewhere)) return [...told];
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== longField) at += 4 + extra.readUInt16LE(at + 2);
  let next = at + 4;
  return told.map((number) => {
    if (number !== elsewhere) return number;
    if (next + 8 > extra.length) throw damaged();
    next += 8;
    return long(extra, next - 8);
  });
}

async function startOf({ local }: Told, read: Read, damaged: Damaged): Promise<number> {
  const header = await read(local, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== localMark) throw damaged();
  return local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function contentOf(told: Told, read: Read, damaged: Damaged): Promise<Buffer> {
  const { size, packedSize, method, sum } = told;
  const content = await read(await startOf(told, read, damaged), packedSize);
  if (content.length < packedSize || (method !== 0 && method !== 8)) throw damaged();
  let unpacked: Buffer;
  try {
    // Of an empty file, packing makes two bytes.
    unpacked = method === 0 ? content : size === 0 ? Buffer.alloc(0) : await inflate(content, { maxOutputLength: size });
  } catch (cause) {
    throw damaged(cause);
  }
  if (unpacked.length !== size || checksum(unpacked) !== sum) throw damaged();
  return unpacked;
}

async function openWith(size: number, read: Read, damaged: Damaged): Promise<Told[]> {
  const { count, from, length } = await findDirectory(size, read, damaged);
  if (!Number.isSafeInteger(from + length) || from + length > size || length > mostDirectory) throw damaged();
  return entriesIn(await read(from, length), count, damaged);
}

/** Nothing is unpacked before it is asked for, and never more than the directory says. Throws `data.zipDamaged`. */
export async function openZip({ path, bytes }: OpenedFile, at: string): Promise<ZipEntry[]> {
  const damaged: Damaged = (cause) => new EpochbookError('data.zipDamaged', { path }, { at, cause });
  const read: Read = (from, length) => bytes.subarray(from, from + length);
  const told = await openWith(bytes.length, read, damaged);
  return told.map((entry) => ({ name: entry.name, size: entry.size, read: () => contentOf(entry, read, damaged) }));
}

/** The same of an archive on the disk, of which only what is asked for is read. `file`: absolute. Throws `data.zipDamaged`. */
export async function openPlacedZip(file: string, path: string, at: string): Promise<PlacedEntry[]> {
  const damaged: Damaged = (cause) => new EpochbookError('data.zipDamaged', { path }, { at, cause });
  const { size } = await disk.stat(file);
  const read: Read = async (from, length) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
    const handle = await disk.open(file);
    try {
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  };
  const told = await openWith(size, read, damaged);
  return told.map((entry) => {
    const { name, packedSize, method, sum } = entry;
    return {
      name,
      size: entry.size,
      file,
      packedSize,
      sum,
      isPacked: method === 8,
      start: async () => {
        if (method !== 0 && method !== 8) throw damaged();
        return startOf(entry, read, damaged);
      },
      read: () => contentOf(entry, read, damaged),
    };
  });
}
