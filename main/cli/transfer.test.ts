/** Runs moved out of one workspace as event files and into another, as processes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlace, type Place } from './testing.ts';

let place: Place;
beforeAll(() => {
  place = makePlace();
  writeFileSync(join(place.folder, 'log.csv'), 'run,epoch,loss,params.units\na,1,0.5,8\na,2,nan,8\nb,1,0.1,16\n');
});
afterAll(() => place.remove());

describe('import and export-runs', () => {
  it('bring runs in, once, and out again', async () => {
    const first = await place.start(['import', 'log.csv', '--json']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const [{ runs, scalars, findings }] = first.json();
    expect({ scalars, findings }).toEqual({ scalars: 3, findings: [] });
    expect(runs).toMatchObject([
      { name: 'a', tool: 'csv', change: 'imported' },
      { name: 'b', tool: 'csv', change: 'imported' },
    ]);
    expect((await place.start(['import', '.', '--format', 'csv'])).stdout).toBe('0 runs imported, 0 updated, 2 as before; 3 values read\n');

    const shown = await place.start(['show', 'a', '--json']);
    expect(shown.json()[0]).toMatchObject({
      backend: 'csv',
      params: { units: 8 },
      imported: { tool: 'csv' },
      history: {
        loss: [
          [1, 0.5],
          [2, 'NaN'],
        ],
      },
    });
    expect((await place.start(['show', 'a'])).stdout).toMatch(/imported from +.*log\.csv/);
    const compared = await place.start(['compare', 'a', 'b', '--json']);
    expect(compared.json()[0].params).toEqual({ units: [8, 16] });

    const out = await place.start(['export-runs', '--where', 'params.units = 8', '--format', 'tensorboard', '--out', 'board', '--json']);
    expect(out.json()).toMatchObject([{ runs: 1, scalars: 2 }]);
    const back = await place.start(['import', 'board', '--json']);
    expect(back.json()[0].runs).toMatchObject([{ name: 'a-2', tool: 'tensorboard', change: 'imported' }]);
  }, 60_000);

  it('say what is wrong', async () => {
    const gone = await place.start(['import', 'gone', '--json']);
    expect(gone.code).toBe(2);
    expect(gone.json()[0].error.code).toBe('interchange.placeMissing');
    expect((await place.start(['import', '.', '--format', 'comet'])).stderr).toContain('tensorboard, mlflow, wandb, aim or csv');
    const model = await place.start(['export', 'a', '--format', 'tfjs', '--out', 'model']);
    expect(model.code).not.toBe(0);
  }, 60_000);
});
