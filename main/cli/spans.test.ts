import { expect, it } from 'vitest';
import { readRange, readSpan } from './spans.ts';

it('spans of time', () => {
  expect(['90s', '30m', '1h30m', '2 h', '45', '0.5h', '10min'].map(readSpan)).toEqual([
    90_000, 1_800_000, 5_400_000, 7_200_000, 45_000, 1_800_000, 600_000,
  ]);
  for (const odd of ['', 'soon', '0s', '-5s', '1h30', '5y']) expect(() => readSpan(odd)).toThrow(odd);
});

it('ranges of knobs', () => {
  expect(readRange('lr=1e-4..0.1:log')).toEqual([{ name: 'lr', min: 1e-4, max: 0.1, log: true }]);
  expect(readRange('units=8..64:8:whole')).toEqual([{ name: 'units', min: 8, max: 64, step: 8, whole: true }]);
  expect(readRange('kind=adam, sgd')).toEqual([{ name: 'kind', choices: ['adam', 'sgd'] }]);
  expect(readRange('layers=1,2', [{ name: 'layers', min: 1, max: 9 }])).toEqual([{ name: 'layers', choices: [1, 2] }]);
  for (const odd of ['lr', 'lr=', '=1..2', 'lr=1..', 'lr=1..2:fast']) expect(() => readRange(odd)).toThrow(odd);
});
