/**
 * Data from files: how soon it is seen, profiled, ready to train and how much of an epoch it costs; beside pandas and
 * polars where Python has them. `npm run bench -- data [--megabytes 1000] [--pictures 10000] [--python PATH]`
 */
import { spawnSync } from 'node:child_process';
import { cpSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import sharp from 'sharp';
import type { DataSpec } from '#contract/spec.ts';
import { loadDataset } from '#data/load.ts';
import { createLooker } from '#data/look/look.ts';
import { collect, eventsOf, layer, makeJob, sequential } from '#engine/testing/harness.ts';
import { createDataCache } from '#trainer/data-cache.ts';

const option = (name: string, otherwise: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const megabytes = Number(option('megabytes', '1000'));
const pictureCount = Number(option('pictures', '10000'));
const python = option('python', 'python3');
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
const told = (what: string, { ms, cpuMs }: Measured<unknown>, more = '') =>
  console.log(`${what.padEnd(48)} ${ms.toFixed(0).padStart(7)} ms, ${cpuMs.toFixed(0).padStart(7)} ms of processors${more && `; ${more}`}`);

/** Twelve columns of numbers and text, as long as wanted. */
async function makeCsv(file: string): Promise<number> {
  const out = createWriteStream(file, { highWaterMark: 1 << 22 });
  out.write('id,price,amount,score,x1,x2,x3,x4,city,kind,day,label\n');
  const cities = ['Wien', 'Paris', 'Oslo', 'Roma', 'Bern'];
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  let [rows, written] = [0, 0];
  while (written < megabytes * 1e6) {
    const lines: string[] = [];
    for (let index = 0; index < 5000; index += 1, rows += 1) {
      const numbers = Array.from({ length: 7 }, () => (random() * 1000).toFixed(4)).join(',');
      const day = `2024-${String(1 + (rows % 12)).padStart(2, '0')}-${String(1 + (rows % 28)).padStart(2, '0')}`;
      lines.push(`${rows},${numbers},${cities[rows % 5]},k${Math.floor(random() * 20)},${day},${random() < 0.5 ? 'yes' : 'no'}`);
    }
    const text = `${lines.join('\n')}\n`;
    written += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return rows;
}

async function look(data: DataSpec, what: string): Promise<void> {
  const looker = createLooker();
  const base = { data, folders, cache };
  const opened = await measure(() => looker.ask({ kind: 'open', ...base }, () => {}));
  told(`${what}: first rows`, opened);
  const { table } = opened.value as { table?: { columns: readonly { name: string }[] } };
  const columns = (table?.columns ?? []).map(({ name }) => name);
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
  const profiled = await measure(() => looker.ask({ kind: 'profile', columns, selection: { filters: [] }, ...base } as never, () => {}));
  clearInterval(timer);
  told(`${what}: profile of ${columns.length} columns`, profiled, `${((most - before) / 1e6).toFixed(0)} MB of memory more`);
}

const csv: DataSpec = { source: { format: 'csv', path: 'large.csv' }, steps: [{ op: 'target', column: 'label' }] };

async function tables(): Promise<void> {
  const rows = await makeCsv(join(workspace, 'large.csv'));
  console.log(`A CSV of ${megabytes} MB, ${rows} rows`);
  await look(csv, 'CSV');
  const duck = await DuckDBInstance.create(':memory:');
  await (await duck.connect()).run(`COPY (FROM '${join(workspace, 'large.csv')}') TO '${join(workspace, 'large.parquet')}'`);
  duck.closeSync();
  await look({ ...csv, source: { format: 'parquet', path: 'large.parquet' } }, 'Parquet');
  const script = `
import sys, time
def timed(what, work):
    began = time.perf_counter(); work(); print(f"{what:<48} {(time.perf_counter() - began) * 1000:7.0f} ms")
try:
    import pandas
    timed('pandas: first rows', lambda: pandas.read_csv('large.csv', nrows=100))
    timed('pandas: read and describe', lambda: pandas.read_csv('large.csv').describe(include='all'))
except ImportError: print('pandas is not installed')
try:
    import polars
    timed('polars: first rows', lambda: polars.read_csv('large.csv', n_rows=100))
    timed('polars: read and describe', lambda: polars.read_csv('large.csv').describe())
except ImportError: print('polars is not installed')
`;
  spawnSync(python, ['-c', script], { cwd: workspace, stdio: 'inherit' });
}

async function fashionImages(): Promise<void> {
  if (!existsSync(fashion)) {
    console.log('Fashion-MNIST is not installed (Debian: dataset-fashion-mnist)');
    return;
  }
  for (const name of ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz']) cpSync(join(fashion, name), join(workspace, name));
  const spec: DataSpec = {
    source: { format: 'idx', images: 'train-images-idx3-ubyte.gz', labels: 'train-labels-idx1-ubyte.gz' },
    steps: [{ op: 'split', validation: 0.1 }],
  };
  told('60,000 images of IDX.gz, ready to train', await measure(() => createDataCache({ worthKeeping: -1 })(spec, folders)));
  // The cache is written behind the reader's back.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  told('the same from the cache', await measure(() => createDataCache()(spec, folders)));
}

async function pictures(): Promise<void> {
  const files: string[] = [];
  for (let index = 0; index < pictureCount; index += 1) {
    const name = `pictures/c${index % 10}/${index}.png`;
    mkdirSync(join(workspace, `pictures/c${index % 10}`), { recursive: true });
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, place) => (place * (index + 3) + (place >> 5) * index) % 256);
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } }).toFile(join(workspace, name));
    files.push(join(workspace, name));
  }
  const decoder = await measure(async () => {
    let next = 0;
    const work = async () => {
      for (let index = next++; index < files.length; index = next++) await sharp(readFileSync(files[index])).raw().toBuffer();
    };
    await Promise.all(Array.from({ length: 8 }, work));
  });
  told(`${pictureCount} small PNGs: the decoder alone`, decoder);
  const loaded = await measure(() => loadDataset({ source: { format: 'imageFolder', path: 'pictures' }, steps: [] }, folders));
  const ratio = (loaded.cpuMs / decoder.cpuMs).toFixed(2);
  told(`${pictureCount} small PNGs: ready to train`, loaded, `${ratio} × the decoder's processor time`);
}

