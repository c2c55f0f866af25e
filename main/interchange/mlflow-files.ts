/**
 * MLflow's file store: `mlruns/EXPERIMENT/RUN/` with `meta.yaml` and a file for every metric, param and tag
 * (mlflow/store/tracking/file_store.py). A name with slashes is a file in folders.
 */
import { createHash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { EpochbookError } from '#contract/errors.ts';
import type { WrittenRun } from '#contract/logged-run.ts';
import { errorCode } from '#files/disk-error.ts';
import { createPaths, fileName } from './file-names.ts';
import type { FoundRun } from './found-run.ts';
import { foundMlflowRun, statusNamed } from './mlflow-fields.ts';
import { numberText, readNumber } from './plain-values.ts';
import { byText, Points } from './series.ts';

export const metaFile = 'meta.yaml';
/** mlflow.entities.RunStatus, by number. */
const statuses = ['', 'RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

type Meta = Readonly<Record<string, unknown>>;

async function readMeta(folder: string): Promise<Meta | undefined> {
  try {
    const meta: unknown = parse(await disk.readFile(join(folder, metaFile), 'utf8'));
    return typeof meta === 'object' && meta !== null ? (meta as Meta) : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw new EpochbookError(
      'interchange.unreadable',
      { path: join(folder, metaFile), detail: error instanceof Error ? error.message.split('\n')[0] : String(error) },
      { cause: error },
    );
  }
}

/** Every file below `folder`, by its path from there with forward slashes. */
async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const entries = await disk.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => byText(a.name, b.name))) {
    if (entry.isDirectory()) found.push(...(await filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)));
    else found.push(prefix + entry.name);
  }
  return found;
}

async function readTexts(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const name of await filesBelow(folder)) texts.set(name, await disk.readFile(join(folder, name), 'utf8'));
  return texts;
}

/** Lines `TIME VALUE STEP`; the step is missing in old stores. */
function readMetric(path: string, text: string, findings: EpochbookError[]): Points {
  const points = new Points();
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const [time, value, step = '0'] = line.trim().split(/\s+/);
    const numbers = [Number(time), readNumber(value ?? ''), Number(step)] as const;
    const isWhole = index < lines.length - 1;
    if (!isWhole || numbers[1] === undefined || !Number.isFinite(numbers[0]) || !Number.isInteger(numbers[2])) {
      findings.push(new EpochbookError('interchange.lineCut', { path, line: index + 1 }));
      break;
    }
    points.add(numbers[2], numbers[1], numbers[0]);
  }
  return points;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const time = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined);

async function readRun(folder: string, meta: Meta, experiment: string): Promise<FoundRun> {
  const findings: EpochbookError[] = [];
  const metrics = new Map<string, Points>();
  for (const name of await filesBelow(join(folder, 'metrics'))) {
    const path = join(folder, 'metrics', name);
    const points = readMetric(path, await disk.readFile(path, 'utf8'), findings);
    if (points.length > 0) metrics.set(name, points);
  }
  const tags = await readTexts(join(folder, 'tags'));
  const status = meta['status'];
  return foundMlflowRun(
    {
      path: folder,
      id: text(meta['run_id'] ?? meta['run_uuid']),
      experiment,
      name: tags.get('mlflow.runName') ?? text(meta['run_name']),
      status: statusNamed(typeof status === 'number' ? statuses[status] : text(status)),
      startTime: time(meta['start_time']),
      endTime: time(meta['end_time']),
      params: await readTexts(join(folder, 'params')),
      tags,
      metrics,
    },
    findings,
  );
}

export const isMlflowRun = async (folder: string): Promise<boolean> => {
  // A look, without reading: runs are told from experiments and models by what lies in them.
  const names = new Set(await disk.readdir(folder));
  return names.has(metaFile) && names.has('metrics') && (names.has('params') || names.has('tags'));
};

