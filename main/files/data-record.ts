/** What a run keeps of its data beside its checkpoints: the files by their content, and the rows of each part. */
import { createHash } from 'node:crypto';
import { createReadStream, promises as disk } from 'node:fs';
import { join, resolve } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { fingerprint } from './fingerprint.ts';
import { writeWhole } from './write-whole.ts';

export const dataRecordFile = 'data.json';

export type RowsByPart = Readonly<Partial<Record<'train' | 'validation' | 'test', Uint32Array>>>;

interface RecordedFile {
  /** As the notebook says it. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 over the bytes; of a folder, over the names and bytes of all files below it. */
  readonly hash: string;
  /** Sizes and times then: where they are the same, the bytes need not be read. */
  readonly seen: string;
}

interface DataRecord {
  readonly files: readonly RecordedFile[];
  /** Packed by `packRows`, in base64. */
  readonly parts: Readonly<Record<string, string>>;
}

export interface FileSince {
  readonly path: string;
  readonly bytes: number;
  readonly hash: string;
  readonly state: 'same' | 'changed' | 'missing';
}

/** Differences between neighbours, seven bits a byte, deflated: a byte or less for a row of an ascending list. */
export function packRows(rows: Uint32Array): Buffer {
  const bytes = new Uint8Array(mostPacked(rows));
  let filled = 0;
  let before = -1;
  for (const row of rows) {
    let rest = folded(row - before - 1);
    while (rest >= 128) {
      bytes[filled++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[filled++] = rest;
    before = row;
  }
  return deflateRawSync(bytes.subarray(0, filled));
}

/** So that a step back is short, too. */
const folded = (step: number) => (step >= 0 ? step * 2 : -step * 2 - 1);

/** Bytes of the packed rows before they are deflated. */
function mostPacked(rows: Uint32Array): number {
  let [bytes, before] = [0, -1];
  for (const row of rows) {
    for (let rest = folded(row - before - 1); rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
    bytes += 1;
    before = row;
  }
  return bytes;
}

export function unpackRows(packed: Uint8Array): Uint32Array {
  const bytes = inflateRawSync(packed);
  // A row ends with a byte of seven bits.
  let count = 0;
  for (const byte of bytes) count += Number(byte < 128);
  const rows = new Uint32Array(count);
  let filled = 0;
  let before = -1;
  let [value, factor] = [0, 1];
  for (const byte of bytes) {
    value += (byte % 128) * factor;
    factor *= 128;
    if (byte >= 128) continue;
    before += (value % 2 === 0 ? value / 2 : -(value + 1) / 2) + 1;
    rows[filled++] = before;
    [value, factor] = [0, 1];
  }
  return rows;
}

/** The content of a file, or of all files below a folder. */
async function contentOf(path: string): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const add = async (file: string) => {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  };
  const walk = async (folder: string, depth: number) => {
    for (const name of (await disk.readdir(folder)).sort()) {
      const file = join(folder, name);
      hash.update(`${name}\n`);
      if (!(await disk.stat(file)).isDirectory()) await add(file);
      // A circle of links ends.
      else if (depth < 40) await walk(file, depth + 1);
    }
  };
  if ((await disk.stat(path)).isDirectory()) await walk(path, 0);
  else await add(path);
  return { bytes, hash: hash.digest('hex') };
}

const seenOf = async (file: string) => JSON.stringify((await fingerprint(file)) ?? null);

/** `folder`: the run's own; `paths` start at `notebookFolder`. */
export async function writeDataRecord(folder: string, notebookFolder: string, paths: readonly string[], parts: RowsByPart): Promise<void> {
  const files: RecordedFile[] = [];
  for (const path of new Set(paths)) {
    const file = resolve(notebookFolder, path);
    files.push({ path, seen: await seenOf(file), ...(await contentOf(file)) });
  }
  const packed = Object.entries(parts).flatMap(([part, rows]) => (rows ? [[part, packRows(rows).toString('base64')] as const] : []));
  const record: DataRecord = { files, parts: Object.fromEntries(packed) };
  await writeWhole(join(folder, dataRecordFile), Buffer.from(JSON.stringify(record)));
}

async function read(folder: string): Promise<DataRecord | undefined> {
  try {
    return JSON.parse(await disk.readFile(join(folder, dataRecordFile), 'utf8')) as DataRecord;
  } catch {
    // A run of an older version, or one that never began, has none.
    return undefined;
  }
}

/** Rows of the source in each part, from 0. */
export async function readRows(folder: string): Promise<RowsByPart> {
  const record = await read(folder);
  return Object.fromEntries(Object.entries(record?.parts ?? {}).map(([part, packed]) => [part, unpackRows(Buffer.from(packed, 'base64'))]));
}

/** The files, and what became of them since. */
export async function filesSince(folder: string, notebookFolder: string): Promise<FileSince[]> {
  const record = await read(folder);
  const since: FileSince[] = [];
  for (const { path, bytes, hash, seen } of record?.files ?? []) {
    const file = resolve(notebookFolder, path);
    const now = await seenOf(file);
    const state = now === 'null' ? 'missing' : now === seen || (await contentOf(file)).hash === hash ? 'same' : 'changed';
    since.push({ path, bytes, hash, state });
  }
  return since;
}
