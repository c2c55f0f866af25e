import { expect, test } from 'vitest';
import type { Knob } from '#contract/spec.ts';
import { draftOf, rangeOf } from './sweep-form.ts';

const knob = (change: Partial<Knob>): Knob => ({ name: 'k', value: 0.01, default: 0.01, cell: 'c', ...change });

test('a knob with a range is searched there unless it is told otherwise', () => {
  const rate = knob({ min: 1e-5, max: 0.1, log: true });
  const draft = draftOf(rate);
  expect(draft).toMatchObject({ isSearched: true, min: '0.00001', max: '0.1', log: true, whole: false });
  expect(rangeOf(draft, rate)).toEqual({ range: { name: 'k', min: 1e-5, max: 0.1, log: true, whole: false } });
  expect(rangeOf({ ...draft, min: '0.2' }, rate)).toEqual({ problem: 'order' });
  expect(rangeOf({ ...draft, min: '0' }, rate)).toEqual({ problem: 'log' });
  expect(rangeOf({ ...draft, max: 'much' }, rate)).toEqual({ problem: 'bounds' });
  expect(rangeOf({ ...draft, step: '-1' }, rate)).toEqual({ problem: 'step' });
  expect(draftOf(knob({})).isSearched).toBe(false);
});

test('choices keep their kind', () => {
  const kind = knob({ value: 'adam', default: 'adam', choices: ['adam', 'sgd', 'rmsprop'] });
  expect(rangeOf({ ...draftOf(kind), choices: 'sgd, adam' }, kind)).toEqual({ range: { name: 'k', choices: ['sgd', 'adam'] } });
  const layers = knob({ value: 2, default: 2, choices: [1, 2, 3] });
  expect(draftOf(layers).choices).toBe('1, 2, 3');
  expect(rangeOf({ ...draftOf(layers), choices: '2,3,5' }, layers)).toEqual({ range: { name: 'k', choices: [2, 3, 5] } });
  expect(rangeOf({ ...draftOf(layers), choices: '2, two' }, layers)).toEqual({ problem: 'choices' });
  expect(rangeOf({ ...draftOf(layers), choices: ' , ' }, layers)).toEqual({ problem: 'choices' });
  const flag = knob({ value: true, default: true });
  expect(rangeOf(draftOf(flag), flag)).toEqual({ range: { name: 'k', choices: [false, true] } });
});
