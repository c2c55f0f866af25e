/** Everything that writes runs. Each function is one transaction, on the disk when it returns. */
import { EpochbookError, type PlainError } from '#contract/errors.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunId } from '#contract/ids.ts';
import type { Observation } from '#contract/observations.ts';
import type {
  BestEpoch,
  EndReason,
  Environment,
  EpochRow,
  MetricSummary,
  OriginKind,
  RunStatus,
  StoredCheckpoint,
} from '#contract/runs.ts';
import type { KnobValue, Spec } from '#contract/spec.ts';
import { toWire } from '#contract/wire.ts';
import { createCurvePacker } from './curve-reader.ts';
import type { Connection } from './database.ts';
import type { Owner } from './owner.ts';
import { newRunId, newRunName, numberedName } from './run-names.ts';
import { fromColumn, metricSummaryOf, nextSummary, type SummaryRow, toColumn } from './run-rows.ts';

export interface NewRun {
  /** Default: two words. A name that is taken gets a number. */
  readonly name?: string | undefined;
  /** Path of the notebook in the workspace. */
  readonly notebook: string;
  /** Id of its train cell. */
  readonly cell?: string | undefined;
  /** The notebook's text as it is now. */
  readonly source: string;
  readonly spec: Spec;
  readonly params: Readonly<Record<string, KnobValue>>;
  readonly backend: string;
  readonly threads: number;
  readonly environment: Environment;
  readonly tags?: readonly string[] | undefined;
  /** The id of the search that it is a trial of. */
  readonly sweep?: { readonly id: string; readonly trial: number } | undefined;
  /** The run it comes from, whose first `epoch` epochs are also its own. */
  readonly origin?: { readonly kind: OriginKind; readonly run: RunId; readonly epoch: number } | undefined;
}

export interface RunFacts {
  readonly parameters: number;
  readonly samples: { readonly train: number; readonly validation: number };
  readonly dataHash: string;
  readonly backend: string;
  readonly backendVersion: string;
  /** Why it is not the backend that was asked for. */
  readonly fallback?: PlainError | undefined;
}

export interface RunEnd {
  readonly status: Extract<RunStatus, 'completed' | 'stopped' | 'failed' | 'diverged'>;
  readonly reason: EndReason;
  readonly best?: BestEpoch | undefined;
  readonly error?: PlainError | undefined;
}

export interface RunWriter {
  /** A queued run owned by this process. */
  create(run: NewRun): RunId;
  setStatus(id: RunId, status: 'running' | 'paused'): void;
  /** It leaves the queue: its time starts now. */
  begin(id: RunId): void;
  setFacts(id: RunId, facts: RunFacts): void;
  recordEpoch(id: RunId, row: EpochRow): void;
  /** What is already known of the same kind and epoch is replaced; of confusions only the newest of a kind stays. */
  recordObservation(id: RunId, observation: Observation): void;
  /** Of `last` and `best` there is one; `dropped` are epochs whose checkpoint is there no more. */
  recordCheckpoints(id: RunId, checkpoints: readonly StoredCheckpoint[], dropped?: readonly number[]): void;
  /**
   * Queues a run that is over again, by this process, to go on after `epoch`: later epochs are taken back, `row` is put in
   * where it is missing. Throws `store.runActive`.
   */
  goOn(id: RunId, from: { epoch: number; row?: EpochRow | undefined; plannedEpochs: number }): void;
  end(id: RunId, end: RunEnd): void;
  /** Throws `store.nameTaken`. */
  update(id: RunId, change: { name?: string | undefined; tags?: string[] | undefined; note?: string | undefined }): void;
  /** Of runs of the notebook `from`, or of those in the folder `from`. */
  renameNotebook(from: string, to: string): void;
  /** To the bin. Throws `store.runActive` for a run that is going on. */
  remove(ids: readonly RunId[]): void;
  restore(ids: readonly RunId[]): void;
}

