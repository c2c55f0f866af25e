import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '#contract/ids.ts';
import { maintain } from './maintenance.ts';
import { databaseFile, openStore, type Store } from './store.ts';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-keep-'));
  store = openStore(folder);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** In one transaction: as epoch after epoch, it would wait for the disk thousands of times. */
function trained(name: string, epochs = 3, metrics = 2): RunId {
  const steps = Float64Array.from({ length: epochs }, (_, index) => index + 1);
  return store.importRun({
    tool: 'csv',
    path: join(folder, name),
    key: '',
    name,
    status: 'completed',
    startedAt: 1e12,
    endedAt: 1e12 + epochs,
    // Equal runs whose folders are gone would be taken for one that was moved.
    params: { name },
    tags: [],
    note: '',
    series: Array.from({ length: metrics }, (_, index) => ({
      metric: `m${index}`,
      epochs: steps,
      values: steps.map((step) => index + 1 / step),
      times: steps.map((step) => 1e12 + step),
    })),
  }).id;
}

function checkpoint(id: RunId, bytes: number): void {
  mkdirSync(store.checkpointFolder(id), { recursive: true });
  writeFileSync(join(store.checkpointFolder(id), 'last.safetensors'), new Uint8Array(bytes));
}

describe('keeping order', () => {
  it('changes many runs at once, or none', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => trained(name));
    store.update(a, { tags: ['old', 'kept'] });
    store.organize([a, b], { addTags: ['cnn', 'kept'], removeTags: ['old'], color: 4, archived: true });
    expect(store.summary(a)).toMatchObject({ tags: ['kept', 'cnn'], color: 4, archivedAt: expect.any(Number) as number });
    expect(store.summary(b)).toMatchObject({ tags: ['cnn', 'kept'], color: 4 });
    expect(store.summary(c)).toMatchObject({ tags: [], color: 2 });
    store.organize([a, b], { colors: { [a]: 7, [b]: null } });
    expect([a, b].map((id) => store.summary(id).color)).toEqual([7, 1]);
    store.organize([a, b], { color: null, archived: false });
    expect([a, b].map((id) => store.summary(id).color)).toEqual([0, 1]);
    expect(store.summary(a).archivedAt).toBeUndefined();
    expect(() => store.organize([c, 'nothing00000' as RunId], { addTags: ['x'] })).toThrow(
      expect.objectContaining({ code: 'store.runMissing' }),
    );
    expect(store.summary(c).tags).toEqual([]);
  });

  it('has one baseline at most', () => {
    const [a, b] = ['a', 'b'].map((name) => trained(name));
    store.organize([a], { baseline: true });
    store.organize([b], { baseline: true });
    expect([a, b].map((id) => store.summary(id).baseline)).toEqual([undefined, true]);
    store.organize([b], { baseline: false });
    expect(store.summary(b).baseline).toBeUndefined();
  });

  it('purges only what is in the bin, and gives the disk back, checkpoints too', async () => {
    const kept = trained('kept');
    const gone = trained('gone', 3_000, 6);
    checkpoint(gone, 100_000);
    checkpoint(kept, 1_000);
    await expect(store.purge(gone)).rejects.toMatchObject({ code: 'store.notInBin' });
    store.remove([gone]);
    expect(store.binned()).toEqual([gone]);
    const before = store.databaseBytes();
    expect(await store.purge(gone)).toBe(100_000);
    const steps: number[] = [];
    await store.giveBack((done) => {
      steps.push(done);
      return Promise.resolve();
    });
    expect(steps.length).toBeGreaterThan(0);
    expect(store.databaseBytes()).toBeLessThan(before / 2);
    expect(existsSync(store.checkpointFolder(gone))).toBe(false);
    expect(existsSync(join(store.checkpointFolder(kept), 'last.safetensors'))).toBe(true);
    expect(store.list({ deleted: true })).toEqual([]);
    expect(store.detail(kept).epochRows).toHaveLength(3);
    // Its colour's number is not given to another.
    expect(store.summary(trained('later')).color).toBe(2);
  });

  it('tells what takes the space, and shrinks a database of before', async () => {
    const old = new Database(join(folder, 'old.sqlite'));
    expect(old.pragma('auto_vacuum', { simple: true })).toBe(0);
    old.close();
    const large = trained('large', 2_000, 6);
    checkpoint(large, 5_000);
    mkdirSync(join(folder, '.epochbook', 'checkpoints', 'ofnorun00000'), { recursive: true });
    writeFileSync(join(folder, '.epochbook', 'checkpoints', 'ofnorun00000', 'last.safetensors'), new Uint8Array(700));
    const binned = trained('binned', 500);
    store.remove([binned]);
    const report = await store.space();
    expect(report).toMatchObject({ checkpointBytes: 5_700, orphanedBytes: 700, runs: 2, bin: { runs: 1 } });
    expect(report.largest.map(({ name }) => name)).toEqual(['large', 'binned']);
    expect(report.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(report.databaseBytes);
    // What is left of the whole is the database's log and what else lies there.
    const told = [
      ...report.parts.map(({ bytes }) => bytes),
      report.unusedBytes,
      report.checkpointBytes,
      report.cacheBytes,
      report.backupBytes,
    ];
    expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(report.totalBytes);
    await store.compact();
    const after = await store.space();
    expect(after).toMatchObject({ orphanedBytes: 0, unusedBytes: 0 });
    expect(after.totalBytes).toBeLessThan(report.totalBytes);
  });

  it('is copied while it is written to, and the copy is whole', async () => {
    const id = trained('a', 50);
    const copying = store.copyTo(join(folder, 'copy.sqlite'), () => undefined);
    store.update(id, { note: 'written meanwhile' });
    await copying;
    expect(await maintain('check', { file: join(folder, 'copy.sqlite') })).toEqual([]);
    await expect(
      store.copyTo(join(folder, 'other.sqlite'), () => {
        throw new Error('enough');
      }),
    ).rejects.toThrow('enough');
  });
});

