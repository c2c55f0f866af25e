/** From bytes to text: the encoding is told, or found and then shown. */
import { EpochbookError } from '#contract/errors.ts';
import { type TextEncoding, textEncodings } from '#contract/spec.ts';
import type { OpenedFile } from './files.ts';

/** What a JavaScript string can hold. */
const longestText = 2 ** 29 - 25;

export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
}

const decode = (bytes: Uint8Array, encoding: TextEncoding, fatal: boolean) => new TextDecoder(encoding, { fatal }).decode(bytes);

function tryDecode(bytes: Uint8Array, encoding: TextEncoding): string | undefined {
  try {
    return decode(bytes, encoding, true);
  } catch {
    return undefined;
  }
}

/** UTF-16 of mostly Latin text without a mark: every other byte is 0. */
function zeroSide(bytes: Uint8Array): TextEncoding | undefined {
  const length = Math.min(bytes.length - (bytes.length % 2), 4096);
  const zeros = [0, 0];
  for (let index = 0; index < length; index += 1) zeros[index % 2] += Number(bytes[index] === 0);
  if (length < 8) return undefined;
  if (zeros[1] > length * 0.3 && zeros[0] === 0) return 'utf-16le';
  return zeros[0] > length * 0.3 && zeros[1] === 0 ? 'utf-16be' : undefined;
}

/** Whether a text that is no UTF-8 has such sequences all the same: it is then a damaged one. */
function hasMultibyte(bytes: Uint8Array): boolean {
  for (let index = 0; index + 1 < bytes.length; index += 1) {
    const lead = bytes[index];
    const long = lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    if (long < 2) continue;
    let fits = true;
    for (let more = 1; more <= long; more += 1) fits &&= (bytes[index + more] ?? 0) >> 6 === 2;
    if (fits) return true;
  }
  return false;
}

/** Signs that texts have. */
const written = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\s]*$/u;
const mostLooked = 1 << 20;

/** From a line on, some lines of a text. */
function linesFrom(bytes: Buffer, line: number): Buffer {
  let start = 0;
  for (let before = 1; before < line; before += 1) start = bytes.indexOf(0x0a, start) + 1;
  const some = bytes.subarray(start, start + mostLooked);
  return some.subarray(0, some.lastIndexOf(0x0a) + 1 || some.length);
}

/** The encodings in which these bytes are a text. */
function fittingEncodings(bytes: Buffer): TextEncoding[] {
  const wide = markedAs(bytes) ?? zeroSide(bytes);
  if (wide) return [wide];
  return textEncodings.filter((encoding) => {
    const text = encoding.startsWith('utf-16') ? undefined : tryDecode(bytes, encoding);
    return text !== undefined && written.test(text);
  });
}

/** `data.encoding` or, of an encoding that was told, `data.encodingTold`, each with those that fit. */
export function encodingError(
  { path, line, bytes }: { readonly path: string; readonly line: number; readonly bytes: Buffer },
  { at, told }: { readonly at: string; readonly told?: TextEncoding | undefined },
): EpochbookError {
  const others = fittingEncodings(bytes).filter((encoding) => encoding !== (told ?? 'utf-8'));
  const facts = { path, line, choices: JSON.stringify(others) };
  const place = { at, where: { file: path, line } };
  if (told === undefined) return new EpochbookError('data.encoding', facts, place);
  return new EpochbookError('data.encodingTold', { ...facts, encoding: told }, place);
}

const share = (text: string, wanted: RegExp): number => {
  const foreign = text.match(/[^\0-\u007F]/gu) ?? [];
  return foreign.length === 0 ? 0 : foreign.filter((sign) => wanted.test(sign)).length / foreign.length;
};

/**
 * Whether the bytes above 127 come in pairs, as those of nearly all signs of GB 2312 do. An accented letter of Latin-1
 * with the plain letter after it is a rare sign of GBK too.
 */
function hasPairs(bytes: Uint8Array): boolean {
  let [pairs, others] = [0, 0];
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] < 0x81) continue;
    index += 1;
    if (bytes[index] >= 0xa1) pairs += 1;
    else others += 1;
  }
  return pairs > others * 3;
}

