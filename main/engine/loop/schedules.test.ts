import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/spec.ts';
import { kerasFigures } from '../testing/keras-figures.ts';
import { makeSchedule, scheduleNames } from './schedules.ts';

const at = '/train/optimizer/config/learningRate';
const make = (className: string, config: { [key: string]: Json }) => makeSchedule({ class_name: className, config }, at);

describe('schedules', () => {
  it.each(kerasFigures.schedules.map((figures) => [figures.class_name, JSON.stringify(figures.config), figures] as const))(
    '%s %s is Keras’ or PyTorch’s',
    (className, _, { config, rates }) => {
      const schedule = make(className, config);
      // Theirs are computed in single precision.
      rates.forEach((rate, step) => expect(Math.abs(schedule.rateAt(step, 1000) - rate), `step ${step}`).toBeLessThan(2e-7));
    },
  );

  it('are all recorded', () => {
    expect([...new Set(kerasFigures.schedules.map(({ class_name: name }) => name))].sort()).toEqual([...scheduleNames].sort());
  });

  it('one cycle spans the run where it is told no length', () => {
    const schedule = make('OneCycle', { maxLearningRate: 0.1 });
    const rates = Array.from({ length: 40 }, (_, step) => schedule.rateAt(step, 40));
    expect(rates[0]).toBeCloseTo(0.1 / 25, 10);
    expect(Math.max(...rates)).toBeCloseTo(0.1, 10);
    expect(rates.indexOf(Math.max(...rates))).toBe(11);
    expect(rates[39]).toBeCloseTo(0.1 / 25 / 10_000, 12);
  });

  it.each<[string, { [key: string]: Json }, string, string]>([
    ['CosinDecay', {}, 'CosineDecay', at],
    ['ExponentialDecay', { initialLearningRate: 0.1, decaySteps: 10, decayRat: 0.5 }, 'decayRate', `${at}/config/decayRat`],
    ['ExponentialDecay', { initialLearningRate: 0.1, decaySteps: 1.5, decayRate: 0.5 }, '1.5', `${at}/config/decaySteps`],
    ['ExponentialDecay', { initialLearningRate: 0.1, decayRate: 0.5 }, 'decaySteps', at],
    ['PiecewiseConstantDecay', { boundaries: [5, 5], values: [1, 2, 3] }, 'boundaries', `${at}/config/boundaries`],
    ['PiecewiseConstantDecay', { boundaries: [5, 6], values: [1, 2] }, 'values', `${at}/config/values`],
  ])('%s %j is refused where it is wrong', (className, config, text, place) => {
    expect(() => make(className, config)).toThrow(expect.objectContaining({ message: expect.stringContaining(text) as string, at: place }));
  });
});
