/** A small table to train on, the same every time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from '#contract/spec.ts';

/** Writes `points.csv` into the folder: two numbers and which side of a line they lie on. */
export function writePoints(folder: string, rows = 400): void {
  const lines = ['x,y,side'];
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let row = 0; row < rows; row++) {
    const x = random();
    const y = random();
    lines.push(`${x.toFixed(4)},${y.toFixed(4)},${x + y > 1 ? 'above' : 'below'}`);
  }
  writeFileSync(join(folder, 'points.csv'), `${lines.join('\n')}\n`);
}

export function pointsSpec(train: Partial<Spec['train']> = {}): Spec {
  return {
    version: 1,
    data: {
      source: { format: 'csv', path: 'points.csv' },
      steps: [
        { op: 'target', column: 'side' },
        { op: 'split', validation: 0.25, seed: 1 },
      ],
    },
    model: {
      class_name: 'Sequential',
      config: {
        name: 'points',
        layers: [
          { class_name: 'Dense', config: { units: 16, activation: 'relu' } },
          { class_name: 'Dense', config: { activation: 'softmax' } },
        ],
      },
    },
    train: {
      epochs: 4,
      batchSize: 16,
      optimizer: { class_name: 'Adam', config: { learningRate: 0.01 } },
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
      callbacks: [],
      seed: 7,
      shuffle: true,
      ...train,
    },
  };
}
