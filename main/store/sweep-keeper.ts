/** Searches over knobs: what they were asked for and how they ended. Their trials are runs. */
import { EpochbookError, type PlainError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { Sweep, SweepSettings } from '#contract/sweeps.ts';
import type { Connection } from './database.ts';
import type { Owner } from './owner.ts';
import { newRunId, newRunName } from './run-names.ts';

/** A sweep without what its runs say. */
export type StoredSweep = Omit<Sweep, 'trials' | 'best'>;

export interface SweepKeeper {
  /** A running sweep owned by this process, under a name of two words. */
  createSweep(sweep: Pick<Sweep, 'notebook' | 'cell' | 'settings'> & { readonly source: string }): StoredSweep;
  /** Newest first. */
  sweeps(notebook?: string): StoredSweep[];
  /** By its id or name, or `latest`. Throws `sweep.missing`. */
  sweep(reference: string): StoredSweep;
  /** The notebook's text as it was. */
  sweepSource(id: string): string;
  /** Its runs by trial, those in the bin among them. */
  trialsOf(id: string): { readonly runId: RunId; readonly trial: number }[];
  /** It is this process' again, with these settings. Throws `sweep.running` where it goes on elsewhere. */
  goOnWithSweep(id: string, settings: SweepSettings): void;
  endSweep(id: string, end: Pick<Sweep, 'status' | 'reason' | 'error'>): void;
}

interface SweepRow {
  number: number;
  id: string;
  name: string;
  notebook: string;
  cell: string | null;
  settings: string;
  status: Sweep['status'];
  reason: Sweep['reason'] | null;
  error: string | null;
  started_at: number;
  ended_at: number | null;
}

const columns = 'number, id, name, notebook, cell, settings, status, reason, error, started_at, ended_at';

function sweepOf(row: SweepRow): StoredSweep {
  return {
    id: row.id,
    name: row.name,
    notebook: row.notebook,
    ...(row.cell !== null && { cell: row.cell }),
    status: row.status,
    ...(row.reason && { reason: row.reason }),
    ...(row.error !== null && { error: JSON.parse(row.error) as PlainError }),
    startedAt: row.started_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    settings: JSON.parse(row.settings) as SweepSettings,
  };
}

export function createSweepKeeper(database: Connection, owner: () => Owner, clock: () => number): SweepKeeper {
  const isTaken = database.prepare<[string]>('SELECT 1 FROM sweeps WHERE name = ?');
  const insert = database.prepare(
    `INSERT INTO sweeps (id, name, notebook, cell, source, settings, status, started_at, owner)
     VALUES (@id, @name, @notebook, @cell, @source, @settings, 'running', @now, @owner)`,
  );
  const listed = database.prepare<[string | null, string | null], SweepRow>(
    `SELECT ${columns} FROM sweeps WHERE ? IS NULL OR notebook = ? ORDER BY number DESC`,
  );
  const found = database.prepare<[string, string], SweepRow>(`SELECT ${columns} FROM sweeps WHERE id = ? OR name = ?`);
  const latest = database.prepare<[], SweepRow>(`SELECT ${columns} FROM sweeps ORDER BY number DESC LIMIT 1`);
  const source = database.prepare<[string], string>('SELECT source FROM sweeps WHERE id = ?').pluck();
  const trials = database.prepare<[string], { id: RunId; trial: number }>(
    'SELECT runs.id, trial FROM runs JOIN sweeps ON sweeps.number = runs.sweep WHERE sweeps.id = ? ORDER BY trial',
  );
  const take = database.prepare(
    `UPDATE sweeps SET status = 'running', reason = NULL, error = NULL, ended_at = NULL, settings = @settings, owner = @owner
     WHERE id = @id AND status <> 'running'`,
  );
  const end = database.prepare('UPDATE sweeps SET status = @status, reason = @reason, error = @error, ended_at = @now WHERE id = @id');

  function sweep(reference: string): StoredSweep {
    const row = reference === 'latest' ? latest.get() : found.get(reference, reference);
    if (!row) throw new EpochbookError('sweep.missing', { sweep: reference });
    return sweepOf(row);
  }

  const create = database.transaction((given: Parameters<SweepKeeper['createSweep']>[0]) => {
    const id = newRunId() as string;
    insert.run({
      id,
      name: newRunName((name) => isTaken.get(name) !== undefined),
      notebook: given.notebook,
      cell: given.cell ?? null,
      source: given.source,
      settings: JSON.stringify(given.settings),
      now: clock(),
      owner: owner().token,
    });
    return sweep(id);
  });

  return {
    createSweep: (given) => create.immediate(given),
    sweeps: (notebook) => listed.all(notebook ?? null, notebook ?? null).map(sweepOf),
    sweep,
    sweepSource: (id) => source.get(id) ?? '',
    trialsOf: (id) => trials.all(id).map((row) => ({ runId: row.id, trial: row.trial })),
    goOnWithSweep(id, settings) {
      const { changes } = take.run({ id, settings: JSON.stringify(settings), owner: owner().token });
      if (changes === 0) throw new EpochbookError('sweep.running', { name: sweep(id).name });
    },
    endSweep: (id, { status, reason, error }) =>
      void end.run({ id, status, reason: reason ?? null, error: error ? JSON.stringify(error) : null, now: clock() }),
  };
}
