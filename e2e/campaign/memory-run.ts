/**
 * Trains 2,000 epochs and prints the resident memory after every fifth, as a JSON array. argv[2] is the seed: with an even
 * one batches are in parts, on two threads.
 */
import { layer, makeData, makeJob, sequential } from '#engine/testing/harness.ts';
import { openBackend } from '#engine/backends/index.ts';
import { checkpointPieces } from '#engine/loop/checkpoint.ts';
import { train } from '#engine/loop/train.ts';

const seed = Number(process.argv[2] ?? 1);
const isDivided = seed % 2 === 0;
const model = sequential(
  layer('Conv2D', { filters: 8, kernelSize: 3, activation: 'relu' }),
  layer('MaxPooling2D', { poolSize: 2 }),
  layer(isDivided ? 'LayerNormalization' : 'BatchNormalization'),
  layer('Flatten'),
  layer('Dropout', { rate: 0.3 }),
  layer('Dense', { activation: 'softmax' }),
);
const data = makeData({ inputShape: [14, 14, 1], classes: 4, train: 400, validation: 100 });
const job = makeJob(model, data, { epochs: 2000, metrics: ['accuracy', 'auc'], seed, ...(isDivided && { batchSize: 64 }) });
const bytes: number[] = [];
for await (const event of train(job, { backend: await openBackend('native', { threads: isDivided ? 2 : 1 }) })) {
  if (event.type === 'checkpoint') checkpointPieces(event.checkpoint);
  if (event.type !== 'epochEnded' || event.row.epoch % 5 > 0) continue;
  globalThis.gc?.();
  bytes.push(process.memoryUsage.rss());
}
console.log(JSON.stringify(bytes));
