/** How large a PNG is on paper (ISO/IEC 15948, the chunk `pHYs`), which a canvas does not write. */
import { crc32 } from '#contract/crc.ts';

/** Signature and header chunk: 8 and 25 bytes in every PNG. */
const headerEnd = 33;

/** The same picture, at so many pixels an inch. `png` is one without a `pHYs` of its own. */
export function withDensity(png: Uint8Array, pixelsPerInch: number): Uint8Array<ArrayBuffer> {
  const perMetre = Math.round(pixelsPerInch / 0.0254);
  const chunk = new DataView(new ArrayBuffer(21));
  chunk.setUint32(0, 9);
  // pHYs
  chunk.setUint32(4, 0x70485973);
  chunk.setUint32(8, perMetre);
  chunk.setUint32(12, perMetre);
  // The unit is the metre.
  chunk.setUint8(16, 1);
  chunk.setUint32(17, crc32(new Uint8Array(chunk.buffer, 4, 13)));
  const whole = new Uint8Array(png.length + 21);
  whole.set(png.subarray(0, headerEnd));
  whole.set(new Uint8Array(chunk.buffer), headerEnd);
  whole.set(png.subarray(headerEnd), headerEnd + 21);
  return whole;
}
