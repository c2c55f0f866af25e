/** A column of text as the inputs of a model. */
import { EpochbookError } from '#contract/errors.ts';
import type { TextInput } from '#contract/samples.ts';
import type { DataPreview } from '#contract/notebook.ts';
import type { DataStep } from '#contract/spec.ts';
import { encoderOf, fitTokenizer, placeTokens } from './tokenizer.ts';

export type TokenizeStep = Extract<DataStep, { op: 'tokenize' }>;
type TextPreview = NonNullable<DataPreview['text']>;

const mostTokens = 256;
const shown = 8;
const vocabularies: Readonly<Record<TextInput['by'], number>> = { characters: Infinity, words: 10_000, bytePairs: 1_000 };

/** The names that a folder of texts gives its columns. */
export const textColumn = 'text';
export const labelColumn = 'label';

export const tokenizerSettings = ({ by = 'words', lowercase = by === 'words', vocabulary = vocabularies[by] }: TokenizeStep) => ({
  by,
  lowercase,
  vocabulary,
});

export interface TokenizedColumn {
  readonly text: TextInput;
  /** `[rows, length]` in the order of `rows`. */
  readonly gather: (rows: Uint32Array) => Float32Array;
  readonly preview: (rows: Uint32Array, labelOf: (row: number) => string) => TextPreview;
}

/** Throws `data.noTokens`. `train`: the rows the vocabulary is made of, unless it is `known`. */
export function tokenizeColumn(
  texts: readonly string[],
  column: string,
  step: TokenizeStep,
  train: Uint32Array,
  at: string,
  known?: TextInput,
): TokenizedColumn {
  const { vocabulary, ...settings } = tokenizerSettings(step);
  const tokenizer =
    known ??
    fitTokenizer(
      Array.from(train, (row) => texts[row]),
      vocabulary,
      settings,
    );
  const encode = encoderOf(tokenizer);
  const tokens = texts.map((text) => Uint32Array.from(encode(text)));
  let [longest, unknown, total] = [0, 0, 0];
  for (const row of train) {
    longest = Math.max(longest, tokens[row].length);
    total += tokens[row].length;
    for (const token of tokens[row]) unknown += Number(token === 1);
  }
  if (longest === 0) throw new EpochbookError('data.noTokens', { column }, { at });
  const length = known?.length ?? step.length ?? Math.min(longest, mostTokens);
  const text: TextInput = { ...tokenizer, column, length, padding: step.padding ?? 'post' };
  return {
    text,
    gather(rows) {
      const inputs = new Float32Array(rows.length * length);
      rows.forEach((row, index) => placeTokens(tokens[row] as unknown as number[], text, inputs, index * length));
      return inputs;
    },
    preview: (rows, labelOf) => ({
      by: text.by,
      vocabulary: tokenizer.tokens.length,
      length,
      unknown: unknown / Math.max(1, total),
      cut: train.reduce((sum, row) => sum + Number(tokens[row].length > length), 0) / train.length,
      samples: Array.from(rows.subarray(0, shown), (row) => ({
        label: labelOf(row),
        tokens: Array.from(tokens[row].subarray(0, Math.min(length, mostTokens)), (token) => tokenizer.tokens[token]),
      })),
    }),
  };
}
