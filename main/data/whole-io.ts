/** The disk may write or read less than it was asked to: here it is asked until all is done. */
import { readSync, writeSync } from 'node:fs';

/** Throws what the disk answers. */
export function writeWhole(handle: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done, bytes.length - done, position + done);
}

/** How many bytes are there: fewer than asked for where the file ends. */
export function readWhole(handle: number, bytes: Uint8Array, position: number): number {
  let done = 0;
  while (done < bytes.length) {
    const found = readSync(handle, bytes, done, bytes.length - done, position + done);
    if (found === 0) break;
    done += found;
  }
  return done;
}
