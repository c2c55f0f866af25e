/** `sweep`, killed in the middle of a trial. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, type Place } from './testing.ts';

let place: Place;
beforeAll(() => {
  place = makePlace('wine');
});
afterAll(() => place.remove());

it('goes on with the trial that a kill interrupted, and makes no trial twice', async () => {
  const first: { type: string; trial?: number; runId?: string; epoch?: number; params?: object }[] = [];
  await place.start(
    ['sweep', 'wine.epoch.md', '--trials', '3', '--sampler', 'sobol', '--only', 'units', '--set', 'epochs=30', '--threads', '1', '--json'],
    (line, child) => {
      const event = JSON.parse(line);
      first.push(event);
      const second = first.find(({ type, trial }) => type === 'trial.started' && trial === 2);
      if (event.type === 'epoch.ended' && event.runId === second?.runId && event.epoch === 5) child.kill('SIGKILL');
    },
  );
  const begun = first.filter(({ type }) => type === 'trial.started');
  expect(begun.map(({ trial }) => trial)).toEqual([1, 2]);

  const resumed = await place.start(['sweep', '--resume', 'latest', '--json']);
  expect(resumed.code).toBe(0);
  const events = resumed.json();
  const trials = events.filter(({ type }) => type === 'trial.ended');
  expect(trials.map(({ trial }) => trial)).toEqual([2, 3]);
  expect(trials[0]).toMatchObject({ runId: begun[1].runId, params: begun[1].params, status: 'completed', epochs: 30 });
  expect(events[0]).toMatchObject({ type: 'sweep.started', sampler: 'sobol', trials: 3, metric: 'val_loss', direction: 'min' });
  expect(events.at(-1)).toMatchObject({ type: 'sweep.ended', status: 'completed', reason: 'trials', trials: { completed: 3 } });
  const epochs = events.filter(({ type, runId }) => type === 'epoch.ended' && runId === begun[1].runId).map(({ epoch }) => epoch);
  // From where it was, not from the start.
  expect(epochs[0]).toBeGreaterThan(1);
  expect(epochs.at(-1)).toBe(30);
});
