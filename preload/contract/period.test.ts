import { expect, it } from 'vitest';
import { periodOf } from './period.ts';

const local = (...parts: [number, number, number?, number?, number?, number?]) =>
  new Date(parts[0], parts[1] - 1, parts[2] ?? 1, parts[3] ?? 0, parts[4] ?? 0, parts[5] ?? 0).getTime();

it('is as long as it is written', () => {
  expect(periodOf('2026')).toEqual({ from: local(2026, 1), to: local(2027, 1) });
  expect(periodOf('2026-12')).toEqual({ from: local(2026, 12), to: local(2027, 1) });
  expect(periodOf('2026-11-30')).toEqual({ from: local(2026, 11, 30), to: local(2026, 12, 1) });
  expect(periodOf('2026-11-20T23:59')).toEqual({ from: local(2026, 11, 20, 23, 59), to: local(2026, 11, 21) });
  expect(periodOf('2026-11-20 18:30:05')).toEqual({ from: local(2026, 11, 20, 18, 30, 5), to: local(2026, 11, 20, 18, 30, 6) });
});

it('may be said from now on back', () => {
  const now = local(2026, 3, 1, 9, 30);
  expect(periodOf('today', now)).toEqual({ from: local(2026, 3, 1), to: local(2026, 3, 2) });
  expect(periodOf('Yesterday', now)).toEqual({ from: local(2026, 2, 28), to: local(2026, 3, 1) });
  expect(periodOf('now', now)).toEqual({ from: now, to: now + 1 });
  expect(periodOf('now-90m', now)?.from).toBe(local(2026, 3, 1, 8));
  expect(periodOf('now-2w', now)?.from).toBe(now - 14 * 24 * 3_600_000);
});

it.each([
  '',
  'tomorrow',
  'now-7',
  'now-7y',
  'now+7d',
  '2026-13',
  '2026-00',
  '2026-02-31',
  '2026-11-20T24:00',
  '2026-11-20T18',
  '26-11-20',
  '2026-11-20T18:60',
])('is not %s', (text) => expect(periodOf(text)).toBeUndefined());
