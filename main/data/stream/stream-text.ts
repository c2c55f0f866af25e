/** A column of a stored table as tokens: the vocabulary and the samples of `tokenizeColumn`, in passes over the texts. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TextInput } from '#contract/samples.ts';
import type { Folders } from '../files.ts';
import type { Parts } from '../split.ts';
import { place } from '../steps.ts';
import { measureTokens, shownTexts, tokenizerSettings, type TokenizeStep } from '../text-table.ts';
import { encoderOf, placeTokens } from '../tokenizer.ts';
import { blockRows } from './column-store.ts';
import { startStreamedFit } from './fit-tokenizer.ts';
import { type Source, textOfRows } from './stream-columns.ts';
import type { StreamRows } from './stream-rows.ts';
import type { SamplesJob, WrittenSamples } from './stream-samples.ts';

/** Signs between two looks at whether to stop. */
const turnLength = 1 << 20;
/** Bytes of a part's samples that are written at once. */
const writtenAtOnce = 4 * 2 ** 20;

export interface TextJob extends SamplesJob {
  readonly folders: Folders;
  /** What holds the texts. */
  readonly column: string;
  readonly source: Source;
  readonly step: TokenizeStep;
  readonly index: number;
  readonly parts: Parts;
  /** What the texts were made into before. */
  readonly known: TextInput | undefined;
  /** What is to be predicted of a kept row, as it is shown. */
  readonly labelOf: (row: number) => string;
}

export interface StreamedText {
  readonly text: TextInput;
  readonly preview: ReturnType<ReturnType<typeof measureTokens>['preview']>;
  readonly written: WrittenSamples;
}

/** Writes the samples of each part one after another. Throws `data.noTokens`. */
export async function tokenizeStored(job: TextJob, rows: StreamRows): Promise<StreamedText> {
  const { column, source, step, parts, known, signal, labelOf } = job;
  const { store, kept, firstKept, isTrained } = rows;
  const at = place(job);
  const told = known?.length ?? step.length;
  const sweeps = 1 + Number(!known) + Number(told === undefined);
  let swept = 0;

  async function each(take: (text: string, row: number) => void, afterSome: () => void | Promise<void> = () => {}): Promise<void> {
    for (let block = 0; block < store.blocks(); block += 1) {
      const textOf = textOfRows(store, source, block);
      let signs = 0;
      for (let row = firstKept[block]; row < firstKept[block + 1]; row += 1) {
        const text = textOf(kept[row] - block * blockRows);
        take(text, row);
        signs += text.length;
        if (signs < turnLength) continue;
        signs = 0;
        signal?.throwIfAborted();
        await afterSome();
        await nextTurn();
      }
      signal?.throwIfAborted();
      await afterSome();
      job.onWritten((swept + (block + 1) / store.blocks()) / sweeps);
      await nextTurn();
    }
    swept += 1;
  }

  async function fit() {
    const { vocabulary, ...settings } = tokenizerSettings(step);
    const counting = startStreamedFit(vocabulary, settings, job.folders);
    try {
      await each((text, row) => {
        if (isTrained[row] === 1) counting.take(text);
      }, counting.rest);
      return await counting.finish();
    } finally {
      await counting.close();
    }
  }

  const tokenizer = known ?? (await fit());
  const encode = encoderOf(tokenizer);
  const measure = measureTokens(column, step, at, known);
  if (told === undefined)
    await each((text, row) => {
      if (isTrained[row] === 1) measure.take(encode(text));
    });
  const length = told ?? measure.input(tokenizer).length;
  const padding = step.padding ?? 'post';
  const offsets: Record<string, number> = {};
  let bytes = 0;
  const perPiece = Math.max(1, Math.floor(writtenAtOnce / (length * 4)));
  const writers = (['train', 'validation', 'test'] as const).flatMap((part) => {
    const own = parts[part];
    if (!own) return [];
    offsets[part] = bytes;
    bytes += own.length * length * 4;
    return [{ part, own, offset: offsets[part], written: 0, filled: 0, piece: new Float32Array(Math.min(perPiece, own.length) * length) }];
  });
  const shown: { label: string; tokens: readonly number[] }[] = [];
  await each((text, row) => {
    let tokens: number[] | undefined;
    for (const writer of writers) {
      const { part, own, offset, piece } = writer;
      if (own[writer.written + writer.filled] !== row) continue;
      tokens ??= encode(text);
      if (part === 'train' && told !== undefined) measure.take(tokens);
      if (part === 'train' && shown.length < shownTexts) shown.push({ label: labelOf(row), tokens });
      placeTokens(tokens, { length, padding }, piece, writer.filled * length);
      writer.filled += 1;
      if (writer.filled * length < piece.length && writer.written + writer.filled < own.length) continue;
      job.write.put(new Uint8Array(piece.buffer, 0, writer.filled * length * 4), offset + writer.written * length * 4);
      writer.written += writer.filled;
      writer.filled = 0;
    }
  });
  const text = measure.input(tokenizer);
  return { text, preview: measure.preview(text, shown), written: { bytes, offsets } };
}
