// tfjs' WebAssembly backend, as released, on the MLP of jobs.ts: the same protocol as ours.ts. It lacks the gradients of
// convolutions and is slow at recurrent layers.
//
// usage: tfjs-wasm.mjs FOLDER THREADS SAMPLES, where FOLDER has tfjs installed
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, threads, samples] = process.argv.slice(2);
const load = createRequire(`${folder}/package.json`);
const tf = load('@tensorflow/tfjs-core');
const layers = load('@tensorflow/tfjs-layers');
const wasm = load('@tensorflow/tfjs-backend-wasm');
const batch = 128;

wasm.setWasmPaths(`${dirname(load.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
wasm.setThreadsCount(Number(threads));
await tf.setBackend('wasm');
const model = layers.sequential({
  layers: [
    layers.layers.dense({ units: 128, activation: 'relu', inputShape: [784] }),
    layers.layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: tf.train.adam(1e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
const inputs = tf.randomUniform([Number(samples), 784]);
const targets = tf.floor(tf.randomUniform([Number(samples), 1], 0, 10));
console.log(`ready ${tf.version_core}`);
for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now();
  await model.fit(inputs, targets, { epochs: 1, batchSize: batch, shuffle: true, verbose: 0, yieldEvery: 'never' });
  console.log((performance.now() - began) / 1000, process.resourceUsage().maxRSS * 1024);
}
