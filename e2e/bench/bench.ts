/**
 * Seconds an epoch, memory and time to the first step of our engine and of PyTorch, eager and compiled, in turn, so that all
 * see the machine in the same state; each in a process of its own. Beside each ratio stand its spread and the goal.
 * Where Python's torch cannot be had, ours alone. Then our WebAssembly backend beside tfjs', where that is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchmarks } from './jobs.ts';

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    models: { type: 'string', default: Object.keys(benchmarks).join() },
    threads: { type: 'string', default: String(os.cpus().length) },
    seconds: { type: 'string', default: '45' },
    rounds: { type: 'string' },
    backend: { type: 'string', default: 'native' },
    python: { type: 'string' },
    compiled: { type: 'boolean', default: true },
    'install-torch': { type: 'boolean', default: false },
    'install-tfjs': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `npm run bench -- [options]
  --models mlp,cnn,…     which to train (default: ${Object.keys(benchmarks).join(', ')})
  --threads N            default: all cores
  --seconds N            how long to measure each model, after warming up (default 45)
  --rounds N             turns of each instead, however long they take
  --backend NAME         native or wasm
  --python PATH          a Python that has torch (default: $EPOCHBOOK_PYTHON, the cached one, python3)
  --no-compiled          not beside torch.compile, which takes a minute to warm up
  --install-torch        installs torch into a cached virtual environment first (several gigabytes)
  --install-tfjs         installs tfjs' WebAssembly backend into a cached folder first
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

const tfjsFolder = path.join(cacheFolder, 'tfjs');
const tfjsPackages = ['core', 'layers', 'backend-cpu', 'backend-wasm'].map((part) => `@tensorflow/tfjs-${part}@4.22.0`);

function installTfjs(): void {
  mkdirSync(tfjsFolder, { recursive: true });
  const { status } = spawnSync('npm', ['install', '--prefix', tfjsFolder, '--no-audit', '--no-fund', '--ignore-scripts', ...tfjsPackages], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('tfjs could not be installed.');
}

function findPython(): string | null {
  const candidates = [options.python, process.env.EPOCHBOOK_PYTHON, existsSync(cachedPython) ? cachedPython : undefined, 'python3'];
  const works = (python: string) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
  return candidates.find((python): python is string => python !== undefined && works(python)) ?? null;
}

/** Who trains, in a process of its own that is asked by lines. */
interface Contender {
  readonly ask: (line: 'epoch' | 'step') => Promise<{ readonly seconds: number; readonly bytes: number }>;
  readonly close: () => void;
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function start(command: string, args: readonly string[]): Promise<Contender> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`“${[command, ...args].join(' ')}” ended early`);
    return value;
  };
  await line(); // ready
  return {
    ask: async (question) => {
      child.stdin.write(`${question}\n`);
      const [seconds, bytes] = (await line()).split(' ').map(Number);
      return { seconds, bytes };
    },
    close: () => child.stdin.end(),
  };
}

const startOurs = (model: string, threads: number, backend: string) =>
  start(process.execPath, [beside('ours.ts'), model, String(threads), backend]);
const startTorch = (python: string, model: string, threads: number, ...mode: string[]) =>
  start(python, [beside('pytorch.py'), model, String(threads), String(benchmarks[model].samples), ...mode]);
const startTfjs = (model: string, threads: number) =>
  start(process.execPath, [beside('tfjs-wasm.mjs'), tfjsFolder, String(threads), String(benchmarks[model].samples)]);

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const seconds = (value: number) => value.toFixed(value < 1 ? 3 : 2);

interface Times {
  readonly median: number;
  readonly least: number;
  readonly all: readonly number[];
  /** Largest resident memory of its process. */
  readonly bytes: number;
}

/** A turn is as many epochs as take this long: the first after another's turn finds caches cold and threads asleep. */
const turnSeconds = 0.5;
const fewestRounds = 5;
const mostRounds = 60;

interface Extent {
  readonly seconds: number;
  /** Instead, where it is given. */
  readonly rounds?: number;
}

/** Turns of each one after another, who begins changing from round to round; all have trained two epochs before. */
async function inTurn(contenders: readonly Contender[], { seconds: most, rounds }: Extent): Promise<Times[]> {
  const warm: number[] = [];
  for (const { ask } of contenders) {
    await ask('epoch');
    warm.push((await ask('epoch')).seconds);
  }
  const epochs = Math.ceil(turnSeconds / Math.min(...warm));
  const found = contenders.map((): { seconds: number; bytes: number }[] => []);
  const began = performance.now();
  const isOver = (round: number) =>
    rounds === undefined ? round >= mostRounds || (round >= fewestRounds && performance.now() - began > most * 1000) : round >= rounds;
  for (let round = 0; !isOver(round); round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round) % contenders.length;
      const answers = [];
      for (let epoch = 0; epoch < epochs; epoch++) answers.push(await contenders[index].ask('epoch'));
      const total = answers.reduce((sum, answer) => sum + answer.seconds, 0);
      found[index].push({ seconds: total / epochs, bytes: answers[epochs - 1].bytes });
    }
  }
  return found.map((ones) => {
    const all = ones.map((one) => one.seconds);
    return { median: median(all), least: Math.min(...all), all, bytes: Math.max(...ones.map(({ bytes }) => bytes)) };
  });
}

