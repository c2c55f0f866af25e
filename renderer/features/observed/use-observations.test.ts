import { describe, expect, it } from 'vitest';
import type { Observations, WatchedEpoch } from '#contract/observations.ts';
import { withObservation } from './use-observations.ts';

describe('what is told after the fetch', () => {
  const empty: Observations = { confusion: {}, watched: [] };
  const watched = (epoch: number, gradientNorm: number): WatchedEpoch => ({
    epoch,
    step: 1,
    gradientNorm,
    weightNorm: 1,
    updateRatio: 0,
    layers: [],
  });

  it('takes the place of what it tells anew', () => {
    const one = withObservation(empty, { kind: 'watched', content: watched(1, 1) });
    const two = withObservation(one, { kind: 'watched', content: watched(2, 2) });
    const again = withObservation(two, { kind: 'watched', content: watched(2, 3) });
    expect(again.watched.map(({ epoch, gradientNorm }) => [epoch, gradientNorm])).toEqual([
      [1, 1],
      [2, 3],
    ]);
    const content = {
      epoch: 2,
      part: 'validation' as const,
      classes: ['a', 'b'],
      counts: [
        [1, 0],
        [0, 1],
      ],
    };
    expect(withObservation(again, { kind: 'confusionBest', content }).confusion).toEqual({ best: content });
  });
});
