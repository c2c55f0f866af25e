/** A run is killed at random moments and gone on with, again and again: it ends with the bits of one that nobody disturbed. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../fixtures/typing.ts';
import type { Campaign } from './campaign.ts';
import { inPlace, killedUntilDone, type Place, told, undisturbedMs } from './killing.ts';

const data = fileURLToPath(new URL('../../resources/samples/clothes', import.meta.url));

/** Everything that has a state: dropout, moving averages, a plateau, early stopping with weights kept, exact metrics. */
const textOf = ({ optimizer, normalization, batchSize }: Case) => `---
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
  layers.${normalization}(),
  layers.flatten(),
  layers.dropout({ rate: 0.3 }),
  layers.dense({ units: 10, activation: 'softmax' }),
])
\`\`\`

\`\`\`ts train #training
train({
  epochs: 30,
  batchSize: ${batchSize},
  optimizer: optimizers.${optimizer}({ learningRate: 0.01, useEma: true }),
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

/** Those that differ most in what they remember; a seed takes one of them. */
const optimizers = ['adam', 'muon', 'adafactor', 'scheduleFreeAdamW'];

/** Whole batches on one thread, and batches in parts on two, which batch normalization would not let be. */
const ways = [
  { normalization: 'batchNormalization', batchSize: 32, threads: 1 },
  { normalization: 'layerNormalization', batchSize: 64, threads: 2 },
] as const;

type Case = (typeof ways)[number] & { readonly optimizer: string };

const cases: readonly Case[] = ways.flatMap((way) => optimizers.map((optimizer) => ({ ...way, optimizer })));

const fill = (chosen: Case) => (folder: string) => {
  cpSync(data, folder, { recursive: true, filter: (path) => !path.endsWith('.md') });
  writeFileSync(join(folder, 'killed.epoch.md'), textOf(chosen));
};

const askedFor = ({ threads }: Case) => ['run', 'killed.epoch.md', '--threads', String(threads)];

/** All that must be equal: every epoch's values, and every bit of the weights and the optimizer's memory. */
function resultOf(place: Place): string {
  const { id, epochs, status, reason, history, best } = told(place, 'show', 'latest', '--json');
  const file = readFileSync(join(place.folder, '.epochbook', 'checkpoints', id, 'last.safetensors'));
  const tensors = file.subarray(8 + Number(file.readBigUInt64LE())).toString('base64');
  return JSON.stringify({ epochs, status, reason, history, best, tensors });
}

const undisturbed = new Map<Case, Promise<{ elapsedMs: number; result: string }>>();

export const resume: Campaign = {
  usual: 60,
  async run(seed) {
    const chosen = cases[seed % cases.length];
    const asked = askedFor(chosen);
    const known =
      undisturbed.get(chosen) ??
      inPlace(fill(chosen), async (place) => ({ elapsedMs: await undisturbedMs(place, asked), result: resultOf(place) }));
    undisturbed.set(chosen, known);
    const { result, elapsedMs } = await known;
    return inPlace(fill(chosen), async (place) => {
      const betweenMs = [elapsedMs * 0.05, elapsedMs * 0.5] as const;
      const isDone = () => (told(place, 'show', 'latest', '--json') as { status: string }).status === 'completed';
      const how = { first: asked, after: ['resume', 'latest'], kills: 5, random: randomFrom(seed), betweenMs, isDone };
      const { kills, code } = await killedUntilDone(place, how);
      if (code !== 0) return { good: false, told: `ended with ${code} after ${kills} kills`, measured: kills };
      const good = resultOf(place) === result;
      return { good, told: `${kills} kills, ${good ? 'the same bits' : 'OTHER BITS'}`, measured: kills };
    });
  },
};