describe('a damaged database', () => {
  /** Overwrites the pages that hold a table's rows (its leaves), all but the first. */
  function damage(table: string): number {
    const database = new Database(store.file, { readonly: true });
    const pageSize = database.pragma('page_size', { simple: true }) as number;
    const pages = database
      .prepare<[string], number>(`SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path`)
      .pluck()
      .all(table);
    database.close();
    const handle = openSync(store.file, 'r+');
    const page = pages[Math.floor(pages.length / 2)];
    writeSync(handle, new Uint8Array(pageSize).fill(0xa5), 0, pageSize, (page - 1) * pageSize);
    closeSync(handle);
    return page;
  }

  it('is found out, and every run on other pages is saved with all its values', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `run ${index}`);
    for (const name of names) trained(name, 20, 4);
    const before = new Map(store.list().map((run) => [run.name, store.detail(run.id)]));
    store.close();
    damage('metric_values');
    expect((await maintain('check', { file: databaseFile(folder) })).length).toBeGreaterThan(0);
    const found = await maintain('rescue', { file: databaseFile(folder), to: join(folder, 'rescued.sqlite') });
    expect(found.runs).toBe(60);
    expect(found.lost).toEqual([]);
    expect(found.damaged.length).toBeGreaterThan(0);
    expect(found.damaged.length).toBeLessThan(20);
    expect(found.damaged.every(({ missing }) => missing.includes('values'))).toBe(true);
    writeFileSync(databaseFile(folder), readFileSync(join(folder, 'rescued.sqlite')));
    for (const ending of ['-wal', '-shm']) rmSync(databaseFile(folder) + ending, { force: true });
    store = openStore(folder);
    const hurt = new Set(found.damaged.map(({ name }) => name));
    for (const [name, detail] of before) {
      const now = store.detail(detail.id);
      expect(now.source).toBe(detail.source);
      expect(now.metrics).toEqual(detail.metrics);
      if (!hurt.has(name)) expect(now.epochRows).toEqual(detail.epochRows);
    }
    expect(statSync(store.file).size).toBeGreaterThan(0);
  });

  it('gives a long run its values back from its curves', async () => {
    for (let index = 0; index < 4; index++) trained(`run ${index}`, 700, 3);
    const before = new Map(store.list().map((run) => [run.id, store.history(run.id)]));
    store.close();
    damage('metric_values');
    const found = await maintain('rescue', { file: databaseFile(folder), to: join(folder, 'rescued.sqlite') });
    expect(found).toEqual({ runs: 4, damaged: [], lost: [] });
    writeFileSync(databaseFile(folder), readFileSync(join(folder, 'rescued.sqlite')));
    for (const ending of ['-wal', '-shm']) rmSync(databaseFile(folder) + ending, { force: true });
    store = openStore(folder);
    for (const [id, history] of before) expect(store.history(id)).toEqual(history);
  });

  it('names the runs that are lost', async () => {
    for (let index = 0; index < 60; index++) trained(`run ${index}`, 2, 2);
    store.close();
    damage('runs');
    const found = await maintain('rescue', { file: databaseFile(folder), to: join(folder, 'rescued.sqlite') });
    expect(found.lost.length).toBeGreaterThan(0);
    expect(found.runs + found.lost.length).toBe(60);
    const rescued = new Database(join(folder, 'rescued.sqlite'), { readonly: true });
    expect(rescued.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(rescued.pragma('foreign_key_check')).toEqual([]);
    rescued.close();
    store = openStore(mkdtempSync(join(folder, 'other-')));
  });
});
