/** A column of text as the inputs of a model. */
import { EpochbookError } from '#contract/errors.ts';
import type { TextInput, Tokenizer } from '#contract/samples.ts';
import type { DataPreview } from '#contract/notebook.ts';
import type { DataStep } from '#contract/spec.ts';
import { encoderOf, fitTokenizer, placeTokens } from './tokenizer.ts';

export type TokenizeStep = Extract<DataStep, { op: 'tokenize' }>;
type TextPreview = NonNullable<DataPreview['text']>;

const mostTokens = 256;
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

export interface TokenMeasure {
  /** Hears of the tokens of each row that is trained on. */
  readonly take: (tokens: ArrayLike<number>) => void;
  /** The input that the column becomes. Throws `data.noTokens`. */
  readonly input: (tokenizer: Tokenizer) => TextInput;
  /** `samples`: labels and tokens of the first rows. */
  readonly preview: (text: TextInput, samples: readonly { label: string; tokens: ArrayLike<number> }[]) => TextPreview;
}

/** How long texts are, and how much of them the vocabulary lacks. `known`: what they were made into before. */
export function measureTokens(column: string, step: TokenizeStep, at: string, known?: TextInput): TokenMeasure {
  const told = known?.length ?? step.length;
  let [rows, longest, unknown, total, cut] = [0, 0, 0, 0, 0];
  return {
    take(tokens) {
      rows += 1;
      longest = Math.max(longest, tokens.length);
      total += tokens.length;
      cut += Number(tokens.length > (told ?? mostTokens));
      for (let place = 0; place < tokens.length; place += 1) unknown += Number(tokens[place] === 1);
    },
    input(tokenizer) {
      if (longest === 0) throw new EpochbookError('data.noTokens', { column }, { at });
      return { ...tokenizer, column, length: told ?? Math.min(longest, mostTokens), padding: step.padding ?? 'post' };
    },
    preview: (text, samples) => ({
      by: text.by,
      vocabulary: text.tokens.length,
      length: text.length,
      unknown: unknown / Math.max(1, total),
      cut: cut / rows,
      samples: samples.map(({ label, tokens }) => ({
        label,
        tokens: Array.from({ length: Math.min(tokens.length, text.length, mostTokens) }, (_, place) => text.tokens[tokens[place]]),
      })),
    }),
  };
}

/** Rows whose tokens are shown. */
export const shownTexts = 8;

/** Throws `data.noTokens` and `data.tooManyWords`. `train`: the rows the vocabulary is made of, unless it is `known`. */
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
      { at },
    );
  const encode = encoderOf(tokenizer);
  const tokens = texts.map((text) => Uint32Array.from(encode(text)));
  const measure = measureTokens(column, step, at, known);
  for (const row of train) measure.take(tokens[row]);
  const text = measure.input(tokenizer);
  const { length } = text;
  return {
    text,
    gather(rows) {
      const inputs = new Float32Array(rows.length * length);
      rows.forEach((row, index) => placeTokens(tokens[row], text, inputs, index * length));
      return inputs;
    },
    preview: (rows, labelOf) =>
      measure.preview(
        text,
        Array.from(rows.subarray(0, shownTexts), (row) => ({ label: labelOf(row), tokens: tokens[row] })),
      ),
  };
}
