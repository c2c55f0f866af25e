/**
 * Seconds an epoch, memory and time to the first step of our engine and of PyTorch, eager and compiled, one epoch of each
 * in turn, so that all see the machine in the same state. Where Python's torch cannot be had, ours alone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBackend } from '#engine/backends/index.ts';
import { sliceBatch } from '#engine/loop/batches.ts';
import { openSession } from '#engine/loop/session.ts';
import { train } from '#engine/loop/train.ts';
import { benchmarks, makeJob } from './jobs.ts';

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: Object.keys(benchmarks).join() },
    threads: { type: 'string', default: String(os.cpus().length) },
    rounds: { type: 'string', default: '7' },
    backend: { type: 'string', default: 'native' },
    python: { type: 'string' },
    compiled: { type: 'boolean', default: false },
    'install-torch': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `npm run bench -- [options]
  --models mlp,cnn,…     which to train (default: ${Object.keys(benchmarks).join(', ')})
  --threads N            default: all cores
  --rounds N             epochs of each, after one to warm up (default 7)
  --backend NAME         native or wasm
  --python PATH          a Python that has torch (default: $EPOCHBOOK_PYTHON, the cached one, python3)
  --compiled             beside torch.compile as well, which takes minutes to warm up
  --install-torch        installs torch into a cached virtual environment first (several gigabytes)
  --json                 one JSON object on stdout`;

const cacheFolder = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'epochbook-bench');
const cachedPython = path.join(cacheFolder, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

function installTorch(): void {
  mkdirSync(cacheFolder, { recursive: true });
  const steps = [
    ['python3', '-m', 'venv', path.join(cacheFolder, 'venv')],
    [cachedPython, '-m', 'pip', 'install', '--quiet', 'torch', 'numpy'],
  ];
  for (const [command, ...args] of steps) {
    if (spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status !== 0) throw new Error(`“${[command, ...args].join(' ')}” failed.`);
  }
}

function findPython(): string | null {
  const candidates = [options.python, process.env.EPOCHBOOK_PYTHON, existsSync(cachedPython) ? cachedPython : undefined, 'python3'];
  const works = (python: string) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
  return candidates.find((python): python is string => python !== undefined && works(python)) ?? null;
}

/** Trains one more epoch. */
type Epoch = () => Promise<{ readonly seconds: number; readonly bytes: number }>;
interface Contender {
  readonly version: string;
  readonly epoch: Epoch;
  readonly close: () => Promise<unknown>;
}

async function startOurs(model: string, threads: number, epochs: number): Promise<Contender> {
  const backend = await openBackend(options.backend, { threads });
  const events = train(makeJob(model, epochs), { backend });
  const epoch: Epoch = async () => {
    const began = performance.now();
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error('the run ended early');
      if (value.type === 'epochEnded') return { seconds: (performance.now() - began) / 1000, bytes: process.resourceUsage().maxRSS * 1024 };
    }
  };
  return { version: backend.version, epoch, close: () => events.return() };
}

