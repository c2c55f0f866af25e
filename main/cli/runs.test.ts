/** The way from two runs to an exported model, each step a command of its own, on the images that come with Epochbook. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, makePlace, type Place } from './testing.ts';

let place: Place;
let first: Ended;
let second: Ended;
const ids: string[] = [];

beforeAll(async () => {
  place = makePlace('clothes');
  const run = (...more: string[]) => place.start(['run', 'clothes.epoch.md', '--set', 'epochs=2', '--json', ...more]);
  first = await run('--set', 'filters=4', '--seed', '3', '--name', 'four filters');
  second = await run('--set', 'filters=8', '--seed', '3', '--threads', '1');
  ids.push(...[first, second].map((ended) => ended.json()[0].runId as string));
}, 120_000);
afterAll(() => place.remove());

const json = async (...args: string[]) => {
  const ended = await place.start([...args, '--json']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const lines = ended.json();
  expect(lines).toHaveLength(1);
  return lines[0];
};

const summaryKeys = 'id name notebook status startedAt elapsedMs epochs backend seed params tags dataHash metrics'.split(' ');
const metricKeys = ['last', 'max', 'maxEpoch', 'min', 'minEpoch'];

describe('run', () => {
  it('prints the events of the interface, and nothing else, to standard output', () => {
    expect(first.code).toBe(0);
    const [started, ...rest] = first.json();
    expect(started).toEqual({
      type: 'run.started',
      runId: expect.stringMatching(/^[0-9a-z]{12}$/),
      seed: 3,
      backend: 'native',
      params: { filters: 4, epochs: 2, learningRate: 0.001 },
      samples: { train: 8000, validation: 2000 },
      parameters: 4 * 9 + 4 + 13 * 13 * 4 * 10 + 10,
    });
    const epochs = rest.slice(0, -1);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    for (const event of epochs) {
      expect(Object.keys(event)).toEqual(['type', 'runId', 'epoch', 'epochs', 'elapsedMs', 'learningRate', 'metrics']);
      expect(event).toMatchObject({ type: 'epoch.ended', runId: ids[0], epochs: 2, learningRate: 0.001 });
      expect(Object.keys(event.metrics)).toEqual(['loss', 'accuracy', 'val_loss', 'val_accuracy']);
    }
    expect(epochs[1].metrics.val_accuracy).toBeGreaterThan(0.6);
    expect(rest.at(-1)).toEqual({
      type: 'run.ended',
      runId: ids[0],
      status: 'completed',
      reason: 'epochs',
      epochs: 2,
      best: { metric: 'val_loss', epoch: 2, value: epochs[1].metrics.val_loss },
    });
  });

  it('keeps its files beside the notebook', () => {
    expect(existsSync(join(place.folder, '.epochbook', 'epochbook.sqlite'))).toBe(true);
  });
});

describe('runs', () => {
  it('lists what was promised, the newest first', async () => {
    const runs = await json('runs');
    expect(runs.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]]);
    expect(Object.keys(runs[0])).toEqual(expect.arrayContaining(summaryKeys));
    expect(runs[1]).toMatchObject({
      name: 'four filters',
      notebook: 'clothes.epoch.md',
      status: 'completed',
      epochs: 2,
      seed: 3,
      tags: [],
    });
    expect(Object.keys(runs[0].metrics.val_loss)).toEqual(expect.arrayContaining(metricKeys));
    expect(runs[0].dataHash).toBe(runs[1].dataHash);
  });

  it('finds, sorts and limits', async () => {
    const idsOf = async (...args: string[]) => (await json('runs', ...args)).map(({ id }: { id: string }) => id);
    expect(await idsOf('--where', 'params.filters = 4 and status = completed')).toEqual([ids[0]]);
    expect(await idsOf('--where', 'not (name = "four filters") or metrics.loss.last < 0')).toEqual([ids[1]]);
    expect(await idsOf('--where', 'status = failed')).toEqual([]);
    const [best] = (await json('runs')).toSorted((a: any, b: any) => a.metrics.val_loss.min - b.metrics.val_loss.min);
    expect(await idsOf('--sort', 'val_loss', '--limit', '1')).toEqual([best.id]);
  });

  it('says where an expression goes wrong', async () => {
    const ended = await place.start(['runs', '--where', 'seed = 3 and', '--json']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^--where:1:13: /);
    expect(ended.json()).toEqual([
      { type: 'error', error: { code: 'query.endTooSoon', message: expect.any(String), where: { file: '--where', line: 1, column: 13 } } },
    ]);
    expect((await place.start(['runs', '--sort', 'val_los'])).stderr).toContain('val_loss');
  });

  it('tells of a name that no run has, and still answers', async () => {
    const slip = await place.start(['runs', '--where', 'metrics.val_acuracy.max > 0.1 or params.filters = 4', '--json']);
    expect(slip.code).toBe(0);
    expect(slip.json()[0].map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
    expect(slip.stderr).toMatch(/^--where:1:9: .*“val_acuracy”.*“metrics\.val_accuracy”/);
    const none = await place.start(['runs', '--where', 'tags has x']);
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toMatch(/^--where:1:10: .*“x”/);
    const out = await place.start(['export-runs', '--where', 'params.filtres = 4', '--format', 'csv', '--out', 'nowhere']);
    expect(out.code).not.toBe(0);
    expect(out.stderr).toMatch(/^--where:1:8: .*“params\.filters”/);
  });

  it('prints a table that shows what differs', async () => {
    const { stdout } = await place.start(['runs']);
    const [titles, ...rows] = stdout.trimEnd().split('\n');
    expect(titles).toMatch(/^id +name +status +started +time +epochs +seed +filters +best val_loss +best val_accuracy$/);
    expect(rows.map((row) => row.slice(0, 12))).toEqual([ids[1], ids[0]]);
    expect(rows[1]).toMatch(/four filters +completed/);
  });
});

describe('show', () => {
  it('gives every epoch and the whole spec', async () => {
    const shown = await json('show', ids[0]);
    expect(Object.keys(shown)).toEqual(expect.arrayContaining([...summaryKeys, 'history', 'spec']));
    const events = first.json().slice(1, 3);
    expect(shown.history).toEqual(
      Object.fromEntries(
        ['loss', 'accuracy', 'val_loss', 'val_accuracy'].map((name) => [name, events.map((each) => [each.epoch, each.metrics[name]])]),
      ),
    );
    expect(shown.spec).toMatchObject({ version: 1, data: { source: { format: 'idx' } }, train: { epochs: 2, seed: 3 } });
  });

  it('finds a run by the start of its id, by its name, and as the latest', async () => {
    const start = ids[0].slice(0, ids[0][0] === ids[1][0] ? 11 : 1);
    expect((await json('show', start)).id).toBe(ids[0]);
    expect((await json('show', 'four filters')).id).toBe(ids[0]);
    expect((await json('show', 'latest')).id).toBe(ids[1]);
  });

  it('fails for a run that is not there', async () => {
    const ended = await place.start(['show', 'nothing', '--json']);
    expect(ended.code).toBe(2);
    expect(ended.json()[0].error.code).toBe('store.runMissing');
  });

  it('prints a row for each epoch, the best one marked', async () => {
    const { stdout } = await place.start(['show', ids[0]]);
    expect(stdout).toMatch(/^ +1 +\d\.\d{4,} /m);
    expect(stdout).toMatch(/^ +2 +\* +\d\.\d{4,} /m);
  });
});

describe('compare', () => {
  it('gives only what differs, in the order asked for', async () => {
    const compared = await json('compare', ids[0], 'latest');
    expect(compared.runs.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(compared.params).toEqual({ filters: [4, 8] });
    expect(Object.keys(compared.metrics)).toEqual(['loss', 'accuracy', 'val_loss', 'val_accuracy']);
    expect(compared.metrics.val_loss).toEqual(compared.runs.map((run: any) => run.metrics.val_loss));
    const { stdout } = await place.start(['compare', ...ids]);
    expect(stdout).toMatch(/^filters +4 +8$/m);
    expect(stdout).not.toMatch(/^learningRate/m);
  });

  it('wants two runs', async () => {
    expect(await place.start(['compare', 'latest', ids[1]])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('diagnose', () => {
  it('gives the verdicts of the interface, and remedies with what to set', async () => {
    const { verdicts } = await json('diagnose', ids[0]);
    expect(Array.isArray(verdicts)).toBe(true);
    for (const { code, fromEpoch, confidence, message, remedies } of verdicts) {
      expect([typeof code, typeof fromEpoch, typeof confidence, typeof message]).toEqual(['string', 'number', 'number', 'string']);
      for (const remedy of remedies) expect(Object.keys(remedy)).toEqual(['message', 'set']);
    }
    expect((await place.start(['diagnose', ids[0]])).stdout.trim()).not.toBe('');
  });
});

describe('export', () => {
  it('writes a model that stock tfjs loads, and says so', async () => {
    const exported = await json('export', ids[0], '--format', 'tfjs', '--out', 'model');
    expect(exported).toMatchObject({ files: ['model.json', 'group1-shard1of1.bin'], verified: true });
    expect(exported.maxAbsoluteDifference).toBeLessThan(1e-5);
    const files = exported.files.map((file: string) => readFileSync(join(place.folder, 'model', file)));
    expect(exported.bytes).toBe(files.reduce((total: number, file: Buffer) => total + file.length, 0));
    const { userDefinedMetadata } = JSON.parse(files[0].toString());
    expect(userDefinedMetadata.classes).toHaveLength(10);
    expect(userDefinedMetadata).toMatchObject({ inputShape: [28, 28, 1], run: { id: ids[0], name: 'four filters', epoch: 2 } });
  });

  it('replaces its own export, and refuses a folder with anything else in it', async () => {
    expect((await place.start(['export', ids[0], '--format', 'tfjs', '--out', 'model', '--epoch', 'last'])).code).toBe(0);
    const ended = await place.start(['export', ids[0], '--format', 'tfjs', '--out', '.', '--json']);
    expect(ended.code).toBe(2);
    expect(ended.json()[0].error.code).toBe('interchange.folderInUse');
    expect(existsSync(join(place.folder, 'clothes.epoch.md'))).toBe(true);
  });

  it('says which epochs it has', async () => {
    const ended = await place.start(['export', ids[0], '--format', 'tfjs', '--out', 'other', '--epoch', '9']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('best (2), last (2), 1.');
    expect(existsSync(join(place.folder, 'other'))).toBe(false);
  });

  it('refuses data that is not what the run was trained on', async () => {
    const labels = join(place.folder, 't10k-labels-idx1-ubyte.gz');
    const before = readFileSync(labels);
    place.write('t10k-labels-idx1-ubyte.gz', 'cut');
    const ended = await place.start(['export', ids[0], '--format', 'tfjs', '--out', 'other']);
    expect(ended.code).not.toBe(0);
    place.write('t10k-labels-idx1-ubyte.gz', before as unknown as string);
    expect(existsSync(join(place.folder, 'other'))).toBe(false);
  });
});

describe('delete and restore', () => {
  it('moves runs to the bin and back', async () => {
    expect(await json('delete', ids[0])).toEqual({ deleted: [ids[0]] });
    expect((await json('runs')).map(({ id }: { id: string }) => id)).toEqual([ids[1]]);
    expect((await json('runs', '--deleted')).map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
    expect((await place.start(['show', ids[0]])).code).toBe(2);
    expect(await json('restore', ids[0])).toEqual({ restored: [ids[0]] });
    expect(await json('runs')).toHaveLength(2);
  });

  it('moves none where one of them is not there', async () => {
    expect((await place.start(['delete', ids[0], 'nothing'])).code).toBe(2);
    expect(await json('runs')).toHaveLength(2);
  });
});

describe('purge and store', () => {
  it('removes for good only what is in the bin, its checkpoints with it', async () => {
    expect((await place.start(['purge', ids[0]])).code).toBe(2);
    expect((await place.start(['purge'])).code).toBe(2);
    await json('delete', ids[0]);
    const { purged, freedBytes } = await json('purge', '--all');
    expect(purged).toBe(1);
    expect(freedBytes).toBeGreaterThan(0);
    expect(existsSync(join(place.folder, '.epochbook', 'checkpoints', ids[0]))).toBe(false);
    expect(await json('runs', '--deleted')).toEqual([]);
    expect(await json('runs')).toHaveLength(1);
  });

  it('copies the store as a workspace that opens elsewhere', async () => {
    const backup = await json('store', 'backup', '--out', 'copy');
    expect(backup).toMatchObject({ runs: 1, notebooks: 1 });
    expect(await json('runs', '--workspace', 'copy')).toEqual(await json('runs'));
    expect(await json('store', 'check', '--workspace', 'copy')).toEqual({ problems: [] });
    expect((await json('store')).runs).toBe(1);
  });
});