export function createRunWriter(database: Connection, owner: () => Owner, clock: () => number): RunWriter {
  const isTaken = database.prepare<[string]>('SELECT 1 FROM runs WHERE name = ?');
  const insertRun = database.prepare(
    `INSERT INTO runs (id, name, notebook, cell, status, started_at, updated_at, planned_epochs, backend, threads, seed, params, tags, sweep, trial, owner, owner_pid, owner_host)
     VALUES (@id, @name, @notebook, @cell, 'queued', @now, @now, @plannedEpochs, @backend, @threads, @seed, @params, @tags,
       (SELECT number FROM sweeps WHERE sweeps.id = @sweep), @trial, @owner, @pid, @host)`,
  );
  const insertSource = database.prepare('INSERT INTO run_sources (run, spec, source, environment) VALUES (?, ?, ?, ?)');
  const numberOf = database.prepare<[string], { number: number; status: RunStatus; name: string }>(
    'SELECT number, status, name FROM runs WHERE id = ?',
  );
  const rename = database.prepare(
    `UPDATE runs SET notebook = @to || substr(notebook, length(@from) + 1)
     WHERE notebook = @from OR substr(notebook, 1, length(@from) + 1) = @from || '/'`,
  );
  const renameInSweeps = database.prepare(
    `UPDATE sweeps SET notebook = @to || substr(notebook, length(@from) + 1)
     WHERE notebook = @from OR substr(notebook, 1, length(@from) + 1) = @from || '/'`,
  );
  const setStatus = database.prepare('UPDATE runs SET status = @status, updated_at = @now WHERE number = @number');
  const begin = database.prepare(`UPDATE runs SET status = 'running', started_at = @now, updated_at = @now WHERE number = @number`);
  const setFacts = database.prepare(
    `UPDATE runs SET parameters = @parameters, train_samples = @train, validation_samples = @validation, data_hash = @dataHash, backend = @backend, updated_at = @now
     WHERE number = @number`,
  );
  const setBackendVersion = database.prepare(
    `UPDATE run_sources SET environment = json_set(environment, '$.backendVersion', ?) WHERE run = ?`,
  );
  const setFallback = database.prepare(`UPDATE run_sources SET environment = json_set(environment, '$.fallback', json(?)) WHERE run = ?`);
  const insertEpoch = database.prepare(
    `INSERT INTO epochs (run, epoch, elapsed_ms, learning_rate, samples, steps, data_ms, steps_ms, validation_ms, memory_bytes)
     VALUES (@number, @epoch, @elapsedMs, @learningRate, @samples, @steps, @dataMs, @stepsMs, @validationMs, @memoryBytes)`,
  );
  const addEpoch = database.prepare(
    'UPDATE runs SET epochs = @epoch, elapsed_ms = elapsed_ms + @elapsedMs, updated_at = @now WHERE number = @number',
  );
  const metricId = database.prepare<[string], { id: number }>('SELECT id FROM metrics WHERE name = ?');
  const insertMetric = database.prepare('INSERT INTO metrics (name) VALUES (?)');
  const insertValue = database.prepare('INSERT INTO metric_values (run, epoch, metric, value) VALUES (?, ?, ?, ?)');
  const summaryOf = database.prepare<[number, number], SummaryRow>('SELECT * FROM metric_summaries WHERE run = ? AND metric = ?');
  const writeSummary = database.prepare(
    `INSERT INTO metric_summaries (run, metric, last, min, min_epoch, max, max_epoch) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, metric) DO UPDATE SET last = excluded.last, min = excluded.min, min_epoch = excluded.min_epoch,
       max = excluded.max, max_epoch = excluded.max_epoch`,
  );
  const removeCheckpoints = database.prepare('DELETE FROM checkpoints WHERE run = ? AND kind = ?');
  const removeCheckpoint = database.prepare(`DELETE FROM checkpoints WHERE run = ? AND kind = 'epoch' AND epoch = ?`);
  const writeCheckpoint = database.prepare(
    'INSERT OR REPLACE INTO checkpoints (run, kind, epoch, bytes) VALUES (@number, @kind, @epoch, @bytes)',
  );
  const setOrigin = database.prepare('UPDATE runs SET origin_kind = ?, origin = ?, origin_epoch = ? WHERE number = ?');
  const copyEpochs = database.prepare(
    `INSERT INTO epochs (run, epoch, elapsed_ms, learning_rate, samples, steps, data_ms, steps_ms, validation_ms, memory_bytes)
     SELECT @run, epoch, elapsed_ms, learning_rate, samples, steps, data_ms, steps_ms, validation_ms, memory_bytes FROM epochs WHERE run = @other AND epoch <= @epoch`,
  );
  const copyValues = database.prepare(
    'INSERT INTO metric_values (run, epoch, metric, value) SELECT @run, epoch, metric, value FROM metric_values WHERE run = @other AND epoch <= @epoch',
  );
  const removeObservations = database.prepare('DELETE FROM observations WHERE run = ? AND kind = ?');
  const removeLaterObservations = database.prepare('DELETE FROM observations WHERE run = ? AND epoch > ?');
  const writeObservation = database.prepare('INSERT OR REPLACE INTO observations (run, kind, epoch, content) VALUES (?, ?, ?, ?)');
  const copyObservations = database.prepare(
    `INSERT INTO observations (run, kind, epoch, content)
     SELECT @run, kind, epoch, content FROM observations WHERE run = @other AND epoch <= @epoch`,
  );
  const removeEpochs = database.prepare('DELETE FROM epochs WHERE run = ? AND epoch > ?');
  const removeSummaries = database.prepare('DELETE FROM metric_summaries WHERE run = ?');
  const valuesOf = database.prepare<[number], { epoch: number; metric: number; value: number | null }>(
    'SELECT epoch, metric, value FROM metric_values WHERE run = ? ORDER BY epoch, metric',
  );
  const countEpochs = database.prepare(
    `UPDATE runs SET epochs = (SELECT coalesce(max(epoch), 0) FROM epochs WHERE run = number),
       elapsed_ms = (SELECT coalesce(sum(elapsed_ms), 0) FROM epochs WHERE run = number) WHERE number = ?`,
  );
  const hasEpoch = database.prepare<[number, number]>('SELECT 1 FROM epochs WHERE run = ? AND epoch = ?');
  const queueAgain = database.prepare(
    `UPDATE runs SET status = 'queued', reason = NULL, error = NULL, ended_at = NULL, updated_at = @now, planned_epochs = @plannedEpochs,
       best_metric = NULL, best_epoch = NULL, best_value = NULL, owner = @owner, owner_pid = @pid, owner_host = @host WHERE number = @number`,
  );
  // A knob that says the number of epochs goes along with it.
  const setEpochsParam = database.prepare(
    `UPDATE runs SET params = json_set(params, '$.epochs', @plannedEpochs)
     WHERE number = @number AND json_extract(params, '$.epochs') = planned_epochs AND planned_epochs <> @plannedEpochs`,
  );
  const setPlanned = database.prepare(`UPDATE run_sources SET spec = json_set(spec, '$.train.epochs', ?) WHERE run = ?`);
  const end = database.prepare(
    `UPDATE runs SET status = @status, reason = @reason, error = @error, best_metric = @bestMetric, best_epoch = @bestEpoch,
       best_value = @bestValue, ended_at = max(@now, started_at), updated_at = @now WHERE number = @number`,
  );
  const pack = createCurvePacker(database);
  const unpack = database.prepare('DELETE FROM packed_curves WHERE run = ?');
  const setAtBest = database.prepare(
    `UPDATE metric_summaries SET at_best = (
       SELECT value FROM metric_values WHERE run = @number AND epoch = @epoch AND metric_values.metric = metric_summaries.metric)
     WHERE run = @number`,
  );
  const update = database.prepare(
    'UPDATE runs SET name = coalesce(@name, name), tags = coalesce(@tags, tags), note = coalesce(@note, note) WHERE number = @number',
  );
  const setDeleted = database.prepare('UPDATE runs SET deleted_at = ? WHERE number = ?');

  function look(id: RunId): { number: number; status: RunStatus; name: string } {
    const row = numberOf.get(id);
    if (!row) throw new EpochbookError('store.runMissing', { run: id });
    return row;
  }

  function nameIsTaken(name: string): boolean {
    return isTaken.get(name) !== undefined;
  }

  function idOfMetric(name: string): number {
    return metricId.get(name)?.id ?? Number(insertMetric.run(name).lastInsertRowid);
  }

  function insertRow(number: number, row: EpochRow): void {
    insertEpoch.run({
      number,
      epoch: row.epoch,
      elapsedMs: row.elapsedMs,
      learningRate: toColumn(row.learningRate),
      samples: row.samples,
      steps: row.steps,
      dataMs: row.phasesMs.data,
      stepsMs: row.phasesMs.steps,
      validationMs: row.phasesMs.validation,
      memoryBytes: row.memoryBytes ?? null,
    });
    for (const [name, value] of Object.entries(row.metrics)) {
      const metric = idOfMetric(name);
      insertValue.run(number, row.epoch, metric, toColumn(value));
      const before = summaryOf.get(number, metric);
      const next = nextSummary(before && metricSummaryOf(before), row.epoch, value);
      writeSummary.run(number, metric, toColumn(next.last), toColumn(next.min), next.minEpoch, toColumn(next.max), next.maxEpoch);
    }
    addEpoch.run({ number, epoch: row.epoch, elapsedMs: row.elapsedMs, now: clock() });
  }

  /** Anew from the stored values, as after taking epochs back. */
  function summarize(number: number): void {
    removeSummaries.run(number);
    const summaries = new Map<number, MetricSummary>();
    for (const { epoch, metric, value } of valuesOf.iterate(number)) {
      summaries.set(metric, nextSummary(summaries.get(metric), epoch, fromColumn(value)));
    }
    for (const [metric, { last, min, minEpoch, max, maxEpoch }] of summaries) {
      writeSummary.run(number, metric, toColumn(last), toColumn(min), minEpoch, toColumn(max), maxEpoch);
    }
    countEpochs.run(number);
  }

  /** IMMEDIATE: a transaction that reads first could otherwise fail to write without waiting for its turn. */
  const written = <Arguments extends unknown[], Result>(action: (...values: Arguments) => Result): ((...values: Arguments) => Result) => {
    const transaction = database.transaction(action);
    return (...values) => transaction.immediate(...values);
  };

  return {
    create: written((run: NewRun) => {
      const { token, pid, host } = owner();
      const id = newRunId();
      const { lastInsertRowid } = insertRun.run({
        id,
        name: run.name === undefined ? newRunName(nameIsTaken) : numberedName(run.name, nameIsTaken),
        notebook: run.notebook,
        cell: run.cell ?? null,
        now: clock(),
        plannedEpochs: run.spec.train.epochs,
        backend: run.backend,
        threads: run.threads,
        seed: run.spec.train.seed,
        params: JSON.stringify(run.params),
        tags: JSON.stringify(run.tags ?? []),
        sweep: run.sweep?.id ?? null,
        trial: run.sweep?.trial ?? null,
        owner: token,
        pid,
        host,
      });
      const number = Number(lastInsertRowid);
      insertSource.run(number, JSON.stringify(run.spec), run.source, JSON.stringify(run.environment));
      if (run.origin) {
        const { kind, epoch } = run.origin;
        const other = look(run.origin.run).number;
        setOrigin.run(kind, other, epoch, number);
        copyEpochs.run({ run: number, other, epoch });
        copyValues.run({ run: number, other, epoch });
        copyObservations.run({ run: number, other, epoch });
        summarize(number);
      }
      return id;
    }),
    setStatus: written((id: RunId, status: 'running' | 'paused') => {
      setStatus.run({ number: look(id).number, status, now: clock() });
    }),
    begin: written((id: RunId) => {
      begin.run({ number: look(id).number, now: clock() });
    }),
    setFacts: written((id: RunId, facts: RunFacts) => {
      const { number } = look(id);
      setFacts.run({
        number,
        parameters: facts.parameters,
        train: facts.samples.train,
        validation: facts.samples.validation,
        dataHash: facts.dataHash,
        backend: facts.backend,
        now: clock(),
      });
      setBackendVersion.run(facts.backendVersion, number);
      if (facts.fallback) setFallback.run(JSON.stringify(facts.fallback), number);
    }),
    recordEpoch: written((id: RunId, row: EpochRow) => insertRow(look(id).number, row)),
    recordObservation: written((id: RunId, { kind, content }: Observation) => {
      const { number } = look(id);
      if (kind === 'confusionLast' || kind === 'confusionBest') removeObservations.run(number, kind);
      writeObservation.run(number, kind, 'epoch' in content ? content.epoch : 0, toWire(content));
    }),
    recordCheckpoints: written((id: RunId, checkpoints: readonly StoredCheckpoint[], dropped: readonly number[] = []) => {
      const { number } = look(id);
      for (const { kind, epoch, bytes } of checkpoints) {
        if (kind !== 'epoch') removeCheckpoints.run(number, kind);
        writeCheckpoint.run({ number, kind, epoch, bytes });
      }
      for (const epoch of dropped) removeCheckpoint.run(number, epoch);
    }),
    goOn: written((id: RunId, { epoch, row, plannedEpochs }: { epoch: number; row?: EpochRow | undefined; plannedEpochs: number }) => {
      const { number, status, name } = look(id);
      if (isGoingOn({ status })) throw new EpochbookError('store.runActive', { name });
      removeEpochs.run(number, epoch);
      removeLaterObservations.run(number, epoch);
      unpack.run(number);
      if (row && !hasEpoch.get(number, row.epoch)) insertRow(number, row);
      summarize(number);
      setEpochsParam.run({ number, plannedEpochs });
      setPlanned.run(plannedEpochs, number);
      const { token, pid, host } = owner();
      queueAgain.run({ number, plannedEpochs, now: clock(), owner: token, pid, host });
    }),
    end: written((id: RunId, { status, reason, best, error }: RunEnd) => {
      const { number } = look(id);
      end.run({
        number,
        status,
        reason,
        error: error ? JSON.stringify(error) : null,
        bestMetric: best?.metric ?? null,
        bestEpoch: best?.epoch ?? null,
        bestValue: best ? toColumn(best.value) : null,
        now: clock(),
      });
      setAtBest.run({ number, epoch: best?.epoch ?? null });
      pack(number);
    }),
    update: written(
      (id: RunId, { name, tags, note }: { name?: string | undefined; tags?: string[] | undefined; note?: string | undefined }) => {
        const run = look(id);
        if (name !== undefined && name !== run.name && isTaken.get(name)) throw new EpochbookError('store.nameTaken', { name });
        update.run({ number: run.number, name: name ?? null, tags: tags ? JSON.stringify(tags) : null, note: note ?? null });
      },
    ),
    renameNotebook: written((from: string, to: string) => {
      rename.run({ from, to });
      renameInSweeps.run({ from, to });
    }),
    remove: written((ids: readonly RunId[]) => {
      for (const id of ids) {
        const { number, status, name } = look(id);
        if (isGoingOn({ status })) throw new EpochbookError('store.runActive', { name });
        setDeleted.run(clock(), number);
      }
    }),
    restore: written((ids: readonly RunId[]) => {
      for (const id of ids) setDeleted.run(null, look(id).number);
    }),
  };
}
