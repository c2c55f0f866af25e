/** Runs and epochs for tests. */
import type { EpochRow } from '#contract/runs.ts';
import type { Spec } from '#contract/spec.ts';
import type { NewRun } from '../run-writer.ts';

export const spec: Spec = {
  version: 1,
  data: { source: { format: 'csv', path: 'iris.csv' }, steps: [{ op: 'target', column: 'species' }] },
  model: { class_name: 'Sequential', config: { name: 'net', layers: [{ class_name: 'Dense', config: { units: 3 } }] } },
  train: {
    epochs: 5,
    batchSize: 32,
    optimizer: { class_name: 'Adam', config: { learningRate: 0.01 } },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    callbacks: [],
    seed: 7,
    shuffle: true,
  },
};

export function newRun(change: Partial<NewRun> = {}): NewRun {
  return {
    notebook: 'iris.epoch.md',
    source: '---\nepochbook: 1\n---\n',
    spec,
    params: { units: 8 },
    backend: 'native',
    threads: 2,
    environment: { epochbook: '0.1.0', node: '24', platform: 'linux', cpu: 'test', cores: 2, backendVersion: '' },
    ...change,
  };
}

export function epochRow(epoch: number, metrics: Record<string, number>): EpochRow {
  return {
    epoch,
    elapsedMs: 100,
    learningRate: 0.01,
    samples: 120,
    steps: 4,
    phasesMs: { data: 10, steps: 70, validation: 20 },
    metrics,
  };
}
