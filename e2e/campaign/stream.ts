/**
 * A table of several gigabytes ($EPOCHBOOK_GIGABYTES, 4 unless said) is trained on by the command line under a limit of
 * memory, killed within the run and gone on with: it ends with the bits of a run that nobody disturbed. Its rows are
 * evaluated as a file that is given, and predicted, under the same limit.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLargeCsv } from '../fixtures/large-csv.ts';
import { randomFrom } from '../fixtures/typing.ts';
import type { Campaign } from './campaign.ts';

const command = fileURLToPath(new URL('../../main/cli/epochbook.ts', import.meta.url));
const gigabytes = Number(process.env['EPOCHBOOK_GIGABYTES'] ?? 4);
/** What JavaScript may take in each process. */
const heapMegabytes = 512;
/** The most that the training process may have in memory, for each gigabyte of the table and besides. */
const residentMegabytes = { besides: 1200, eachGigabyte: 300 };

const text = `---
epochbook: 1
title: Larger than memory
---
\`\`\`ts data #large
data.csv('large.csv')
  .target('label')
  .drop('id', 'day', 'city', 'x4')
  .split({ validation: 0.05, seed: 1 })
  .standardize()
  .oneHot()
\`\`\`

\`\`\`ts model #network
sequential([layers.dense({ units: 16, activation: 'relu' }), layers.dropout({ rate: 0.1 }), layers.dense({ units: 2, activation: 'softmax' })])
\`\`\`

\`\`\`ts train #training
train({
  epochs: 2,
  batchSize: 4096,
  optimizer: optimizers.adam({ learningRate: 0.01 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  callbacks: [callbacks.backupAndRestore({ saveFreq: 400 })],
  seed: 7,
})
\`\`\`
`;

interface Place {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

let made: Promise<{ place: Place; rows: number }> | undefined;

async function makePlace(): Promise<{ place: Place; rows: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'epochbook-stream-'));
  writeFileSync(join(folder, 'large.epoch.md'), text);
  const rows = await writeLargeCsv(join(folder, 'large.csv'), gigabytes * 1000);
  const environment = {
    ...process.env,
    EPOCHBOOK_LOCALE: 'en',
    EPOCHBOOK_USER_FOLDER: join(folder, '.user'),
    NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`,
  };
  return { place: { folder, environment }, rows };
}

const begin = ({ folder, environment }: Place, ...args: string[]): ChildProcess =>
  spawn(process.execPath, [command, ...args, '--json'], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

function told({ folder, environment }: Place, ...args: string[]): any {
  const { stdout } = spawnSync(process.execPath, [command, ...args], { cwd: folder, env: environment, encoding: 'utf8' });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** The most that any process below this one has had in memory, in megabytes, where the system tells. */
function watchMemory(root: number): () => number {
  let most = 0;
  const look = () => {
    const parents = new Map<number, number>();
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        parents.set(
          Number(name),
          Number(
            readFileSync(`/proc/${name}/stat`, 'utf8')
              .replace(/^.*\) /s, '')
              .split(' ')[1],
          ),
        );
      } catch {
        // It has just ended.
      }
    }
    for (const [pid] of parents) {
      let above: number | undefined = pid;
      while (above !== undefined && above !== root && above > 1) above = parents.get(above);
      if (above !== root) continue;
      try {
        const peak = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        most = Math.max(most, Number(peak ?? 0) / 1024);
      } catch {
        // The same.
      }
    }
  };
  if (process.platform !== 'linux') return () => Number.NaN;
  const timer = setInterval(look, 500);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** All that must be equal: every epoch's values, and every bit of the weights and the optimizer's memory. */
function resultOf(place: Place): string {
  const { id, epochs, status, history } = told(place, 'show', 'latest', '--json');
  const file = readFileSync(join(place.folder, '.epochbook', 'checkpoints', id, 'last.safetensors'));
  const tensors = file.subarray(8 + Number(file.readBigUInt64LE()));
  return JSON.stringify({ epochs, status, history, tensors: createHash('sha256').update(tensors).digest('hex') });
}

/** Of what is printed, the end. */
const mostTold = 1 << 16;

interface Trained {
  readonly code: number | null;
  readonly last: string;
  readonly seconds: number;
  readonly megabytes: number;
}

/** `killAfterMs`: counted from when training begins. */
async function train(place: Place, args: readonly string[], killAfterMs?: number): Promise<Trained> {
  const began = performance.now();
  const child = begin(place, ...args);
  const memory = watchMemory(child.pid!);
  let timer: NodeJS.Timeout | undefined;
  let last = '';
  child.stdout!.on('data', (lines: Buffer) => {
    last = (last + lines.toString()).slice(-mostTold);
    if (killAfterMs !== undefined && lines.includes('"run.started"'))
      timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), killAfterMs);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return { code, seconds: (performance.now() - began) / 1000, megabytes: memory(), last };
}

interface Undisturbed extends Trained {
  /** Of what is given, evaluated and predicted. */
  readonly given: { readonly samples: number; readonly predicted: number };
  readonly result: string;
  /** Of its epochs alone. */
  readonly epochsMs: number;
}

let undisturbed: Promise<Undisturbed> | undefined;

async function trainUndisturbed(place: Place): Promise<Undisturbed> {
  const trained = await train(place, ['run', 'large.epoch.md', '--threads', '1']);
  if (trained.code !== 0) throw new Error(`the undisturbed run ended with ${trained.code}`);
  const { epochRows } = told(place, 'show', 'latest', '--json');
  const epochsMs = epochRows.reduce((sum: number, { elapsedMs }: { elapsedMs: number }) => sum + elapsedMs, 0);
  const evaluated = await train(place, ['evaluate', 'latest', '--data', 'large.csv']);
  const predicted = await train(place, ['predict', 'latest', 'large.csv', '--out', 'predicted.parquet']);
  const given = { samples: JSON.parse(evaluated.last).parts[0].samples, predicted: JSON.parse(predicted.last).count };
  const megabytes = Math.max(trained.megabytes, evaluated.megabytes, predicted.megabytes);
  return { ...trained, megabytes, epochsMs, given, result: resultOf(place) };
}

export const stream: Campaign = {
  usual: 2,
  async run(seed) {
    const { place, rows } = await (made ??= makePlace());
    const { result, seconds, megabytes, epochsMs, given } = await (undisturbed ??= trainUndisturbed(place));
    const random = randomFrom(seed);
    const killed = await train(place, ['run', 'large.epoch.md', '--threads', '1'], epochsMs * (0.1 + 0.8 * random()));
    const went = killed.code === null ? await train(place, ['resume', 'latest']) : killed;
    const same = went.code === 0 && resultOf(place) === result;
    const limit = residentMegabytes.besides + residentMegabytes.eachGigabyte * gigabytes;
    const most = Math.max(megabytes, killed.megabytes, went.megabytes);
    const isWhole = given.samples === rows && given.predicted === rows;
    const good = same && isWhole && !(most > limit);
    return {
      good,
      told: `${rows} rows of ${gigabytes} GB, ${seconds.toFixed(0)} s with two epochs, ${most.toFixed(0)} MB at most (of ${limit}), ${killed.code === null ? 'killed' : 'NOT KILLED'}, ${same ? 'the same bits' : 'OTHER BITS'}, ${given.samples} rows evaluated and ${given.predicted} predicted`,
      measured: most,
    };
  },
  async close() {
    const { place } = (await made) ?? {};
    if (place) rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
  },
};
