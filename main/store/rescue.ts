/** Saves what can be read of a damaged database into a new one, and names what is lost. */
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type PackedRow, unpacked } from './curve-reader.ts';
import { openDatabase } from './database.ts';
import { toColumn } from './run-rows.ts';

export interface Rescue {
  /** Runs in the new database. */
  readonly runs: number;
  /** Runs of which something is missing, by name, and what. */
  readonly damaged: readonly { readonly name: string; readonly missing: readonly ('epochs' | 'values' | 'notebook')[] }[];
  /** Numbers of runs that are known to have been there, and of which nothing can be read. */
  readonly lost: readonly number[];
}

/** Metrics of a store; their names are few. */
const metricLimit = 10_000;
/** Copied first, run by run; of all other tables what can be read is copied after them. */
const runTables = new Set(['runs', 'run_sources', 'epochs', 'metrics', 'metric_values', 'metric_summaries', 'checkpoints']);

type Row = Record<string, unknown>;

/** The text of a notebook that is lost; a run keeps its place in the lists without it. */
const noSource = { spec: 'null', source: '', environment: 'null' };

/**
 * Rows of a query that asks for keys between two numbers: where a page is damaged, what lies on others is still found.
 * It may ask once a key, so that the range should be small.
 */
function* readable(source: Database.Database, query: string, first: number, last: number): Generator<Row> {
  const statement = source.prepare<[number, number], Row>(query);
  const ranges: [number, number][] = [[first, last]];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const [from, to] = range;
    try {
      yield* statement.all(from, to);
    } catch {
      const middle = Math.floor((from + to) / 2);
      if (from < to) ranges.push([middle + 1, to], [from, middle]);
    }
  }
}

/** Rows up to the first damaged page, and from the end back to the last one. */
function fromBothEnds(source: Database.Database, query: string): Row[] {
  const read = (text: string): Row[] => {
    const rows: Row[] = [];
    try {
      for (const row of source.prepare<[], Row>(text).iterate()) rows.push(row);
    } catch {
      // What was read until here is good.
    }
    return rows;
  };
  return [...read(query), ...read(`${query} DESC`)];
}

/** Nothing where an older form has no such table, or a page of it is gone. */
function readableRows(source: Database.Database, table: string, run?: number): Row[] {
  try {
    if (run === undefined) return source.prepare<[], Row>(`SELECT * FROM ${table}`).all();
    return source.prepare<[number], Row>(`SELECT * FROM ${table} WHERE run = ?`).all(run);
  } catch {
    return [];
  }
}

function* rowsOfRuns(source: Database.Database, table: string, runs: ReadonlySet<number>): Generator<Row> {
  for (const run of runs) yield* readableRows(source, table, run);
}

/** The largest run number that any table or index still tells of. */
function largestNumber(source: Database.Database): number {
  let most = 0;
  for (const query of [
    "SELECT seq FROM sqlite_sequence WHERE name = 'runs'",
    'SELECT max(number) FROM runs',
    'SELECT max(run) FROM metric_summaries',
    'SELECT max(run) FROM epochs',
  ]) {
    try {
      most = Math.max(most, source.prepare<[], number | null>(query).pluck().get() ?? 0);
    } catch {
      // The next one may know.
    }
  }
  return most > 0 ? most : 100_000;
}

function tablesOf(database: Database.Database): string[] {
  const query = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`;
  return database.prepare<[], string>(query).pluck().all();
}

function columnsOf(database: Database.Database, table: string): string[] {
  return (database.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
}

/**
 * Copies run after run from `file`, which is only read, to `to`, which is made. Summaries that cannot be read follow from
 * the values. Throws where not even the list of tables can be read.
 */
export function rescueDatabase(file: string, to: string): Rescue {
  const source = new Database(file, { readonly: true, fileMustExist: true });
  rmSync(to, { force: true });
  const target = openDatabase(to);
  try {
    target.pragma('foreign_keys = OFF');
    const inserts = new Map<string, (row: Row) => void>();
    const insert = (table: string): ((row: Row) => void) => {
      const made = inserts.get(table);
      if (made) return made;
      const known = new Set(columnsOf(target, table));
      /** By the columns that the rows have; an older form has fewer. */
      const statements = new Map<string, Database.Statement>();
      const put = (row: Row): void => {
        const names = Object.keys(row).filter((name) => known.has(name));
        const columns = names.join(', ');
        let statement = statements.get(columns);
        if (!statement) {
          statement = target.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${names.map(() => '?').join(', ')})`);
          statements.set(columns, statement);
        }
        statement.run(...names.map((name) => row[name]));
      };
      inserts.set(table, put);
      return put;
    };
    const most = largestNumber(source);
    const damaged: { name: string; missing: ('epochs' | 'values' | 'notebook')[] }[] = [];
    const found = new Set<number>();
    const copy = target.transaction(() => {
      for (const row of readable(source, 'SELECT * FROM metrics WHERE id BETWEEN ? AND ?', 0, metricLimit)) insert('metrics')(row);
      const insertRun = insert('runs');
      const runs: { number: number; name: string; epochs: number; updatedAt: number }[] = [];
      for (const row of readable(source, 'SELECT * FROM runs WHERE number BETWEEN ? AND ?', 0, most)) {
        insertRun(row);
        runs.push({
          number: Number(row['number']),
          name: String(row['name']),
          epochs: Number(row['epochs']),
          updatedAt: Number(row['updated_at']),
        });
      }
      for (const { number, name, epochs, updatedAt } of runs) {
        found.add(number);
        const missing = copyRun(source, insert, number, epochs, updatedAt);
        if (missing.length > 0) damaged.push({ name, missing });
      }
      for (const table of tablesOf(target)) {
        if (runTables.has(table)) continue;
        const ofRuns = columnsOf(target, table).includes('run');
        for (const row of ofRuns ? rowsOfRuns(source, table, found) : readableRows(source, table)) insert(table)(row);
      }
      // Of a metric whose name is lost the values remain.
      target.exec(
        `INSERT INTO metrics (id, name) SELECT DISTINCT metric, 'metric ' || metric FROM metric_values WHERE metric NOT IN (SELECT id FROM metrics)`,
      );
      target.exec(
        'DELETE FROM metric_values WHERE NOT EXISTS (SELECT 1 FROM epochs WHERE epochs.run = metric_values.run AND epochs.epoch = metric_values.epoch)',
      );
      summarizeAgain(target);
    });
    copy();
    const told = knownNumbers(source, most);
    return { runs: found.size, damaged, lost: told.filter((number) => !found.has(number)) };
  } finally {
    target.close();
    source.close();
  }
}

