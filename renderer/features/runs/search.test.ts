import { describe, expect, it } from 'vitest';
import { makeSearch, namesOf } from './search.ts';
import { makeRun, metric } from './testing/make-run.ts';

const run = makeRun(1, {
  name: 'Brisk otter',
  tags: ['cnn', 'baseline'],
  note: 'wider first layer',
  params: { filters: 16, learningRate: 0.001, activation: 'relu' },
  metrics: { val_accuracy: metric([0.8, 0.88, 0.87]), val_loss: metric([0.5, 0.31, 0.33]) },
});
const search = (query: string) => makeSearch(query, namesOf([run]), () => 'stopped early');
const finds = (query: string) => {
  const found = search(query);
  return 'error' in found ? found.error.code : found.filter(run);
};

describe('search', () => {
  it('finds words in names, tags, notes, states and names of params, all of them', () => {
    for (const query of ['', '  ', 'otter', 'OTTER cnn', 'wider', 'stopped', 'filters', 'clothes']) expect(finds(query)).toBe(true);
    for (const query of ['heron', 'otter heron']) expect(finds(query)).toBe(false);
  });

  it('compares params, metrics by their best value, and own numbers', () => {
    for (const query of [
      'filters>=16',
      'filters = 16',
      'val_accuracy > 0.87',
      'val_loss<0.32',
      'epochs==3',
      'learningrate<=0.001',
      'elapsedMs<11000',
      'metrics.val_accuracy.best > 0.87',
      'metrics.val_accuracy.bestEpoch = 2',
    ]) {
      expect([query, finds(query)]).toEqual([query, true]);
    }
    for (const query of ['filters>16', 'val_accuracy>0.88', 'val_loss<0.31', 'filters!=16']) {
      expect([query, finds(query)]).toEqual([query, false]);
    }
  });

  it('takes what the command line calls a field', () => {
    expect(finds('metrics.val_accuracy.max > 0.86 and params.filters >= 8')).toBe(true);
    expect(finds('metrics.val_accuracy.max > 0.88 and params.filters >= 8')).toBe(false);
    expect(finds('metrics.val_accuracy < 0.88')).toBe(true);
    expect(finds('metrics.val_accuracy < 0.87')).toBe(false);
    expect(finds('metrics.val_loss.minEpoch=2')).toBe(true);
  });

  it('compares text for equality and mixes with words', () => {
    expect(finds('activation=relu otter')).toBe(true);
    expect(finds('activation!=relu')).toBe(false);
    expect(finds('activation>relu')).toBe(false);
    expect(finds('tags has cnn and not (tags has wide or heron)')).toBe(true);
    expect(finds('filters=8 or otter cnn')).toBe(true);
    expect(finds('clothes.epoch.md filters>=8')).toBe(true);
    expect(finds('50% off')).toBe(false);
    expect(finds('status=completed filters>=8 cnn')).toBe(true);
  });
  it('names what it may have to say no run has', () => {
    expect(search('otter params.filtres > 8 metrics.val_loss < 1 tags has cnn filters > 2')).toMatchObject({
      mentions: [
        { kind: 'param', name: 'filtres', column: 14 },
        { kind: 'metric', name: 'val_loss', column: 34 },
        { kind: 'tag', name: 'cnn', column: 56 },
      ],
    });
  });
  it('says what is wrong at its column', () => {
    for (const [query, code, column] of [
      ['filters>', 'query.endTooSoon', 9],
      ['filtres>8', 'query.unknownFieldNear', 1],
      ['otter (cnn', 'query.endTooSoon', 11],
      ['metrics.val_loss.mean < 1', 'query.unknownPart', 18],
    ] as const) {
      expect(search(query)).toMatchObject({ error: { code, column } });
    }
  });
});
