/** Tables that are larger than memory: told by the sizes of their files, then read in passes. */
import { createHash, type Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import type { Preparation } from '#contract/samples.ts';
import { type DataSource, type DataSpec, kindOf, type TextEncoding } from '#contract/spec.ts';
import type { NamedFile } from '../duck.ts';
import { type DuckTables, openTables } from '../duck-tables.ts';
import { findFile, type Folders, placeDataFile, placeFile } from '../files.ts';
import { atOther, checkOther, forEveryPart } from '../other-data.ts';
import type { PlacedSeries } from '../placed-series.ts';
import { placeUtf8 } from '../recoded.ts';
import { place } from '../steps.ts';
import { samplesName } from '../stored-arrays.ts';
import type { PreparedTable } from '../table.ts';
import { listTexts } from '../text-files.ts';
import { openRows } from './large-rows.ts';
import { type LargeSource, type LargeTable, openLargeTable } from './large-table.ts';
import { openLargeTexts } from './large-texts.ts';
import type { LargePart } from './stream-plan.ts';
import { createSpill, type Spill } from './spill.ts';
import { placeLargeSeries, prepareLargeTable } from './stream-table.ts';

/** What a table's texts take in memory, for each byte of the file. */
const textFactor = 16;
/** Unpacked by each byte that is packed. */
const packedFactor = 5;

type TextFolder = Extract<DataSource, { format: 'textFolder' }>;
type Streamed = LargeSource | TextFolder;

const formats: ReadonlySet<string> = new Set([
  'csv',
  'parquet',
  'json',
  'sql',
  'sqlite',
  'arrow',
  'textFolder',
] satisfies Streamed['format'][]);
const isStreamed = (source: DataSource): source is Streamed => formats.has(source.format);

async function pathsOf(source: Streamed, folders: Folders): Promise<{ path: string; at: string }[]> {
  const at = '/data/source/path';
  if (source.format === 'textFolder') return (await listTexts(source, folders)).map(({ file }) => ({ path: file, at }));
  if (source.format !== 'sql') return [{ path: source.path, at }];
  return Object.values(source.tables).map((path) => ({ path, at: '/data/source/tables' }));
}

const sourcesOf = ({ source, steps }: DataSpec): DataSource[] => [
  source,
  ...steps.flatMap((step) => ('data' in step ? [step.data.source] : [])),
];

/** Whether the data is a table whose texts would take more than so many bytes: told by sizes alone, alike everywhere. */
export async function isLarge(spec: DataSpec, folders: Folders, most: number): Promise<boolean> {
  if (kindOf(spec.source) !== 'table') return false;
  let bytes = 0;
  for (const source of sourcesOf(spec)) {
    if (!isStreamed(source)) return false;
    try {
      for (const { path, at } of await pathsOf(source, folders)) {
        // Texts are many: how they are packed is told by their names.
        const isText = source.format === 'textFolder';
        const found = isText
          ? { ...(await placeFile(path, folders, at)), gzipped: path.endsWith('.gz') }
          : await findFile(path, folders, at);
        const packed = source.format === 'parquet' || source.format === 'arrow' || found.gzipped;
        bytes += found.bytes * textFactor * (packed ? packedFactor : 1);
      }
    } catch {
      // What is wrong with it is said where it is read.
      return false;
    }
  }
  return bytes > most;
}

interface OpenedTables {
  readonly tables: readonly LargePart[];
  /** Parts whose rows are of other files. */
  readonly parts: readonly ('validation' | 'test')[];
  /** Of what is made of them. */
  readonly name: string;
  /** Hears the share that is done of what is made of them. */
  readonly onMade: (share: number) => void;
}

export interface LoadedLargeTable {
  readonly prepared: PreparedTable;
  /** Parts whose rows are of other files. */
  readonly parts: readonly ('validation' | 'test')[];
  readonly reading?: LargeTable['reading'];
}

/** Share of the work that is reading the files for their content's hash. */
const hashingShare = 0.15;

export interface LargeTableOptions {
  readonly signal?: AbortSignal | undefined;
  /** What was fitted on other data, to be done to this alike. */
  readonly known?: Preparation | undefined;
  /** Hears the share that is done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Throws what `loadDataset` throws. */
export const loadLargeTable = (
  spec: DataSpec,
  folders: Folders,
  hash: Hash,
  { signal, known, onProgress }: LargeTableOptions,
): Promise<LoadedLargeTable> =>
  withTables(spec, folders, hash, { signal, known, onProgress }, async ({ tables, parts, name, onMade }) => {
    const prepared = await prepareLargeTable(tables, spec, { folders, name, known, signal, onProgress: onMade });
    const { reading } = tables[0].table;
    return { prepared, parts, ...(reading && { reading }) };
  });

/** Rows of a series and the windows over them, in a file until it is closed. Throws what `loadDataset` throws. */
export const loadLargeSeries = (spec: DataSpec, folders: Folders, { signal, onProgress }: LargeTableOptions): Promise<PlacedSeries> =>
  withTables(spec, folders, createHash('sha256').update(JSON.stringify(spec)), { signal, onProgress }, ({ tables, name, onMade }) =>
    placeLargeSeries(tables, spec, { folders, name, signal, onProgress: onMade }),
  );

/** Opens all tables that the spec names, for as long as something is made of them. */
async function withTables<Made>(
  spec: DataSpec,
  folders: Folders,
  hash: Hash,
  { signal, known, onProgress = () => {} }: LargeTableOptions,
  make: (opened: OpenedTables) => Promise<Made>,
): Promise<Made> {
  const tables: LargePart[] = [];
  const seen = new Map<string, { path: string; writtenAtMs: number }>();
  const parts: ('validation' | 'test')[] = [];
  const drops: (() => Promise<void>)[] = [];
  const spills: Spill[] = [];
  const named: (
    | { source: LargeSource; files: readonly NamedFile[]; encoding?: TextEncoding; tables?: DuckTables; texts?: undefined }
    | { source: TextFolder; texts: LargeTable }
  )[] = [];
  let [total, read] = [0, 0];
  for (const source of sourcesOf(spec) as Streamed[])
    for (const { path, at } of await pathsOf(source, folders)) {
      const { file, bytes } = await placeFile(path, folders, at);
      total += bytes;
      if (!seen.has(file)) seen.set(file, { path, writtenAtMs: (await disk.stat(file)).mtimeMs });
    }
  /** Opens a table once its bytes are hashed, in the order in which they are read otherwise. */
  const hashed = async (source: Streamed): Promise<void> => {
    if (source.format === 'textFolder') {
      const onBytes = (bytes: number) => onProgress(hashingShare * Math.min(1, (read += bytes) / total));
      named.push({ source, texts: await openLargeTexts(source, folders, hash, { signal, onBytes }) });
      return;
    }
    if (source.format === 'sql') {
      const tables = await openTables(source, folders, hash);
      drops.push(tables.close);
      named.push({ source, files: tables.files, tables });
      return;
    }
    const { path } = source;
    const at = '/data/source/path';
    const onBytes = ({ length }: Buffer) => onProgress((hashingShare * (read += length)) / total);
    if (source.format === 'csv') {
      const utf8 = await placeUtf8(source, { folders, at, hash, signal, onBytes });
      drops.push(utf8.drop);
      named.push({ source, files: [utf8.named], encoding: utf8.encoding });
      return;
    }
    const { drop, ...found } = await placeDataFile(path, folders, at, { hash, plain: source.format !== 'json', signal, onBytes });
    if (drop) drops.push(drop);
    named.push({ source, files: [{ path, ...found }] });
  };
  const opened = async (index: number): Promise<LargeTable> => {
    const own = named[index];
    if (own.texts) return own.texts;
    const { source, files, encoding, tables: queried } = own;
    const at = source.format === 'sql' ? '/data/source/query' : '/data/source/path';
    const spill = await createSpill(folders);
    spills.push(spill);
    const rows = source.format === 'sqlite' || source.format === 'arrow' ? await openRows(source, files[0], at) : undefined;
    return openLargeTable(source, files, {
      signal,
      spill,
      at,
      encoding,
      ...(rows && { rows }),
      ...(queried && { tables: queried }),
    });
  };
  try {
    const others = spec.steps.flatMap((step, index) => ('data' in step ? [{ step, at: place({ index }) }] : []));
    await hashed(spec.source as Streamed);
    for (const { step, at } of others) {
      checkOther(step.data, spec, at);
      try {
        await hashed(step.data.source as Streamed);
      } catch (error) {
        throw atOther(error, at);
      }
    }
    const own = spec.steps.map((step, index) => ({ step, at: place({ index }) }));
    tables.push({ table: await opened(0), at: '/data/source', steps: own });
    for (const [index, { step, at }] of others.entries()) {
      const part = step.op === 'withTest' ? 'test' : 'validation';
      parts.push(part);
      const chosen = step.data.steps.map((one, number) => ({ step: one, at: `${at}/data/steps/${number}` }));
      const steps = [...own.filter((one) => forEveryPart(one.step)), ...chosen.filter((one) => !forEveryPart(one.step))];
      try {
        tables.push({ part, table: await opened(index + 1), at, steps });
      } catch (error) {
        throw atOther(error, at);
      }
    }
    const made = await make({
      tables,
      parts,
      name: samplesName(hash, known),
      onMade: (share) => onProgress(hashingShare + (1 - hashingShare) * share),
    });
    // What was hashed and what was read must be the same.
    for (const [file, { path, writtenAtMs }] of seen)
      if ((await disk.stat(file)).mtimeMs !== writtenAtMs)
        throw new EpochbookError('data.changedMeanwhile', { path }, { at: '/data/source' });
    return made;
  } finally {
    for (const { table } of tables) table.close();
    for (const drop of drops) await drop();
    for (const spill of spills) await spill.drop();
  }
}
