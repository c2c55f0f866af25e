/**
 * Data from files: how soon it is seen, profiled, ready to train and how much of an epoch it costs, beside the goals; and
 * beside pandas, polars and Keras' loaders in the same run, where a Python has them.
 * `npm run bench -- data [--only tables,images,pictures,share] [--megabytes 1000] [--pictures 10000] [--python PATH]`
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import sharp from 'sharp';
import type { DataSpec } from '#contract/spec.ts';
import { loadDataset } from '#data/load.ts';
import { createLooker } from '#data/look/look.ts';
import { collect, eventsOf, layer, makeJob, sequential } from '#engine/testing/harness.ts';
import { createDataCache } from '#trainer/data-cache.ts';
import { writeLargeCsv } from '../fixtures/large-csv.ts';

const option = (name: string, otherwise: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const megabytes = Number(option('megabytes', '1000'));
const pictureCount = Number(option('pictures', '10000'));
const python = option('python', process.env['EPOCHBOOK_PYTHON'] ?? 'python3');
const only = option('only', 'images,share,pictures,tables').split(',');
const fashion = '/usr/share/datasets/fashion-mnist';

const workspace = mkdtempSync(join(tmpdir(), 'epochbook-bench-data-'));
const folders = { notebook: workspace, workspace };
const cache = join(workspace, '.epochbook', 'look');
mkdirSync(join(workspace, '.epochbook'));

interface Measured<T> {
  readonly value: T;
  readonly ms: number;
  /** Of all threads. */
  readonly cpuMs: number;
}

async function measure<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { value, ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}

/** `goal`: the most that it may be. */
function told(what: string, found: number, unit: string, { goal, more = '' }: { goal?: number; more?: string } = {}): void {
  const digits = found < 10 ? 2 : 0;
  const judged = goal === undefined ? '' : `  goal ${goal} ${unit}: ${found <= goal ? 'met' : 'MISSED'}`;
  console.log(`${what.padEnd(56)} ${found.toFixed(digits).padStart(8)} ${unit}${judged}${more && `  (${more})`}`);
}
const cpu = ({ cpuMs }: Measured<unknown>) => `${(cpuMs / 1000).toFixed(1)} s of processors`;

interface Other {
  readonly what: string;
  readonly ms?: number;
  readonly missing?: string;
}

/** Runs what Python has; each line it prints is one measurement, `name`, a tab, milliseconds. */
function others(script: string): Other[] {
  const { stdout, status, error } = spawnSync(python, ['-c', prelude + script], {
    cwd: workspace,
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '', KERAS_BACKEND: 'tensorflow' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error || stdout.trim() === '') return [{ what: 'Python', missing: error ? error.message : `ended with ${status}` }];
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line): Other => {
      const [what, value] = line.split('\t');
      return value === 'missing' ? { what, missing: 'not installed' } : { what, ms: Number(value) };
    });
}

const prelude = `
import time
def timed(what, work):
    began = time.perf_counter(); work(); print(f"{what}\\t{(time.perf_counter() - began) * 1000}", flush=True)
def beside(name, work):
    try: module = __import__(name)
    except ImportError: print(f"{name}\\tmissing"); return
    work(module)
`;

/** The others' times, and ours as a part of each. */
function compare(ours: Readonly<Record<string, number>>, found: readonly Other[]): void {
  for (const { what, ms, missing } of found) {
    const kind = what.split(': ').at(-1) ?? '';
    if (ms === undefined) console.log(`  ${what}: ${missing}, not compared`);
    else
      console.log(
        `  ${what.padEnd(54)} ${(ms / 1000).toFixed(2).padStart(8)} s${kind in ours ? `, ours takes ${(ours[kind] / ms).toFixed(2)} × as long` : ''}`,
      );
  }
}

