/** Cuts text into tokens, and makes the vocabulary they are numbered by. */
import { EpochbookError } from '#contract/errors.ts';
import type { TextInput, Tokenizer } from '#contract/samples.ts';

/** The numbers of padding and of what the vocabulary lacks; their tokens are shown, never found in a text. */
const [padding, unknown] = [0, 1];
const reserved = ['', '\uFFFD'] as const;

/** Scripts written without spaces: each sign is a word. */
const single = '\\p{Script=Han}|\\p{Script=Hiragana}|\\p{Script=Katakana}';
/** Words, numbers, single signs; punctuation stands for itself. */
const words = new RegExp(`(?:${single})|(?:(?!${single})[\\p{L}\\p{M}\\p{N}’'])+|[^\\s\\p{L}\\p{M}\\p{N}’']`, 'gu');
/** A word with the space before it, so that what is joined again is the text; what has no space for long is cut. */
const pieces = / ?[^\s]{1,200}|\s/gu;

type Settings = Pick<Tokenizer, 'by' | 'lowercase'>;

const folded = (text: string, { lowercase }: Settings) => (lowercase ? text.toLowerCase() : text).normalize('NFC');

/** Ties go to what comes first by its characters, so that a vocabulary does not depend on the order of rows. */
function mostFrequent(counts: ReadonlyMap<string, number>, most: number): string[] {
  return [...counts]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([token]) => token);
}

/** From this length on, a part of a text is held as a part of it: kept, it would keep the whole text in memory. */
const sharedFrom = 13;
const ownCopy = (token: string) => (token.length < sharedFrom ? token : Buffer.from(token, 'utf16le').toString('utf16le'));

/** What is counted of a text. */
const cutBy: Readonly<Record<Tokenizer['by'], (text: string) => Iterable<string>>> = {
  characters: (text) => text,
  words: (text) => text.match(words) ?? [],
  bytePairs: (text) => text.match(pieces) ?? [],
};

export interface TokenizerFit {
  readonly take: (text: string) => void;
  /** Different words, characters or pieces so far: what is held in memory. */
  readonly counted: () => number;
  /** What was counted so far, which is begun anew. */
  readonly drain: () => ReadonlyMap<string, number>;
  /** `counts`: of all that was counted, where some was drained. */
  readonly finish: (counts?: ReadonlyMap<string, number>) => Tokenizer;
}

/** Pieces of words that pairs are joined in: of more different ones, the rest are hardly ever said twice. */
const mostPieces = 2_000_000;

/** Of so many the most frequent are enough for a vocabulary. */
export const countsNeeded = ({ by }: Settings, vocabulary: number) => (by === 'bytePairs' ? mostPieces : vocabulary - reserved.length);

/**
 * Makes a vocabulary of at most `vocabulary` tokens, padding and unknown included, from texts that come one at a time.
 * `onMost`: where one more than `mostCounted` is to be counted.
 */
export function startTokenizer(vocabulary: number, settings: Settings, onMost = (): void => {}, mostCounted = Infinity): TokenizerFit {
  const most = vocabulary - reserved.length;
  let counts = new Map<string, number>();
  const cut = cutBy[settings.by];
  return {
    take(text) {
      for (const token of cut(folded(text, settings))) {
        const before = counts.get(token);
        if (before === undefined) {
          if (counts.size >= mostCounted) onMost();
          counts.set(ownCopy(token), 1);
        } else counts.set(token, before + 1);
      }
    },
    counted: () => counts.size,
    drain() {
      const drained = counts;
      counts = new Map();
      return drained;
    },
    finish: (all = counts) => ({
      ...settings,
      ...(settings.by === 'bytePairs' ? joinPairs(all, most) : { tokens: [...reserved, ...mostFrequent(all, most)] }),
    }),
  };
}

/** What a map holds at most (V8). */
const mostDifferent = 2 ** 24 - 1;

/** The same from the texts of the training part. Throws `data.tooManyWords`. */
export function fitTokenizer(
  texts: Iterable<string>,
  vocabulary: number,
  settings: Settings,
  { at, most = mostDifferent }: { readonly at?: string; readonly most?: number } = {},
): Tokenizer {
  const fit = startTokenizer(
    vocabulary,
    settings,
    () => {
      throw new EpochbookError('data.tooManyWords', { most }, at === undefined ? {} : { at });
    },
    most,
  );
  for (const text of texts) fit.take(text);
  return fit.finish();
}

interface Word {
  symbols: string[];
  readonly count: number;
}

/** What parts the two halves of a pair in its key: no word holds it. */
const between = '\n';

/** The pairs of a larger count first (a binary heap); counts that have changed since are put right when they come up. */
class Ranking {
  private readonly heap: { pair: string; count: number }[] = [];

  private before(a: number, b: number): boolean {
    const [one, other] = [this.heap[a], this.heap[b]];
    return one.count > other.count || (one.count === other.count && one.pair < other.pair);
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b], this.heap[a]];
  }

  add(pair: string, count: number): void {
    let place = this.heap.push({ pair, count }) - 1;
    for (let above = (place - 1) >> 1; place > 0 && this.before(place, above); above = (place - 1) >> 1) {
      this.swap(place, above);
      place = above;
    }
  }

  take(): { pair: string; count: number } | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (!first || !last || this.heap.length === 0) return first;
    this.heap[0] = last;
    for (let place = 0; ;) {
      let best = place;
      for (const child of [2 * place + 1, 2 * place + 2]) if (child < this.heap.length && this.before(child, best)) best = child;
      if (best === place) return first;
      this.swap(place, best);
      place = best;
    }
  }
}