async function shares(): Promise<void> {
  if (!existsSync(join(workspace, 'train-images-idx3-ubyte.gz'))) return;
  const source: DataSpec['source'] = { format: 'idx', images: 'train-images-idx3-ubyte.gz', labels: 'train-labels-idx1-ubyte.gz' };
  const model = sequential(
    layer('Conv2D', { filters: 16, kernelSize: 3, activation: 'relu' }),
    layer('MaxPooling2D', { poolSize: 2 }),
    layer('Conv2D', { filters: 32, kernelSize: 3, activation: 'relu' }),
    layer('MaxPooling2D', { poolSize: 2 }),
    layer('Flatten', {}),
    layer('Dense', { activation: 'softmax' }),
  );
  for (const augmented of [false, true]) {
    const augment = { op: 'augment', flip: 'horizontal', shift: 0.1, rotate: 10, noise: 0.02 } as const;
    const { dataset } = await loadDataset({ source, steps: [{ op: 'take', count: 10_000 }, ...(augmented ? [augment] : [])] }, folders);
    const events = await collect(makeJob(model, dataset, { epochs: 2, batchSize: 64 }));
    const { elapsedMs, phasesMs } = eventsOf(events, 'epochEnded')[1].row;
    const share = ((phasesMs.data / elapsedMs) * 100).toFixed(2);
    console.log(
      `CNN, augmentation ${augmented ? 'on ' : 'off'}: an epoch of 10,000 takes ${elapsedMs.toFixed(0)} ms, its input ${share} %`,
    );
  }
}

try {
  await fashionImages();
  await shares();
  await pictures();
  await tables();
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
