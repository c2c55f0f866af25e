/** For tests: trains small models on the graphics processor and natively; prints the largest difference of their weights. */
import { openBackend } from '../backends/index.ts';
import { collect, eventsOf, largestDifference, layer, makeData, makeJob, sequential } from './harness.ts';

const end = layer('Dense', { activation: 'softmax' });
const jobs = {
  dense: makeJob(
    sequential(layer('Dense', { units: 8, activation: 'relu' }), layer('Dropout', { rate: 0.3 }), end),
    makeData({ inputShape: [6], classes: 3, train: 40, validation: 20 }),
    { metrics: ['accuracy'] },
  ),
  // More steps than a shader has buffers: splits and concatenations are taken apart.
  sequence: makeJob(sequential(layer('SimpleRNN', { units: 3 }), end), makeData({ inputShape: [10, 2], classes: 3, train: 32 }), {
    epochs: 1,
  }),
};
const backends = [await openBackend('webgpu'), await openBackend('native', { threads: 1 })];
const found: Record<string, number> = {};
for (const [name, job] of Object.entries(jobs)) {
  const [gpu, cpu] = [await collect(job, { backend: backends[0] }), await collect(job, { backend: backends[1] })].map(
    (events) => eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint,
  );
  found[name] = Math.max(...[...cpu.weights].map(([weight, { values }]) => largestDifference(values, gpu.weights.get(weight)!.values)));
}
process.stdout.write(JSON.stringify(found));
process.exit(0);
