/** One metric of one run at a time, as arrays of numbers. */
import type { RunId } from '#contract/ids.ts';
import type { Connection } from './database.ts';
import { fromColumn } from './run-rows.ts';

export interface StoredCurve {
  /** Ascending. */
  readonly epochs: Float64Array;
  readonly values: Float64Array;
}

/** What happened until each epoch had ended. */
export interface EpochTimes {
  readonly epochs: Float64Array;
  /** Steps, samples and milliseconds since the run began. */
  readonly steps: Float64Array;
  readonly samples: Float64Array;
  readonly elapsedMs: Float64Array;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface CurveReader {
  /** Another one after every change of the run's values; undefined where there is no such run. */
  curveVersion(id: RunId): string | undefined;
  /** Undefined where the run has no value of the metric. */
  curve(id: RunId, metric: string): StoredCurve | undefined;
  epochTimes(id: RunId): EpochTimes;
}

/** Shorter runs are read from their rows about as fast. */
const shortestPacked = 500;

export interface PackedRow {
  first_epoch: number;
  epochs: Buffer | null;
  numbers: Buffer;
}

function numbersIn(blob: Buffer): Float64Array {
  // Its own memory, not a piece of a larger one: nothing to copy.
  if (blob.byteOffset === 0 && blob.buffer.byteLength === blob.byteLength) return new Float64Array(blob.buffer);
  const numbers = new Float64Array(blob.byteLength / 8);
  new Uint8Array(numbers.buffer).set(blob);
  return numbers;
}

/** The last few: runs of one length have the same epochs. Never written to. */
const counted = new Map<string, Float64Array>();
const mostCounted = 16;

/** `first`, `first` + 1, … */
function countingFrom(first: number, length: number): Float64Array {
  const key = `${first} ${length}`;
  const known = counted.get(key);
  if (known) return known;
  const numbers = new Float64Array(length);
  for (let index = 0; index < length; index++) numbers[index] = first + index;
  const [oldest] = counted.keys();
  if (counted.size >= mostCounted && oldest !== undefined) counted.delete(oldest);
  counted.set(key, numbers);
  return numbers;
}

export function unpacked(row: PackedRow): StoredCurve {
  const values = numbersIn(row.numbers);
  return { values, epochs: row.epochs ? numbersIn(row.epochs) : countingFrom(row.first_epoch, values.length) };
}

export function createCurveReader(database: Connection): CurveReader {
  const runOf = database.prepare<[string], { number: number; updated_at: number; started_at: number; epochs: number }>(
    'SELECT number, updated_at, started_at, epochs FROM runs WHERE id = ?',
  );
  const packed = database.prepare<[number, string, number], PackedRow>(
    `SELECT first_epoch, epochs, numbers FROM packed_curves
     WHERE run = ? AND metric = (SELECT id FROM metrics WHERE name = ?) AND updated_at = ?`,
  );
  const valuesOf = database
    .prepare<[number, string], [epoch: number, value: number | null]>(
      'SELECT epoch, value FROM metric_values WHERE run = ? AND metric = (SELECT id FROM metrics WHERE name = ?) ORDER BY epoch',
    )
    .raw();
  const timesOf = database
    .prepare<[number], [epoch: number, steps: number, samples: number, elapsedMs: number]>(
      'SELECT epoch, steps, samples, elapsed_ms FROM epochs WHERE run = ? ORDER BY epoch',
    )
    .raw();

  return {
    curveVersion(id) {
      const run = runOf.get(id);
      return run && `${run.updated_at}:${run.epochs}`;
    },
    curve(id, metric) {
      const run = runOf.get(id);
      if (!run) return undefined;
      const row = packed.get(run.number, metric, run.updated_at);
      if (row) return unpacked(row);
      const rows = valuesOf.all(run.number, metric);
      if (rows.length === 0) return undefined;
      return { epochs: Float64Array.from(rows, ([epoch]) => epoch), values: Float64Array.from(rows, ([, value]) => fromColumn(value)) };
    },
    epochTimes(id) {
      const run = runOf.get(id);
      const rows = run ? timesOf.all(run.number) : [];
      const epochs = new Float64Array(rows.length);
      const steps = new Float64Array(rows.length);
      const samples = new Float64Array(rows.length);
      const elapsedMs = new Float64Array(rows.length);
      const sum = { steps: 0, samples: 0, elapsedMs: 0 };
      for (const [index, [epoch, ofSteps, ofSamples, ofTime]] of rows.entries()) {
        epochs[index] = epoch;
        steps[index] = sum.steps += ofSteps;
        samples[index] = sum.samples += ofSamples;
        elapsedMs[index] = sum.elapsedMs += ofTime;
      }
      // What other tools log has no steps beside what it is numbered by, and does not say how many samples a step took.
      if (sum.steps === 0) steps.set(epochs);
      if (sum.samples === 0) samples.fill(Number.NaN);
      return { epochs, steps, samples, elapsedMs, startedAt: run?.started_at ?? 0 };
    },
  };
}

/** Within the transaction that ends a run, after its last change: keeps its metrics packed, where it is a long one. */
export function createCurvePacker(database: Connection): (run: number) => void {
  const counts = database.prepare<[number], { updated_at: number; epochs: number }>(
    'SELECT updated_at, (SELECT count(*) FROM epochs WHERE run = number) AS epochs FROM runs WHERE number = ?',
  );
  const valuesOf = database
    .prepare<[number], [epoch: number, metric: number, value: number | null]>(
      'SELECT epoch, metric, value FROM metric_values WHERE run = ? ORDER BY epoch, metric',
    )
    .raw();
  const write = database.prepare(
    'INSERT OR REPLACE INTO packed_curves (run, metric, updated_at, first_epoch, epochs, numbers) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return (run) => {
    const found = counts.get(run);
    if (!found || found.epochs < shortestPacked) return;
    const series = new Map<number, { epochs: Float64Array; values: Float64Array; length: number }>();
    for (const [epoch, metric, value] of valuesOf.iterate(run)) {
      let own = series.get(metric);
      if (!own) {
        own = { epochs: new Float64Array(found.epochs), values: new Float64Array(found.epochs), length: 0 };
        series.set(metric, own);
      }
      own.epochs[own.length] = epoch;
      own.values[own.length++] = fromColumn(value);
    }
    for (const [metric, { epochs, values, length }] of series) {
      const first = epochs[0];
      const countsUp = epochs[length - 1] - first === length - 1;
      const blob = (numbers: Float64Array) => Buffer.from(numbers.buffer, 0, length * 8);
      write.run(run, metric, found.updated_at, first, countsUp ? null : blob(epochs), blob(values));
    }
  };
}