async function startTorch(python: string, model: string, threads: number, mode: readonly string[]): Promise<Contender> {
  const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
  const child = spawn(python, [script, model, String(threads), String(benchmarks[model].samples), ...mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('pytorch.py ended early');
    return value;
  };
  const version = (await line()).replace('ready', 'torch');
  return {
    version,
    epoch: async () => {
      child.stdin.write('epoch\n');
      const [seconds, bytes] = (await line()).split(' ').map(Number);
      return { seconds, bytes };
    },
    close: () => Promise.resolve(child.stdin.end()),
  };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const seconds = (value: number) => value.toFixed(value < 1 ? 3 : 2);

interface Times {
  readonly median: number;
  readonly least: number;
  readonly all: readonly number[];
  /** Largest resident memory of its process so far; ours has trained the models before it as well. */
  readonly bytes: number;
}

interface Result {
  readonly model: string;
  readonly threads: number;
  readonly seconds: Times;
  readonly torch?: Times;
  readonly compiled?: Times;
  /** Median over the rounds of our time by the better of PyTorch's. */
  readonly ratio?: number;
  /** From the model's description to the end of the first step, in a process that has trained before. */
  readonly firstStepSeconds: number;
}

async function measureFirstStep(model: string, threads: number): Promise<number> {
  const job = makeJob(model, 1);
  const backend = await openBackend(options.backend, { threads });
  const began = performance.now();
  const session = openSession(job, backend);
  try {
    await session.step(sliceBatch(job.data.train, 0, job.train.batchSize), 1, 1e-3);
    return (performance.now() - began) / 1000;
  } finally {
    await session.dispose();
  }
}

async function measure(model: string, threads: number, rounds: number, python: string | null): Promise<Result> {
  const contenders: [string, Contender][] = [['seconds', await startOurs(model, threads, rounds + 2)]];
  if (python !== null) {
    contenders.push(['torch', await startTorch(python, model, threads, [])]);
    if (options.compiled) contenders.push(['compiled', await startTorch(python, model, threads, ['compiled'])]);
  }
  const found = contenders.map((): { seconds: number; bytes: number }[] => []);
  try {
    // One of each in turn, so that all see the machine in the same state; the first is to warm up.
    for (let round = 0; round <= rounds; round++) {
      for (const [index, [, { epoch }]] of contenders.entries()) {
        const one = await epoch();
        if (round > 0) found[index].push(one);
      }
    }
  } finally {
    for (const [, { close }] of contenders) await close();
  }
  const [own, ...others] = found.map((ones) => ones.map(({ seconds: value }) => value));
  const times = found.map((ones): Times => {
    const all = ones.map(({ seconds: value }) => value);
    return { median: median(all), least: Math.min(...all), all, bytes: Math.max(...ones.map(({ bytes }) => bytes)) };
  });
  const named = Object.fromEntries(contenders.map(([name], index) => [name, times[index]])) as { seconds: Times };
  const ratios = own.map((value, round) => value / Math.min(...others.map((other) => other[round])));
  const firstStepSeconds = await measureFirstStep(model, threads);
  return { model, threads, ...named, ...(others.length > 0 && { ratio: median(ratios) }), firstStepSeconds };
}

async function main(): Promise<void> {
  if (options.help) return console.log(usage);
  if (options['install-torch']) installTorch();
  const models = options.models.split(',');
  const unknown = models.find((model) => !(model in benchmarks));
  if (unknown !== undefined) throw new Error(`There is no model “${unknown}”: ${Object.keys(benchmarks).join(', ')}.`);
  const [threads, rounds] = [Number(options.threads), Number(options.rounds)];
  const python = findPython();
  const results: Result[] = [];
  if (!options.json) {
    const beside = python === null ? 'no PyTorch here (--install-torch gets it)' : `beside PyTorch (${python})`;
    console.log(`Seconds an epoch, batch 128, Adam, ${threads} threads on ${os.cpus()[0]?.model ?? 'this processor'}; ${beside}`);
    console.log('model        ours (least)     MiB   1st step   PyTorch (least)  MiB   compiled (least)  ratio');
  }
  for (const model of models) {
    const result = await measure(model, threads, rounds, python);
    results.push(result);
    if (options.json) continue;
    const text = (times: Times | undefined, width: number) =>
      (times ? `${seconds(times.median)} (${seconds(times.least)})` : '').padEnd(width);
    const mebibytes = (times: Times | undefined) => (times ? String(Math.round(times.bytes / 2 ** 20)) : '').padEnd(6);
    const ours = `${model.padEnd(13)}${text(result.seconds, 17)}${mebibytes(result.seconds)}${seconds(result.firstStepSeconds).padEnd(11)}`;
    const others = `${text(result.torch, 17)}${mebibytes(result.torch)}${text(result.compiled, 18)}`;
    console.log(`${ours}${others}${result.ratio === undefined ? '' : `${result.ratio.toFixed(2)}×`}`);
  }
  if (options.json) console.log(JSON.stringify({ backend: options.backend, results }));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
