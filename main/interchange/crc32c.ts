/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), and TFRecord's masked form of it. */
import { createCrc } from '#contract/crc.ts';

export const crc32c = createCrc(0x82f63b78);

/** Rotated right by 15 bits, plus a constant: a checksum of data that itself holds checksums stays telling. */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const crc = crc32c(bytes, start, end);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
