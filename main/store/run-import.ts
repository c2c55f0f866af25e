/** Runs that other tools logged: into the store whole, and out of it with all their values. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { LoggedRun, LoggedSeries, LogTool, WrittenRun } from '#contract/logged-run.ts';
import type { ImportChange, MetricSummary, RunStatus } from '#contract/runs.ts';
import type { KnobValue } from '#contract/spec.ts';
import { createCurvePacker } from './curve-reader.ts';
import type { Connection } from './database.ts';
import { mergeLogged } from './merge-logged.ts';
import { newRunId, numberedName } from './run-names.ts';
import { fromColumn, nextSummary, toColumn } from './run-rows.ts';

export interface RunImporter {
  /**
   * Stores a run, or brings the one that was read from the same place up to date; its name, tags and note are the
   * user's by then. A run in the bin stays there as it is. One transaction.
   */
  importRun(run: LoggedRun): { readonly id: RunId; readonly change: ImportChange };
  /** Everything that other tools take of a run. Its times are those at which its epochs ended. */
  logged(id: RunId): WrittenRun & { readonly id: RunId };
}

interface KnownRow {
  number: number;
  id: string;
  import_path: string;
  import_content: string;
  deleted_at: number | null;
}

/** Of the params and values: the same bits, the same hash. */
function contentOf({ params, status, series }: LoggedRun): string {
  const hash = createHash('sha256').update(JSON.stringify([params, status, series.map(({ metric, epochs }) => [metric, epochs.length])]));
  for (const { epochs, values } of series) {
    for (const array of [epochs, values]) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest('hex');
}

/** Apart from the order that its tool happened to write it in. */
function isSameContent(before: WrittenRun, now: LoggedRun): boolean {
  const inOrder = ({ params, status, series }: WrittenRun): string =>
    contentOf({
      ...now,
      status,
      params: Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))),
      series: series.toSorted((a, b) => (a.metric < b.metric ? -1 : 1)),
    });
  return inOrder(before) === inOrder(now);
}

/** Tools whose key of a run is its own and no other's, wherever it was exported to, and whose exports may each hold a part of it. */
const keepsIdentity: ReadonlySet<LogTool> = new Set(['aim']);

/** All epochs of all series, each once, ascending, and when each was over: the latest time that a value of it has. */
function epochsOf(series: readonly LoggedSeries[]): { epochs: Float64Array; times: Float64Array } {
  const [first] = series;
  const isShared =
    first &&
    series.every(({ epochs }) => epochs.length === first.epochs.length && epochs.every((epoch, index) => epoch === first.epochs[index]));
  const epochs = isShared ? first.epochs : Float64Array.from(new Set(series.flatMap((each) => [...each.epochs]))).sort();
  const times = new Float64Array(epochs.length).fill(Number.NaN);
  for (const each of series) {
    let at = 0;
    for (let index = 0; index < each.epochs.length; index++) {
      while (epochs[at] !== each.epochs[index]) at++;
      const time = each.times[index];
      if (Number.isNaN(times[at]) || time > times[at]) times[at] = time;
    }
  }
  return { epochs, times };
}

