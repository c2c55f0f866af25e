/** `sweep`, killed in the middle of a trial; and `evaluate` and `predict` with a model that came of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makePlace, type Place } from './testing.ts';

// Several processes start one after another.
vi.setConfig({ testTimeout: 120_000 });

let place: Place;
beforeAll(() => {
  place = makePlace('wine');
});
afterAll(() => place.remove());

it('goes on with the trial that a kill interrupted, makes no trial twice, and leaves models to use', async () => {
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

  // The last trial's model, as its run recorded it.
  const { runId, epoch: best } = trials[1];
  const { metrics: recorded } = events.find((event) => event.type === 'epoch.ended' && event.runId === runId && event.epoch === best);
  const [evaluation] = (await place.start(['evaluate', 'latest', '--json'])).json();
  expect(evaluation).toMatchObject({ run: runId, epoch: best, backend: 'native', data: 'same' });
  expect(evaluation.parts).toMatchObject([
    { part: 'validation', samples: 45, identical: true, metrics: { loss: recorded.val_loss, accuracy: recorded.val_accuracy } },
  ]);
  expect(evaluation.parts[0].confusion.classes).toEqual(['class_0', 'class_1', 'class_2']);

  const lines = readFileSync(join(place.folder, 'wine.csv'), 'utf8').split('\n').slice(0, 4);
  place.write('new.csv', lines.map((line) => line.split(',').slice(0, -1).join(',')).join('\n'));
  const predicted = await place.start(['predict', 'latest', 'new.csv', '--json']);
  expect(predicted.code).toBe(0);
  const said = JSON.parse(predicted.stdout);
  expect(said).toMatchObject({ run: runId, epoch: best, count: 3, classes: ['class_0', 'class_1', 'class_2'], notices: [] });
  expect(said.predictions.map(({ file, line }: { file: string; line: number }) => [file, line])).toEqual(
    [2, 3, 4].map((line) => ['new.csv', line]),
  );
  for (const row of said.predictions) {
    const { probabilities } = row as { probabilities: number[] };
    expect(probabilities.reduce((sum, share) => sum + share)).toBeCloseTo(1, 6);
    expect(row.class).toBe(`class_${probabilities.indexOf(Math.max(...probabilities))}`);
  }
});