/** The run in a folder; nothing where it was deleted in MLflow. `experiments` keeps the names of those that were read. */
export async function* readMlflowFolder(folder: string, experiments: Map<string, string>): AsyncGenerator<FoundRun> {
  const meta = await readMeta(folder);
  if (!meta || meta['lifecycle_stage'] === 'deleted') return;
  const above = dirname(folder);
  let experiment = experiments.get(above);
  if (experiment === undefined) experiments.set(above, (experiment = text((await readMeta(above))?.['name'])));
  yield await readRun(folder, meta, experiment);
}

/**
 * Any name for MLflow: letters, digits, `_-. /` (and `:` but on Windows) are allowed in the names of metrics and params,
 * and a slash makes a folder, which must not lead out of its own.
 */
const allowedName = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N}_\-. /]/gu, '_')
    .split('/')
    .map((part) => fileName(part, '_'))
    .join('/');

const yamlText = (fields: Readonly<Record<string, string | number | null | readonly never[]>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');

async function writeText(file: string, content: string): Promise<number> {
  await disk.mkdir(dirname(file), { recursive: true });
  await disk.writeFile(file, content);
  return Buffer.byteLength(content);
}

/** Id of the one experiment that an export holds, and its name. */
const experimentId = '1';
const experimentName = 'Epochbook';

/** Writes the experiment that runs are put in. `target` is where the store will be. */
export async function writeMlflowExperiment(folder: string, target: string, now: number): Promise<{ files: string[]; bytes: number }> {
  const file = `${experimentId}/${metaFile}`;
  const content = yamlText({
    artifact_location: pathToFileURL(join(resolve(target), experimentId)).href,
    creation_time: now,
    experiment_id: experimentId,
    last_update_time: now,
    lifecycle_stage: 'active',
    name: experimentName,
  });
  return { files: [file], bytes: await writeText(join(folder, file), content) };
}

/** A run's id in MLflow: the same at every export. */
const mlflowId = (runId: string): string => createHash('sha256').update(`epochbook ${runId}`).digest('hex').slice(0, 32);

export async function writeMlflowRun(
  run: WrittenRun & { readonly id: string },
  folder: string,
  target: string,
): Promise<{ files: string[]; bytes: number }> {
  const id = mlflowId(run.id);
  const written = { files: [] as string[], bytes: 0 };
  const [ofMetrics, ofParams, ofTags] = [createPaths(), createPaths(), createPaths()];
  const write = async (name: string, content: string) => {
    const file = `${experimentId}/${id}/${name}`;
    written.bytes += await writeText(join(folder, file), content);
    written.files.push(file);
  };
  await write(
    metaFile,
    yamlText({
      artifact_uri: pathToFileURL(join(resolve(target), experimentId, id, 'artifacts')).href,
      end_time: Math.round(run.endedAt),
      entry_point_name: '',
      experiment_id: experimentId,
      lifecycle_stage: 'active',
      run_id: id,
      run_name: run.name,
      run_uuid: id,
      source_name: '',
      source_type: 4,
      source_version: '',
      start_time: Math.round(run.startedAt),
      status: statuses.indexOf({ completed: 'FINISHED', stopped: 'KILLED', failed: 'FAILED' }[run.status]),
      tags: [],
      user_id: '',
    }),
  );
  for (const { metric, epochs, values, times } of run.series) {
    const lines: string[] = [];
    for (let index = 0; index < epochs.length; index++) {
      const at = Number.isNaN(times[index]) ? run.startedAt : times[index];
      lines.push(`${Math.round(at)} ${numberText(values[index])} ${epochs[index]}\n`);
    }
    await write(`metrics/${ofMetrics(allowedName(metric))}`, lines.join(''));
  }
  for (const [name, value] of Object.entries(run.params)) {
    await write(`params/${ofParams(allowedName(name))}`, typeof value === 'number' ? numberText(value) : String(value));
  }
  await write(`tags/${ofTags('mlflow.runName')}`, run.name);
  if (run.note !== '') await write(`tags/${ofTags('mlflow.note.content')}`, run.note);
  for (const tag of run.tags) await write(`tags/${ofTags(allowedName(tag))}`, '');
  // MLflow lists these folders, also where they hold nothing.
  for (const name of ['metrics', 'params', 'tags', 'artifacts']) {
    await disk.mkdir(join(folder, experimentId, id, name), { recursive: true });
  }
  return written;
}
