import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { train } from '../../main/engine/loop/train.ts';
import { openBackend } from '../../main/engine/backends/index.ts';
import { completeModel } from '../../main/engine/model/complete.ts';
const dir = '/usr/share/datasets/fashion-mnist/';
const read = (s: string) => { const f = readdirSync(dir).find((n) => n.startsWith(s))!; const raw = readFileSync(dir + f); return f.endsWith('gz') ? gunzipSync(raw) : raw; };
const part = (k: string) => { const inputs = Float32Array.from(read(k + '-images').subarray(16), (v) => v / 255), targets = Float32Array.from(read(k + '-labels').subarray(8)); return { count: targets.length, inputs, targets, rows: new Uint32Array(targets.length) }; };
const L = (class_name: string, config: any = {}) => ({ class_name, config });
const backend = await openBackend('native', { threads: 1 });
const data = { inputShape: [28, 28, 1], targetShape: [], task: 'classification' as const, classes: Array.from({ length: 10 }, (_, i) => `c${i}`), train: part('train'), validation: part('t10k'), hash: '' };
const out = L('Dense', { units: 10, activation: 'softmax' }), conv = (filters: number) => L('Conv2D', { filters, kernelSize: 3, activation: 'relu' });
for (const [n, layers] of Object.entries({ mlp: [L('Flatten'), L('Dense', { units: 128, activation: 'relu' }), out], cnn: [conv(8), L('MaxPooling2D'), conv(16), L('MaxPooling2D'), L('Flatten'), out] })) for (const seed of [1, 2, 3]) {
  const model = completeModel({ class_name: 'Sequential', config: { layers } } as any, data);
  for await (const e of train({ model, data, train: { epochs: 5, batchSize: 128, optimizer: L('Adam', { learningRate: 1e-3 }), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'], callbacks: [], seed, shuffle: true } }, { backend }))
    if (e.type === 'epochEnded' && e.row.epoch === 5) console.log(n, 'seed', seed, JSON.stringify(e.row));
}
