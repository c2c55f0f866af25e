/** A run is killed at random moments and gone on with, again and again: it ends with the bits of one that nobody disturbed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../fixtures/typing.ts';
import type { Campaign } from './campaign.ts';

const command = fileURLToPath(new URL('../../main/cli/epochbook.ts', import.meta.url));
const data = fileURLToPath(new URL('../../resources/samples/clothes', import.meta.url));

/** Everything that has a state: dropout, moving averages, a plateau, early stopping with weights kept, exact metrics. */
const text = `---
epochbook: 1
title: To be killed
---
\`\`\`ts data #clothes
data.idx({ images: 't10k-images-idx3-ubyte.gz', labels: 't10k-labels-idx1-ubyte.gz' }).take(1200).split({ validation: 0.25, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([
  layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }),
  layers.maxPooling2d({ poolSize: 2 }),
  layers.batchNormalization(),
  layers.flatten(),
  layers.dropout({ rate: 0.3 }),
  layers.dense({ units: 10, activation: 'softmax' }),
])
\`\`\`

\`\`\`ts train #training
train({
  epochs: 30,
  batchSize: 32,
  optimizer: optimizers.adam({ learningRate: 0.01, useEma: true }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy', 'f1Score'],
  callbacks: [
    callbacks.backupAndRestore({ saveFreq: 4 }),
    callbacks.reduceLROnPlateau({ patience: 1, factor: 0.7 }),
    callbacks.earlyStopping({ patience: 25, restoreBestWeights: true }),
  ],
  seed: 7,
})
\`\`\`
`;

interface Place {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'epochbook-resume-'));
  cpSync(data, folder, { recursive: true, filter: (path) => !path.endsWith('.md') });
  writeFileSync(join(folder, 'killed.epoch.md'), text);
  return { folder, environment: { ...process.env, EPOCHBOOK_LOCALE: 'en', EPOCHBOOK_USER_FOLDER: join(folder, '.user') } };
}

const begin = ({ folder, environment }: Place, ...args: string[]): ChildProcess =>
  spawn(process.execPath, [command, ...args], { cwd: folder, env: environment, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });

function told({ folder, environment }: Place, ...args: string[]): any {
  const { stdout } = spawnSync(process.execPath, [command, ...args], { cwd: folder, env: environment, encoding: 'utf8' });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** All that must be equal: every epoch's values, and every bit of the weights and the optimizer's memory. */
function resultOf(place: Place): string {
  const { id, epochs, status, reason, history, best } = told(place, 'show', 'latest', '--json');
  const file = readFileSync(join(place.folder, '.epochbook', 'checkpoints', id, 'last.safetensors'));
  const tensors = file.subarray(8 + Number(file.readBigUInt64LE())).toString('base64');
  return JSON.stringify({ epochs, status, reason, history, best, tensors });
}

let undisturbed: Promise<{ result: string; elapsedMs: number }> | undefined;

async function trainUndisturbed(): Promise<{ result: string; elapsedMs: number }> {
  const place = makePlace();
  try {
    const began = performance.now();
    await new Promise((resolve) => begin(place, 'run', 'killed.epoch.md', '--threads', '1').on('close', resolve));
    return { elapsedMs: performance.now() - began, result: resultOf(place) };
  } finally {
    rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Of one run, unless it is done before; then it is left alone, and compared. */
const killsOfRun = 5;

export const resume: Campaign = {
  usual: 60,
  async run(seed) {
    const { result, elapsedMs } = await (undisturbed ??= trainUndisturbed());
    const random = randomFrom(seed);
    const place = makePlace();
    let kills = 0;
    try {
      for (let go = 0; go <= killsOfRun; go++) {
        // The first kill may have come before there was a run.
        const began = go > 0 && told(place, 'runs', '--json').length > 0;
        const child = began ? begin(place, 'resume', 'latest') : begin(place, 'run', 'killed.epoch.md', '--threads', '1');
        const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
        const timer =
          go < killsOfRun
            ? setTimeout(() => process.kill(random() < 0.5 ? -child.pid! : child.pid!, 'SIGKILL'), elapsedMs * (0.05 + 0.45 * random()))
            : undefined;
        const code = await closed;
        clearTimeout(timer);
        if (code === null) kills += 1;
        else if (code !== 0) return { good: false, told: `ended with ${code} after ${kills} kills`, measured: kills };
        else break;
      }
      const good = resultOf(place) === result;
      return { good, told: `${kills} kills, ${good ? 'the same bits' : 'OTHER BITS'}`, measured: kills };
    } finally {
      rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
