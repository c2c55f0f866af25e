/** Tables that are larger than memory: told by the sizes of their files, then read in passes. */
import { createHash, type Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { Preparation } from '#contract/samples.ts';
import { archiveOf, type DataSource, type DataSpec, kindOf } from '#contract/spec.ts';
import type { NamedFile } from '../duck.ts';
import { type DuckTables, openTables } from '../duck-tables.ts';
import { type Folders, isGzipped, locate, placeDataFile } from '../files.ts';
import { atOther, checkOther, forEveryPart } from '../other-data.ts';
import type { PlacedSeries } from '../placed-series.ts';
import { place } from '../steps.ts';
import { folderOf, samplesName } from '../stored-arrays.ts';
import type { PreparedTable } from '../table.ts';
import { openArrowRows, openSqliteRows } from './large-rows.ts';
import { type LargeSource, type LargeTable, openLargeTable } from './large-table.ts';
import { canStream, type LargePart } from './stream-plan.ts';
import { placeLargeSeries, prepareLargeTable } from './stream-table.ts';

/** What a table's texts take in memory, for each byte of the file. */
const textFactor = 16;
/** Unpacked by each byte that is packed. */
const packedFactor = 5;

const large = new Set(['csv', 'parquet', 'json', 'sql', 'sqlite', 'arrow']);

function pathsOf(source: LargeSource): { path: string; at: string }[] {
  if (source.format !== 'sql') return [{ path: source.path, at: '/data/source/path' }];
  return Object.values(source.tables).map((path) => ({ path, at: '/data/source/tables' }));
}

const sourcesOf = ({ source, steps }: DataSpec): DataSource[] => [
  source,
  ...steps.flatMap((step) => ('data' in step ? [step.data.source] : [])),
];

/**
 * Whether the data is a table whose texts would take more than so many bytes, and can be read without holding them. Told
 * by sizes alone, so that it is the same for the same files everywhere.
 */
export async function isLarge(spec: DataSpec, folders: Folders, most: number): Promise<boolean> {
  if (kindOf(spec.source) !== 'table' || !canStream(spec)) return false;
  let bytes = 0;
  for (const source of sourcesOf(spec)) {
    if (!large.has(source.format)) return false;
    for (const { path, at } of pathsOf(source as LargeSource)) {
      if (archiveOf(path)) return false;
      try {
        const file = await locate(path, folders, at);
        const stats = await disk.stat(file);
        if (!stats.isFile()) return false;
        const packed = source.format === 'parquet' || source.format === 'arrow' || (await isGzipped(file, path, at));
        bytes += stats.size * textFactor * (packed ? packedFactor : 1);
      } catch {
        // What is wrong with it is said where it is read.
        return false;
      }
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
  const seen: { file: string; path: string; writtenAtMs: number }[] = [];
  const parts: ('validation' | 'test')[] = [];
  const drops: (() => Promise<void>)[] = [];
  const spill = join(folderOf(folders), `${process.pid}.spill`);
  const named: { source: LargeSource; files: readonly NamedFile[]; tables?: DuckTables }[] = [];
  let [total, read] = [0, 0];
  for (const source of sourcesOf(spec) as LargeSource[])
    for (const { path, at } of pathsOf(source)) total += (await disk.stat(await locate(path, folders, at))).size;
  /** Opens a table once its bytes are hashed, in the order in which they are read otherwise. */
  const hashed = async (source: LargeSource): Promise<void> => {
    for (const { path, at } of pathsOf(source)) {
      const file = await locate(path, folders, at);
      seen.push({ file, path, writtenAtMs: (await disk.stat(file)).mtimeMs });
    }
    if (source.format === 'sql') {
      const tables = await openTables(source, folders, hash);
      drops.push(tables.close);
      named.push({ source, files: tables.files, tables });
      return;
    }
    const { path } = source;
    const onBytes = ({ length }: Buffer) => onProgress((hashingShare * (read += length)) / total);
    const plain = source.format !== 'csv' && source.format !== 'json';
    const { drop, ...found } = await placeDataFile(path, folders, '/data/source/path', { hash, plain, signal, onBytes });
    if (drop) drops.push(drop);
    named.push({ source, files: [{ path, ...found }] });
  };
  const opened = async (index: number): Promise<LargeTable> => {
    const { source, files, tables: queried } = named[index];
    const at = source.format === 'sql' ? '/data/source/query' : '/data/source/path';
    const rows =
      source.format === 'sqlite'
        ? await openSqliteRows(source, files[0], at)
        : source.format === 'arrow'
          ? await openArrowRows(source.path, files[0])
          : undefined;
    return openLargeTable(source, files, {
      signal,
      spill: `${spill}${index || ''}`,
      at,
      ...(rows && { rows }),
      ...(queried && { tables: queried }),
    });
  };
  try {
    await disk.mkdir(folderOf(folders), { recursive: true });
    const others = spec.steps.flatMap((step, index) => ('data' in step ? [{ step, at: place({ index }) }] : []));
    await hashed(spec.source as LargeSource);
    for (const { step, at } of others) {
      checkOther(step.data, spec, at);
      try {
        await hashed(step.data.source as LargeSource);
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
    for (const { file, path, writtenAtMs } of seen)
      if ((await disk.stat(file)).mtimeMs !== writtenAtMs)
        throw new EpochbookError('data.changedMeanwhile', { path }, { at: '/data/source' });
    return made;
  } finally {
    for (const { table } of tables) table.close();
    for (const drop of drops) await drop();
    for (const index of named.keys())
      for (const ending of ['', '.duckdb', '.duckdb.wal'])
        await disk.rm(`${spill}${index || ''}${ending}`, { recursive: true, force: true });
  }
}
