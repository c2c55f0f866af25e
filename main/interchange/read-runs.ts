/** Finds the runs of other tools at a place, and reads them one after the other. */
import { promises as disk } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { LogTool } from '#contract/logged-run.ts';
import { errorCode } from '#files/disk-error.ts';
import { isAimMetrics, isAimRuns, readAimMetrics, readAimRuns } from './aim.ts';
import { isLog, isWandbHistory, readLog } from './csv.ts';
import type { FoundRun } from './found-run.ts';
import { readMlflowDatabase } from './mlflow-database.ts';
import { isMlflowRun, metaFile, readMlflowFolders } from './mlflow-files.ts';
import { byText } from './series.ts';
import { isTableFile, readTable, tableNames } from './tables.ts';
import { isEventFile, readTensorboard } from './tensorboard.ts';
import { isWandbFile, readWandb } from './wandb.ts';
import { isWandbRuns, readWandbRuns } from './wandb-table.ts';

interface Places {
  readonly eventFolders: Set<string>;
  readonly mlflowRuns: string[];
  readonly databases: string[];
  readonly wandbLogs: string[];
  readonly tables: string[];
  /** Folders of Aim's own, which it alone can read. */
  readonly aimFolders: string[];
}

const databaseNames = new Set(['.db', '.sqlite', '.sqlite3']);
/** What is deleted in MLflow, what is ours, and what nobody keeps logs in. */
const skipped = new Set(['.trash', '.epochbook', '.git', 'node_modules']);
const aimFolder = '.aim';
const deepest = 40;

function sort(file: string, folder: string, places: Places): void {
  if (isEventFile(basename(file))) places.eventFolders.add(folder);
  else if (isWandbFile(file)) places.wandbLogs.push(file);
  else if (databaseNames.has(extname(file).toLowerCase())) places.databases.push(file);
  else if (isTableFile(file)) places.tables.push(file);
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
      if (entry.name === aimFolder) places.aimFolders.push(path);
      else if (depth < deepest && !skipped.has(entry.name)) await search(path, places, depth + 1);
    } else if (entry.isFile()) sort(path, folder, places);
  }
}

/** A database in a folder may be anyone's. */
const isNamedMlflow = (file: string): boolean => /^ml(flow|runs)/i.test(basename(file));

/** What a table holds, by the names of its columns. */
function kindOf(file: string, names: readonly string[]): 'aim' | 'wandb' | 'csv' | undefined {
  if (isAimMetrics(names)) return 'aim';
  if (isWandbHistory(names) || isWandbRuns(names)) return 'wandb';
  // Any JSON file may have something called a step.
  return /\.[ct]sv$/i.test(file) && isLog(names) ? 'csv' : undefined;
}

/** What the tables of runs in the same folder say of them, by the run's hash. */
async function aimFacts(file: string): Promise<ReturnType<typeof readAimRuns>> {
  const folder = dirname(file);
  const facts: ReturnType<typeof readAimRuns> = new Map();
  for (const name of (await disk.readdir(folder)).filter(isTableFile).sort(byText)) {
    const other = join(folder, name);
    if (!isAimRuns(await tableNames(other))) continue;
    for (const [hash, fact] of readAimRuns(await readTable(other))) facts.set(hash, fact);
  }
  return facts;
}

async function* readTables(files: readonly string[], kind: LogTool): AsyncGenerator<FoundRun> {
  for (const file of files) {
    const table = await readTable(file);
    if (kind === 'aim') yield* readAimMetrics(table, await aimFacts(file));
    else yield* kind === 'wandb' && isWandbRuns(table.names) ? await readWandbRuns(table) : await readLog(table);
  }
}

/**
 * Everything at `path` (absolute; a file, or a folder with all below it). Without `tool`: event files, MLflow's stores,
 * W&B's logs and what W&B and Aim export, and of a folder that has none of them its CSV files with a column of epochs.
 * Throws interchange.placeMissing, interchange.nothingFound and what the readers throw for the one file that was named.
 */
export async function* readRuns(path: string, tool?: LogTool): AsyncGenerator<FoundRun> {
  const stats = await disk.stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') throw new EpochbookError('interchange.placeMissing', { path });
    throw error;
  });
  // The same folder is known again however it was named.
  const root = await disk.realpath(path);
  const places: Places = { eventFolders: new Set(), mlflowRuns: [], databases: [], wandbLogs: [], tables: [], aimFolders: [] };
  const isFolder = stats.isDirectory();
  if (basename(root) === aimFolder) places.aimFolders.push(root);
  else if (isFolder) await search(root, places);
  else if (tool === 'mlflow') places.databases.push(root);
  else if (tool === 'tensorboard') places.eventFolders.add(dirname(root));
  else if (tool === undefined || (tool === 'wandb' && isWandbFile(root))) sort(root, dirname(root), places);
  else places.tables.push(root);

  const wants = (name: LogTool) => tool === undefined || tool === name;
  const databases = isFolder ? places.databases.filter(isNamedMlflow) : places.databases;
  const tables = { wandb: [] as string[], aim: [] as string[], csv: [] as string[] };
  for (const file of places.tables) {
    const kind = kindOf(file, await tableNames(file));
    // A file that was named says itself what is missing in it.
    if (kind) tables[kind].push(file);
    else if (!isFolder) tables.csv.push(file);
  }
  const hasLogs =
    places.eventFolders.size +
      places.mlflowRuns.length +
      databases.length +
      places.wandbLogs.length +
      tables.wandb.length +
      tables.aim.length >
    0;
  let found = 0;
  async function* counted(runs: AsyncIterable<FoundRun> | Iterable<FoundRun>): AsyncGenerator<FoundRun> {
    for await (const run of runs) {
      found++;
      yield run;
    }
  }
  if (wants('tensorboard')) yield* counted(readTensorboard(isFolder ? root : dirname(root), places.eventFolders));
  if (wants('mlflow')) {
    yield* counted(readMlflowFolders(places.mlflowRuns));
    for (const file of databases) yield* counted(readMlflowDatabase(file));
  }
  if (wants('wandb')) {
    yield* counted(readWandb(places.wandbLogs));
    yield* counted(readTables(tables.wandb, 'wandb'));
  }
  if (wants('aim')) yield* counted(readTables(tables.aim, 'aim'));
  if (tool === 'csv' || (wants('csv') && !hasLogs)) yield* counted(readTables(tables.csv, 'csv'));
  if (found > 0) return;
  if (places.aimFolders[0] && wants('aim')) throw new EpochbookError('interchange.aimFolder', { path: places.aimFolders[0] });
  throw new EpochbookError('interchange.nothingFound', { path, tool: tool ?? 'any' });
}
