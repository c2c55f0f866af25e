import { expect, it } from 'vitest';
import { timeTicks } from './ticks.ts';
import { csvOf } from './csv.ts';

it('writes every point of every line, with names in quotes where they need them', () => {
  const text = csvOf(
    [
      { id: 'a', name: 'fast, "wide"', color: 0, dash: 'solid', x: [1, 2], y: [0.5, Number.NaN], raw: { x: [1, 2], y: [0.25, 1e-7] } },
      { id: 'b', name: 'b', color: 1, dash: 'solid', x: [1], y: [3], band: { low: [2], high: [4] } },
    ],
    'epoch',
  );
  expect(text).toBe('name,epoch,value,raw,low,high\r\n"fast, ""wide""",1,0.5,0.25,,\r\n"fast, ""wide""",2,NaN,1e-7,,\r\nb,1,3,,2,4\r\n');
});

it('puts marks of time at round seconds, minutes and local midnights', () => {
  expect(timeTicks([0, 10_000], 5)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
  expect(timeTicks([1, 200_000], 4)).toEqual([60_000, 120_000, 180_000]);
  const hour = 3_600_000;
  const midnight = Date.UTC(2026, 0, 2) - 8 * hour;
  expect(timeTicks([midnight - 5 * hour, midnight + 30 * hour], 2, 8 * hour)).toEqual([midnight, midnight + 24 * hour]);
});
