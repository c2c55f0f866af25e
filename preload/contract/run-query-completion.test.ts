import { describe, expect, it } from 'vitest';
import { completeQuery, type QueryNames, queryWord } from './run-query-completion.ts';

const names: QueryNames = {
  params: ['learningRate', 'hidden units'],
  metrics: ['val_loss', 'accuracy'],
  tags: ['cnn', 'first try'],
  valuesOf: (field) => (field === 'status' ? ['completed', 'failed'] : field === 'params.activation' ? ['relu'] : []),
};
const texts = (text: string) => completeQuery(text, text.length, names, 40).options.map((option) => option.text);

describe('completion', () => {
  it('offers params, metrics and fields that begin with what is typed, then those that hold it', () => {
    expect(texts('lear')).toEqual(['params.learningRate']);
    expect(texts('params.')).toEqual(['params.learningRate', 'params."hidden units"']);
    expect(texts('seed = 7 and val_l')).toEqual(['metrics.val_loss.best', 'metrics.val_loss']);
    expect(texts('stat')).toEqual(['status']);
    expect(texts('metrics.val_loss.mi')).toEqual(['metrics.val_loss.min', 'metrics.val_loss.minEpoch']);
  });

  it('offers operators after a field, values after an operator, and joins after a value', () => {
    expect(texts('tags ')).toEqual(['has', '=', '!=', 'in (']);
    expect(texts('status ')).toEqual(['=', '!=', '~', 'in (']);
    expect(texts('status i')).toEqual(['in (']);
    expect(texts('status in (')).toEqual(['completed', 'failed']);
    expect(texts('status not in (completed, f')).toEqual(['failed']);
    expect(texts('seed = 7 and tags in ("first try",c')).toEqual(['cnn']);
    expect(texts('status in (completed) ')).toEqual(['and', 'or']);
    expect(texts('startedAt >= ye')).toEqual(['yesterday']);
    expect(texts('params.learningRate <')).toEqual([]);
    expect(texts('params.learningRate ')).toContain('<=');
    expect(texts('status = ')).toEqual(['completed', 'failed']);
    expect(texts('status = f')).toEqual(['failed']);
    expect(texts('tags has ')).toEqual(['cnn', '"first try"']);
    expect(texts('tags has fi')).toEqual(['"first try"']);
    expect(texts('params.activation = ')).toEqual(['relu']);
    expect(texts('status = completed ')).toEqual(['and', 'or']);
    expect(texts('seed = 7 ')).toEqual(['and', 'or']);
  });

  it('replaces what was typed before the caret alone', () => {
    const { from, to } = completeQuery('lear and seed = 7', 4, names);
    expect([from, to]).toEqual([0, 4]);
  });

  it('quotes what is not a plain word', () => {
    expect(['a b', 'a', '0.5', 'and', 'say "x"'].map(queryWord)).toEqual(['"a b"', 'a', '0.5', '"and"', String.raw`"say \"x\""`]);
  });
});
