/** Windows over the rows of a stored table: each row is written once, in the order of its series, and a window is a stretch of them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { Parts } from '../split.ts';
import { place } from '../steps.ts';
import { firstTargetRows, type PlacedWindows, targetRows, windowRows, type WindowStep } from '../windows.ts';
import { finiteColumns, type StreamedFeature } from './stream-features.ts';
import type { StreamRows } from './stream-rows.ts';
import type { SamplesJob, WrittenSamples } from './stream-samples.ts';

/** Windows over kept rows, and the step that made them. */
export interface PlacedStored extends PlacedWindows {
  readonly step: WindowStep;
  readonly index: number;
}

interface WindowedPart {
  /** Kept rows as they are written. */
  readonly order: Uint32Array;
  /** Which of the written values each window begins with. */
  readonly starts: Uint32Array;
  /** The rows of all targets of each window, and of its first one. */
  readonly wanted: Uint32Array;
  readonly told: Uint32Array;
}

export type Windowed = { readonly [Part in keyof Parts]: WindowedPart };

/** A window's first value is told by 32 bits. */
const mostValues = 2 ** 32;

/** `width`: numbers of a row. Throws `data.tooLarge` where a part has more numbers than can be told apart. */
export function windowParts(placed: PlacedStored, width: number, path: string): Windowed {
  const { parts, step } = placed;
  const made = Object.entries(parts).map(([part, own]): [string, WindowedPart] => {
    const { order, starts } = windowRows(own, step.length);
    if (order.length * width > mostValues)
      throw new EpochbookError('data.tooLarge', { path, gigabytes: (mostValues * 4) / 2 ** 30 }, { at: place(placed) });
    const begins = starts.map((start) => start * width);
    return [part, { order, starts: begins, wanted: targetRows(own, step), told: firstTargetRows(own, step) }];
  });
  return Object.fromEntries(made) as unknown as Windowed;
}

/** Writes the rows of each part one after another; in one pass over the store, whose rows go where they belong. */
export async function writeRows(
  { write, signal, onWritten }: SamplesJob,
  rows: StreamRows,
  features: readonly StreamedFeature[],
  parts: Windowed,
): Promise<WrittenSamples> {
  const { store, firstKept, kept } = rows;
  const rowBytes = features.length * 4;
  /** Of each kept row: one more than its place in the file; 0 where it lies in no window. */
  const placeOf = new Uint32Array(kept.length);
  const offsets: Record<string, number> = {};
  let total = 0;
  for (const part of ['train', 'validation', 'test'] as const) {
    if (!parts[part]) continue;
    offsets[part] = total * rowBytes;
    for (const row of parts[part].order) placeOf[row] = total += 1;
  }
  for (let block = 0; block < store.blocks(); block += 1) {
    signal?.throwIfAborted();
    const [from, to] = [firstKept[block], firstKept[block + 1]];
    const columns = await finiteColumns(rows, features, block);
    const written = Uint32Array.from({ length: to - from }, (_, row) => from + row).filter((row) => placeOf[row] > 0);
    // Mostly they lie in order.
    if (written.some((row, index) => index > 0 && placeOf[written[index - 1]] > placeOf[row]))
      written.sort((a, b) => placeOf[a] - placeOf[b]);
    const values = new Float32Array(written.length * columns.length);
    let filled = 0;
    for (const row of written) for (const column of columns) values[filled++] = column[row - from];
    const bytes = new Uint8Array(values.buffer);
    for (let first = 0, last = 0; first < written.length; first = last) {
      const start = placeOf[written[first]] - 1;
      while (last < written.length && placeOf[written[last]] - 1 === start + last - first) last += 1;
      write.put(bytes.subarray(first * rowBytes, last * rowBytes), start * rowBytes);
    }
    onWritten((block + 1) / store.blocks());
    await nextTurn();
  }
  return { bytes: total * rowBytes, offsets };
}
