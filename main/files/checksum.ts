/** Checksums of what is kept on the disk and can be made again: they tell a bit that was flipped, a cut, another file. */
import * as zlib from 'node:zlib';
import { crc32 } from '#contract/crc.ts';

/** CRC-32 (ISO 3309) of these bytes after those of which it was `before`: by the processor's instructions, but for Node below 22. */
export const checksum: (bytes: Uint8Array, before?: number) => number =
  'crc32' in zlib ? (bytes, before = 0) => zlib.crc32(bytes, before) : (bytes, before) => crc32(bytes, 0, bytes.length, before);
