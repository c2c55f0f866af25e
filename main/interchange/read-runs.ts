/** Finds the runs of other tools at a place, and reads them one after the other. */
import { promises as disk } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { LogTool } from '#contract/logged-run.ts';
import { errorCode } from '#files/disk-error.ts';
import { isLogCsv, readCsv } from './csv.ts';
import type { FoundRun } from './found-run.ts';
import { readMlflowDatabase } from './mlflow-database.ts';
import { isMlflowRun, metaFile, readMlflowFolders } from './mlflow-files.ts';
import { byText } from './series.ts';
import { isEventFile, readTensorboard } from './tensorboard.ts';

interface Places {
  readonly eventFolders: Set<string>;
  readonly mlflowRuns: string[];
  readonly databases: string[];
  readonly tables: string[];
}

const databaseNames = new Set(['.db', '.sqlite', '.sqlite3']);
const tableNames = new Set(['.csv', '.tsv']);
/** What is deleted in MLflow, what is ours, and what nobody keeps logs in. */
const skipped = new Set(['.trash', '.epochbook', '.git', 'node_modules']);
const deepest = 40;

function sort(file: string, folder: string, places: Places): void {
  const ending = extname(file).toLowerCase();
  if (isEventFile(basename(file))) places.eventFolders.add(folder);
  else if (databaseNames.has(ending)) places.databases.push(file);
  else if (tableNames.has(ending)) places.tables.push(file);
}

async function search(folder: string, places: Places, depth = 0): Promise<void> {
  const entries = await disk.readdir(folder, { withFileTypes: true });
  // Of a run of MLflow, what lies in its folder are its own files.
  if (entries.some(({ name }) => name === metaFile) && (await isMlflowRun(folder))) {
    places.mlflowRuns.push(folder);
    return;
  }
  for (const entry of entries.sort((a, b) => byText(a.name, b.name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth < deepest && !skipped.has(entry.name)) await search(path, places, depth + 1);
    } else if (entry.isFile()) sort(path, folder, places);
  }
}

async function onlyLogs(files: readonly string[]): Promise<string[]> {
  const logs: string[] = [];
  for (const file of files) if (await isLogCsv(file)) logs.push(file);
  return logs;
}

/** A database in a folder may be anyone's. */
const isNamedMlflow = (file: string): boolean => /^ml(flow|runs)/i.test(basename(file));

/**
 * Everything at `path` (absolute; a file, or a folder with all below it). Without `tool`: event files and MLflow's
 * stores, and of a folder that has neither its CSV files with a column of epochs. Throws interchange.placeMissing,
 * interchange.nothingFound and what the readers throw for the one file that was named.
 */
export async function* readRuns(path: string, tool?: LogTool): AsyncGenerator<FoundRun> {
  const stats = await disk.stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') throw new EpochbookError('interchange.placeMissing', { path });
    throw error;
  });
  // The same folder is known again however it was named.
  const root = await disk.realpath(path);
  const places: Places = { eventFolders: new Set(), mlflowRuns: [], databases: [], tables: [] };
  if (stats.isDirectory()) {
    await search(root, places);
  } else if (tool === 'csv') places.tables.push(root);
  else if (tool === 'mlflow') places.databases.push(root);
  else if (tool === 'tensorboard') places.eventFolders.add(join(root, '..'));
  else sort(root, join(root, '..'), places);

  const isFolder = stats.isDirectory();
  const databases = isFolder ? places.databases.filter(isNamedMlflow) : places.databases;
  const wants = (name: LogTool) => tool === undefined || tool === name;
  const hasLogs = places.eventFolders.size + places.mlflowRuns.length + databases.length > 0;
  const tables = wants('csv') && (tool === 'csv' || !hasLogs) ? places.tables : [];
  const logs = isFolder ? await onlyLogs(tables) : tables;
  let found = 0;
  async function* counted(runs: AsyncIterable<FoundRun> | Iterable<FoundRun>): AsyncGenerator<FoundRun> {
    for await (const run of runs) {
      found++;
      yield run;
    }
  }
  if (wants('tensorboard')) yield* counted(readTensorboard(isFolder ? root : join(root, '..'), places.eventFolders));
  if (wants('mlflow')) {
    yield* counted(readMlflowFolders(places.mlflowRuns));
    for (const file of databases) yield* counted(readMlflowDatabase(file));
  }
  for (const file of logs) yield* counted(await readCsv(file));
  if (found === 0) throw new EpochbookError('interchange.nothingFound', { path, tool: tool ?? 'any' });
}
