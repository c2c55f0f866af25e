/**
 * TFRecord framing: length (uint64), masked CRC-32C of the length, the data, masked CRC-32C of the data; all little
 * endian. https://www.tensorflow.org/tutorials/load_data/tfrecord
 */
import { promises as disk } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import { maskedCrc32c } from './crc32c.ts';
import { MalformedMessage } from './protobuf.ts';

const headBytes = 12;
const tailBytes = 4;
const chunkBytes = 4 * 1024 * 1024;

export interface RecordsRead {
  readonly records: number;
  /** Why reading ended before the file did, and at which byte. */
  readonly problem?: { readonly kind: 'cut' | 'checksum'; readonly offset: number };
}

/**
 * Hands on every record as a range of `bytes`, which is only valid during the call, up to the first damaged one. `pulse` is
 * called every few megabytes; what it throws ends the reading.
 */
export async function readRecords(
  file: string,
  onRecord: (bytes: Buffer, start: number, end: number) => void,
  pulse: () => void = () => undefined,
): Promise<RecordsRead> {
  const handle = await disk.open(file, 'r');
  try {
    let held: Buffer = Buffer.alloc(0);
    let heldAt = 0;
    let records = 0;
    const { size } = await handle.stat();
    for (;;) {
      pulse();
      const end = heldAt + held.length;
      let wanted = chunkBytes;
      if (held.length >= headBytes) wanted = Math.max(wanted, headBytes + tailBytes + Number(held.readBigUInt64LE(0)) - held.length);
      const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(wanted, size - end)));
      const { bytesRead } = chunk.length > 0 ? await handle.read(chunk, 0, chunk.length, end) : { bytesRead: 0 };
      if (bytesRead === 0) return held.length === 0 ? { records } : { records, problem: { kind: 'cut', offset: heldAt } };
      held = held.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([held, chunk.subarray(0, bytesRead)]);
      let at = 0;
      while (held.length - at >= headBytes) {
        const offset = heldAt + at;
        if (held.readUInt32LE(at + 8) !== maskedCrc32c(held, at, at + 8)) return { records, problem: { kind: 'checksum', offset } };
        const length = held.readUInt32LE(at) + held.readUInt32LE(at + 4) * 2 ** 32;
        if (offset + headBytes + length + tailBytes > size) return { records, problem: { kind: 'cut', offset } };
        const start = at + headBytes;
        if (start + length + tailBytes > held.length) break;
        if (held.readUInt32LE(start + length) !== maskedCrc32c(held, start, start + length)) {
          return { records, problem: { kind: 'checksum', offset } };
        }
        onRecord(held, start, start + length);
        records++;
        at = start + length + tailBytes;
      }
      held = held.subarray(at);
      heldAt += at;
    }
  } finally {
    await handle.close();
  }
}

/** Reads a file's records, and says what is wrong with it where anything is. */
export async function damageIn(file: string, read: () => Promise<RecordsRead>): Promise<EpochbookError | undefined> {
  try {
    const { records, problem } = await read();
    if (!problem) return undefined;
    const key = problem.kind === 'cut' ? 'interchange.eventsCut' : 'interchange.eventsChecksum';
    return new EpochbookError(key, { path: file, records, offset: problem.offset });
  } catch (error) {
    if (!(error instanceof MalformedMessage) && !(error instanceof RangeError)) throw error;
    return new EpochbookError('interchange.eventsMalformed', { path: file }, { cause: error });
  }
}

/** Appends one record to `into` at `at`; returns where it ends. There must be room: the data and 16 bytes. */
export function frameRecord(into: Buffer, at: number, data: Uint8Array, length: number): number {
  into.writeUInt32LE(length, at);
  into.writeUInt32LE(0, at + 4);
  into.writeUInt32LE(maskedCrc32c(into, at, at + 8), at + 8);
  const start = at + headBytes;
  into.set(data.length === length ? data : data.subarray(0, length), start);
  into.writeUInt32LE(maskedCrc32c(into, start, start + length), start + length);
  return start + length + tailBytes;
}
