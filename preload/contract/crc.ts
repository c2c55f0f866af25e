/** Checksums of files: cyclic redundancy checks of 32 bits, by a table of 256. Node 16 has none. */

/**
 * `polynomial`: its bits reversed, as is usual. The checksum, unsigned, is of the bytes from `start` to before `end`, after
 * those of which it was `before`.
 */
export function createCrc(polynomial: number): (bytes: Uint8Array, start?: number, end?: number, before?: number) => number {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[byte] = value;
  }
  return (bytes, start = 0, end = bytes.length, before = 0) => {
    let crc = ~before;
    for (let index = start; index < end; index++) crc = table[(crc ^ bytes[index]) & 0xff] ^ (crc >>> 8);
    return (crc ^ -1) >>> 0;
  };
}

/** Of zip, PNG and zlib (ISO 3309). */
export const crc32 = createCrc(0xedb88320);