export function createRunImporter(database: Connection, clock: () => number): RunImporter {
  const known = database.prepare<[string, string, string], KnownRow>(
    'SELECT number, id, import_path, import_content, deleted_at FROM runs WHERE import_path = ? AND import_key = ? AND import_tool = ?',
  );
  const alike = database.prepare<[string, string, string], KnownRow>(
    'SELECT number, id, import_path, import_content, deleted_at FROM runs WHERE import_content = ? AND import_key = ? AND import_tool = ?',
  );
  // The oldest that is not in the bin.
  const identical = database.prepare<[string, string], KnownRow>(
    `SELECT number, id, import_path, import_content, deleted_at FROM runs WHERE import_key = ? AND import_tool = ?
     ORDER BY deleted_at IS NOT NULL, number`,
  );
  const move = database.prepare('UPDATE runs SET import_path = ? WHERE number = ?');
  const isTaken = database.prepare<[string]>('SELECT 1 FROM runs WHERE name = ?');
  const insertRun = database.prepare(
    `INSERT INTO runs (id, name, notebook, status, started_at, ended_at, updated_at, elapsed_ms, epochs, planned_epochs, backend, threads, seed,
       params, tags, note, best_metric, best_epoch, best_value, owner, owner_pid, owner_host, import_tool, import_path, import_key, import_content)
     VALUES (@id, @name, '', @status, @startedAt, @endedAt, @now, @elapsedMs, @epochs, @epochs, @tool, 0, @seed,
       @params, @tags, @note, @bestMetric, @bestEpoch, @bestValue, '', 0, '', @tool, @path, @key, @content)`,
  );
  const updateRun = database.prepare(
    `UPDATE runs SET status = @status, started_at = @startedAt, ended_at = @endedAt, updated_at = @now, elapsed_ms = @elapsedMs, epochs = @epochs,
       planned_epochs = @epochs, seed = @seed, params = @params, best_metric = @bestMetric, best_epoch = @bestEpoch, best_value = @bestValue,
       import_content = @content WHERE number = @number`,
  );
  const insertSource = database.prepare(`INSERT INTO run_sources (run, spec, source, environment) VALUES (?, 'null', '', 'null')`);
  const removeEpochs = database.prepare('DELETE FROM epochs WHERE run = ?');
  const removeSummaries = database.prepare('DELETE FROM metric_summaries WHERE run = ?');
  const metricId = database.prepare<[string], { id: number }>('SELECT id FROM metrics WHERE name = ?');
  const insertMetric = database.prepare('INSERT INTO metrics (name) VALUES (?)');
  const insertEpoch = database.prepare(
    `INSERT INTO epochs (run, epoch, elapsed_ms, learning_rate, samples, steps, data_ms, steps_ms, validation_ms) VALUES (?, ?, ?, NULL, 0, 0, 0, 0, 0)`,
  );
  const insertValue = database.prepare('INSERT INTO metric_values (run, epoch, metric, value) VALUES (?, ?, ?, ?)');
  const insertSummary = database.prepare(
    'INSERT INTO metric_summaries (run, metric, last, min, min_epoch, max, max_epoch, at_best) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );

  function summarize({ epochs, values }: LoggedSeries): MetricSummary | undefined {
    let summary: MetricSummary | undefined;
    for (let index = 0; index < epochs.length; index++) summary = nextSummary(summary, epochs[index], values[index]);
    return summary;
  }

  /** In the order of the tables' keys, so that every row is put after the last. */
  function insertValues(
    run: number,
    series: readonly LoggedSeries[],
    epochs: Float64Array,
    elapsedMs: Float64Array,
    bestEpoch: number | null,
  ): void {
    const named = series
      .map((each) => ({ ...each, at: 0, id: metricId.get(each.metric)?.id ?? Number(insertMetric.run(each.metric).lastInsertRowid) }))
      .sort((a, b) => a.id - b.id);
    for (let index = 0; index < epochs.length; index++) {
      const epoch = epochs[index];
      insertEpoch.run(run, epoch, elapsedMs[index]);
      for (const each of named) {
        if (each.epochs[each.at] === epoch) insertValue.run(run, epoch, each.id, toColumn(each.values[each.at++]));
      }
    }
    for (const each of named) {
      const summary = summarize(each);
      if (!summary) continue;
      const { last, min, minEpoch, max, maxEpoch } = summary;
      const at = bestEpoch === null ? -1 : each.epochs.indexOf(bestEpoch);
      const atBest = at < 0 ? null : toColumn(each.values[at]);
      insertSummary.run(run, each.id, toColumn(last), toColumn(min), minEpoch, toColumn(max), maxEpoch, atBest);
    }
  }

  function bestOf(series: readonly LoggedSeries[]): { bestMetric: string | null; bestEpoch: number | null; bestValue: number | null } {
    const monitored = series.find(({ metric }) => metric === 'val_loss') ?? series.find(({ metric }) => metric === 'loss');
    const summary = monitored && summarize(monitored);
    if (!summary || Number.isNaN(summary.min)) return { bestMetric: null, bestEpoch: null, bestValue: null };
    return { bestMetric: monitored.metric, bestEpoch: summary.minEpoch, bestValue: summary.min };
  }

  const pack = createCurvePacker(database);
  const unpack = database.prepare('DELETE FROM packed_curves WHERE run = ?');
  const store = database.transaction((found: LoggedRun): { id: RunId; change: ImportChange } => {
    const { tool, path, key } = found;
    let run = found;
    let before: KnownRow | undefined;
    if (keepsIdentity.has(tool)) {
      before = identical.get(key, tool);
      if (before && before.import_path !== path && !existsSync(before.import_path)) move.run(path, before.number);
      if (before && before.deleted_at === null) {
        const stored = logged(before.id as RunId);
        run = mergeLogged(stored, found);
        if (isSameContent(stored, run)) return { id: before.id as RunId, change: 'unchanged' };
      }
    } else before = known.get(path, key, tool);
    const { status, params, series } = run;
    const content = contentOf(run);
    // Moved: the same run, and nothing where it was.
    if (!before && !keepsIdentity.has(tool)) {
      before = alike.all(content, key, tool).find((row) => !existsSync(row.import_path));
      if (before) move.run(path, before.number);
    }
    if (before && before.deleted_at !== null) return { id: before.id as RunId, change: 'binned' };
    if (before?.import_content === content) return { id: before.id as RunId, change: 'unchanged' };

    const { epochs, times } = epochsOf(series);
    const startedAt = Math.round(run.startedAt);
    const elapsedMs = new Float64Array(epochs.length);
    let last = run.startedAt;
    for (let index = 0; index < epochs.length; index++) {
      // A clock that went backwards, or a time that nobody kept, took none.
      if (!(times[index] > last)) continue;
      elapsedMs[index] = times[index] - last;
      last = times[index];
    }
    const seed = params['seed'];
    const values = {
      status: status satisfies RunStatus,
      startedAt,
      endedAt: Math.max(startedAt, Math.round(run.endedAt)),
      now: clock(),
      elapsedMs: last - run.startedAt,
      epochs: epochs.length,
      seed: typeof seed === 'number' && Number.isSafeInteger(seed) ? seed : 0,
      params: JSON.stringify(params),
      content,
      ...bestOf(series),
    };
    if (before) {
      updateRun.run({ ...values, number: before.number });
      removeEpochs.run(before.number);
      removeSummaries.run(before.number);
      unpack.run(before.number);
      insertValues(before.number, series, epochs, elapsedMs, values.bestEpoch);
      pack(before.number);
      return { id: before.id as RunId, change: 'updated' };
    }
    const id = newRunId();
    const name = numberedName(run.name, (wanted) => isTaken.get(wanted) !== undefined);
    const { lastInsertRowid } = insertRun.run({ ...values, id, name, tags: JSON.stringify(run.tags), note: run.note, tool, path, key });
    insertSource.run(lastInsertRowid);
    insertValues(Number(lastInsertRowid), series, epochs, elapsedMs, values.bestEpoch);
    pack(Number(lastInsertRowid));
    return { id, change: 'imported' };
  });

  const runOf = database.prepare<
    [string],
    {
      number: number;
      name: string;
      status: RunStatus;
      started_at: number;
      ended_at: number | null;
      updated_at: number;
      params: string;
      tags: string;
      note: string;
    }
  >('SELECT number, name, status, started_at, ended_at, updated_at, params, tags, note FROM runs WHERE id = ?');
  const epochTimes = database
    .prepare<[number], [epoch: number, elapsedMs: number]>('SELECT epoch, elapsed_ms FROM epochs WHERE run = ? ORDER BY epoch')
    .raw();
  const counts = database
    .prepare<[number], [metric: number, name: string, count: number]>(
      'SELECT metric, name, count(*) FROM metric_values JOIN metrics ON metrics.id = metric WHERE run = ? GROUP BY metric ORDER BY metric',
    )
    .raw();
  const valuesOf = database
    .prepare<[number], [epoch: number, metric: number, value: number | null]>(
      'SELECT epoch, metric, value FROM metric_values WHERE run = ? ORDER BY epoch, metric',
    )
    .raw();

  function logged(id: RunId): WrittenRun & { readonly id: RunId } {
    const row = runOf.get(id);
    if (!row) throw new EpochbookError('store.runMissing', { run: id });
    const times = new Map<number, number>();
    let time = row.started_at;
    for (const [epoch, elapsedMs] of epochTimes.iterate(row.number)) times.set(epoch, (time += elapsedMs));
    const series = new Map<number, LoggedSeries & { length: number }>();
    for (const [metric, name, count] of counts.all(row.number)) {
      const room = () => new Float64Array(count);
      series.set(metric, { metric: name, epochs: room(), values: room(), times: room(), length: 0 });
    }
    for (const [epoch, metric, value] of valuesOf.iterate(row.number)) {
      const target = series.get(metric)!;
      target.epochs[target.length] = epoch;
      target.values[target.length] = fromColumn(value);
      target.times[target.length++] = times.get(epoch)!;
    }
    return {
      id,
      name: row.name,
      status: row.status === 'failed' || row.status === 'diverged' ? 'failed' : row.status === 'completed' ? 'completed' : 'stopped',
      startedAt: row.started_at,
      endedAt: row.ended_at ?? row.updated_at,
      params: JSON.parse(row.params) as Record<string, KnobValue>,
      tags: JSON.parse(row.tags) as string[],
      note: row.note,
      series: [...series.values()].map(({ metric, epochs, values, times: ofMetric }) => ({ metric, epochs, values, times: ofMetric })),
    };
  }

  return { importRun: (run) => store.immediate(run), logged };
}
