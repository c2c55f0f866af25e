/** Everything that reads runs. */
import type { RunId } from '#contract/ids.ts';
import type { Confusion, Observation, Observations, RateSearch, WatchedEpoch } from '#contract/observations.ts';
import type { Environment, EpochRow, MetricSummary, RunDetail, RunSummary, StoredCheckpoint } from '#contract/runs.ts';
import type { Spec } from '#contract/spec.ts';
import { EpochbookError } from '#contract/errors.ts';
import { fromWire } from '#contract/wire.ts';
import type { KnownNames } from '#contract/run-query-names.ts';
import { packRuns, type PackedRuns, type RunRow, runSummaryOf } from '#contract/packed-runs.ts';
import type { Connection } from './database.ts';
import { epochRowOf, type EpochTableRow, fromColumn, metricSummaryOf, runColumns, type SummaryRow } from './run-rows.ts';

type SummaryTuple = [
  run: number,
  metric: number,
  last: number | null,
  min: number | null,
  minEpoch: number,
  max: number | null,
  maxEpoch: number,
  atBest: number | null,
];

/** By run and metric, `[epoch, value]` in order. */
export type History = Record<string, [epoch: number, value: number][]>;

export interface RunReader {
  /** Newest first. `deleted: true` lists the bin instead. */
  list(filter?: { notebook?: string | undefined; deleted?: boolean | undefined }): RunSummary[];
  /** A piece of the list, or of the bin, `limit` runs older than the number `before`. Infinities in summaries stay themselves. */
  page(piece: { before?: number | undefined; limit: number; deleted?: boolean | undefined }): PackedRuns;
  /** Every param, metric and tag that a run has, the bin's among them; undefined where there are no runs. */
  names(): KnownNames | undefined;
  summary(id: RunId): RunSummary;
  detail(id: RunId): RunDetail;
  /** Undefined for an imported run. */
  spec(id: RunId): Spec | undefined;
  history(id: RunId): History;
  /** What was seen beside metrics. */
  observations(id: RunId): Observations;
  /**
   * Completed runs, this one among them, that were trained alike on the same data and differ at most in the seed; of
   * imported runs those that have the same params but for one called `seed`. The oldest first.
   */
  repeats(id: RunId): RunSummary[];
  /**
   * The run that a word means: an id, an unambiguous start of one, a run's name, or `latest`.
   * Throws `store.runMissing` and `store.runAmbiguous`. Runs in the bin are found only by `deleted: true`.
   */
  find(reference: string, options?: { deleted?: boolean }): RunSummary;
}

