import { afterEach, expect, it, vi } from 'vitest';
import { startClock } from './clock.ts';

afterEach(() => vi.restoreAllMocks());

it('stands still while other programs have the processor, and never runs faster than time', () => {
  let now = 1000;
  let workedMs = 500;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.spyOn(process, 'cpuUsage').mockImplementation((before) => ({
    user: (workedMs * 1000) / 2 - (before?.user ?? 0),
    system: (workedMs * 1000) / 2 - (before?.system ?? 0),
  }));
  const worked = startClock();
  now += 400;
  expect(worked()).toBe(0);
  workedMs += 100;
  expect(worked()).toBe(100);
  // Several threads.
  workedMs += 900;
  expect(worked()).toBe(400);
});
