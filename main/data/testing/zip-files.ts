/** Zip archives for tests, honest or not. */
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '#contract/crc.ts';

const elsewhere = 0xffffffff;

type Content = string | Uint8Array | { readonly packed: Uint8Array; readonly size: number };

interface Way {
  /** Bytes as they are. */
  readonly plain?: boolean;
  /** Sizes and places where Zip64 says them. */
  readonly long?: boolean;
}

export function zipOf(files: Readonly<Record<string, Content>>, { plain = false, long = false }: Way = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const lies = typeof content === 'object' && 'packed' in content;
    const bytes = lies ? Buffer.alloc(0) : Buffer.from(content as string);
    const packed = lies ? Buffer.from(content.packed) : plain ? bytes : deflateRawSync(bytes);
    const size = lies ? content.size : bytes.length;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(plain ? 0 : 8, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(plain ? 0 : 8, 10);
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(long ? elsewhere : packed.length, 20);
    entry.writeUInt32LE(long ? elsewhere : size >>> 0, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(long ? elsewhere : offset, 42);
    const extra = Buffer.alloc(long ? 28 : 0);
    if (long) {
      extra.writeUInt16LE(1);
      extra.writeUInt16LE(24, 2);
      [size, packed.length, offset].forEach((number, index) => extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index));
      entry.writeUInt16LE(extra.length, 30);
    }
    parts.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name), extra);
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(long ? elsewhere : entries.length, 12);
  end.writeUInt32LE(long ? elsewhere : offset, 16);
  if (!long) return Buffer.concat([...parts, entries, end]);
  const longEnd = Buffer.alloc(56);
  longEnd.writeUInt32LE(0x06064b50);
  longEnd.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) longEnd.writeBigUInt64LE(BigInt(Object.keys(files).length), at);
  longEnd.writeBigUInt64LE(BigInt(entries.length), 40);
  longEnd.writeBigUInt64LE(BigInt(offset), 48);
  const place = Buffer.alloc(20);
  place.writeUInt32LE(0x07064b50);
  place.writeBigUInt64LE(BigInt(offset + entries.length), 8);
  place.writeUInt32LE(1, 16);
  return Buffer.concat([...parts, entries, longEnd, place, end]);
}
