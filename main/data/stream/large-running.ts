/** A running text that is too large for memory: decoded, counted and cut into tokens some megabytes at a time, in passes. */
import { createHash, type Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { Part, Preparation, TextInput } from '#contract/samples.ts';
import type { DataSource, DataSpec, TextEncoding } from '#contract/spec.ts';
import { decodedPieces, likelyEncodings, OddLine } from '../encoding.ts';
import { bytesOf, findFile, type FoundFile, type Folders, plainBytesOf } from '../files.ts';
import { atOther, checkOther } from '../other-data.ts';
import { encodingOf, explainOddLine } from '../recoded.ts';
import { place } from '../steps.ts';
import { samplesFile, samplesName } from '../stored-arrays.ts';
import { runningCut, runningDataset, runningEnds, runningSamples, shownTokens, withPlainEnds } from '../text-files.ts';
import { encoderOf } from '../tokenizer.ts';
import { fitStreamed } from './fit-tokenizer.ts';

type TextSource = Extract<DataSource, { format: 'text' }>;
type PartName = 'train' | 'validation' | 'test';

/** What a text takes in memory with its tokens, for each byte of the file. */
const textFactor = 16;
const packedFactor = 4;
/** Signs from which on what has no line end is cut at a space, and from which on anywhere. */
const spacesFrom = 1 << 20;
const anywhereFrom = 1 << 23;
/** Bytes that tell the encoding. */
const headBytes = 4 * 2 ** 20;
const at = '/data/source/path';

/** Whether the data is running texts that would take more than so many bytes. */
export async function isLargeRunning({ source, steps }: DataSpec, folders: Folders, most: number): Promise<boolean> {
  const sources = [source, ...steps.flatMap((step) => ('data' in step ? [step.data.source] : []))];
  let bytes = 0;
  for (const one of sources) {
    if (one.format !== 'text') return false;
    try {
      const found = await findFile(one.path, folders, at);
      bytes += found.bytes * textFactor * (found.gzipped ? packedFactor : 1);
    } catch {
      // What is wrong with it is said where it is read.
      return false;
    }
  }
  return bytes > most;
}

/** A text whose bytes are hashed and whose signs are counted. */
interface Opened {
  readonly path: string;
  readonly found: FoundFile;
  readonly encoding: TextEncoding;
  readonly signs: number;
  readonly writtenAtMs: number;
}

export interface RunningOptions {
  readonly signal?: AbortSignal | undefined;
  /** What was fitted on other data, to be done to this alike. */
  readonly known?: Preparation | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Shares of the work, as measured. */
const shareOf = { count: 0.15, fit: 0.3 };

/** The samples that `prepareRunningText` gives, in a file. Throws what `loadDataset` throws. */
export async function loadLargeRunning(
  spec: DataSpec,
  folders: Folders,
  hash: Hash,
  { signal, known, onProgress = () => {} }: RunningOptions,
) {
  const cut = runningCut(spec, known?.text);
  const main = await openRunning(spec.source as TextSource, folders, hash, signal);
  const others: { part: PartName; text: Opened; at: string }[] = [];
  const ends = runningEnds(spec, main.signs);
  for (const [index, step] of spec.steps.entries()) {
    if (!('data' in step)) continue;
    const [part, otherAt] = [step.op === 'withTest' ? ('test' as const) : ('validation' as const), place({ index })];
    checkOther(step.data, spec, otherAt);
    try {
      others.push({ part, text: await openRunning(step.data.source as TextSource, folders, hash, signal), at: otherAt });
    } catch (error) {
      throw atOther(error, otherAt);
    }
  }
  const taken = new Set<string>(ends.map(({ part }) => part));
  for (const { part, at: otherAt } of others) {
    if (taken.has(part)) throw new EpochbookError('data.partTwice', { part }, { at: otherAt });
    taken.add(part);
  }
  onProgress(shareOf.count);

  const all = [main, ...others.map(({ text }) => text)].reduce((sum, { signs }) => sum + signs, 0);
  const fit = async () => {
    let read = 0;
    const texts = async function* () {
      for await (const { part, text } of piecesOf(main, ends, signal)) {
        if (part !== 'train') return;
        yield text;
        onProgress(shareOf.count + (shareOf.fit * (read += text.length)) / ends[0].end);
      }
    };
    return fitStreamed(texts(), cut.vocabulary, cut.settings, folders);
  };
  const tokenizer = known?.text ?? (await fit());
  const encode = encoderOf(tokenizer);
  const { file, writtenAtMs, write } = await samplesFile(folders, samplesName(hash, known));
  const parts: { [Name in PartName]?: Part } = {};
  const firstTokens: number[] = [];
  let [bytes, written, unknown, trained] = [0, 0, 0, 0];
  try {
    for (const { text, ends: own, at: otherAt } of [
      { text: main, ends, at: undefined },
      ...others.map(({ part, text, at: where }) => ({ text, ends: [{ part, end: text.signs }], at: where })),
    ]) {
      let current: { part: PartName; tokens: number; offset: number; targets: Growing } | undefined;
      const finish = () => {
        if (!current) return;
        const { part, tokens, offset, targets } = current;
        const starts = runningSamples({ path: main.path, part, at: otherAt }, tokens, spec, cut);
        parts[part] = {
          count: starts.length,
          inputs: new Float32Array(0),
          windows: { size: cut.length, starts },
          targets: targets.values(),
          rows: starts,
          stored: { file, type: 'float32', offset, size: cut.length, scale: 1, writtenAtMs },
        };
        current = undefined;
      };
      for await (const { part, text: piece } of piecesOf(text, own, signal)) {
        if (current?.part !== part) {
          finish();
          current = { part, tokens: 0, offset: bytes, targets: growing() };
        }
        const tokens = Float32Array.from(encode(piece));
        for (let index = 0; index < tokens.length; index += 1) {
          const before = current.tokens + index - cut.length;
          if (before >= 0 && before % cut.stride === 0) current.targets.add(tokens[index]);
          if (part !== 'train') continue;
          if (firstTokens.length < shownTokens(cut)) firstTokens.push(tokens[index]);
          unknown += Number(tokens[index] === 1);
        }
        if (part === 'train') trained += tokens.length;
        write.put(new Uint8Array(tokens.buffer), bytes);
        bytes += tokens.byteLength;
        current.tokens += tokens.length;
        written += piece.length;
        onProgress(shareOf.count + shareOf.fit + ((1 - shareOf.count - shareOf.fit) * written) / all);
        await nextTurn();
      }
      finish();
      // What was counted and what was read must be the same.
      if ((await disk.stat(text.found.file)).mtimeMs !== text.writtenAtMs)
        throw new EpochbookError('data.changedMeanwhile', { path: text.path }, { at: '/data/source' });
    }
    const made = runningDataset(tokenizer, parts, cut, { first: firstTokens, unknown, tokens: trained });
    await write.done(bytes);
    return made;
  } catch (error) {
    await write.fail();
    throw error;
  }
}

/** Signs that are read for each token at first. */
const signsOfToken = 16;

export interface EndOptions {
  readonly folders: Folders;
  /** Which of its tokens. */
  readonly end: 'first' | 'last';
  /** Signs that are looked at, at first. */
  readonly least?: number;
}

/**
 * The first or last tokens of a text, at least as many as the model wants where it has them, with no more of it in memory
 * than they take. Throws `data.encoding` and what `plainBytesOf` throws.
 */
export async function endTokens(path: string, known: TextInput, { folders, end, least = 1 << 20 }: EndOptions): Promise<ArrayLike<number>> {
  const opened = await openRunning({ format: 'text', path }, folders, createHash('sha256'), undefined);
  const encode = encoderOf(known);
  // A text in a column is taken as it is.
  const pieces = () =>
    known.column === undefined ? plainPieces(opened) : decodedPieces(plainBytesOf(opened.found, path, at), opened.encoding);
  for (let most = Math.max(least, known.length * signsOfToken); ; most *= 8) {
    let [some, isCut] = ['', false];
    for await (const piece of pieces()) {
      some += piece;
      if (some.length <= 2 * most) continue;
      isCut = true;
      if (end === 'first') break;
      some = some.slice(-most);
    }
    const whole = !isCut ? some : end === 'first' ? some.slice(0, safeCut(some)) : some.slice(safeStart(some));
    const tokens = encode(whole);
    if (!isCut || tokens.length >= known.length) return tokens;
  }
}

/** Behind the first line end, else before the first space, as texts are cut for training. */
function safeStart(text: string): number {
  const line = text.indexOf('\n') + 1;
  return line > 0 ? line : Math.max(0, text.indexOf(' '));
}

/** Throws `data.encoding`, `data.encodingTold` and what `plainBytesOf` throws. */
async function openRunning(
  { path, encoding: told }: TextSource,
  folders: Folders,
  hash: Hash,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  const found = await findFile(path, folders, at);
  if (found.bytes === 0) throw new EpochbookError('data.emptyFile', { path }, { at });
  const { mtimeMs } = await disk.stat(found.file);
  const head: Buffer[] = [];
  let length = 0;
  for await (const bytes of plainBytesOf(found, path, at, { signal })) {
    head.push(bytes);
    if ((length += bytes.length) >= headBytes) break;
  }
  for await (const _ of bytesOf(found, path, at, { hash, signal })) continue;
  const odd = new Map<TextEncoding, OddLine>();
  const tried = told === undefined ? likelyEncodings(Buffer.concat(head)) : [told];
  for (let index = 0; index < tried.length; index += 1) {
    const encoding = tried[index];
    try {
      let signs = 0;
      for await (const text of plainPieces({ path, found, encoding }, signal)) signs += text.length;
      return { path, found, encoding, signs, writtenAtMs: mtimeMs };
    } catch (error) {
      if (!(error instanceof OddLine)) throw error;
      odd.set(encoding, error);
    }
    // What is no more than ASCII for long shows late what it is.
    if (told !== undefined || index < tried.length - 1) continue;
    const late = await encodingOf(plainBytesOf(found, path, at, { signal }));
    if (!tried.includes(late)) tried.push(late);
  }
  throw explainOddLine(odd.get(told ?? 'utf-8'), { path, at, told });
}

/** The text as it is read whole, some megabytes at a time. */
async function* plainPieces(
  { path, found, encoding }: Pick<Opened, 'path' | 'found' | 'encoding'>,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of decodedPieces(plainBytesOf(found, path, at, { signal }), encoding)) {
    const text = rest + piece;
    // Its line end may have a second sign.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    rest = text.slice(end);
    yield withPlainEnds(text.slice(0, end));
  }
  yield rest;
}

/** The text of each part in its turn, cut where no token goes across. */
async function* piecesOf(
  text: Opened,
  ends: readonly { readonly part: PartName; readonly end: number }[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ part: PartName; text: string }> {
  let [from, index, pending] = [0, 0, ''];
  for await (const piece of plainPieces(text, signal)) {
    pending += piece;
    for (; index < ends.length - 1 && from + pending.length >= ends[index].end; index += 1) {
      const size = ends[index].end - from;
      yield { part: ends[index].part, text: pending.slice(0, size) };
      pending = pending.slice(size);
      from += size;
    }
    const cut = safeCut(pending);
    if (cut === 0) continue;
    yield { part: ends[index].part, text: pending.slice(0, cut) };
    pending = pending.slice(cut);
    from += cut;
  }
  if (pending !== '') yield { part: ends[index].part, text: pending };
}

/** Behind a line end, or before a space: no word or piece of one lies on both sides, and no sign is made of both. */
function safeCut(text: string): number {
  const line = text.lastIndexOf('\n') + 1;
  if (line > 0 || text.length < spacesFrom) return line;
  const space = text.lastIndexOf(' ');
  if (space > 0 || text.length < anywhereFrom) return Math.max(0, space);
  let cut = text.length - 1;
  while (cut > 1 && /^[\p{M}\u200d\uDC00-\uDFFF]/u.test(text.slice(cut, cut + 1))) cut -= 1;
  return cut;
}

interface Growing {
  readonly add: (value: number) => void;
  readonly values: () => Float32Array;
}

function growing(): Growing {
  let [held, count] = [new Float32Array(1 << 12), 0];
  return {
    add(value) {
      if (count === held.length) {
        const larger = new Float32Array(held.length * 2);
        larger.set(held);
        held = larger;
      }
      held[count] = value;
      count += 1;
    },
    values: () => held.slice(0, count),
  };
}