/** Of the times of each round; the median is the one that counts. */
interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The first's time by that of the best of the others over all rounds, in each round. */
function ratioOf([own, ...others]: readonly Times[]): Ratio {
  const best = others.reduce((one, other) => (other.median < one.median ? other : one));
  const ratios = own.all.map((value, round) => value / best.all[round]);
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

interface Result {
  readonly model: string;
  readonly threads: number;
  readonly seconds: Times;
  readonly torch?: Times;
  readonly compiled?: Times;
  /** Of our time to the better of PyTorch's, and what it is to be at most. */
  readonly ratio?: Ratio;
  readonly goal: number;
  /** From the model's description to the end of the first step, in a process that has trained before. */
  readonly firstStepSeconds: number;
}

async function measure(model: string, threads: number, extent: Extent, python: string | null): Promise<Result> {
  const contenders = [await startOurs(model, threads, options.backend)];
  try {
    if (python !== null) contenders.push(await startTorch(python, model, threads));
    if (python !== null && options.compiled) contenders.push(await startTorch(python, model, threads, 'compiled'));
    const times = await inTurn(contenders, extent);
    const [own, torch, compiled] = times;
    const firstStepSeconds = (await contenders[0].ask('step')).seconds;
    const ratio = torch && ratioOf(times);
    return { model, threads, seconds: own, torch, compiled, ratio, goal: benchmarks[model].goal, firstStepSeconds };
  } finally {
    for (const { close } of contenders) close();
  }
}

/** What tfjs' WebAssembly backend can train, and how many times as fast ours is to be. */
const wasmModel = 'mlp';
const wasmGoal = 3;

async function measureWasm(threads: number, extent: Extent): Promise<{ seconds: Times; tfjs: Times; faster: number }> {
  const contenders: Contender[] = [];
  try {
    contenders.push(await startOurs(wasmModel, threads, 'wasm'), await startTfjs(wasmModel, threads));
    const times = await inTurn(contenders, extent);
    return { seconds: times[0], tfjs: times[1], faster: 1 / ratioOf(times).median };
  } finally {
    for (const { close } of contenders) close();
  }
}

async function main(): Promise<void> {
  if (options.help) return console.log(usage);
  if (options['install-torch']) installTorch();
  if (options['install-tfjs']) installTfjs();
  const models = options.models.split(',');
  const unknown = models.find((model) => !(model in benchmarks));
  if (unknown !== undefined) throw new Error(`There is no model “${unknown}”: ${Object.keys(benchmarks).join(', ')}.`);
  const threads = Number(options.threads);
  const extent = { seconds: Number(options.seconds), ...(options.rounds !== undefined && { rounds: Number(options.rounds) }) };
  const python = findPython();
  const print = (text: string) => {
    if (!options.json) console.log(text);
  };
  const results: Result[] = [];
  const torch = python === null ? 'no PyTorch here (--install-torch gets it)' : `beside PyTorch (${python})`;
  print(`Seconds an epoch, batch 128, Adam, ${threads} threads on ${os.cpus()[0]?.model ?? 'this processor'}; ${torch}`);
  print('model        ours (least)     MiB   1st step   PyTorch (least)  MiB   compiled (least)  ratio (least–most)  goal');
  for (const model of models) {
    const result = await measure(model, threads, extent, python);
    results.push(result);
    const text = (times: Times | undefined, width: number) =>
      (times ? `${seconds(times.median)} (${seconds(times.least)})` : '').padEnd(width);
    const mebibytes = (times: Times | undefined) => (times ? String(Math.round(times.bytes / 2 ** 20)) : '').padEnd(6);
    const ours = `${model.padEnd(13)}${text(result.seconds, 17)}${mebibytes(result.seconds)}${seconds(result.firstStepSeconds).padEnd(11)}`;
    const others = `${text(result.torch, 17)}${mebibytes(result.torch)}${text(result.compiled, 18)}`;
    const [middle, least, most] = result.ratio
      ? [result.ratio.median, result.ratio.least, result.ratio.most].map((value) => value.toFixed(2))
      : [];
    print(`${ours}${others}${(middle ? `${middle}× (${least}–${most})` : '').padEnd(20)}≤ ${result.goal}×`);
  }
  print('Goals besides: the cnn’s first step in ≤ 0.5 s, and its memory at most PyTorch’s.');
  const wasm = models.includes(wasmModel) && existsSync(path.join(tfjsFolder, 'node_modules')) ? await measureWasm(threads, extent) : null;
  if (wasm) {
    const [own, tfjs] = [wasm.seconds, wasm.tfjs].map((times) => seconds(times.median));
    print(`WebAssembly, ${wasmModel}: ours ${own} s, tfjs’ ${tfjs} s: ${wasm.faster.toFixed(1)} times as fast; goal ≥ ${wasmGoal}`);
  } else if (models.includes(wasmModel)) print('WebAssembly: no tfjs here to compare with (--install-tfjs gets it)');
  if (options.json) console.log(JSON.stringify({ backend: options.backend, results, ...(wasm && { wasm }) }));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