/** Numbers of runs that other tables still have rows of. */
function knownNumbers(source: Database.Database, most: number): number[] {
  const numbers = new Set<number>();
  for (const table of ['metric_summaries', 'run_sources', 'epochs']) {
    for (const row of readable(source, `SELECT DISTINCT run FROM ${table} WHERE run BETWEEN ? AND ?`, 0, most))
      numbers.add(Number(row['run']));
  }
  return [...numbers].sort((a, b) => a - b);
}

function copyRun(
  source: Database.Database,
  insert: (table: string) => (row: Row) => void,
  number: number,
  epochs: number,
  updatedAt: number,
): ('epochs' | 'values' | 'notebook')[] {
  const missing: ('epochs' | 'values' | 'notebook')[] = [];
  const rows = (table: string): Row[] | undefined => {
    try {
      return source.prepare<[number], Row>(`SELECT * FROM ${table} WHERE run = ?`).all(number);
    } catch {
      return undefined;
    }
  };
  const sources = rows('run_sources');
  if (!sources || sources.length === 0) missing.push('notebook');
  insert('run_sources')({ run: number, ...noSource, ...sources?.[0] });
  const parts = (table: string): Row[] => fromBothEnds(source, `SELECT * FROM ${table} WHERE run = ${number} ORDER BY epoch`);
  const ofEpochs = rows('epochs') ?? parts('epochs');
  if (new Set(ofEpochs.map((row) => row['epoch'])).size < epochs) missing.push('epochs');
  for (const row of ofEpochs) insert('epochs')(row);
  const whole = rows('metric_values');
  for (const row of whole ?? parts('metric_values')) insert('metric_values')(row);
  if (!whole) {
    const curves = readableRows(source, 'packed_curves', number).filter((row) => row['updated_at'] === updatedAt);
    insertCurves(curves, insert('metric_values'));
    // All of a long run's metrics are packed, or none.
    if (curves.length === 0 || curves.length < (rows('metric_summaries')?.length ?? Infinity)) missing.push('values');
  }
  for (const table of ['metric_summaries', 'checkpoints']) for (const row of rows(table) ?? []) insert(table)(row);
  return missing;
}

/** A long run's values lie in the store a second time, as curves. */
function insertCurves(curves: readonly Row[], insert: (row: Row) => void): void {
  for (const curve of curves) {
    const { epochs, values } = unpacked(curve as unknown as PackedRow);
    for (const [index, value] of values.entries())
      insert({ run: curve['run'], epoch: epochs[index], metric: curve['metric'], value: toColumn(value) });
  }
}

/** Summaries that were lost, from the values that were not. NaN, stored as NULL, is no lowest or highest value. */
function summarizeAgain(target: Database.Database): void {
  target.exec(`
    INSERT OR IGNORE INTO metric_summaries (run, metric, last, min, min_epoch, max, max_epoch)
    SELECT run, metric,
      (SELECT value FROM metric_values AS v WHERE v.run = g.run AND v.metric = g.metric ORDER BY epoch DESC LIMIT 1),
      low, coalesce((SELECT min(epoch) FROM metric_values AS v WHERE v.run = g.run AND v.metric = g.metric AND v.value = low), first),
      high, coalesce((SELECT min(epoch) FROM metric_values AS v WHERE v.run = g.run AND v.metric = g.metric AND v.value = high), first)
    FROM (SELECT run, metric, min(value) AS low, max(value) AS high, min(epoch) AS first FROM metric_values GROUP BY run, metric) AS g
  `);
}
