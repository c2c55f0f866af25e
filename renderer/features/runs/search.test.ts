import { describe, expect, it } from 'vitest';
import { matches, parseQuery } from './search.ts';
import { makeRun, metric } from './testing/make-run.ts';

const run = makeRun(1, {
  name: 'Brisk otter',
  tags: ['cnn', 'baseline'],
  note: 'wider first layer',
  params: { filters: 16, learningRate: 0.001, activation: 'relu' },
  metrics: { val_accuracy: metric([0.8, 0.88, 0.87]), val_loss: metric([0.5, 0.31, 0.33]) },
});
const finds = (query: string) => matches(run, parseQuery(query), 'stopped early');

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
      'seconds<11',
    ]) {
      expect([query, finds(query)]).toEqual([query, true]);
    }
    for (const query of ['filters>16', 'val_accuracy>0.88', 'val_loss<0.31', 'filters!=16', 'unknown>1']) {
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
    expect(finds('status=completed filters>=8 cnn')).toBe(true);
  });
});
