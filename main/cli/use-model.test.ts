/** `evaluate` and `predict`, as a script uses them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, type Place } from './testing.ts';

let place: Place;
beforeAll(() => {
  place = makePlace('wine');
});
afterAll(() => place.remove());

it('evaluates to what was recorded, and predicts rows without their class', async () => {
  const trained = await place.start(['run', 'wine.epoch.md', '--set', 'epochs=3', '--threads', '1', '--json']);
  const events = trained.json();
  const { best, runId } = events.at(-1);
  const { metrics: recorded } = events.find(({ type, epoch }) => type === 'epoch.ended' && epoch === best.epoch);

  const [evaluation] = (await place.start(['evaluate', 'latest', '--json'])).json();
  expect(evaluation).toMatchObject({ run: runId, epoch: best.epoch, backend: 'native', data: 'same' });
  expect(evaluation.parts).toMatchObject([
    { part: 'validation', samples: 45, identical: true, metrics: { loss: recorded.val_loss, accuracy: recorded.val_accuracy } },
  ]);
  expect(evaluation.parts[0].confusion.classes).toEqual(['class_0', 'class_1', 'class_2']);

  const lines = readFileSync(join(place.folder, 'wine.csv'), 'utf8').split('\n').slice(0, 4);
  place.write('new.csv', lines.map((line) => line.split(',').slice(0, -1).join(',')).join('\n'));
  const predicted = await place.start(['predict', 'latest', 'new.csv', '--json']);
  expect(predicted.code).toBe(0);
  const said = JSON.parse(predicted.stdout);
  expect(said).toMatchObject({ run: runId, epoch: best.epoch, count: 3, classes: ['class_0', 'class_1', 'class_2'], notices: [] });
  expect(said.predictions.map(({ file, line }: { file: string; line: number }) => [file, line])).toEqual(
    [2, 3, 4].map((line) => ['new.csv', line]),
  );
  for (const row of said.predictions) {
    const { probabilities } = row as { probabilities: number[] };
    expect(probabilities.reduce((sum, share) => sum + share)).toBeCloseTo(1, 6);
    expect(row.class).toBe(`class_${probabilities.indexOf(Math.max(...probabilities))}`);
  }
});
