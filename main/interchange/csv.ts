/**
 * Tables with a row an epoch. Columns: `run` (where there are several), `epoch` or `step`, `params.NAME` (the same in all
 * rows of a run), and every other column that holds numbers is a metric. An empty field is no value. W&B's
 * `run.history()` is one of them: its own columns begin with `_`, and its times are seconds.
 */
import { promises as disk } from 'node:fs';
import { basename } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { WrittenRun } from '#contract/logged-run.ts';
import type { KnobValue } from '#contract/spec.ts';
import { columnNames, epochRows } from './epoch-rows.ts';
import { foundRun, type FoundRun } from './found-run.ts';
import { readNumber, readSetting } from './plain-values.ts';
import { Points } from './series.ts';
import type { Table } from './tables.ts';

const runColumn = 'run';
const timeColumn = 'timestamp';
const paramPrefix = 'params.';
const axisNames = ['epoch', 'step', 'global_step', 'iteration'];
const wandbAxis = '_step';
const wandbTime = '_timestamp';

interface Columns {
  readonly isWandb: boolean;
  readonly run: number;
  readonly axis: number;
  readonly time: number;
  readonly params: readonly (readonly [name: string, column: number])[];
  readonly metrics: readonly (readonly [name: string, column: number])[];
}

function columnsOf(names: readonly string[]): Columns {
  const lower = names.map((name) => name.toLowerCase());
  const isWandb = names.includes(wandbAxis);
  const axis = isWandb ? names.indexOf(wandbAxis) : (axisNames.map((name) => lower.indexOf(name)).find((column) => column >= 0) ?? -1);
  const run = lower.indexOf(runColumn);
  const time = isWandb ? names.indexOf(wandbTime) : lower.indexOf(timeColumn);
  const entries = names.map((name, column) => [name, column] as const);
  // What has no name is how pandas numbers rows.
  const isMetric = (name: string) => name !== '' && !name.startsWith(paramPrefix) && !(isWandb && name.startsWith('_'));
  return {
    isWandb,
    run,
    axis,
    time,
    params: entries.filter(([name]) => name.startsWith(paramPrefix)).map(([name, column]) => [name.slice(paramPrefix.length), column]),
    metrics: entries.filter(([name, column]) => column !== run && column !== axis && column !== time && isMetric(name)),
  };
}

export const isLog = (names: readonly string[]): boolean => columnsOf(names).axis >= 0;
export const isWandbHistory = (names: readonly string[]): boolean => names.includes(wandbAxis);

interface Reading {
  readonly points: Map<string, Points>;
  readonly params: Record<string, KnobValue>;
  from: number;
  to: number;
}

/** Throws interchange.csvAxis where there is no column of epochs. */
export async function readLog({ file, names, rows }: Table): Promise<FoundRun[]> {
  const columns = columnsOf(names);
  if (columns.axis < 0) throw new EpochbookError('interchange.csvAxis', { path: file, wanted: axisNames.join(', ') });
  const { mtimeMs } = await disk.stat(file);
  const timeUnit = columns.isWandb ? 1000 : 1;
  const readings = new Map<string, Reading>();
  const findings: EpochbookError[] = [];
  const axisIsEpochs = names[columns.axis].toLowerCase() === 'epoch';
  // Keras' CSVLogger counts epochs from 0; what has a column of runs was written by us, or by one who knows both.
  const shift = columns.run < 0 && axisIsEpochs && readNumber(rows[0]?.[columns.axis] ?? '') === 0 ? 1 : 0;
  let unread = 0;
  let unreadAt = 0;
  for (const [index, row] of rows.entries()) {
    const epoch = readNumber(row[columns.axis] ?? '');
    if (epoch === undefined || !Number.isInteger(epoch)) {
      findings.push(new EpochbookError('interchange.rowSkipped', { path: file, row: index + 1, value: row[columns.axis] ?? '' }));
      continue;
    }
    const name = columns.run < 0 ? '' : (row[columns.run] ?? '');
    let reading = readings.get(name);
    if (!reading) readings.set(name, (reading = { points: new Map(), params: {}, from: Infinity, to: -Infinity }));
    const time = columns.time < 0 ? Number.NaN : (readNumber(row[columns.time] ?? '') ?? Number.NaN) * timeUnit;
    if (time < reading.from) reading.from = time;
    if (time > reading.to) reading.to = time;
    for (const [param, column] of columns.params) if ((row[column] ?? '') !== '') reading.params[param] = readSetting(row[column]);
    for (const [metric, column] of columns.metrics) {
      const field = row[column] ?? '';
      if (field === '') continue;
      const value = readNumber(field);
      if (value === undefined) {
        if (unread++ === 0) unreadAt = index + 1;
        continue;
      }
      let points = reading.points.get(metric);
      if (!points) reading.points.set(metric, (points = new Points()));
      points.add(epoch + shift, value, time);
    }
  }
  if (unread > 0) findings.push(new EpochbookError('interchange.fieldsSkipped', { path: file, count: unread, row: unreadAt }));
  const first = basename(file).replace(/\.\w+$/, '');
  return [...readings].map(([name, { points, params, from, to }], index) => {
    const startedAt = Number.isFinite(from) ? from : mtimeMs;
    const run = {
      tool: columns.isWandb ? ('wandb' as const) : ('csv' as const),
      path: file,
      key: name,
      name: name === '' ? first : name,
      status: 'completed' as const,
      startedAt,
      endedAt: Math.max(startedAt, to),
      params,
      tags: [],
      note: '',
    };
    return foundRun(run, points, index === 0 ? findings : []);
  });
}

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
const numberField = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));

/** One table of all runs: run, epoch, timestamp, params, metrics; numbers such that reading them gives the same bits. */
export function* csvLines(runs: readonly WrittenRun[]): Generator<string> {
  const { params, metrics } = columnNames(runs);
  yield `${[runColumn, 'epoch', timeColumn, ...params.map((name) => paramPrefix + name), ...metrics].map(quoted).join(',')}\n`;
  for (const run of runs) {
    const fixed = params.map((name) => quoted(String(run.params[name] ?? '')));
    const label = quoted(run.name);
    for (const { epoch, time, values } of epochRows(run, metrics)) {
      const fields = values.map((value) => (value === undefined ? '' : numberField(value)));
      yield `${[label, String(epoch), Number.isNaN(time) ? '' : numberField(time), ...fixed, ...fields].join(',')}\n`;
    }
  }
}
