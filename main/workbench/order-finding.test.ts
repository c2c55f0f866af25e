import { describe, expect, it } from 'vitest';
import type { DataSpec, Json, KerasObject, ModelSpec } from '#contract/spec.ts';
import { orderFinding } from './order-finding.ts';

const layer = (class_name: string, config: { [option: string]: Json }): KerasObject => ({ class_name, config });
const sequential = (...layers: KerasObject[]): ModelSpec => ({ class_name: 'Sequential', config: { layers: layers } });
const data = (...steps: DataSpec['steps']): DataSpec => ({ source: { format: 'csv', path: 'a.csv' }, steps });
const split = { op: 'split', validation: 0.2 } as const;
const carrying = sequential(layer('LSTM', { units: 2, stateful: true, name: 'memory' }), layer('Dense', { units: 1 }));

describe('samples whose order is lost to a layer that carries its state', () => {
  it.each<[string, ModelSpec, DataSpec, string | undefined]>([
    ['drawn for a split', carrying, data(split), 'memory'],
    ['drawn in folds', carrying, data({ op: 'kFold', folds: 5, fold: 1 }), 'memory'],
    [
      'inside a wrapper',
      sequential(layer('Bidirectional', { layer: layer('GRU', { units: 2, stateful: true }) })),
      data(split),
      'Bidirectional',
    ],
    ['split by time', carrying, data({ ...split, time: 'day' }), undefined],
    ['split by a column', carrying, data({ op: 'split', column: 'part', validation: ['late'] }), undefined],
    ['whole groups', carrying, data({ ...split, group: 'machine' }), undefined],
    ['windows', carrying, data({ op: 'window', length: 4 }, split), undefined],
    ['not split', carrying, data(), undefined],
    ['of a model that carries nothing', sequential(layer('LSTM', { units: 2 })), data(split), undefined],
  ])('%s', (_, model, spec, found) => {
    expect(orderFinding(model, spec)?.values?.['layer']).toBe(found);
  });
});
