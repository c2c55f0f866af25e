/** Text from files: a folder of them is a table, a single one runs on. */
import type { Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { DataPreview } from '#contract/notebook.ts';
import type { Dataset, Part, TextInput } from '#contract/samples.ts';
import type { DataSource, DataSpec } from '#contract/spec.ts';
import type { TextTable } from './csv.ts';
import { decodeText } from './encoding.ts';
import { type Folders, filesBelow, isFolder, readDataFile } from './files.ts';
import { sharesOf } from './split.ts';
import { place, stepOf } from './steps.ts';
import { labelColumn, textColumn, tokenizerSettings } from './text-table.ts';
import { encoderOf, fitTokenizer } from './tokenizer.ts';

const at = '/data/source/path';

type Source<Format> = Extract<DataSource, { format: Format }>;

/** Throws `data.notFolder`, `data.noTexts`, `data.oneTextFolder`, `data.encoding`. */
export async function readTextFolder(
  { path, encoding }: Source<'textFolder'>,
  folders: Folders,
  hash: Hash,
  signal?: AbortSignal,
): Promise<TextTable> {
  const root = path.replace(/\/+$/, '') || '.';
  if (!(await isFolder(root, folders, at))) throw new EpochbookError('data.notFolder', { path }, { at });
  const labelOf = (file: string) => {
    const [label, ...rest] = file.slice(root.length + 1).split('/');
    return rest.length > 0 ? label : undefined;
  };
  const files = (await filesBelow(root, folders, at)).filter((file) => /\.txt(?:\.gz)?$/i.test(file) && labelOf(file) !== undefined);
  if (files.length === 0) throw new EpochbookError('data.noTexts', { path }, { at });
  const labels = files.map((file) => labelOf(file) ?? '');
  if (new Set(labels).size < 2) throw new EpochbookError('data.oneTextFolder', { path, name: labels[0] }, { at });
  const texts: string[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    hash.update(file);
    // An empty text is a sample like any other.
    texts.push(decodeText(await readDataFile(file, folders, at, hash, { empty: true }), at, encoding).text);
  }
  return {
    path,
    unit: 'row',
    names: [textColumn, labelColumn],
    columns: [texts, labels],
    lines: files.map((_, index) => index + 1),
    rows: Uint32Array.from(files.keys()),
  };
}

export interface RunningText {
  readonly path: string;
  readonly running: string;
}

export async function readRunningText({ path, encoding }: Source<'text'>, folders: Folders, hash: Hash): Promise<RunningText> {
  return { path, running: decodeText(await readDataFile(path, folders, at, hash), at, encoding).text.replaceAll('\r\n', '\n') };
}

export interface OtherText {
  readonly part: 'validation' | 'test';
  readonly text: RunningText;
  readonly at: string;
}

const defaults = { length: 64, stride: 3 };
const shown = 8;

/**
 * Samples of a running text: `length` tokens, and the next one as their class. The parts lie one after another and
 * share no token. Throws `data.textShort`, `data.textStep`, `data.splitTooLarge`, `data.partTwice`.
 */
export function prepareRunningText(
  { path, running }: RunningText,
  spec: DataSpec,
  others: readonly OtherText[],
  known?: TextInput,
): { dataset: Omit<Dataset, 'hash'>; text: NonNullable<DataPreview['text']> } {
  const found = stepOf(spec, 'tokenize');
  const splitting = stepOf(spec, 'split');
  const stepAt = found ? place(found) : '/data/source';
  const { vocabulary, ...settings } = tokenizerSettings({ by: 'characters', ...found?.step, op: 'tokenize' });
  const { length = known?.length ?? defaults.length, stride = defaults.stride } = found?.step ?? {};

  const texts: { train: string; validation?: string; test?: string } = { train: running };
  if (splitting) {
    const [validation, test] = sharesOf(splitting.step);
    const size = (share: number) => (share < 1 ? Math.round(share * running.length) : share);
    const end = running.length - size(test);
    const middle = end - size(validation);
    if (middle <= 0)
      throw new EpochbookError(
        'data.splitTooLarge',
        { validation: size(validation), test: size(test), samples: running.length },
        { at: place(splitting) },
      );
    texts.train = running.slice(0, middle);
    if (validation > 0) texts.validation = running.slice(middle, end);
    if (test > 0) texts.test = running.slice(end);
  }
  for (const { part, text, at: otherAt } of others) {
    if (texts[part] !== undefined) throw new EpochbookError('data.partTwice', { part }, { at: otherAt });
    texts[part] = text.running;
  }

  const tokenizer = known ?? fitTokenizer([texts.train], vocabulary, settings);
  const encode = encoderOf(tokenizer);
  const train = encode(texts.train);
  const partOf = (part: 'train' | 'validation' | 'test', tokens: readonly number[]): Part => {
    const count = Math.floor((tokens.length - length - 1) / stride) + 1;
    if (tokens.length <= length) {
      const where = others.find((other) => other.part === part)?.at ?? (splitting && part !== 'train' ? place(splitting) : stepAt);
      throw new EpochbookError('data.textShort', { path, part, tokens: tokens.length, length }, { at: where });
    }
    const starts = Uint32Array.from({ length: count }, (_, sample) => sample * stride);
    return {
      count,
      inputs: Float32Array.from(tokens),
      windows: { size: length, starts },
      targets: Float32Array.from(starts, (start) => tokens[start + length]),
      rows: starts,
    };
  };
  const text: TextInput = { ...tokenizer, length, padding: 'pre' };
  const dataset = {
    inputShape: [length],
    targetShape: [],
    task: 'classification' as const,
    classes: tokenizer.tokens,
    text,
    train: partOf('train', train),
    ...(texts.validation !== undefined && { validation: partOf('validation', encode(texts.validation)) }),
    ...(texts.test !== undefined && { test: partOf('test', encode(texts.test)) }),
  };
  const tokensOf = (sample: number) =>
    Array.from(dataset.train.inputs.subarray(sample * stride, sample * stride + length), (token) => tokenizer.tokens[token]);
  return {
    dataset,
    text: {
      by: tokenizer.by,
      vocabulary: tokenizer.tokens.length,
      length,
      unknown: train.reduce((sum, token) => sum + Number(token === 1), 0) / Math.max(1, train.length),
      cut: 0,
      samples: Array.from({ length: Math.min(shown, dataset.train.count) }, (_, sample) => ({
        label: tokenizer.tokens[dataset.train.targets[sample]],
        tokens: tokensOf(sample),
      })),
    },
  };
}