/**
 * Byte-pair encoding over characters: starting from single ones, the pair of neighbours that is most frequent becomes
 * a token, again and again (Sennrich, Haddow and Birch 2016, https://aclanthology.org/P16-1162/). Pairs lie within a word.
 */
function joinPairs(counts: ReadonlyMap<string, number>, most: number): Pick<Tokenizer, 'tokens' | 'merges'> {
  const words = counts.size > mostPieces ? mostFrequent(counts, mostPieces) : counts.keys();
  const list: Word[] = Array.from(words, (word) => ({ symbols: Array.from(word), count: counts.get(word)! }));
  const characters = new Map<string, number>();
  for (const { symbols, count: times } of list) for (const symbol of symbols) characters.set(symbol, (characters.get(symbol) ?? 0) + times);
  const tokens: string[] = [...reserved, ...mostFrequent(characters, most)];
  const merges: [string, string][] = [];
  const pairs = new Map<string, number>();
  const holders = new Map<string, Set<Word>>();
  const ranking = new Ranking();
  const change = (word: Word, sign: 1 | -1, touched?: Set<string>): void => {
    for (let place = 1; place < word.symbols.length; place += 1) {
      const pair = word.symbols[place - 1] + between + word.symbols[place];
      pairs.set(pair, (pairs.get(pair) ?? 0) + sign * word.count);
      touched?.add(pair);
      if (sign > 0) {
        const known = holders.get(pair);
        if (known) known.add(word);
        else holders.set(pair, new Set([word]));
      } else holders.get(pair)?.delete(word);
    }
  };
  for (const word of list) change(word, 1);
  for (const [pair, times] of pairs) ranking.add(pair, times);
  while (tokens.length < most + reserved.length) {
    const best = ranking.take();
    // What stands but once is no pattern.
    if (!best || best.count < 2) break;
    const now = pairs.get(best.pair) ?? 0;
    if (now !== best.count) {
      if (now > 1) ranking.add(best.pair, now);
      continue;
    }
    const [first, second] = best.pair.split(between) as [string, string];
    merges.push([first, second]);
    tokens.push(first + second);
    const touched = new Set<string>();
    for (const word of Array.from(holders.get(best.pair) ?? [])) {
      change(word, -1);
      word.symbols = joined(word.symbols, first, second);
      change(word, 1, touched);
    }
    for (const pair of touched) ranking.add(pair, pairs.get(pair) ?? 0);
  }
  // Two ways of joining may give the same token.
  return { tokens: [...new Set(tokens)], merges };
}

function joined(symbols: readonly string[], first: string, second: string): string[] {
  const result: string[] = [];
  for (let place = 0; place < symbols.length; place += 1) {
    if (symbols[place] === first && symbols[place + 1] === second) {
      result.push(first + second);
      place += 1;
    } else result.push(symbols[place]);
  }
  return result;
}

/** Pieces whose tokens are remembered. */
const mostKnown = 1 << 18;

/** Makes the function that cuts a text into the numbers of its tokens. */
export function encoderOf(tokenizer: Tokenizer): (text: string) => number[] {
  const numbers = new Map(tokenizer.tokens.map((token, index) => [token, index]));
  const numberOf = (token: string) => numbers.get(token) ?? unknown;
  const cut = cutBy[tokenizer.by];
  if (tokenizer.by !== 'bytePairs') return (text) => Array.from(cut(folded(text, tokenizer)), numberOf);
  const ranks = new Map((tokenizer.merges ?? []).map(([first, second], rank) => [first + between + second, rank]));
  const known = new Map<string, number[]>();
  const encodePiece = (piece: string): number[] => {
    let symbols = Array.from(piece);
    for (;;) {
      let best = Infinity;
      let pair: readonly [string, string] | undefined;
      for (let place = 1; place < symbols.length; place += 1) {
        const rank = ranks.get(symbols[place - 1] + between + symbols[place]) ?? Infinity;
        if (rank < best) [best, pair] = [rank, [symbols[place - 1], symbols[place]]];
      }
      if (!pair) return symbols.map(numberOf);
      symbols = joined(symbols, ...pair);
    }
  };
  return (text) => {
    const result: number[] = [];
    for (const piece of cut(folded(text, tokenizer))) {
      let numbersOfPiece = known.get(piece);
      if (!numbersOfPiece) {
        if (known.size >= mostKnown) known.clear();
        known.set(ownCopy(piece), (numbersOfPiece = encodePiece(piece)));
      }
      for (const number of numbersOfPiece) result.push(number);
    }
    return result;
  };
}

/** Puts a text's tokens into `length` places of `into`, from `offset` on: cut or filled up on the side of the padding. */
export function placeTokens(
  tokens: ArrayLike<number>,
  { length, padding: side }: Pick<TextInput, 'length' | 'padding'>,
  into: Float32Array,
  offset: number,
): void {
  const kept = Math.min(tokens.length, length);
  const from = side === 'pre' ? tokens.length - kept : 0;
  const start = side === 'pre' ? offset + length - kept : offset;
  into.fill(padding, offset, offset + length);
  for (let index = 0; index < kept; index += 1) into[start + index] = tokens[from + index];
}