async function look(data: DataSpec, what: string, goals: { open: number; profile?: number }): Promise<{ head: number; describe: number }> {
  const looker = createLooker();
  const base = { data, folders, cache };
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const opened = await measure(() => looker.ask({ kind: 'open', ...base }, () => {}));
  told(`${what}: first rows`, opened.ms / 1000, 's', { goal: goals.open });
  const { table } = opened.value as { table?: { columns: readonly { name: string }[] } };
  const columns = (table?.columns ?? []).map(({ name }) => name);
  const profiled = await measure(() => looker.ask({ kind: 'profile', columns, selection: { filters: [] }, ...base } as never, () => {}));
  clearInterval(timer);
  told(`${what}: profile of ${columns.length} columns, with the target`, profiled.ms / 1000, 's', {
    ...(goals.profile !== undefined && { goal: goals.profile }),
    more: cpu(profiled),
  });
  told(`${what}: memory above idle`, (most - before) / 1e9, 'GB', { goal: 1 });
  return { head: opened.ms, describe: profiled.ms };
}

async function tables(): Promise<void> {
  const csv: DataSpec = { source: { format: 'csv', path: 'large.csv' }, steps: [{ op: 'target', column: 'label' }] };
  const rows = await writeLargeCsv(join(workspace, 'large.csv'), megabytes);
  console.log(`\nA CSV of ${megabytes} MB, ${rows.toLocaleString('en')} rows, 12 columns`);
  const scale = Math.max(1, megabytes / 1000);
  const ours = await look(csv, 'CSV', { open: 1, profile: 10 * scale });
  const duck = await DuckDBInstance.create(':memory:');
  await (await duck.connect()).run(`COPY (FROM '${join(workspace, 'large.csv')}') TO '${join(workspace, 'large.parquet')}'`);
  duck.closeSync();
  const parquet = await look({ ...csv, source: { format: 'parquet', path: 'large.parquet' } }, 'Parquet', { open: 0.3 });
  compare(
    ours,
    others(`
beside('pandas', lambda pandas: (timed('pandas, CSV: head', lambda: pandas.read_csv('large.csv', nrows=100)), timed('pandas, CSV: describe', lambda: pandas.read_csv('large.csv').describe(include='all'))))
beside('polars', lambda polars: (timed('polars, CSV: head', lambda: polars.read_csv('large.csv', n_rows=100)), timed('polars, CSV: describe', lambda: polars.read_csv('large.csv').describe())))
`),
  );
  compare(
    parquet,
    others(`
beside('pandas', lambda pandas: timed('pandas, Parquet: describe', lambda: pandas.read_parquet('large.parquet').describe(include='all')))
beside('polars', lambda polars: (timed('polars, Parquet: head', lambda: polars.read_parquet('large.parquet', n_rows=100)), timed('polars, Parquet: describe', lambda: polars.read_parquet('large.parquet').describe())))
`),
  );
  const steps: DataSpec['steps'] = [
    { op: 'target', column: 'label' },
    { op: 'drop', columns: ['id', 'day'] },
    { op: 'split', validation: 0.1 },
    { op: 'normalize' },
    { op: 'oneHot' },
  ];
  const ready = await measure(() => loadDataset({ ...csv, steps }, folders));
  const streamed = ready.value.preview.streamed ? 'streamed' : 'in memory';
  told(`CSV: ready to train, ${streamed}`, ready.ms / 1000, 's', {
    more: cpu(ready),
  });
}

const clothes = { images: 'train-images-idx3-ubyte.gz', labels: 'train-labels-idx1-ubyte.gz' };

function copyClothes(): boolean {
  if (!existsSync(fashion)) {
    console.log('\nFashion-MNIST is not installed (Debian: dataset-fashion-mnist)');
    return false;
  }
  for (const name of Object.values(clothes)) cpSync(join(fashion, name), join(workspace, name));
  return true;
}

