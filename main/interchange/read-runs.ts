/** Finds the runs of other tools at a place, and reads them one after the other. */
import { promises as disk } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { LogTool } from '#contract/logged-run.ts';
import { errorCode } from '#files/disk-error.ts';
import { isAimMetrics, isAimRuns, readAimMetrics, readAimRuns } from './aim.ts';
import { isLog, isWandbHistory, readLog } from './csv.ts';
import type { FoundRun } from './found-run.ts';
import { isMlflowDatabase, readMlflowDatabase } from './mlflow-database.ts';
import { isMlflowRun, metaFile, readMlflowFolder } from './mlflow-files.ts';
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

async function search(folder: string, places: Places, pulse: () => void, depth = 0): Promise<void> {
  pulse();
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
      else if (depth < deepest && !skipped.has(entry.name)) await search(path, places, pulse, depth + 1);
    } else if (entry.isFile()) sort(path, folder, places);
  }
}

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

/** A table of `kind` by its first bytes, which of JSON may say little; nothing where it is none after all. */
async function* readTableOf(kind: 'aim' | 'wandb' | 'csv', file: string, wasNamed: boolean): AsyncGenerator<FoundRun> {
  const table = await readTable(file);
  if (!wasNamed && kindOf(file, table.names) !== kind) return;
  if (kind === 'aim') yield* readAimMetrics(table, await aimFacts(file));
  else yield* kind === 'wandb' && isWandbRuns(table.names) ? await readWandbRuns(table) : await readLog(table);
}

/**
 * Everything at `path` (absolute; a file, or a folder with all below it). Without `tool`: event files, MLflow's stores,
 * W&B's logs and what W&B and Aim export, and of a folder that has none of them its CSV files with a column of epochs.
 * `pulse` is called while it searches and reads; what it throws ends it. Throws interchange.placeMissing,
 * interchange.nothingFound and what the readers throw for the one file that was named; in a folder that is a finding.
 */
export async function* readRuns(path: string, tool?: LogTool, pulse: () => void = () => undefined): AsyncGenerator<FoundRun> {
  const stats = await disk.stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') throw new EpochbookError('interchange.placeMissing', { path });
    throw error;
  });
  // The same folder is known again however it was named.
  const root = await disk.realpath(path);
  const places: Places = { eventFolders: new Set(), mlflowRuns: [], databases: [], wandbLogs: [], tables: [], aimFolders: [] };
  const isFolder = stats.isDirectory();
  if (basename(root) === aimFolder) places.aimFolders.push(root);
  else if (isFolder) await search(root, places, pulse);
  else if (tool === 'mlflow') places.databases.push(root);
  else if (tool === 'tensorboard') places.eventFolders.add(dirname(root));
  else if (tool === undefined || (tool === 'wandb' && isWandbFile(root))) sort(root, dirname(root), places);
  else places.tables.push(root);

  const wants = (name: LogTool) => tool === undefined || tool === name;
  const databases = isFolder ? places.databases.filter(isMlflowDatabase) : places.databases;
  const tables = { wandb: [] as string[], aim: [] as string[], csv: [] as string[] };
  for (const file of places.tables) {
    pulse();
    const kind = kindOf(file, await tableNames(file));
    // A file that was named says itself what is missing in it.
    if (kind) tables[kind].push(file);
    else if (!isFolder) tables.csv.push(file);
  }
  /** What could not be read at all, in a folder where other things can. */
  const unread: EpochbookError[] = [];
  async function* tolerant(runs: AsyncIterable<FoundRun> | Iterable<FoundRun>): AsyncGenerator<FoundRun> {
    try {
      yield* runs;
    } catch (error) {
      if (!isFolder || !(error instanceof EpochbookError) || !error.code.startsWith('interchange.')) throw error;
      unread.push(error);
    }
  }
  let last: FoundRun | undefined;
  async function* all(): AsyncGenerator<FoundRun> {
    if (wants('tensorboard'))
      yield* readTensorboard(isFolder ? root : dirname(root), places.eventFolders, pulse, (finding) => unread.push(finding));
    if (wants('mlflow')) {
      const experiments = new Map<string, string>();
      for (const folder of places.mlflowRuns) yield* tolerant(readMlflowFolder(folder, experiments));
      for (const file of databases) yield* tolerant(readMlflowDatabase(file));
    }
    if (wants('wandb')) yield* readWandb(places.wandbLogs, pulse);
    for (const kind of ['wandb', 'aim', 'csv'] as const) {
      // Beside another tool's logs, a table with a column of steps is likely one of them again.
      const isAside = kind === 'csv' && tool !== 'csv' && last !== undefined;
      if (isAside && wants(kind) && tables[kind][0]) {
        unread.push(new EpochbookError('interchange.tablesAside', { path: tables[kind][0], count: tables[kind].length }));
      }
      if (wants(kind) && !isAside) for (const file of tables[kind]) yield* tolerant(readTableOf(kind, file, !isFolder));
    }
  }
  for await (const run of all()) {
    if (last) yield last;
    last = run;
  }
  // The last one also tells what nobody else can tell.
  if (last) yield { run: last.run, findings: [...last.findings, ...unread] };
  else if (unread[0]) throw unread[0];
  else if (places.aimFolders[0] && wants('aim')) throw new EpochbookError('interchange.aimFolder', { path: places.aimFolders[0] });
  else throw new EpochbookError('interchange.nothingFound', { path, tool: tool ?? 'any' });
}
