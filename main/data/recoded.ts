/** Texts that are no UTF-8, brought to it in a file of the cache: of all encodings that people have, the database reads none other in full. */
import { isAscii } from 'node:buffer';
import type { Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import type { TextEncoding } from '#contract/spec.ts';
import type { NamedFile } from './duck.ts';
import { decodedPieces, encodingError, likelyEncoding, OddLine } from './encoding.ts';
import { findFile, type FoundFile, type Folders, placeDataFile, plainBytesOf } from './files.ts';
import { writeUnpacked } from './stream/write-unpacked.ts';

const mostTelling = 1 << 20;
/** A first look at a file looks for them no further. */
const lookedThrough = 64 * 2 ** 20;

/** Keeps the first bytes that say more than ASCII does. */
function createTelling() {
  const kept: Buffer[] = [];
  let length = 0;
  return {
    /** False where no more are needed. */
    take(bytes: Buffer): boolean {
      if (length === 0 && isAscii(bytes) && !bytes.includes(0)) return true;
      if (length < mostTelling) kept.push(bytes);
      length += bytes.length;
      return length < mostTelling;
    },
    bytes: () => Buffer.concat(kept),
  };
}
type Telling = ReturnType<typeof createTelling>;

interface RecodeOptions {
  readonly folders: Folders;
  readonly at: string;
  readonly told: TextEncoding | undefined;
  /** What was kept of the file as it was read to its end; of what is packed it says nothing. */
  readonly telling?: Telling | undefined;
  /** Bytes that are looked through for what says more than ASCII does; default: all. */
  readonly most?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Recoded {
  readonly named: NamedFile;
  readonly encoding: TextEncoding;
  /** Takes copies away. */
  readonly drop?: () => Promise<void>;
}

/** `data.encoding` or, of an encoding that was told, `data.encodingTold`, with the line; of another error that error. */
export function explainOddLine(
  error: unknown,
  { path, at, told }: { readonly path: string; readonly at: string; readonly told?: TextEncoding | undefined },
): unknown {
  return error instanceof OddLine ? encodingError({ path, line: error.line, bytes: error.bytes }, { at, told }) : error;
}

async function plainPieces(
  { file, path, gzipped }: NamedFile,
  { at, signal }: Pick<RecodeOptions, 'at' | 'signal'>,
): Promise<AsyncGenerator<Buffer>> {
  const found: FoundFile = { file, gzipped, bytes: (await disk.stat(file)).size };
  return plainBytesOf(found, path, at, { signal });
}

async function findEncoding(named: NamedFile, options: RecodeOptions): Promise<TextEncoding> {
  if (options.telling && !named.gzipped) return likelyEncoding(options.telling.bytes());
  return encodingOf(await plainPieces(named, options), options.most);
}

/** What a text most likely is, looked through until it says enough that is more than ASCII; `most`: or for so many bytes. */
export async function encodingOf(pieces: AsyncIterable<Buffer>, most = Infinity): Promise<TextEncoding> {
  const telling = createTelling();
  let read = 0;
  for await (const bytes of pieces) {
    read += bytes.length;
    if (!telling.take(bytes) || read >= most) break;
  }
  return likelyEncoding(telling.bytes());
}

/** The same of a file, to its end where need be. */
export const encodingIn = async (path: string, folders: Folders, at: string): Promise<TextEncoding> =>
  encodingOf(plainBytesOf(await findFile(path, folders, at), path, at));

async function asUtf8(named: NamedFile, options: RecodeOptions): Promise<Recoded> {
  const { folders, at, told } = options;
  const { path } = named;
  const encoding = told ?? (await findEncoding(named, options));
  if (encoding === 'utf-8') return { named, encoding };
  try {
    const { file, drop } = await writeUnpacked(folders, recoded(await plainPieces(named, options), encoding));
    return { named: { path, file, gzipped: false }, encoding, drop };
  } catch (error) {
    throw explainOddLine(error, { path, at, told });
  }
}

/** What the database says of a text that is no UTF-8. */
const notUtf8 = /not utf-8|invalid unicode|invalid utf-?8/i;

/** The database's error where a text that it takes for UTF-8 is none: the line, and what it may be instead. Else undefined. */
export async function explainNotUtf8(
  cause: unknown,
  named: NamedFile,
  { at, told }: { readonly at: string; readonly told?: TextEncoding | undefined },
): Promise<unknown> {
  if (!(cause instanceof Error) || !notUtf8.test(cause.message)) return undefined;
  const { path } = named;
  try {
    for await (const _ of decodedPieces(await plainPieces(named, { at }), 'utf-8')) continue;
    return undefined;
  } catch (error) {
    return error instanceof OddLine ? explainOddLine(error, { path, at, told }) : undefined;
  }
}

export interface PlaceOptions {
  readonly folders: Folders;
  readonly at: string;
  /** Takes the file's bytes; without it the file is located, and looked through no further than its first bytes. */
  readonly hash?: Hash | undefined;
  /** Gzip is unpacked. */
  readonly plain?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: Buffer) => void) | undefined;
}

/**
 * Where a text lies as UTF-8: the file itself where it is, else a copy, until `drop`. What of UTF-8 is none is said where it
 * is read. Throws what `placeDataFile` throws, and `data.encoding` and `data.encodingTold` with the line where the bytes are
 * of no encoding, or of another.
 */
export async function placeUtf8(
  { path, encoding: told }: { readonly path: string; readonly encoding?: TextEncoding | undefined },
  { folders, at, hash, plain = false, signal, onBytes }: PlaceOptions,
): Promise<Recoded & { readonly drop: () => Promise<void> }> {
  const telling = hash && createTelling();
  const take = (bytes: Buffer) => {
    telling?.take(bytes);
    onBytes?.(bytes);
  };
  const { drop, ...place } = await placeDataFile(path, folders, at, { hash, plain, signal, onBytes: take });
  try {
    const most = hash ? undefined : lookedThrough;
    const utf8 = await asUtf8({ path, ...place }, { folders, at, told, telling: drop ? undefined : telling, most, signal });
    const drops = async () => {
      await drop?.();
      await utf8.drop?.();
    };
    return { ...utf8, drop: drops };
  } catch (error) {
    await drop?.();
    throw error;
  }
}

/** Throws `OddLine`. */
export async function* recoded(pieces: AsyncIterable<Buffer>, encoding: TextEncoding): AsyncGenerator<Buffer> {
  for await (const text of decodedPieces(pieces, encoding)) yield Buffer.from(text);
}
