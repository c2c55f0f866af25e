import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePlace, type Place } from './testing.ts';

let place: Place;
beforeEach(() => {
  place = makePlace('wine');
});
afterEach(() => place.remove());

it('writes a report of the notebook and its runs, again in its own place, and over nothing else', async () => {
  const [, ended] = (await place.start(['run', 'wine.epoch.md', '--set', 'epochs=2', '--json'])).json().slice(-2);
  const written = await place.start(['report', 'wine.epoch.md', '--out', 'wine.html', '--json']);
  expect(written).toMatchObject({ code: 0, stderr: '' });
  expect(written.json()).toEqual([{ file: join(place.folder, 'wine.html'), bytes: expect.any(Number), runs: 1 }]);
  const page = readFileSync(join(place.folder, 'wine.html'), 'utf8');
  const { metric, value } = ended.best as { metric: string; value: number };
  // Metrics are named as on the screen.
  expect(page).toContain(
    `${metric.replaceAll('_', ' ')} ${new Intl.NumberFormat('en', { maximumSignificantDigits: 5 }).format(value)} in epoch`,
  );

  expect((await place.start(['report', 'wine.epoch.md', '--out', 'wine.html'])).code).toBe(0);
  place.write('other.html', '<p>mine</p>');
  const refused = await place.start(['report', 'wine.epoch.md', '--out', 'other.html']);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('is not a report of Epochbook');
  expect(readFileSync(join(place.folder, 'other.html'), 'utf8')).toBe('<p>mine</p>');
  expect((await place.start(['report', 'wine.epoch.md', '--out', 'wine.txt'])).stderr).toContain('.html');
});
