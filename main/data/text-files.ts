/** Text from files: a folder of them is a table, a single one runs on. */
import type { Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { DataPreview } from '#contract/notebook.ts';
import type { Dataset, Part, TextInput, Tokenizer } from '#contract/samples.ts';
import type { DataSource, DataSpec, TextEncoding } from '#contract/spec.ts';
import type { TextTable } from './csv.ts';
import { decodeText } from './encoding.ts';
import { type Folders, filesBelow, isFolder, readDataFile } from './files.ts';
import { sharesOf } from './split.ts';
import { place, stepOf } from './steps.ts';
import { labelColumn, textColumn, tokenizerSettings } from './text-table.ts';
import { encoderOf, fitTokenizer } from './tokenizer.ts';

const at = '/data/source/path';

type Source<Format> = Extract<DataSource, { format: Format }>;

/** A text of a folder: the folder that it lies in is its label. */
export interface TextFile {
  readonly file: string;
  readonly label: string;
}

/** The texts of a folder, in natural order. Throws `data.notFolder`, `data.noTexts`, `data.oneTextFolder`. */
export async function listTexts({ path }: Pick<Source<'textFolder'>, 'path'>, folders: Folders): Promise<TextFile[]> {
  const root = path.replace(/\/+$/, '') || '.';
  if (!(await isFolder(root, folders, at))) throw new EpochbookError('data.notFolder', { path }, { at });
  const files = (await filesBelow(root, folders, at)).flatMap((file): TextFile[] => {
    const [label, ...rest] = file.slice(root.length + 1).split('/');
    return rest.length > 0 && /\.txt(?:\.gz)?$/i.test(file) ? [{ file, label }] : [];
  });
  if (files.length === 0) throw new EpochbookError('data.noTexts', { path }, { at });
  if (files.every(({ label }) => label === files[0].label))
    throw new EpochbookError('data.oneTextFolder', { path, name: files[0].label }, { at });
  return files;
}

/** Throws `data.encoding`, and what `readDataFile` throws. An empty text is a sample like any other. */
export async function readText(file: string, folders: Folders, encoding: TextEncoding | undefined, hash?: Hash): Promise<string> {
  return decodeText(await readDataFile(file, folders, at, hash, { empty: true }), at, encoding).text;
}

/** Throws what `listTexts` and `readText` throw. */
export async function readTextFolder(source: Source<'textFolder'>, folders: Folders, hash: Hash, signal?: AbortSignal): Promise<TextTable> {
  const { path, encoding } = source;
  const files = await listTexts(source, folders);
  const texts: string[] = [];
  for (const { file } of files) {
    signal?.throwIfAborted();
    hash.update(file);
    texts.push(await readText(file, folders, encoding, hash));
  }
  return {
    path,
    unit: 'row',
    names: [textColumn, labelColumn],
    columns: [texts, files.map(({ label }) => label)],
    lines: files.map((_, index) => index + 1),
    rows: Uint32Array.from(files.keys()),
  };
}

export interface RunningText {
  readonly path: string;
  readonly running: string;
}

/** Line ends of any system are one sign. */
export const withPlainEnds = (text: string) => text.replaceAll('\r\n', '\n');

export async function readRunningText({ path, encoding }: Source<'text'>, folders: Folders, hash: Hash): Promise<RunningText> {
  return { path, running: withPlainEnds(decodeText(await readDataFile(path, folders, at, hash), at, encoding).text) };
}

export interface OtherText {
  readonly part: 'validation' | 'test';
  readonly text: RunningText;
  readonly at: string;
}

const defaults = { length: 64, stride: 3 };
const shown = 8;
const partNames = ['train', 'validation', 'test'] as const;
type PartName = (typeof partNames)[number];

/** How a running text is cut into samples: `length` tokens, and the next one as their class. */
export interface RunningCut {
  readonly settings: Pick<TextInput, 'by' | 'lowercase'>;
  readonly vocabulary: number;
  readonly length: number;
  readonly stride: number;
}

export function runningCut(spec: DataSpec, known?: TextInput): RunningCut {
  const step = stepOf(spec, 'tokenize')?.step;
  const { vocabulary, ...settings } = tokenizerSettings({ by: 'characters', ...step, op: 'tokenize' });
  return { settings, vocabulary, length: step?.length ?? known?.length ?? defaults.length, stride: step?.stride ?? defaults.stride };
}

/** Where each part of a text of so many signs ends, the parts one after another. Throws `data.splitTooLarge`. */
export function runningEnds(spec: DataSpec, signs: number): { readonly part: PartName; readonly end: number }[] {
  const splitting = stepOf(spec, 'split');
  if (!splitting) return [{ part: 'train', end: signs }];
  const [validation, test] = sharesOf(splitting.step);
  const size = (share: number) => (share < 1 ? Math.round(share * signs) : share);
  const end = signs - size(test);
  const middle = end - size(validation);
  if (middle <= 0)
    throw new EpochbookError(
      'data.splitTooLarge',
      { validation: size(validation), test: size(test), samples: signs },
      { at: place(splitting) },
    );
  return [
    { part: 'train', end: middle },
    ...(validation > 0 ? [{ part: 'validation' as const, end }] : []),
    ...(test > 0 ? [{ part: 'test' as const, end: signs }] : []),
  ];
}

/** The samples in so many tokens of a part. `at`: of other data, where it is named. Throws `data.textShort`. */
export function runningSamples(
  { path, part, at }: { readonly path: string; readonly part: PartName; readonly at?: string | undefined },
  tokens: number,
  spec: DataSpec,
  { length, stride }: RunningCut,
): Uint32Array {
  if (tokens <= length) {
    const [splitting, found] = [stepOf(spec, 'split'), stepOf(spec, 'tokenize')];
    const named = splitting && part !== 'train' ? splitting : found;
    throw new EpochbookError('data.textShort', { path, part, tokens, length }, { at: at ?? (named ? place(named) : '/data/source') });
  }
  return Uint32Array.from({ length: Math.floor((tokens - length - 1) / stride) + 1 }, (_, sample) => sample * stride);
}

/** `first`: the first tokens of the training part; `unknown`: how many of it the vocabulary lacks. */
export function runningDataset(
  tokenizer: Tokenizer,
  parts: { readonly [Name in PartName]?: Part },
  { length, stride }: RunningCut,
  train: { readonly first: ArrayLike<number>; readonly unknown: number; readonly tokens: number },
): { dataset: Omit<Dataset, 'hash'>; text: NonNullable<DataPreview['text']> } {
  const text: TextInput = { ...tokenizer, length, padding: 'pre' };
  const own = parts.train!;
  const dataset = {
    inputShape: [length],
    targetShape: [],
    task: 'classification' as const,
    classes: tokenizer.tokens,
    text,
    ...parts,
    train: own,
  };
  const tokenAt = (place: number) => tokenizer.tokens[train.first[place]];
  return {
    dataset,
    text: {
      by: tokenizer.by,
      vocabulary: tokenizer.tokens.length,
      length,
      unknown: train.unknown / Math.max(1, train.tokens),
      cut: 0,
      samples: Array.from({ length: Math.min(shown, own.count) }, (_, sample) => ({
        label: tokenizer.tokens[own.targets[sample]],
        tokens: Array.from({ length }, (__, index) => tokenAt(sample * stride + index)),
      })),
    },
  };
}

/** How many of the training part's first tokens are shown. */
export const shownTokens = ({ length, stride }: RunningCut) => (shown - 1) * stride + length;

/**
 * Samples of a running text. The parts lie one after another and share no token. Throws `data.textShort`,
 * `data.splitTooLarge`, `data.partTwice`.
 */
export function prepareRunningText(
  { path, running }: RunningText,
  spec: DataSpec,
  others: readonly OtherText[],
  known?: TextInput,
): { dataset: Omit<Dataset, 'hash'>; text: NonNullable<DataPreview['text']> } {
  const cut = runningCut(spec, known);
  const texts: { part: PartName; text: string; at?: string }[] = [];
  let from = 0;
  for (const { part, end } of runningEnds(spec, running.length)) {
    texts.push({ part, text: running.slice(from, end) });
    from = end;
  }
  for (const { part, text, at: otherAt } of others) {
    if (texts.some((one) => one.part === part)) throw new EpochbookError('data.partTwice', { part }, { at: otherAt });
    texts.push({ part, text: text.running, at: otherAt });
  }
  const tokenizer = known ?? fitTokenizer([texts[0].text], cut.vocabulary, cut.settings, { at });
  const encode = encoderOf(tokenizer);
  const parts: { [Name in PartName]?: Part } = {};
  let train: Float32Array = new Float32Array(0);
  for (const one of texts) {
    const inputs = Float32Array.from(encode(one.text));
    if (one.part === 'train') train = inputs;
    const starts = runningSamples({ path, ...one }, inputs.length, spec, cut);
    const targets = Float32Array.from(starts, (start) => inputs[start + cut.length]);
    parts[one.part] = { count: starts.length, inputs, windows: { size: cut.length, starts }, targets, rows: starts };
  }
  const unknown = train.reduce((sum, token) => sum + Number(token === 1), 0);
  return runningDataset(tokenizer, parts, cut, { first: train, unknown, tokens: train.length });
}
