/**
 * Fashion-MNIST, 60,000 images, 5 epochs, batches of 128: on the 10,000 held out, accuracy is where Keras 3.15 has it (of
 * eight seeds for the MLP, of three for the CNN). $EPOCHBOOK_FASHION_MNIST is the folder of the four .gz files as they are published.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Part } from '#contract/samples.ts';
import { openBackend } from '#engine/backends/index.ts';
import { collect, eventsOf, layer, makeJob, sequential } from '#engine/testing/harness.ts';
import type { Campaign } from './campaign.ts';

const output = layer('Dense', { units: 10, activation: 'softmax' });
const convolution = (filters: number) => layer('Conv2D', { filters, kernelSize: 3, activation: 'relu' });
const pooling = layer('MaxPooling2D', { poolSize: 2 });
const networks = {
  mlp: { keras: [0.857, 0.875], model: () => sequential(layer('Flatten'), layer('Dense', { units: 128, activation: 'relu' }), output) },
  cnn: {
    keras: [0.845, 0.862],
    model: () => sequential(convolution(8), pooling, convolution(16), pooling, layer('Flatten'), output),
  },
} as const;
/** What a seed may lie beyond so few of Keras'. */
const beyond = 0.008;

function partOf(name: 'train' | 't10k'): Part {
  const folder = process.env['EPOCHBOOK_FASHION_MNIST'];
  if (folder === undefined) throw new Error('set EPOCHBOOK_FASHION_MNIST to the folder of Fashion-MNIST');
  const read = (file: string) => gunzipSync(readFileSync(join(folder, `${name}-${file}.gz`)));
  const targets = Float32Array.from(read('labels-idx1-ubyte').subarray(8));
  const inputs = Float32Array.from(read('images-idx3-ubyte').subarray(16), (value) => value / 255);
  return { count: targets.length, inputs, targets, rows: Uint32Array.from(targets.keys()) };
}

export const accuracy: Campaign = {
  usual: 3,
  async run(seed) {
    const data = {
      inputShape: [28, 28, 1],
      targetShape: [],
      task: 'classification' as const,
      classes: Array.from({ length: 10 }, (_, index) => String(index)),
      train: partOf('train'),
      validation: partOf('t10k'),
      hash: 'fashion',
    };
    const results: string[] = [];
    let good = true;
    let measured = 1;
    for (const [name, { keras, model }] of Object.entries(networks)) {
      const job = makeJob(model(), data, { epochs: 5, batchSize: 128, optimizer: layer('Adam'), metrics: ['accuracy'], seed });
      const events = await collect(job, { backend: await openBackend('native', { threads: 2 }) });
      const found = eventsOf(events, 'epochEnded').at(-1)!.row.metrics['val_accuracy'];
      good &&= found >= keras[0] - beyond && found <= keras[1] + beyond;
      measured = Math.min(measured, found);
      results.push(`${name} ${found.toFixed(4)} (Keras ${keras.join('–')})`);
    }
    return { good, told: results.join(', '), measured };
  },
};
