import { describe, expect, it } from 'vitest';
import { setKnob } from './knobs.ts';

describe('--set', () => {
  it.each([
    ['a=3', 3],
    ['a=-1.5e-3', -0.0015],
    ['a=10_000', 10_000],
    ['a=.5', 0.5],
    ['a=true', true],
    ['a=adam', 'adam'],
    ['a="3"', '3'],
    ["a='true'", 'true'],
    ['a=x=y', 'x=y'],
    ['a=', ''],
    ['a=1e', '1e'],
    ['a=Infinity', 'Infinity'],
  ])('%s', (given, value) => expect(setKnob(given)).toEqual({ a: value }));

  it('adds to the ones before, the last of a name holding', () => {
    expect(setKnob('b=2', setKnob('a=3', setKnob('a=1')))).toEqual({ a: 3, b: 2 });
  });

  it.each(['a', '=3', ' =3'])('refuses %j', (given) => {
    expect(() => setKnob(given)).toThrow(expect.objectContaining({ code: 'cli.setForm' }));
  });
});
