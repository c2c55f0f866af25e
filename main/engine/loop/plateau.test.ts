import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/spec.ts';
import { makePlateau } from './plateau.ts';

const make = (config: { [key: string]: Json }) =>
  makePlateau({ class_name: 'ReduceLROnPlateau', config }, ['val_loss', 'val_accuracy'], '/train/callbacks/0');

/** The learning rate after each epoch, from 1. */
function follow(config: { [key: string]: Json }, values: number[]): number[] {
  const plateau = make(config);
  let state = plateau.initial;
  let learningRate = 1;
  return values.map((value) => {
    ({ state, learningRate } = plateau.after(state, value, learningRate));
    return learningRate;
  });
}

// The expected rates are those of keras.callbacks.ReduceLROnPlateau, version 3.15, run on the same values.
describe('a plateau', () => {
  it('lowers the learning rate after as many epochs as it has patience', () => {
    expect(follow({ patience: 2, factor: 0.5 }, [1, 1, 1, 1, 1, 0.5, 0.5])).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]);
  });
  it('wants an improvement by minDelta', () => {
    expect(follow({ patience: 1, factor: 0.5, minDelta: 0.1 }, [1, 0.95, 0.85, 0.8])).toEqual([1, 0.5, 0.5, 0.25]);
  });
  it('waits for the cooldown to end', () => {
    expect(follow({ patience: 1, factor: 0.5, cooldown: 2 }, [1, 1, 1, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.25, 0.25, 0.125]);
  });
  it('goes no lower than it is told', () => {
    expect(follow({ patience: 1, factor: 0.1, min_lr: 0.05 }, [1, 1, 1, 1])).toEqual([1, 0.1, 0.05, 0.05]);
  });
  it('knows that more accuracy is better', () => {
    expect(follow({ monitor: 'val_accuracy', patience: 1, factor: 0.5 }, [0.1, 0.2, 0.3, 0.3])).toEqual([1, 1, 1, 0.5]);
  });
  it('says what cannot be', () => {
    expect(() => make({ factor: 1.5 })).toThrow(/1\.5/);
    expect(() => make({ monitor: 'val_mse' })).toThrow(/val_loss, val_accuracy/);
    expect(() => make({ patince: 1 })).toThrow(/“patience”/);
  });
});
