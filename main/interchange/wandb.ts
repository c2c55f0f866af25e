/** Runs that W&B kept on this machine (`wandb/run-*` and `wandb/offline-run-*`), each from its own log. */
import { basename, dirname } from 'node:path';
import type { EpochbookError } from '#contract/errors.ts';
import type { LoggedRun } from '#contract/logged-run.ts';
import type { KnobValue } from '#contract/spec.ts';
import { foundRun, type FoundRun } from './found-run.ts';
import { readNumber } from './plain-values.ts';
import { damageIn } from './records.ts';
import { byText, Points } from './series.ts';
import { readWandbLog, readWandbRecord, type WandbItem, type WandbListener } from './wandb-log.ts';

export const isWandbFile = (name: string): boolean => name.endsWith('.wandb');

/** Names that W&B itself gives values. */
const ownName = /^_/;
const timeName = '_timestamp';
const stepName = '_step';

/** A number, also one that JSON lacks; undefined for a text, a list, a picture. */
export function numberIn(json: string): number | undefined {
  return readNumber(json) ?? (/^"-?(?:nan|inf(?:inity)?)"$/i.test(json) ? readNumber(json.slice(1, -1)) : undefined);
}

/** Adds the leaves of a setting by their paths, as `optimizer.rate`; a list is one setting, as JSON. */
export function addSetting(params: Record<string, KnobValue>, name: string, value: unknown): void {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') params[name] = value;
  else if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0)
    for (const [key, inner] of Object.entries(value)) addSetting(params, `${name}.${key}`, inner);
  else params[name] = JSON.stringify(value);
}

function settingOf(json: string): unknown {
  const number = numberIn(json);
  if (number !== undefined) return number;
  try {
    return JSON.parse(json);
  } catch {
    // A list with NaN in it, which JSON lacks.
    return json;
  }
}

interface Reading {
  readonly points: Map<string, Points>;
  readonly summary: Map<string, number>;
  readonly params: Record<string, KnobValue>;
  readonly findings: EpochbookError[];
  id: string;
  project: string;
  name: string;
  note: string;
  tags: readonly string[];
  exit: number | undefined;
  from: number;
  to: number;
  step: number;
}

function listen(reading: Reading): WandbListener {
  const configure = (items: readonly WandbItem[]) => {
    for (const { key, json } of items) if (!ownName.test(key[0] ?? '_')) addSetting(reading.params, key.join('.'), settingOf(json));
  };
  return {
    onRun({ id, project, name, notes, tags, startedAt, config }) {
      reading.id = id;
      reading.project = project;
      reading.name = name;
      reading.note = notes;
      reading.tags = tags;
      if (startedAt < reading.from) reading.from = startedAt;
      configure(config);
    },
    onConfig: configure,
    onHistory(items, told) {
      const own = (name: string) => numberIn(items.find(({ key }) => key.length === 1 && key[0] === name)?.json ?? '');
      const step = told ?? own(stepName) ?? reading.step + 1;
      reading.step = step;
      const time = (own(timeName) ?? Number.NaN) * 1000;
      if (time > reading.to) reading.to = time;
      for (const { key, json } of items) {
        if (ownName.test(key[0] ?? '_')) continue;
        const value = numberIn(json);
        if (value === undefined) continue;
        const metric = key.join('.');
        let points = reading.points.get(metric);
        if (!points) reading.points.set(metric, (points = new Points()));
        points.add(step, value, time);
      }
    },
    onSummary(items) {
      for (const { key, json } of items) {
        const value = numberIn(json);
        if (value !== undefined && !ownName.test(key[0] ?? '_')) reading.summary.set(key.join('.'), value);
      }
    },
    onExit: (code) => (reading.exit = code),
  };
}

async function readInto(file: string, reading: Reading, pulse: () => void): Promise<void> {
  const listener = listen(reading);
  const damage = await damageIn(file, () => readWandbLog(file, (record) => readWandbRecord(record, listener), pulse));
  if (damage) reading.findings.push(damage);
}

/** What was only ever said of the run as a whole, such as a test's result, is a value at its last step. */
function addSummary({ points, summary, step, to }: Reading): void {
  const logged = [...points.keys()];
  for (const [name, value] of summary) {
    // `loss.min` is a summary of `loss`.
    if (logged.some((metric) => name === metric || name.startsWith(`${metric}.`))) continue;
    const single = new Points();
    single.add(Math.max(0, step), value, Number.isFinite(to) ? to : Number.NaN);
    points.set(name, single);
  }
}

/** The folder of a log is called by the time when it began. */
const startOf = (file: string): string => basename(dirname(file)).replace(/^offline-/, '');

/** A run that was resumed has several logs under one id; they are read as one. */
export async function* readWandb(files: readonly string[], pulse: () => void): AsyncGenerator<FoundRun> {
  const runs = new Map<string, string[]>();
  for (const file of [...files].sort((a, b) => byText(startOf(a), startOf(b)))) {
    const key = `${dirname(dirname(file))}\n${basename(file)}`;
    runs.set(key, [...(runs.get(key) ?? []), file]);
  }
  for (const logs of runs.values()) {
    const reading: Reading = {
      points: new Map(),
      summary: new Map(),
      params: {},
      findings: [],
      id: '',
      project: '',
      name: '',
      note: '',
      tags: [],
      exit: undefined,
      from: Infinity,
      to: -Infinity,
      step: -1,
    };
    for (const log of logs) await readInto(log, reading, pulse);
    addSummary(reading);
    const id = reading.id || basename(logs[0]).replace(/^run-|\.wandb$/g, '');
    const startedAt = Number.isFinite(reading.from) ? reading.from : 0;
    const run: Omit<LoggedRun, 'series'> = {
      tool: 'wandb',
      path: dirname(dirname(logs[0])),
      key: id,
      name: reading.name || id,
      // Without an exit, its process was ended from outside, or goes on.
      status: reading.exit === undefined ? 'stopped' : reading.exit === 0 ? 'completed' : 'failed',
      startedAt,
      endedAt: Math.max(startedAt, reading.to),
      params: reading.params,
      tags: [...(reading.project === '' || reading.project === 'uncategorized' ? [] : [reading.project]), ...reading.tags],
      note: reading.note,
    };
    yield foundRun(run, reading.points, reading.findings);
  }
}
