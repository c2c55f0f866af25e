/** MLflow's SQLite store (mlflow.db): the tables of mlflow/store/tracking/dbmodels/models.py. Opened for reading alone. */
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import { EpochbookError } from '#contract/errors.ts';
import type { FoundRun } from './found-run.ts';
import { foundMlflowRun, statusNamed } from './mlflow-fields.ts';
import { Points } from './series.ts';

/** MLflow stores an infinity as the largest float. */
const largest = Number.MAX_VALUE;
const valueOf = (value: number, isNan: number): number =>
  isNan ? Number.NaN : Math.abs(value) === largest ? Math.sign(value) * Infinity : value;

interface RunRow {
  run_uuid: string;
  name: string | null;
  status: string | null;
  start_time: number | null;
  end_time: number | null;
  experiment: string | null;
}

const tablesNeeded = ['experiments', 'metrics', 'params', 'runs', 'tags'];

function hasTables(database: Database.Database): boolean {
  const tables = new Set(
    database
      .prepare<[], { name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`)
      .all()
      .map(({ name }) => name),
  );
  return tablesNeeded.every((name) => tables.has(name));
}

/** By its name, which says enough of one that cannot be read, or by its tables: a database in a folder may be anyone's. */
export function isMlflowDatabase(file: string): boolean {
  if (/^ml(flow|runs)/i.test(basename(file))) return true;
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
    return hasTables(database);
  } catch {
    return false;
  } finally {
    database?.close();
  }
}

/** Throws interchange.notMlflow and interchange.unreadable. Runs that were deleted in MLflow are left out. */
export function* readMlflowDatabase(file: string): Generator<FoundRun> {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
    if (!hasTables(database)) throw new EpochbookError('interchange.notMlflow', { path: file });
    const runs = database
      .prepare<[], RunRow>(
        `SELECT run_uuid, runs.name, status, start_time, end_time, experiments.name AS experiment
         FROM runs LEFT JOIN experiments USING (experiment_id) WHERE runs.lifecycle_stage IS NOT 'deleted' ORDER BY start_time, run_uuid`,
      )
      .all();
    const metricsOf = database
      .prepare<[string], [key: string, value: number, isNan: number, step: number, timestamp: number]>(
        'SELECT key, value, is_nan, step, timestamp FROM metrics WHERE run_uuid = ? ORDER BY key, step, timestamp',
      )
      .raw();
    const pairsOf = (table: 'params' | 'tags') =>
      database!
        .prepare<[string], [key: string, value: string | null]>(`SELECT key, value FROM ${table} WHERE run_uuid = ? ORDER BY key`)
        .raw();
    const paramsOf = pairsOf('params');
    const tagsOf = pairsOf('tags');
    for (const row of runs) {
      const metrics = new Map<string, Points>();
      for (const [key, value, isNan, step, timestamp] of metricsOf.iterate(row.run_uuid)) {
        let points = metrics.get(key);
        if (!points) metrics.set(key, (points = new Points()));
        points.add(step, valueOf(value, isNan), timestamp);
      }
      const tags = new Map(tagsOf.all(row.run_uuid).map(([key, value]) => [key, value ?? '']));
      yield foundMlflowRun(
        {
          path: file,
          id: row.run_uuid,
          experiment: row.experiment ?? '',
          name: tags.get('mlflow.runName') ?? row.name ?? '',
          status: statusNamed(row.status ?? ''),
          startTime: row.start_time ?? undefined,
          endTime: row.end_time ?? undefined,
          params: new Map(paramsOf.all(row.run_uuid).map(([key, value]) => [key, value ?? ''])),
          tags,
          metrics,
        },
        [],
      );
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new EpochbookError('interchange.unreadable', { path: file, detail: error.message }, { cause: error });
  } finally {
    database?.close();
  }
}
