/** Rows of large files that the database does not know, for it: some thousands at a time, never all of them held. */
import { promises as disk } from 'node:fs';
import type { Hash } from 'node:crypto';
import type { DataSource } from '#contract/spec.ts';
import { decodedPieces } from './encoding.ts';
import { type FoundFile, type Folders, placeDataFile, placeFile, plainBytesOf } from './files.ts';
import { explainOddLine, placeUtf8 } from './recoded.ts';
import { openRows } from './stream/large-rows.ts';
import { listTexts, readText } from './text-files.ts';
import { labelColumn, textColumn } from './text-table.ts';

/** Some rows, column by column. */
export type Columns = readonly (readonly string[])[];

export interface PagedRows {
  readonly names: readonly string[];
  /** Of the files. */
  readonly bytes: number;
  readonly blocks: AsyncIterator<Columns>;
  /** Takes unpacked copies away. */
  readonly drop?: (() => Promise<void>) | undefined;
}

export type PagedSource = Extract<DataSource, { format: 'arrow' | 'sqlite' | 'text' | 'textFolder' }>;

export interface PagedOptions {
  readonly folders: Folders;
  readonly at: string;
  readonly hash?: Hash | undefined;
  /** Bytes from which on they are not held. */
  readonly most: number;
}

const linesAtOnce = 4096;
const textsAtOnce = 128;

/** Undefined where the files are small enough to be read whole. Throws what reading them whole throws. */
export async function openPagedRows(source: PagedSource, options: PagedOptions): Promise<PagedRows | undefined> {
  const { folders, at, hash, most } = options;
  const { path } = source;
  if (source.format === 'textFolder') return openTexts(source, options);
  const { bytes } = await placeFile(path, folders, at);
  if (bytes <= most) return undefined;
  if (source.format === 'text') {
    const { named, drop } = await placeUtf8(source, { folders, at, hash, plain: true });
    return { names: [textColumn], bytes, blocks: linesOf({ ...named, bytes }, { path, at, told: source.encoding }), drop };
  }
  const { drop, ...place } = await placeDataFile(path, folders, at, { hash, plain: true });
  try {
    const { names, blocks } = await openRows(source, { path, ...place }, at);
    return { names, bytes, blocks: turned(names, blocks), drop };
  } catch (error) {
    await drop?.();
    throw error;
  }
}

async function* turned(names: readonly string[], blocks: AsyncIterable<readonly (readonly string[])[]>): AsyncGenerator<Columns> {
  for await (const rows of blocks) yield names.map((_, column) => rows.map((row) => row[column]));
}

async function openTexts(
  source: Extract<DataSource, { format: 'textFolder' }>,
  { folders, at, hash, most }: PagedOptions,
): Promise<PagedRows | undefined> {
  const files = await listTexts(source, folders);
  let bytes = 0;
  for (const { file } of files) bytes += (await placeFile(file, folders, at)).bytes;
  if (bytes <= most) return undefined;
  const blocks = async function* (): AsyncGenerator<Columns> {
    for (let from = 0; from < files.length; from += textsAtOnce) {
      const some = files.slice(from, from + textsAtOnce);
      const texts: string[] = [];
      for (const { file } of some) {
        hash?.update(file);
        texts.push(await readText(file, folders, source.encoding, hash));
      }
      yield [texts, some.map(({ label }) => label)];
    }
  };
  return { names: [textColumn, labelColumn], bytes, blocks: blocks() };
}

/** Every line is a row; the last one's end begins no other. */
async function* linesOf(found: FoundFile, place: Parameters<typeof explainOddLine>[1]): AsyncGenerator<Columns> {
  const { path, at } = place;
  let rest = '';
  try {
    for await (const piece of decodedPieces(plainBytesOf({ ...found, bytes: (await disk.stat(found.file)).size }, path, at), 'utf-8')) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop()!;
      for (let from = 0; from < lines.length; from += linesAtOnce)
        yield [lines.slice(from, from + linesAtOnce).map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))];
    }
  } catch (error) {
    throw explainOddLine(error, place);
  }
  if (rest !== '') yield [[rest]];
}
