/**
 * Folders of TensorBoard's event files. A folder that holds any is a run; `train`, `validation` and `test` under it, as
 * Keras makes them, are parts of it, their metrics named as Keras names them.
 */
import { promises as disk } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { EpochbookError } from '#contract/errors.ts';
import type { LoggedRun, WrittenRun } from '#contract/logged-run.ts';
import type { KnobValue } from '#contract/spec.ts';
import type { FoundRun } from './found-run.ts';
import { metricPrefixes } from './metric-prefixes.ts';
import { damageIn, frameRecord, readRecords } from './records.ts';
import { byText, Points } from './series.ts';
import { createEventReader, createScalarWriter, paramsEvent, versionEvent, writerMark } from './tensorboard-events.ts';

const kerasPrefix = 'epoch_';

export const isEventFile = (name: string): boolean => name.includes('tfevents');

/** Groups folders with event files into runs: the run's folder, and its parts. */
function groupFolders(root: string, folders: Iterable<string>): Map<string, string[]> {
  const runs = new Map<string, string[]>();
  for (const folder of folders) {
    const isPart = folder !== root && Object.hasOwn(metricPrefixes, basename(folder));
    const run = isPart ? dirname(folder) : folder;
    runs.set(run, [...(runs.get(run) ?? []), folder]);
  }
  return runs;
}

interface Reading {
  readonly points: Map<string, Points>;
  readonly params: Record<string, KnobValue>;
  readonly findings: EpochbookError[];
  from: number;
  to: number;
}

/** Adds what one file holds. Keras logs `epoch_loss` at epochs counted from 0; here it is `loss`, counted from 1. */
async function readEventFile(file: string, prefix: string, isKerasPart: boolean, reading: Reading, pulse: () => void): Promise<void> {
  const ofTag = new Map<string, { points: Points; shift: number }>();
  let isOurs = false;
  const read = createEventReader({
    onWriter: (name) => (isOurs = name === writerMark),
    onStart: (timeMs) => (reading.from = Math.min(reading.from, Number.isFinite(timeMs) ? timeMs : Infinity)),
    onParams: (params) => Object.assign(reading.params, params),
    onScalar(tag, step, timeMs, value) {
      let target = ofTag.get(tag);
      if (!target) {
        const isEpochs = isKerasPart && !isOurs && tag.startsWith(kerasPrefix) && tag.length > kerasPrefix.length;
        const metric = prefix + (isEpochs ? tag.slice(kerasPrefix.length) : tag);
        let points = reading.points.get(metric);
        if (!points) reading.points.set(metric, (points = new Points()));
        ofTag.set(tag, (target = { points, shift: isEpochs ? 1 : 0 }));
      }
      target.points.add(step + target.shift, value, timeMs);
      if (timeMs > reading.to) reading.to = timeMs;
    },
  });
  const damage = await damageIn(file, () => readRecords(file, read, pulse));
  if (damage) reading.findings.push(damage);
}

async function readRun(
  root: string,
  folder: string,
  parts: readonly string[],
  pulse: () => void,
  onUnread: (finding: EpochbookError) => void,
): Promise<FoundRun | undefined> {
  const reading: Reading = { points: new Map(), params: {}, findings: [], from: Infinity, to: -Infinity };
  for (const part of [...parts].sort(byText)) {
    const name = basename(part);
    const isPart = part !== folder;
    // The names begin with the time, so that a restart's file is read after what it goes on from.
    const files = (await disk.readdir(part)).filter(isEventFile).sort(byText);
    const prefix = isPart ? metricPrefixes[name] : '';
    for (const file of files) await readEventFile(join(part, file), prefix, name === 'train' || name === 'validation', reading, pulse);
  }
  const { points, params, findings } = reading;
  if (points.size === 0 && Object.keys(params).length === 0) {
    // Of a file without one whole event nothing is known but that it is damaged.
    if (!Number.isFinite(reading.from)) for (const finding of findings) onUnread(finding);
    if (findings.length === 0 || !Number.isFinite(reading.from)) return undefined;
  }
  const series = [...points].map(([metric, ofMetric]) => ofMetric.series(metric).series);
  const startedAt = Number.isFinite(reading.from) ? reading.from : 0;
  const run: LoggedRun = {
    tool: 'tensorboard',
    path: folder,
    key: '',
    name: relative(root, folder).replaceAll('\\', '/') || basename(folder),
    status: 'completed',
    startedAt,
    endedAt: Math.max(startedAt, reading.to),
    params,
    tags: [],
    note: '',
    series,
  };
  return { run, findings };
}