async function images(): Promise<void> {
  if (!copyClothes()) return;
  console.log('\n60,000 images of IDX.gz');
  const spec: DataSpec = { source: { format: 'idx', ...clothes }, steps: [{ op: 'split', validation: 0.1 }] };
  const first = await measure(() => createDataCache({ worthKeeping: -1 })(spec, folders));
  told('ready to train', first.ms / 1000, 's', { goal: 1.5, more: cpu(first) });
  // The cache is written behind the reader's back.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const again = await measure(() => createDataCache()(spec, folders));
  told('ready to train, from the cache', again.ms / 1000, 's', { goal: 0.2, more: cpu(again) });
  compare(
    { ready: first.ms },
    others(`
def load(numpy):
    import gzip
    def work():
        with gzip.open('${clothes.images}') as file: images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28, 1)
        with gzip.open('${clothes.labels}') as file: numpy.frombuffer(file.read(), numpy.uint8, offset=8)
        order = numpy.random.permutation(len(images)); images[order[6000:]].astype('float32') / 255; images[order[:6000]].astype('float32') / 255
    timed("NumPy's own code: ready", work)
beside('numpy', load)
`),
  );
}

async function pictures(): Promise<void> {
  console.log(`\n${pictureCount} small PNGs in ten folders`);
  const files: string[] = [];
  for (let index = 0; index < pictureCount; index += 1) {
    const name = `pictures/c${index % 10}/${index}.png`;
    mkdirSync(join(workspace, `pictures/c${index % 10}`), { recursive: true });
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, place) => (place * (index + 3) + (place >> 5) * index) % 256);
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } }).toFile(join(workspace, name));
    files.push(join(workspace, name));
  }
  const decode = async (many: number) => {
    let next = 0;
    const work = async () => {
      for (let index = next++; index < files.length; index = next++) await sharp(readFileSync(files[index])).raw().toBuffer();
    };
    await Promise.all(Array.from({ length: many }, work));
  };
  const decoder = await measure(() => decode(8));
  told('the decoder alone', decoder.ms / 1000, 's', { more: cpu(decoder) });
  const loaded = await measure(() => loadDataset({ source: { format: 'imageFolder', path: 'pictures' }, steps: [] }, folders));
  told('ready to train', loaded.ms / 1000, 's', { more: cpu(loaded) });
  told('processors’ time, by the decoder’s own', loaded.cpuMs / decoder.cpuMs, '×', { goal: 1.5 });
  compare(
    { epoch: loaded.ms },
    others(`
def load(keras):
    def work():
        for _ in keras.utils.image_dataset_from_directory('pictures', image_size=(32, 32), batch_size=128, verbose=False): pass
    timed('Keras, image_dataset_from_directory: epoch', work)
beside('keras', load)
`),
  );
}

async function share(): Promise<void> {
  if (!copyClothes()) return;
  console.log(`\nThe input’s share of an epoch, 10,000 images, a CNN, ${availableParallelism()} processors`);
  const model = sequential(
    layer('Conv2D', { filters: 16, kernelSize: 3, activation: 'relu' }),
    layer('MaxPooling2D', { poolSize: 2 }),
    layer('Conv2D', { filters: 32, kernelSize: 3, activation: 'relu' }),
    layer('MaxPooling2D', { poolSize: 2 }),
    layer('Flatten', {}),
    layer('Dense', { activation: 'softmax' }),
  );
  const source: DataSpec['source'] = { format: 'idx', ...clothes };
  const augment = { op: 'augment', flip: 'horizontal', shift: 0.1, rotate: 10, noise: 0.02 } as const;
  for (const augmented of [false, true]) {
    const { dataset } = await loadDataset({ source, steps: [{ op: 'take', count: 10_000 }, ...(augmented ? [augment] : [])] }, folders);
    const events = await collect(makeJob(model, dataset, { epochs: 3, batchSize: 64 }));
    const { elapsedMs, phasesMs } = eventsOf(events, 'epochEnded').at(-1)!.row;
    told(`augmentation ${augmented ? 'on' : 'off'}`, (phasesMs.data / elapsedMs) * 100, '%', {
      ...(!augmented && { goal: 3 }),
      more: `an epoch takes ${elapsedMs.toFixed(0)} ms`,
    });
  }
}

const sections: Readonly<Record<string, () => Promise<void>>> = { images, share, pictures, tables };

try {
  for (const name of only) {
    if (!Object.hasOwn(sections, name)) throw new Error(`--only takes ${Object.keys(sections).join(', ')}`);
    await sections[name]();
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
