/**
 * 1,000,000 values out to other tools' files and in again, as the app does it: from the store, and into a store that is
 * new. Every value must come back with the same bits. Then what storing costs by itself, epoch by epoch too, and how long
 * a list of runs takes; beside TensorBoard, MLflow and Aim where Python has them (`EPOCHBOOK_PYTHON`, or `python3`),
 * which need minutes to make ten thousand runs (`--runs`). Run by `npm run bench -- transfer [--values N] [--runs N] [--alone]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { LoggedRun } from '#contract/logged-run.ts';
import { readRuns } from '#interchange/read-runs.ts';
import { writeRuns } from '#interchange/write-runs.ts';
import { openStore } from '#store/store.ts';
import { epochRow, newRun } from '#store/testing/run-fixture.ts';
import { fillStore } from './runs-store.ts';

const metrics = ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'gradient', 'learning_rate', 'val_auc', 'memory'];
const runs = 5;
const formats = ['tensorboard', 'mlflow', 'csv', 'parquet', 'json'] as const;
const { values: options } = parseArgs({
  options: {
    values: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '500' },
    alone: { type: 'boolean', default: false },
  },
});
const wanted = Number(options.values);
/** In the list that other tools make. */
const others = Number(options.runs);
const epochs = Math.round(wanted / runs / metrics.length);

/** A small generator of its own, so that every run of the bench has the same bits (Marsaglia's xorshift32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function makeRun(number: number): LoggedRun {
  const random = randomFrom(number + 1);
  const startedAt = Date.UTC(2026, 0, 1 + number);
  const series = metrics.map((metric) => ({
    metric,
    epochs: Float64Array.from({ length: epochs }, (_, index) => index + 1),
    values: Float64Array.from({ length: epochs }, () =>
      random() < 0.001 ? [Number.NaN, Infinity, -Infinity][Math.floor(random() * 3)] : random() / (random() + 1e-3),
    ),
    times: Float64Array.from({ length: epochs }, (_, index) => startedAt + (index + 1) * 250),
  }));
  return {
    tool: 'csv',
    path: `/bench/${number}`,
    key: '',
    name: `run ${number}`,
    status: 'completed',
    startedAt,
    endedAt: startedAt + epochs * 250,
    params: { units: number },
    tags: [],
    note: '',
    series,
  };
}

interface Took {
  readonly seconds: number;
  /** Of this process: what is left when others use the machine too. */
  readonly processorSeconds: number;
}

function stopwatch(): () => Took {
  const from = process.hrtime.bigint();
  const processor = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(processor);
    return { seconds: Number(process.hrtime.bigint() - from) / 1e9, processorSeconds: (user + system) / 1e6 };
  };
}

/** Epochs that are logged one by one, each on the disk before the next. */
const logged = 500;
const listed = 10_000;

/** The median of three, each into a new store: the first writes of a process may wait for what the disk did before. */
function storeAgain(made: readonly LoggedRun[]): Took {
  const took = [1, 2, 3].map(() => {
    const store = openStore(mkdtempSync(join(folder, 'again-')));
    const storing = stopwatch();
    for (const run of made) store.importRun(run);
    const result = storing();
    store.close();
    return result;
  });
  return took.sort((a, b) => a.seconds - b.seconds)[1];
}

function logEpochs(workspace: string): Took {
  const store = openStore(workspace);
  const id = store.create(newRun());
  store.begin(id);
  const took = stopwatch();
  for (let epoch = 1; epoch <= logged; epoch++) {
    store.recordEpoch(id, epochRow(epoch, Object.fromEntries(metrics.map((name, index) => [name, index / epoch]))));
  }
  const result = took();
  store.close();
  return result;
}

/** In a store that is opened for it: with their params, and each metric's last value. */
function listRuns(workspace: string, count: number): Took {
  fillStore(workspace, { runs: count, epochs: 1, metrics: metrics.length });
  const took = stopwatch();
  const store = openStore(workspace);
  if (store.list().length !== count) throw new Error('a run is missing in the list');
  const result = took();
  store.close();
  return result;
}