/** What a text that is no UTF-8 most likely is; undefined where nothing fits well. */
function guessLegacy(bytes: Uint8Array): DecodedText | undefined {
  if (bytes.includes(0) || hasMultibyte(bytes)) return undefined;
  const chinese = hasPairs(bytes) ? tryDecode(bytes, 'gbk') : undefined;
  if (chinese !== undefined && share(chinese, /[\u4E00-\u9FFF\u3000-\u303F\uFF00-\uFFEF—‘’“”…·]/u) > 0.95)
    return { text: chinese, encoding: 'gbk' };
  const western = tryDecode(bytes, 'windows-1252');
  if (western !== undefined && share(western, /[À-ÖØ-öø-þŠŽŒšžœŸ‘’“”–—…€£§°²³µ·«»]/u) > 0.9)
    return { text: western, encoding: 'windows-1252' };
  return undefined;
}

/** An error of an encoding that was found, not told, says so. */
export function asTold(error: unknown, told: TextEncoding | undefined): unknown {
  if (!(error instanceof EpochbookError) || error.code !== 'data.encodingTold' || told !== undefined) return error;
  return new EpochbookError('data.encoding', error.values, { at: error.at!, where: error.where!, cause: error });
}

const markedAs = (bytes: Uint8Array): TextEncoding | undefined =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;

/** What a text may be of which only the first megabytes are looked at, in the order in which it is tried. */
export function likelyEncodings(head: Buffer): TextEncoding[] {
  const wide = markedAs(head) ?? zeroSide(head);
  // The last sign may be cut.
  const guess = guessLegacy(head.subarray(0, Math.max(0, head.lastIndexOf(0x0a))));
  return [...(wide ? [wide] : []), 'utf-8', ...(guess ? [guess.encoding] : [])];
}

/** What a text most likely is, by its first bytes that say more than ASCII does. */
export function likelyEncoding(telling: Buffer): TextEncoding {
  const wide = markedAs(telling) ?? zeroSide(telling);
  if (wide) return wide;
  // The last sign may be cut.
  const whole = telling.subarray(0, telling.lastIndexOf(0x0a) + 1 || telling.length);
  return tryDecode(whole, 'utf-8') === undefined ? (guessLegacy(whole)?.encoding ?? 'utf-8') : 'utf-8';
}

/**
 * A text some megabytes at a time, a byte order mark left out. Throws the line, from 1, where the bytes are of another
 * encoding.
 */
export async function* decodedPieces(pieces: AsyncIterable<Buffer>, encoding: TextEncoding): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  const decodeNext = (bytes: Buffer | undefined): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      const own = bytes ? lineOf(decode(bytes, encoding, false)) : 1;
      throw new OddLine(line + own - 1, bytes ? linesFrom(bytes, own) : last);
    }
  };
  let last: Buffer = Buffer.alloc(0);
  for await (const bytes of pieces) {
    const text = decodeNext(bytes);
    yield text;
    last = bytes.subarray(-mostLooked);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line += 1;
  }
  yield decodeNext(undefined);
}

/** Where the bytes of a text are of another encoding. */
export class OddLine extends Error {
  readonly line: number;
  /** Of the text, from the line on. */
  readonly bytes: Buffer;
  constructor(line: number, bytes: Buffer) {
    super(`line ${line}`);
    this.line = line;
    this.bytes = bytes;
  }
}

/**
 * The file's text, a byte order mark left out. Found without being told: UTF-8, UTF-16, GBK and Windows-1252 (which
 * holds Latin-1). Throws `data.textTooLarge`, and `data.encoding` and `data.encodingTold` with the line where reading stops.
 */
export function decodeText({ path, bytes }: OpenedFile, at: string, told?: TextEncoding): DecodedText {
  if (bytes.length > longestText) throw new EpochbookError('data.textTooLarge', { path, megabytes: Math.floor(longestText / 1e6) }, { at });
  if (told !== undefined) {
    const text = tryDecode(bytes, told);
    if (text !== undefined) return { text, encoding: told };
    const line = lineOf(decode(bytes, told, false));
    throw encodingError({ path, line, bytes: linesFrom(bytes, line) }, { at, told });
  }
  const wide = markedAs(bytes) ?? zeroSide(bytes);
  if (wide) {
    const text = tryDecode(bytes, wide);
    if (text !== undefined) return { text, encoding: wide };
  }
  const text = tryDecode(bytes, 'utf-8');
  if (text !== undefined) return { text, encoding: 'utf-8' };
  const guess = guessLegacy(bytes);
  if (guess) return guess;
  const line = lineOf(decode(bytes, 'utf-8', false));
  throw encodingError({ path, line, bytes: linesFrom(bytes, line) }, { at });
}

const lineOf = (readable: string) => readable.slice(0, Math.max(0, readable.indexOf('\uFFFD'))).split('\n').length;
