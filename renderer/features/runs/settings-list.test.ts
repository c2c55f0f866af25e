import { describe, expect, it } from 'vitest';
import type { Spec } from '#contract/spec.ts';
import { formats } from '../../words/format.ts';
import { flattenSpec, sectionOf, settingText, shortPath } from './settings-list.ts';

const spec: Spec = {
  version: 1,
  data: { source: { format: 'csv', path: 'iris.csv' }, steps: [{ op: 'split', validation: 0.2, seed: 1 }] },
  model: {
    class_name: 'Sequential',
    config: {
      layers: [
        { class_name: 'Conv2D', config: { filters: 8, kernel_size: [3, 3], use_bias: true } },
        { class_name: 'Flatten', config: {} },
      ],
    },
  },
  train: {
    epochs: 3,
    batchSize: 32,
    optimizer: { class_name: 'adam', config: { learningRate: 0.001 } },
    loss: 'meanSquaredError',
    metrics: [],
    callbacks: [],
    seed: 1,
    shuffle: true,
  },
};

describe('flattenSpec', () => {
  const settings = new Map(flattenSpec(spec).map(({ path, value }) => [path, value]));

  it('has every leaf by its path, a plain list as one', () => {
    expect(settings.get('train.optimizer.config.learningRate')).toBe(0.001);
    expect(settings.get('model.config.layers.0.config.kernel_size')).toEqual([3, 3]);
    expect(settings.get('data.steps.0.validation')).toBe(0.2);
    expect(settings.get('train.callbacks')).toEqual([]);
    expect(settings.has('version')).toBe(false);
  });

  it('names a setting shortly, and its part', () => {
    expect(shortPath('model.config.layers.0.config.filters')).toBe('layers[0].filters');
    expect(shortPath('train.optimizer.config.learningRate')).toBe('optimizer.learningRate');
    expect(shortPath('data.steps.0.seed')).toBe('data.steps[0].seed');
    expect(sectionOf('data.steps.0.seed')).toBe('data');
  });

  it('writes values in a line', () => {
    expect(settingText([3, 3], formats('en'))).toBe('3, 3');
    expect(settingText(true, formats('en'))).toBe('yes');
    expect(settingText(null, formats('en'))).toBe('–');
    expect(settingText([], formats('en'))).toBe('–');
  });
});
