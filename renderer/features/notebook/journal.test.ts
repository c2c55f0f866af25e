import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createJournalClock } from './journal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('while keys come without a pause, no text is older than a second', async () => {
  const written: number[] = [];
  let typed = 0;
  // A slow disk: 150 ms an entry.
  const clock = createJournalClock(async () => {
    const entry = typed;
    await vi.advanceTimersByTimeAsync(0);
    await new Promise((resolve) => setTimeout(resolve, 150));
    written.push(entry);
  });
  for (let key = 0; key < 200; key++) {
    typed = Date.now();
    clock.note();
    await vi.advanceTimersByTimeAsync(37);
    if (key * 37 > 1000) expect(typed - (written.at(-1) ?? 0)).toBeLessThanOrEqual(1000);
  }
  await vi.advanceTimersByTimeAsync(500 + 150);
  expect(written.at(-1)).toBe(typed);
});

test('after a save nothing is written, and a failed entry does not end it', async () => {
  const write = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('full')).mockResolvedValue(undefined);
  const clock = createJournalClock(write);
  clock.note();
  clock.stop();
  await vi.runAllTimersAsync();
  expect(write).not.toHaveBeenCalled();
  clock.note();
  await vi.runAllTimersAsync();
  clock.note();
  await vi.runAllTimersAsync();
  expect(write).toHaveBeenCalledTimes(2);
});
