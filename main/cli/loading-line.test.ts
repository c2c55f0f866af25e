import { expect, it, vi } from 'vitest';
import { createLoadingLine } from './loading-line.ts';

it('says that data is being read, and how much of it where that is known, until the run begins', () => {
  vi.useFakeTimers();
  try {
    const shown: string[] = [];
    let cleared = 0;
    const line = createLoadingLine({ show: (text) => shown.push(text), clear: () => (cleared += 1) });
    vi.advanceTimersByTime(1000);
    expect(shown).toEqual([]);
    line.progressed({ phase: 'loading', step: 0, steps: 0 });
    vi.advanceTimersByTime(3000);
    expect(shown.at(-1)).toBe('reading the data, 3.0 s');
    line.progressed({ phase: 'loading', step: 42, steps: 100 });
    vi.advanceTimersByTime(1000);
    expect(shown.at(-1)).toBe('reading the data: 42 %, 4.0 s');
    line.progressed({ phase: 'compiling', step: 0, steps: 0 });
    const { length } = shown;
    vi.advanceTimersByTime(5000);
    expect(shown).toHaveLength(length);
    expect(cleared).toBeGreaterThan(0);
  } finally {
    vi.useRealTimers();
  }
});
