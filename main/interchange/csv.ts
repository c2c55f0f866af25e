/**
 * CSV with a row an epoch. Columns: `run` (where there are several), `epoch` or `step`, `params.NAME` (the same in all
 * rows of a run), and every other column that holds numbers is a metric. An empty field is no value.
 */
import { promises as disk } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import { EpochbookError } from '#contract/errors.ts';
import type { WrittenRun } from '#contract/logged-run.ts';
import type { KnobValue } from '#contract/spec.ts';
import type { FoundRun } from './found-run.ts';
import { readNumber, readSetting } from './plain-values.ts';
import { Points } from './series.ts';

const runColumn = 'run';
const timeColumn = 'timestamp';
const paramPrefix = 'params.';
const axisNames = ['epoch', 'step', 'global_step', 'iteration'];

interface Columns {
  readonly run: number;
  readonly axis: number;
  readonly time: number;
  readonly params: readonly (readonly [name: string, column: number])[];
  readonly metrics: readonly (readonly [name: string, column: number])[];
}

function columnsOf(names: readonly string[]): Columns {
  const lower = names.map((name) => name.trim().toLowerCase());
  const axis = axisNames.map((name) => lower.indexOf(name)).find((column) => column >= 0) ?? -1;
  const run = lower.indexOf(runColumn);
  const time = lower.indexOf(timeColumn);
  const entries = names.map((name, column) => [name.trim(), column] as const);
  return {
    run,
    axis,
    time,
    params: entries.filter(([name]) => name.startsWith(paramPrefix)).map(([name, column]) => [name.slice(paramPrefix.length), column]),
    metrics: entries.filter(([name, column]) => column !== run && column !== axis && column !== time && !name.startsWith(paramPrefix)),
  };
}

/** The first line tells whether the file is a log of epochs. */
export async function isLogCsv(file: string): Promise<boolean> {
  const handle = await disk.open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const [line] = buffer
      .toString('utf8', 0, bytesRead)
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/);
    return columnsOf(line.split(/[,;\t]/).map((name) => name.replaceAll('"', ''))).axis >= 0;
  } finally {
    await handle.close();
  }
}

function table(file: string, text: string): string[][] {
  const delimiter = [',', ';', '\t'].find((mark) => text.slice(0, text.search(/\r?\n|$/)).includes(mark)) ?? ',';
  try {
    return parse(text, { delimiter, bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new EpochbookError('interchange.unreadable', { path: file, detail }, { cause: error });
  }
}

interface Reading {
  readonly points: Map<string, Points>;
  readonly params: Record<string, KnobValue>;
  from: number;
  to: number;
}

/** Throws interchange.csvAxis where there is no column of epochs. */
export async function readCsv(file: string): Promise<FoundRun[]> {
  const rows = table(file, await disk.readFile(file, 'utf8'));
  const columns = columnsOf(rows[0] ?? []);
  if (columns.axis < 0) throw new EpochbookError('interchange.csvAxis', { path: file, wanted: axisNames.join(', ') });
  const { mtimeMs } = await disk.stat(file);
  const readings = new Map<string, Reading>();
  const findings: EpochbookError[] = [];
  const axisIsEpochs = rows[0][columns.axis].trim().toLowerCase() === 'epoch';
  // Keras' CSVLogger counts epochs from 0; what has a column of runs was written by us, or by one who knows both.
  const shift = columns.run < 0 && axisIsEpochs && readNumber(rows[1]?.[columns.axis] ?? '') === 0 ? 1 : 0;
  let unread = 0;
  let unreadAt = 0;
  for (const [index, row] of rows.entries()) {
    if (index === 0) continue;
    const epoch = readNumber(row[columns.axis] ?? '');
    if (epoch === undefined || !Number.isInteger(epoch)) {
      findings.push(new EpochbookError('interchange.rowSkipped', { path: file, row: index, value: row[columns.axis] ?? '' }));
      continue;
    }
    const name = columns.run < 0 ? '' : (row[columns.run] ?? '');
    let reading = readings.get(name);
    if (!reading) readings.set(name, (reading = { points: new Map(), params: {}, from: Infinity, to: -Infinity }));
    const time = columns.time < 0 ? Number.NaN : (readNumber(row[columns.time] ?? '') ?? Number.NaN);
    if (time < reading.from) reading.from = time;
    if (time > reading.to) reading.to = time;
    for (const [param, column] of columns.params) if ((row[column] ?? '') !== '') reading.params[param] = readSetting(row[column]);
    for (const [metric, column] of columns.metrics) {
      const field = row[column] ?? '';
      if (field === '') continue;
      const value = readNumber(field);
      if (value === undefined) {
        if (unread++ === 0) unreadAt = index;
        continue;
      }
      let points = reading.points.get(metric);
      if (!points) reading.points.set(metric, (points = new Points()));
      points.add(epoch + shift, value, time);
    }
  }
  if (unread > 0) findings.push(new EpochbookError('interchange.fieldsSkipped', { path: file, count: unread, row: unreadAt }));
  const first = basename(file).replace(/\.(csv|tsv)$/i, '');
  return [...readings].map(([name, { points, params, from, to }], index) => {
    const series = [...points].map(([metric, ofMetric]) => ofMetric.series(metric));
    const dropped = series.reduce((total, each) => total + each.dropped, 0);
    const label = name === '' ? first : name;
    const startedAt = Number.isFinite(from) ? from : mtimeMs;
    return {
      run: {
        tool: 'csv',
        path: file,
        key: name,
        name: label,
        status: 'completed',
        startedAt,
        endedAt: Math.max(startedAt, to),
        params,
        tags: [],
        note: '',
        series: series.map((each) => each.series),
      },
      findings: [
        ...(index === 0 ? findings : []),
        ...(dropped > 0 ? [new EpochbookError('interchange.stepsTwice', { run: label, metric: '*', count: dropped })] : []),
      ],
    };
  });
}

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
const numberField = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));

/** One table of all runs: run, epoch, timestamp, params, metrics; numbers such that reading them gives the same bits. */
export function* csvLines(runs: readonly WrittenRun[]): Generator<string> {
  const params = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  const metrics = [...new Set(runs.flatMap(({ series }) => series.map(({ metric }) => metric)))];
  yield `${[runColumn, 'epoch', timeColumn, ...params.map((name) => paramPrefix + name), ...metrics].map(quoted).join(',')}\n`;
  for (const run of runs) {
    const fixed = params.map((name) => quoted(String(run.params[name] ?? '')));
    const byMetric = metrics.map((name) => run.series.find(({ metric }) => metric === name));
    const epochs = [...new Set(run.series.flatMap((series) => [...series.epochs]))].sort((a, b) => a - b);
    const at = byMetric.map(() => 0);
    const label = quoted(run.name);
    for (const epoch of epochs) {
      let time = Number.NaN;
      const fields = byMetric.map((series, index) => {
        const place = at[index];
        if (!series || series.epochs[place] !== epoch) return '';
        at[index]++;
        time = Number.isNaN(time) ? series.times[place] : time;
        return numberField(series.values[place]);
      });
      yield `${[label, String(epoch), Number.isNaN(time) ? '' : numberField(time), ...fixed, ...fields].join(',')}\n`;
    }
  }
}
