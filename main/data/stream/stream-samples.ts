/** The samples of stored rows, written part by part; and rows evenly over the table, to look for faults in. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '#contract/samples.ts';
import { applyArraySteps } from '../array-steps.ts';
import type { TypedColumn } from '../columns.ts';
import type { TextTable } from '../csv.ts';
import type { Parts } from '../split.ts';
import type { SamplesFile } from '../stored-arrays.ts';
import type { Columns } from './stream-columns.ts';
import { finiteColumns, type StreamedFeature } from './stream-features.ts';
import { keptTexts, type StreamRows } from './stream-rows.ts';
import type { StreamedTarget } from './stream-targets.ts';

/** Rows that are looked at for findings, evenly over the table. */
const mostSampled = 20_000;

export interface SamplesJob {
  readonly write: Pick<SamplesFile['write'], 'put'>;
  readonly signal: AbortSignal | undefined;
  /** Hears the share of the rows that are written. */
  readonly onWritten: (share: number) => void;
}

export interface WrittenSamples {
  /** Of all parts. */
  readonly bytes: number;
  readonly offsets: { readonly [Part in keyof Parts]?: number };
}

/** Writes the samples of each part one after another; in one pass, whose parts are gathered and written in turn. */
export async function writeSamples(
  { write, signal, onWritten }: SamplesJob,
  rows: StreamRows,
  features: readonly StreamedFeature[],
  parts: Parts,
  { arraySteps, size }: { arraySteps: NonNullable<Dataset['arraySteps']>; size: number },
): Promise<WrittenSamples> {
  const { store, firstKept } = rows;
  const sampleBytes = size * 4;
  const names = (['train', 'validation', 'test'] as const).filter((part) => parts[part]);
  const offsets: Record<string, number> = {};
  let bytes = 0;
  for (const part of names) {
    offsets[part] = bytes;
    bytes += parts[part]!.length * sampleBytes;
  }
  const written: Record<string, number> = Object.fromEntries(names.map((part) => [part, 0]));
  for (let block = 0; block < store.blocks(); block += 1) {
    signal?.throwIfAborted();
    const [from, to] = [firstKept[block], firstKept[block + 1]];
    const columns = await finiteColumns(rows, features, block);
    for (const part of names) {
      const own = parts[part]!;
      const first = written[part];
      let last = first;
      while (last < own.length && own[last] < to) last += 1;
      if (last === first) continue;
      const values = new Float32Array((last - first) * columns.length);
      let filled = 0;
      for (let index = first; index < last; index += 1) for (const column of columns) values[filled++] = column[own[index] - from];
      const made = applyArraySteps(arraySteps, { shape: [columns.length], count: last - first, values });
      const out = new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
      write.put(out, offsets[part] + first * sampleBytes);
      written[part] = last;
    }
    onWritten((block + 1) / store.blocks());
    await nextTurn();
  }
  return { bytes, offsets };
}

/** Rows evenly over the table, as the table they would be in memory. */
export async function sampleRows(
  rows: StreamRows,
  columns: Columns,
  typed: readonly TypedColumn[],
  features: readonly StreamedFeature[],
  target: StreamedTarget,
  parts: Parts,
  own: number,
) {
  const every = Math.max(1, Math.ceil(own / mostSampled));
  const { store, firstKept, path, originOf } = rows;
  const picked: number[] = [];
  for (let row = 0; row < own; row += every) picked.push(row);
  const texts: string[][] = typed.map(() => []);
  const values = features.map(() => new Float64Array(picked.length));
  let place = 0;
  for (let block = 0; block < store.blocks() && place < picked.length; block += 1) {
    const here: number[] = [];
    while (place + here.length < picked.length && picked[place + here.length] < firstKept[block + 1])
      here.push(picked[place + here.length] - firstKept[block]);
    if (here.length === 0) continue;
    for (const [index, { name }] of typed.entries()) {
      const source = columns.get(name);
      const all = source && keptTexts(rows, source, block);
      for (const row of here) texts[index].push(all ? all.texts[all.codes[row]] : '');
    }
    for (const [index, feature] of features.entries()) {
      const all = feature.valuesIn(block);
      here.forEach((row, number) => (values[index][place + number] = all[row]));
    }
    place += here.length;
    await nextTurn();
  }
  const indexOf = new Map(picked.map((row, index) => [row, index]));
  const partOf = (part: Uint32Array | undefined) => {
    if (!part) return undefined;
    const found: number[] = [];
    for (const row of part) {
      const index = row % every === 0 ? indexOf.get(row) : undefined;
      if (index !== undefined) found.push(index);
    }
    return Uint32Array.from(found);
  };
  const table: TextTable = {
    path,
    unit: 'row',
    names: typed.map(({ name }) => name),
    columns: texts,
    lines: picked.map((row) => originOf(row).row + 1),
    rows: Uint32Array.from(picked, (row) => originOf(row).row),
  };
  const [validation, test] = [partOf(parts.validation), partOf(parts.test)];
  return {
    table,
    features: features.map(({ feature, column }, index) => ({ feature, column, values: values[index] })),
    target: {
      column: target.column,
      values: Float64Array.from(picked, (row) => target.values[row]),
      ...(target.classes && { classes: target.classes }),
    },
    parts: {
      train: partOf(parts.train)!,
      ...(validation && validation.length > 0 && { validation }),
      ...(test && test.length > 0 && { test }),
    },
  };
}