/** What the tool itself needs for fewer values, which it is slow with. */
function measureTool(tool: 'tensorboard' | 'mlflow' | 'aim'): void {
  // Aim needs milliseconds for each.
  const values = tool === 'aim' ? 4_000 : 40_000;
  const script = fileURLToPath(new URL('run-tools.py', import.meta.url));
  const python = process.env['EPOCHBOOK_PYTHON'] ?? 'python3';
  const { status, stdout } = spawnSync(python, [script, tool, String(values), String(others)], { encoding: 'utf8' });
  const line = status === 0 ? stdout.trimEnd().split('\n').at(-1) : undefined;
  if (line === undefined) {
    console.log(`${tool}: Python does not have it here`);
    return;
  }
  const took = JSON.parse(line) as { version: string; log: number; read: number; list?: number };
  const rate = (seconds: number) => `${Math.round(values / seconds)} values a second`;
  const list = took.list === undefined ? '' : `, lists ${others} runs in ${took.list.toFixed(2)} s`;
  console.log(`${tool} ${took.version}: logs ${rate(took.log)}, reads ${rate(took.read)}${list}`);
}

const folder = mkdtempSync(join(tmpdir(), 'epochbook-transfer-'));
try {
  const first = openStore(mkdtempSync(join(folder, 'first-')));
  const made = Array.from({ length: runs }, (_, number) => makeRun(number));
  const results: Record<string, Took> = {};
  const stored = made.map((run) => first.importRun(run).id);
  results['store'] = storeAgain(made);
  for (const format of formats) {
    const target = join(folder, format);
    const out = stopwatch();
    const written = await writeRuns({ format, runs: stored.map((id) => first.logged(id)), folder: target, now: Date.now() });
    results[`${format} out`] = out();
    if (written.scalars !== runs * epochs * metrics.length) throw new Error(`${format}: ${written.scalars} values were written`);
    if (format === 'json' || format === 'parquet') continue;

    const second = openStore(mkdtempSync(join(folder, 'second-')));
    const into = stopwatch();
    const found = [];
    for await (const { run, findings } of readRuns(target, format)) {
      if (findings[0]) throw findings[0];
      found.push(second.importRun(run).id);
    }
    results[`${format} in`] = into();
    const byName = new Map(found.map((id) => second.logged(id)).map((run) => [run.name, run]));
    for (const run of made) {
      for (const { metric, values } of run.series) {
        const back = byName.get(run.name)?.series.find((series) => series.metric === metric);
        if (!back || !Buffer.from(back.values.buffer).equals(Buffer.from(values.buffer)))
          throw new Error(`${format}: ${run.name} ${metric} differs`);
      }
    }
    second.close();
  }
  first.close();
  results[`log ${logged} epochs`] = logEpochs(mkdtempSync(join(folder, 'third-')));
  for (const count of new Set([listed, others])) results[`list ${count} runs`] = listRuns(mkdtempSync(join(folder, 'list-')), count);
  console.log(`${runs * epochs * metrics.length} values, ${runs} runs, ${metrics.length} metrics; the same bits after each way`);
  for (const [name, { seconds, processorSeconds }] of Object.entries(results)) {
    console.log(`${name.padEnd(16)} ${seconds.toFixed(2)} s, ${processorSeconds.toFixed(2)} s of processor`);
  }
  const perEpoch = (results[`log ${logged} epochs`].seconds * 1000) / logged;
  console.log(`${Math.round((runs * epochs * metrics.length) / results['store'].seconds)} values a second are stored`);
  console.log(`an epoch of ${metrics.length} values is on the disk in ${perEpoch.toFixed(2)} ms`);
  if (!options.alone) for (const tool of ['tensorboard', 'mlflow', 'aim'] as const) measureTool(tool);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