export function createRunReader(database: Connection): RunReader {
  const summariesOfRun = database.prepare<[number], SummaryRow>(
    'SELECT run, name, last, min, min_epoch, max, max_epoch, at_best FROM metric_summaries JOIN metrics ON metrics.id = metric WHERE run = ? ORDER BY metric',
  );
  // Plain arrays, and names looked up here: a list of 10,000 runs reads some 40,000 of these.
  const allSummaries = database
    .prepare<[], SummaryTuple>(
      'SELECT run, metric, last, min, min_epoch, max, max_epoch, at_best FROM metric_summaries ORDER BY run, metric',
    )
    .raw();
  const metricNames = database.prepare<[], [id: number, name: string]>('SELECT id, name FROM metrics').raw();
  const listed = database.prepare<[number, string | null, string | null], RunRow>(
    `SELECT ${runColumns} FROM runs WHERE (deleted_at IS NOT NULL) = ? AND (? IS NULL OR notebook = ?) ORDER BY number DESC`,
  );
  const paged = database
    .prepare<[number, number, number], [number: number, ...unknown[]]>(
      `SELECT ${runColumns} FROM runs WHERE (deleted_at IS NOT NULL) = ? AND number < ? ORDER BY number DESC LIMIT ?`,
    )
    .raw();
  // Runs between them that are not listed here may be thousands. Ordered by `number` they need not be sorted.
  const summariesBetween = database
    .prepare<[number, number, number], SummaryTuple>(
      `SELECT run, metric, last, min, min_epoch, max, max_epoch, at_best FROM runs CROSS JOIN metric_summaries ON run = number
       WHERE (deleted_at IS NOT NULL) = ? AND number BETWEEN ? AND ? ORDER BY number, metric`,
    )
    .raw();
  const shownRuns = database.prepare<[], number>('SELECT count(*) FROM runs WHERE deleted_at IS NULL AND archived_at IS NULL').pluck();
  const binnedRuns = database.prepare<[], number>('SELECT count(*) FROM runs WHERE deleted_at IS NOT NULL').pluck();
  const anyRun = database.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM runs)').pluck();
  const paramNames = database.prepare<[], string>('SELECT DISTINCT key FROM runs, json_each(runs.params)').pluck();
  const tagNames = database.prepare<[], string>('SELECT DISTINCT CAST(value AS TEXT) FROM runs, json_each(runs.tags)').pluck();
  // A name outlives the last run that had it.
  const usedMetricNames = database
    .prepare<[], string>('SELECT name FROM metrics WHERE id IN (SELECT metric FROM metric_summaries) ORDER BY id')
    .pluck();
  const byId = database.prepare<[string], RunRow>(`SELECT ${runColumns} FROM runs WHERE id = ?`);
  const sourceOf = database.prepare<[number], { spec: string; source: string; environment: string }>(
    'SELECT spec, source, environment FROM run_sources WHERE run = ?',
  );
  const epochsOf = database.prepare<[number], EpochTableRow>(
    'SELECT epoch, elapsed_ms, learning_rate, samples, steps, data_ms, steps_ms, validation_ms, memory_bytes FROM epochs WHERE run = ? ORDER BY epoch',
  );
  const valuesOf = database.prepare<[number], { epoch: number; name: string; value: number | null }>(
    'SELECT epoch, name, value FROM metric_values JOIN metrics ON metrics.id = metric WHERE run = ? ORDER BY epoch, metric',
  );
  const checkpointsOf = database.prepare<[number], StoredCheckpoint>(
    'SELECT kind, epoch, bytes FROM checkpoints WHERE run = ? ORDER BY kind, epoch',
  );
  const observationsOf = database.prepare<[number], { kind: Observation['kind']; content: string }>(
    'SELECT kind, content FROM observations WHERE run = ? ORDER BY kind, epoch',
  );
  const latest = database.prepare<[number], { id: string }>(
    'SELECT id FROM runs WHERE (deleted_at IS NOT NULL) = ? ORDER BY number DESC LIMIT 1',
  );
  const named = database.prepare<[number, string, string], { id: string }>(
    'SELECT id FROM runs WHERE (deleted_at IS NOT NULL) = ? AND (id = ? OR name = ?)',
  );
  const starting = database.prepare<[number, number, string], { id: string; name: string }>(
    'SELECT id, name FROM runs WHERE (deleted_at IS NOT NULL) = ? AND substr(id, 1, ?) = ? ORDER BY number DESC LIMIT 4',
  );

  // Equal params come first: they are compared as they are, where specs must be read to leave the seed out.
  const trainedAlike = database.prepare<[number], { id: string }>(
    `SELECT other.id FROM runs AS own JOIN run_sources AS own_source ON own_source.run = own.number
     JOIN runs AS other ON other.data_hash = own.data_hash JOIN run_sources AS other_source ON other_source.run = other.number
     WHERE own.number = ? AND own.data_hash <> '' AND other.status = 'completed' AND other.deleted_at IS NULL AND other.backend = own.backend
       AND (other.params = own.params OR json_type(own.params, '$.seed') IS NOT NULL)
       AND json_remove(other_source.spec, '$.train.seed') = json_remove(own_source.spec, '$.train.seed')
     ORDER BY other.number`,
  );
  const loggedAlike = database.prepare<[number], { id: string }>(
    `SELECT other.id FROM runs AS own JOIN runs AS other ON other.import_tool = own.import_tool
     WHERE own.number = ? AND json_type(own.params, '$.seed') IS NOT NULL AND other.status = 'completed' AND other.deleted_at IS NULL
       AND json_remove(other.params, '$.seed') = json_remove(own.params, '$.seed')
     ORDER BY other.number`,
  );

  function rowOf(id: RunId): RunRow {
    const row = byId.get(id);
    if (!row) throw new EpochbookError('store.runMissing', { run: id });
    return row;
  }

  function metricsOf(run: number): Record<string, MetricSummary> {
    return Object.fromEntries(summariesOfRun.all(run).map((row) => [row.name, metricSummaryOf(row)]));
  }

  function epochRowsOf(run: number): EpochRow[] {
    const byEpoch = new Map<number, Record<string, number>>();
    for (const { epoch, name, value } of valuesOf.iterate(run)) {
      let values = byEpoch.get(epoch);
      if (!values) byEpoch.set(epoch, (values = {}));
      values[name] = fromColumn(value);
    }
    return epochsOf.all(run).map((row) => epochRowOf(row, byEpoch.get(row.epoch) ?? {}));
  }

  const summary = (id: RunId): RunSummary => {
    const row = rowOf(id);
    return runSummaryOf(row, metricsOf(row.number));
  };

  return {
    list({ notebook, deleted = false } = {}) {
      const names = new Map(metricNames.all());
      const metrics = new Map<number, Record<string, MetricSummary>>();
      for (const [run, metric, last, min, minEpoch, max, maxEpoch, atBest] of allSummaries.iterate()) {
        let ofRun = metrics.get(run);
        if (!ofRun) metrics.set(run, (ofRun = {}));
        ofRun[names.get(metric)!] = {
          last: fromColumn(last),
          min: fromColumn(min),
          minEpoch,
          max: fromColumn(max),
          maxEpoch,
          ...(atBest !== null && { atBest }),
        };
      }
      return listed.all(Number(deleted), notebook ?? null, notebook ?? null).map((row) => runSummaryOf(row, metrics.get(row.number) ?? {}));
    },
    page({ before = Number.MAX_SAFE_INTEGER, limit, deleted = false }) {
      const rows = paged.all(Number(deleted), before, limit);
      const oldest = rows.at(-1)?.[0] ?? 0;
      const names = metricNames.all();
      const places = new Map(names.map(([id], place) => [id, place]));
      const summaries = rows.length === 0 ? [] : summariesBetween.all(Number(deleted), oldest, rows[0][0]);
      for (const summary of summaries) summary[1] = places.get(summary[1])!;
      return {
        ...packRuns(rows, summaries),
        metrics: names.map(([, name]) => name),
        ...(rows.length === limit && { next: oldest }),
        total: (deleted ? binnedRuns : shownRuns).get() ?? 0,
      };
    },
    names() {
      if (anyRun.get() === 0) return undefined;
      return { params: paramNames.all(), metrics: usedMetricNames.all(), tags: tagNames.all() };
    },
    summary,
    detail(id) {
      const row = rowOf(id);
      const stored = sourceOf.get(row.number)!;
      // An imported run has neither, which is stored as null.
      const spec = JSON.parse(stored.spec) as Spec | null;
      const environment = JSON.parse(stored.environment) as Environment | null;
      return {
        ...runSummaryOf(row, metricsOf(row.number)),
        ...(spec && { spec }),
        source: stored.source,
        ...(environment && { environment }),
        epochRows: epochRowsOf(row.number),
        checkpoints: checkpointsOf.all(row.number),
      };
    },
    spec: (id) => (JSON.parse(sourceOf.get(rowOf(id).number)!.spec) as Spec | null) ?? undefined,
    history(id) {
      const history: History = {};
      for (const { epoch, name, value } of valuesOf.iterate(rowOf(id).number)) (history[name] ??= []).push([epoch, fromColumn(value)]);
      return history;
    },
    repeats(id) {
      const { number, import_tool } = rowOf(id);
      return (import_tool === null ? trainedAlike : loggedAlike).all(number).map((row) => summary(row.id as RunId));
    },
    observations(id) {
      const all = observationsOf.all(rowOf(id).number);
      const of = <T>(kind: Observation['kind']): T[] => all.filter((row) => row.kind === kind).map(({ content }) => fromWire(content) as T);
      const [last] = of<Confusion>('confusionLast');
      const [best] = of<Confusion>('confusionBest');
      const [rateSearch] = of<RateSearch>('rateSearch');
      return {
        confusion: { ...(last && { last }), ...(best && { best }) },
        watched: of<WatchedEpoch>('watched'),
        ...(rateSearch && { rateSearch }),
      };
    },
    find(reference, { deleted = false } = {}) {
      const bin = Number(deleted);
      const exact = reference === 'latest' ? latest.get(bin) : named.get(bin, reference, reference);
      if (exact) return summary(exact.id as RunId);
      const found = reference === '' || reference === 'latest' ? [] : starting.all(bin, reference.length, reference);
      if (found.length > 1) {
        const names = found.slice(0, 3).map((run) => `${run.id} (${run.name})`);
        throw new EpochbookError('store.runAmbiguous', { run: reference, matches: names.join(', ') + (found.length > 3 ? ', …' : '') });
      }
      if (!found[0]) throw new EpochbookError(reference === 'latest' ? 'store.noRuns' : 'store.runMissing', { run: reference });
      return summary(found[0].id as RunId);
    },
  };
}
