import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/spec.ts';
import { makeEarlyStopping } from './early-stopping.ts';

const metrics = ['loss', 'accuracy', 'val_loss', 'val_mean_absolute_error', 'val_accuracy'];
const make = (config: { [key: string]: Json }) => makeEarlyStopping({ class_name: 'EarlyStopping', config }, metrics, '/train/callbacks/0');

/** Epoch at which it stops, and the one it holds for the best. */
function follow(config: { [key: string]: Json }, values: number[]): { stopped: number | null; best: number } {
  const stopping = make(config);
  let state = stopping.initial;
  for (const [index, value] of values.entries()) {
    const next = stopping.after(state, index + 1, value);
    ({ state } = next);
    if (next.stop) return { stopped: index + 1, best: state.bestEpoch };
  }
  return { stopped: null, best: state.bestEpoch };
}

// The expected epochs are those of keras.callbacks.EarlyStopping, version 3, followed by hand.
describe('early stopping', () => {
  it('waits as many epochs as it has patience', () => {
    expect(follow({ patience: 2 }, [1, 0.9, 0.95, 0.93, 0.8])).toEqual({ stopped: 4, best: 2 });
    expect(follow({ patience: 3 }, [1, 0.9, 0.95, 0.93, 0.8])).toEqual({ stopped: null, best: 5 });
    expect(follow({}, [1, 0.9, 0.95])).toEqual({ stopped: 3, best: 2 });
  });

  it('knows that more accuracy is better, unless told otherwise', () => {
    expect(follow({ monitor: 'val_accuracy', patience: 1 }, [0.5, 0.6, 0.55])).toEqual({ stopped: 3, best: 2 });
    expect(follow({ monitor: 'val_accuracy', mode: 'min', patience: 1 }, [0.5, 0.6])).toEqual({ stopped: 2, best: 1 });
  });

  it('wants an improvement by minDelta', () => {
    expect(follow({ minDelta: 0.1, patience: 2 }, [1, 0.95, 0.92])).toEqual({ stopped: 3, best: 1 });
    expect(follow({ min_delta: 0.1, patience: 2 }, [1, 0.85, 0.8])).toEqual({ stopped: null, best: 2 });
  });

  it('stops where the baseline is not reached in time', () => {
    expect(follow({ baseline: 0.5, patience: 2 }, [1, 0.9])).toEqual({ stopped: 2, best: 2 });
    expect(follow({ baseline: 0.5, patience: 2 }, [1, 0.4, 0.45])).toEqual({ stopped: null, best: 2 });
  });

  it('starts from an epoch', () => {
    expect(follow({ startFromEpoch: 3, patience: 1 }, [0.1, 0.2, 0.3, 0.4, 0.5])).toEqual({ stopped: 5, best: 4 });
  });

  it('does not take what is not a number for the best', () => {
    expect(follow({ patience: 2 }, [NaN, 1, 0.9])).toEqual({ stopped: null, best: 3 });
  });

  it('understands either spelling, and says what there is', () => {
    expect(make({ monitor: 'val_meanAbsoluteError' }).monitor).toBe('val_mean_absolute_error');
    expect(() => make({ monitor: 'val_los' })).toThrow(/loss, accuracy, val_loss/);
    expect(() => make({ patiense: 3 })).toThrow(/“patience”/);
    expect(() => make({ mode: 'best' })).toThrow(/"best"/);
  });
});
