import { describe, expect, it } from 'vitest';
import { createForecast } from './forecast.ts';

const row = (epoch: number, elapsedMs: number) => ({
  epoch,
  elapsedMs,
  learningRate: 0.1,
  samples: 1,
  steps: 1,
  phasesMs: { data: 0, steps: 0, validation: 0 },
  metrics: {},
});

describe('a forecast', () => {
  it('says nothing until a few steps are done, then goes by the steps, then by the epochs', () => {
    let now = 1000;
    const forecast = createForecast(10, 0, () => now);
    now += 500;
    expect(forecast.progressed({ phase: 'loading', epoch: 1, step: 0, steps: 0 })).toEqual({ elapsedMs: 500 });
    expect(forecast.progressed({ phase: 'training', epoch: 1, step: 0, steps: 20 })).toEqual({ elapsedMs: 500 });
    now += 100;
    // 10 of 20 steps in 100 ms: 200 ms an epoch, ten of them, 100 ms of which are over.
    expect(forecast.progressed({ phase: 'training', epoch: 1, step: 10, steps: 20 })).toEqual({ elapsedMs: 600, remainingMs: 1900 });
    now += 150;
    forecast.epochEnded(row(1, 250));
    expect(forecast.progressed({ phase: 'training', epoch: 2, step: 0, steps: 20 })).toEqual({ elapsedMs: 750, remainingMs: 2250 });
  });

  it('leaves pauses out', () => {
    let now = 0;
    const forecast = createForecast(4, 0, () => now);
    forecast.progressed({ phase: 'training', epoch: 1, step: 0, steps: 10 });
    now = 100;
    forecast.epochEnded(row(1, 100));
    now = 150;
    forecast.pause();
    now = 10_000;
    expect(forecast.progressed({ phase: 'training', epoch: 2, step: 5, steps: 10 })).toEqual({ elapsedMs: 150, remainingMs: 250 });
    forecast.resume();
    now += 10;
    expect(forecast.progressed({ phase: 'training', epoch: 2, step: 6, steps: 10 })).toEqual({ elapsedMs: 160, remainingMs: 240 });
  });

  it('never promises a time in the past', () => {
    let now = 0;
    const forecast = createForecast(2, 0, () => now);
    forecast.progressed({ phase: 'training', epoch: 1, step: 0, steps: 10 });
    forecast.epochEnded(row(1, 10));
    now = 5000;
    expect(forecast.progressed({ phase: 'training', epoch: 2, step: 1, steps: 10 }).remainingMs).toBe(0);
  });
});
