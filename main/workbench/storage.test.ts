/** The store as a whole, through the calls that the page makes: after a crash, damaged, copied, and stopped half-way. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Request, Response } from '#contract/calls.ts';
import { fromPlainError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { CallName } from '#contract/names.ts';
import { databaseFile, openStore } from '#store/store.ts';
import { forkTrainerOnNode } from '#trainer/fork-node.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

let folder: string;
let workbench: Workbench | undefined;

async function start(workspace = folder, shell: 'browser' | 'cli' = 'browser'): Promise<Workbench> {
  workbench = await createWorkbench({
    folder: workspace,
    fork: forkTrainerOnNode(),
    samplesFolder: join(import.meta.dirname, '../../resources/samples'),
    settingsFile: join(folder, 'user', 'settings.json'),
    version: '1.2.3',
    shell: { name: shell },
  });
  return workbench;
}

async function call<K extends CallName>(name: K, request: Request<K>): Promise<Response<K>> {
  const reply = await workbench!.call(name, request);
  if (!reply.ok) throw fromPlainError(reply.error);
  return reply.value as never;
}

/** The call, whose job is ended as soon as it has begun. */
async function ended<T>(job: string, begun: Promise<T>): Promise<T> {
  begun.catch(() => undefined);
  await call('job.cancel', { job });
  return begun;
}

function fill(runs: number, epochs = 20): RunId[] {
  const store = openStore(folder);
  const steps = Float64Array.from({ length: epochs }, (_, index) => index + 1);
  const ids = Array.from({ length: runs }, (_, number) => {
    const series = ['loss', 'val_loss'].map((metric) => ({
      metric,
      epochs: steps,
      values: steps.map((step) => number / step),
      times: steps,
    }));
    const shared = { tool: 'csv' as const, key: '', status: 'completed' as const, startedAt: 0, endedAt: 9, tags: [], note: '' };
    return store.importRun({ ...shared, path: `/${number}`, name: `run ${number}`, params: { number }, series }).id;
  });
  store.close();
  return ids;
}

/** Overwrites a page in the middle of the table of values. */
function damage(): void {
  const database = new Database(databaseFile(folder), { readonly: true });
  const size = database.pragma('page_size', { simple: true }) as number;
  const pages = database.prepare<[], number>(`SELECT pageno FROM dbstat WHERE name = 'metric_values' AND pagetype = 'leaf'`).pluck().all();
  database.close();
  const file = openSync(databaseFile(folder), 'r+');
  writeSync(file, new Uint8Array(size).fill(0xa5), 0, size, (pages[Math.floor(pages.length / 2)] - 1) * size);
  closeSync(file);
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'epochbook-storage-')));
});
afterEach(async () => {
  await workbench?.close();
  workbench = undefined;
  rmSync(folder, { recursive: true, force: true });
});

it('after a crash tells of damage, at once and to a page that comes later; what can be saved is saved and named', async () => {
  fill(60);
  damage();
  // An app that had the workspace open, and did not let go of it.
  writeFileSync(join(folder, '.epochbook', 'lock.json'), '{}');
  await start();
  const told = new Promise<unknown>((resolve) => {
    workbench!.subscribe((name, payload) => name === 'store.checked' && resolve(payload));
  });
  const checked = (await told) as { problems: string[] };
  expect(checked.problems.length).toBeGreaterThan(0);
  expect(await call('store.health', {})).toEqual(checked);
  const saved = await call('store.rescue', { job: 'rescue' });
  expect(saved).toMatchObject({ runs: 60, lost: [] });
  expect(saved.damaged[0].name).toMatch(/^run \d+$/);
  expect(existsSync(saved.damagedFile)).toBe(true);
  expect(await call('store.health', {})).toEqual({ problems: [] });
  expect(await call('store.check', { job: 'check' })).toEqual({ problems: [] });
  expect(await call('runs.list', {})).toHaveLength(60);
});

it('that was left in order is not checked, and says that all is well', async () => {
  fill(1);
  await start();
  expect(await call('store.health', {})).toEqual({ problems: [] });
});

it('of a folder where nothing was ever stored cannot be rescued', async () => {
  await start(folder, 'cli');
  await expect(call('store.rescue', {})).rejects.toMatchObject({ code: 'store.noRuns' });
  expect(existsSync(databaseFile(folder))).toBe(false);
});

it('tells what takes the space, by notebook and run, with the cache', async () => {
  const [id] = fill(3);
  mkdirSync(join(folder, '.epochbook', 'cache'));
  writeFileSync(join(folder, '.epochbook', 'cache', 'decoded'), new Uint8Array(1000));
  mkdirSync(join(folder, '.epochbook', 'checkpoints', id), { recursive: true });
  writeFileSync(join(folder, '.epochbook', 'checkpoints', id, 'best'), new Uint8Array(50_000));
  await start();
  const space = await call('store.space', { job: 'space' });
  expect(space).toMatchObject({ runs: 3, cacheBytes: 1000, checkpointBytes: 50_000 });
  expect(space.notebooks).toMatchObject([{ notebook: '', runs: 3, checkpointBytes: 50_000 }]);
  expect(space.largest[0]).toMatchObject({ runId: id, checkpointBytes: 50_000, inBin: false });
});

it('is backed up as a workspace that opens elsewhere', async () => {
  const [, id] = fill(3);
  writeFileSync(join(folder, 'mine.epoch.md'), '---\nepochbook: 1\ntitle: Mine\n---\n');
  await start();
  const backup = await call('store.backup', { folder: 'backup', job: 'backup' });
  expect(backup).toMatchObject({ folder: join(folder, 'backup'), runs: 3, notebooks: 1 });
  await workbench!.close();
  await start(backup.folder);
  expect((await call('runs.get', { runId: id })).metrics['loss']).toMatchObject({ last: 1 / 20, max: 1 });
  expect((await call('workspace.get', {})).notebooks).toMatchObject([{ path: 'mine.epoch.md', title: 'Mine' }]);
});

it('stopped half-way, each of its tasks leaves it as it was', async () => {
  fill(30);
  await start();
  const names = readdirSync(join(folder, '.epochbook')).sort();
  for (const name of ['store.space', 'store.check', 'store.shrink', 'store.rescue'] as const) {
    await expect(ended(name, call(name, { job: name })), name).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(await call('runs.list', {}), name).toHaveLength(30);
  }
  await expect(ended('backup', call('store.backup', { folder: 'backup', job: 'backup' }))).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(existsSync(join(folder, 'backup'))).toBe(false);
  expect(
    readdirSync(join(folder, '.epochbook'))
      .filter((name) => !name.includes('.rescued'))
      .sort(),
  ).toEqual(names);
  expect(await call('store.check', {})).toEqual({ problems: [] });
});
