/**
 * Runs as Parquet, for pandas, Polars and DuckDB: `runs.parquet` with a row a run, `epochs.parquet` with a row an epoch of
 * a run. DuckDB writes them; it is native, and loaded when first needed.
 */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';
import type { WrittenRun } from '#contract/logged-run.ts';
import type { KnobValue } from '#contract/spec.ts';
import { columnNames, epochRows } from './epoch-rows.ts';

type Duck = typeof import('@duckdb/node-api');

interface Column {
  readonly name: string;
  readonly type: DuckDBType;
}

async function loadDuck(): Promise<Duck> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new EpochbookError('interchange.noParquet', { package: '@duckdb/node-api', detail: String(cause).slice(0, 200) }, { cause });
  }
}

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** DuckDB takes names that differ in case alone for the same. */
function distinct(columns: readonly Column[]): Column[] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    let free = name;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${name}_${number}`;
    taken.add(free.toLowerCase());
    return { name: free, type };
  });
}

/** The narrowest type that holds every run's value of a param. */
function paramType({ BOOLEAN, BIGINT, DOUBLE, VARCHAR }: Duck, values: readonly (KnobValue | undefined)[]): DuckDBType {
  const known = values.filter((value) => value !== undefined);
  if (known.every((value) => typeof value === 'boolean')) return BOOLEAN;
  if (known.every((value) => Number.isSafeInteger(value) && !Object.is(value, -0))) return BIGINT;
  return known.every((value) => typeof value === 'number') ? DOUBLE : VARCHAR;
}

function paramValue({ BIGINT, VARCHAR }: Duck, type: DuckDBType, value: KnobValue | undefined): DuckDBValue {
  if (value === undefined) return null;
  if (type === VARCHAR) return String(value);
  return type === BIGINT ? BigInt(value) : value;
}

/** Rows put into a chunk at once: the size of DuckDB's own vectors. */
const chunkRows = 2048;

async function writeTable(
  { DuckDBDataChunk }: Duck,
  connection: DuckDBConnection,
  file: string,
  columns: readonly Column[],
  rows: Iterable<readonly DuckDBValue[]>,
): Promise<number> {
  await connection.run(
    `CREATE OR REPLACE TABLE written (${columns.map(({ name, type }) => `${identifier(name)} ${type.toString()}`).join(', ')})`,
  );
  const appender = await connection.createAppender('written');
  const types = columns.map(({ type }) => type);
  let held: (readonly DuckDBValue[])[] = [];
  const flush = () => {
    const chunk = DuckDBDataChunk.create(types);
    chunk.setRows(held);
    appender.appendDataChunk(chunk);
    held = [];
  };
  for (const row of rows) {
    held.push(row);
    if (held.length === chunkRows) flush();
  }
  if (held.length > 0) flush();
  appender.closeSync();
  await connection.run(`COPY written TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
  return (await disk.stat(file)).size;
}

/** Returns the files' names and their bytes. A value that was not logged is null; NaN and infinities are themselves. */
export async function writeParquetRuns(
  runs: readonly (WrittenRun & { readonly id: string })[],
  folder: string,
): Promise<{ files: string[]; bytes: number }> {
  const duck = await loadDuck();
  const { BIGINT, DOUBLE, DuckDBInstance, DuckDBTimestampTZValue, LIST, listValue, TIMESTAMPTZ, VARCHAR } = duck;
  const moment = (time: number) => (Number.isFinite(time) ? new DuckDBTimestampTZValue(BigInt(Math.round(time * 1000))) : null);
  const { params, metrics } = columnNames(runs);
  const ofParams = params.map((name) => ({
    name: `params.${name}`,
    type: paramType(
      duck,
      runs.map((run) => run.params[name]),
    ),
  }));
  const settings = (run: WrittenRun) => ofParams.map(({ type }, index) => paramValue(duck, type, run.params[params[index]]));
  const ofRun: Column[] = [
    { name: 'id', type: VARCHAR },
    { name: 'run', type: VARCHAR },
    { name: 'status', type: VARCHAR },
    { name: 'startedAt', type: TIMESTAMPTZ },
    { name: 'endedAt', type: TIMESTAMPTZ },
    { name: 'tags', type: LIST(VARCHAR) },
    { name: 'note', type: VARCHAR },
    ...ofParams,
  ];
  const ofEpoch: Column[] = [
    { name: 'run', type: VARCHAR },
    { name: 'epoch', type: BIGINT },
    { name: 'timestamp', type: TIMESTAMPTZ },
    ...ofParams,
    ...metrics.map((name) => ({ name, type: DOUBLE })),
  ];
  function* runRows(): Generator<DuckDBValue[]> {
    for (const run of runs) {
      const { id, name, status, startedAt, endedAt, tags, note } = run;
      yield [id, name, status, moment(startedAt), moment(endedAt), listValue([...tags]), note, ...settings(run)];
    }
  }
  function* allEpochs(): Generator<DuckDBValue[]> {
    for (const run of runs) {
      const fixed = settings(run);
      for (const { epoch, time, values } of epochRows(run, metrics))
        yield [run.name, BigInt(epoch), moment(time), ...fixed, ...values.map((value) => value ?? null)];
    }
  }
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  try {
    const connection = await instance.connect();
    const write = (name: string, columns: readonly Column[], rows: Iterable<readonly DuckDBValue[]>) =>
      writeTable(duck, connection, join(folder, name), distinct(columns), rows);
    const bytes = (await write('runs.parquet', ofRun, runRows())) + (await write('epochs.parquet', ofEpoch, allEpochs()));
    return { files: ['runs.parquet', 'epochs.parquet'], bytes };
  } finally {
    instance.closeSync();
  }
}
