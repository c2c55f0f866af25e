/**
 * Seconds an epoch of our engine and of PyTorch's eager mode, one epoch of each in turn, so that both see the machine
 * in the same state. Where Python's torch cannot be had, ours alone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBackend } from '#engine/backends/index.ts';
import { train } from '#engine/loop/train.ts';
import { benchmarks, makeJob } from './jobs.ts';

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: 'mlp,cnn,lstm' },
    threads: { type: 'string', default: String(os.cpus().length) },
    rounds: { type: 'string', default: '7' },
    backend: { type: 'string', default: 'native' },
    python: { type: 'string' },
    'install-torch': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `npm run bench -- [options]
  --models mlp,cnn,lstm  which to train
  --threads N            default: all cores
  --rounds N             epochs of each, after one to warm up (default 7)
  --backend NAME         native or wasm
  --python PATH          a Python that has torch (default: $EPOCHBOOK_PYTHON, the cached one, python3)
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

/** Trains one more epoch; its seconds. */
type Epoch = () => Promise<number>;
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
      if (value.type === 'epochEnded') return (performance.now() - began) / 1000;
    }
  };
  return { version: backend.version, epoch, close: () => events.return() };
}

async function startTorch(python: string, model: string, threads: number): Promise<Contender> {
  const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
  const child = spawn(python, [script, model, String(threads), String(benchmarks[model].samples)], { stdio: ['pipe', 'pipe', 'inherit'] });
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
      return Number(await line());
    },
    close: () => Promise.resolve(child.stdin.end()),
  };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const seconds = (value: number) => value.toFixed(value < 1 ? 3 : 2);

interface Result {
  readonly model: string;
  readonly threads: number;
  readonly seconds: { median: number; least: number; all: number[] };
  readonly torch?: { median: number; least: number; all: number[] };
  /** Median over the rounds of our time by PyTorch's. */
  readonly ratio?: number;
}

async function measure(model: string, threads: number, rounds: number, python: string | null): Promise<Result> {
  const ours = await startOurs(model, threads, rounds + 2);
  const torch = python === null ? null : await startTorch(python, model, threads);
  const [own, others]: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round <= rounds; round++) {
      const pair = [await ours.epoch(), torch ? await torch.epoch() : NaN];
      if (round === 0) continue;
      own.push(pair[0]);
      others.push(pair[1]);
    }
  } finally {
    await ours.close();
    await torch?.close();
  }
  const summary = (all: number[]) => ({ median: median(all), least: Math.min(...all), all });
  return {
    model,
    threads,
    seconds: summary(own),
    ...(torch && { torch: summary(others), ratio: median(own.map((value, index) => value / others[index])) }),
  };
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
    console.log('model    ours (least)      PyTorch (least)   ratio');
  }
  for (const model of models) {
    const result = await measure(model, threads, rounds, python);
    results.push(result);
    if (options.json) continue;
    const pair = ({ median: middle, least }: { median: number; least: number }) => `${seconds(middle)} (${seconds(least)})`.padEnd(18);
    const others = result.torch ? `${pair(result.torch)}${result.ratio!.toFixed(2)}×` : '';
    console.log(`${model.padEnd(9)}${pair(result.seconds)}${others}`);
  }
  if (options.json) console.log(JSON.stringify({ backend: options.backend, results }));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