/** The runs of the folders given, which hold event files, at or below `root`; `onUnread` hears of files nothing of which is whole. */
export async function* readTensorboard(
  root: string,
  folders: Iterable<string>,
  pulse: () => void,
  onUnread: (finding: EpochbookError) => void,
): AsyncGenerator<FoundRun> {
  for (const [folder, parts] of groupFolders(root, folders)) {
    const found = await readRun(root, folder, parts, pulse, onUnread);
    if (found) yield found;
  }
}

const bufferBytes = 1024 * 1024;
const settleEvery = 4096;

interface EventFile {
  add(event: Uint8Array): void;
  /** Writes what is held when it is much. */
  settle(): Promise<void>;
  close(): Promise<number>;
}

async function openEventFile(file: string, startedAt: number): Promise<EventFile> {
  await disk.mkdir(dirname(file), { recursive: true });
  const handle = await disk.open(file, 'w');
  let held = Buffer.allocUnsafe(bufferBytes);
  let length = 0;
  let bytes = 0;
  const flush = async () => {
    await handle.writeFile(held.subarray(0, length));
    bytes += length;
    length = 0;
  };
  const events: EventFile = {
    add(event) {
      if (length + event.length + 16 > held.length) {
        const larger = Buffer.allocUnsafe(2 * held.length + event.length + 16);
        held.copy(larger, 0, 0, length);
        held = larger;
      }
      length = frameRecord(held, length, event, event.length);
    },
    async settle() {
      if (length > bufferBytes / 2) await flush();
    },
    async close() {
      await flush();
      await handle.sync();
      await handle.close();
      return bytes;
    },
  };
  events.add(versionEvent(startedAt));
  return events;
}

/**
 * Writes event files into `folder`: metrics of training into `train`, those with `val_` in front into `validation`,
 * without it, at their epoch; settings as the hparams page reads them. Returns the files' names and their bytes.
 */
export async function writeTensorboardRun(run: WrittenRun, folder: string): Promise<{ files: string[]; bytes: number }> {
  const name = `events.out.tfevents.${String(Math.floor(run.startedAt / 1000)).padStart(10, '0')}.epochbook`;
  const written = { files: [] as string[], bytes: 0 };
  if (Object.keys(run.params).length > 0) {
    const events = await openEventFile(join(folder, name), run.startedAt);
    events.add(paramsEvent(run.params, run.startedAt));
    written.bytes += await events.close();
    written.files.push(name);
  }
  for (const part of ['train', 'validation'] as const) {
    const prefix = metricPrefixes[part];
    const series = run.series.filter(({ metric }) => (part === 'validation') === (metric.startsWith('val_') && metric.length > 4));
    if (series.length === 0) continue;
    const events = await openEventFile(join(folder, part, name), run.startedAt);
    for (const { metric, epochs, values, times } of series) {
      const event = createScalarWriter(metric.slice(prefix.length));
      for (let index = 0; index < epochs.length; index++) {
        events.add(event(epochs[index], Number.isNaN(times[index]) ? run.startedAt : times[index], values[index]));
        if (index % settleEvery === settleEvery - 1) await events.settle();
      }
      await events.settle();
    }
    written.bytes += await events.close();
    written.files.push(`${part}/${name}`);
  }
  return written;
}
