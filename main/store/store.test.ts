import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '#contract/ids.ts';
import { type PackedRuns, unpackRuns } from '#contract/packed-runs.ts';
import { openDatabase } from './database.ts';
import { migrations } from './migrations/index.ts';
import { databaseFile, openStore, type Store } from './store.ts';
import { epochRow, newRun, spec } from './testing/run-fixture.ts';
import { lockWorkspace } from './workspace-lock.ts';

let folder: string;
const opened: Store[] = [];

function open(): Store {
  const store = openStore(folder);
  opened.push(store);
  return store;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-store-'));
});

afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('runs', () => {
  it('gives back what was stored, after closing and opening again', () => {
    const first = openStore(folder);
    const id = first.create(newRun({ name: 'mine', cell: 'training' }));
    first.begin(id);
    first.setFacts(id, {
      parameters: 67,
      samples: { train: 120, validation: 30 },
      dataHash: 'abc',
      backend: 'native',
      backendVersion: '1.30',
    });
    first.recordEpoch(id, epochRow(1, { loss: 0.9, val_loss: 0.8 }));
    first.recordEpoch(id, epochRow(2, { loss: 0.5, val_loss: 0.85 }));
    first.recordCheckpoints(id, [
      { kind: 'last', epoch: 1, bytes: 10 },
      { kind: 'epoch', epoch: 1, bytes: 10 },
    ]);
    first.recordCheckpoints(id, [{ kind: 'last', epoch: 2, bytes: 12 }], [1]);
    first.end(id, { status: 'completed', reason: 'epochs', best: { metric: 'val_loss', epoch: 1, value: 0.8 } });
    first.close();

    const detail = open().detail(id);
    expect(detail).toMatchObject({
      id,
      name: 'mine',
      notebook: 'iris.epoch.md',
      cell: 'training',
      status: 'completed',
      reason: 'epochs',
      epochs: 2,
      plannedEpochs: 5,
      elapsedMs: 200,
      parameters: 67,
      samples: { train: 120, validation: 30 },
      dataHash: 'abc',
      params: { units: 8 },
      seed: 7,
      spec,
      color: 0,
      best: { metric: 'val_loss', epoch: 1, value: 0.8 },
      environment: { backendVersion: '1.30' },
      checkpoints: [{ kind: 'last', epoch: 2, bytes: 12 }],
      metrics: {
        loss: { last: 0.5, min: 0.5, minEpoch: 2, max: 0.9, maxEpoch: 1, atBest: 0.9 },
        val_loss: { last: 0.85, min: 0.8, minEpoch: 1, max: 0.85, maxEpoch: 2, atBest: 0.8 },
      },
    });
    expect(detail.epochRows).toEqual([epochRow(1, { loss: 0.9, val_loss: 0.8 }), epochRow(2, { loss: 0.5, val_loss: 0.85 })]);
    expect(detail.id).toMatch(/^[0-9a-z]{12}$/);
  });

  it('keeps NaN and the infinities, and leaves NaN out of the lowest and highest', () => {
    const store = open();
    const id = store.create(newRun());
    const values = [Number.NaN, 2, -Infinity, 5, Infinity, Number.NaN];
    for (const [index, loss] of values.entries()) store.recordEpoch(id, epochRow(index + 1, { loss, never: Number.NaN }));
    expect(store.history(id)['loss'].map(([, value]) => value)).toEqual(values);
    const { metrics } = store.summary(id);
    expect(metrics['loss']).toEqual({ last: Number.NaN, min: -Infinity, minEpoch: 3, max: Infinity, maxEpoch: 5 });
    expect(metrics['never']).toEqual({ last: Number.NaN, min: Number.NaN, minEpoch: 1, max: Number.NaN, maxEpoch: 1 });
  });

  it('keeps any text as it was written: names in any script, a note of a million characters', () => {
    const store = open();
    const names = ['损失 – 测试', 'שלום', '👩‍🚀', 'e\u0301', '\u00e9', "'; DROP TABLE runs; --", 'a\nb', '\u202Eright', 'x\u0000y', ' '];
    const note = '# 你好 👩‍🚀\n'.repeat(100_000).slice(0, 1_000_000);
    const ids = names.map((name) => store.create(newRun({ name, notebook: `${name}.epoch.md`, params: { [name]: name } })));
    for (const [index, id] of ids.entries()) {
      store.recordEpoch(id, epochRow(1, { [names[index]]: index }));
      store.update(id, { tags: [names[index]], note });
    }
    store.close();
    const again = open();
    for (const [index, name] of names.entries()) {
      const run = again.detail(ids[index]);
      expect(run).toMatchObject({ name, notebook: `${name}.epoch.md`, tags: [name], params: { [name]: name } });
      expect(Object.keys(run.metrics)).toEqual([name]);
      expect(run.note === note).toBe(true);
    }
  });

  it('is not led astray by a clock that goes backwards', () => {
    let now = 2e12;
    const store = openStore(folder, () => now);
    opened.push(store);
    const long = Array.from({ length: 600 }, (_, index) => index + 1);
    const id = store.create(newRun());
    store.begin(id);
    for (const epoch of long) {
      now -= 3_600_000;
      store.recordEpoch(id, epochRow(epoch, { loss: 1 / epoch }));
    }
    store.end(id, { status: 'completed', reason: 'epochs', best: { metric: 'loss', epoch: 600, value: 1 / 600 } });
    const { startedAt, endedAt, elapsedMs } = store.summary(id);
    expect(endedAt).toBe(startedAt);
    expect(elapsedMs).toBe(600 * 100);
    expect([...store.curve(id, 'loss')!.values]).toEqual(long.map((epoch) => 1 / epoch));
    // The newest is the one that was begun last, whatever the clock said.
    const next = store.create(newRun({ name: 'next' }));
    expect(store.list().map((run) => run.id)).toEqual([next, id]);
    const [first, ...times] = store.logged(id).series[0].times;
    expect(times.every((time, index) => time > (times[index - 1] ?? first))).toBe(true);
  });

  it('refuses the same epoch twice, and keeps the first', () => {
    const store = open();
    const id = store.create(newRun());
    store.recordEpoch(id, epochRow(1, { loss: 1 }));
    expect(() => store.recordEpoch(id, epochRow(1, { loss: 2 }))).toThrow();
    expect(store.summary(id).metrics['loss'].last).toBe(1);
    expect(store.summary(id).elapsedMs).toBe(100);
  });

  it('names each run differently, and refuses a name that another has', () => {
    const store = open();
    const first = store.create(newRun({ name: 'same' }));
    const second = store.create(newRun({ name: 'same' }));
    const third = store.create(newRun());
    expect(store.summary(second).name).toBe('same-2');
    expect(store.summary(third).name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(() => store.update(third, { name: 'same' })).toThrow(expect.objectContaining({ code: 'store.nameTaken' }));
    store.update(first, { name: 'same', tags: ['good'], note: 'first try' });
    expect(store.summary(first)).toMatchObject({ name: 'same', tags: ['good'], note: 'first try' });
    expect([first, second, third].map((id) => store.summary(id).color)).toEqual([0, 1, 2]);
  });

  it('finds a run by id, by the start of one, by name and by latest', () => {
    const store = open();
    expect(() => store.find('latest')).toThrow(expect.objectContaining({ code: 'store.noRuns' }));
    const ids = Array.from({ length: 40 }, () => store.create(newRun()));
    expect(store.find('latest').id).toBe(ids.at(-1));
    expect(store.find(ids[3]).id).toBe(ids[3]);
    expect(store.find(ids[3].slice(0, 9)).id).toBe(ids[3]);
    expect(store.find(store.summary(ids[5]).name).id).toBe(ids[5]);
    expect(() => store.find('nope')).toThrow(expect.objectContaining({ code: 'store.runMissing' }));
    // 40 ids on 36 first characters: two share one.
    const starts = ids.map((id) => id[0]);
    const shared = starts.find((start, index) => starts.indexOf(start) !== index)!;
    expect(() => store.find(shared)).toThrow(expect.objectContaining({ code: 'store.runAmbiguous' }));
  });

  it('lists by notebook, newest first, and keeps the bin apart', () => {
    const store = open();
    const a = store.create(newRun({ notebook: 'a.epoch.md' }));
    const b = store.create(newRun({ notebook: 'b.epoch.md' }));
    const c = store.create(newRun({ notebook: 'a.epoch.md' }));
    expect(() => store.remove([a])).toThrow(expect.objectContaining({ code: 'store.runActive' }));
    for (const id of [a, b, c]) store.end(id, { status: 'stopped', reason: 'user' });
    expect(store.list().map((run) => run.id)).toEqual([c, b, a]);
    expect(store.list({ notebook: 'a.epoch.md' }).map((run) => run.id)).toEqual([c, a]);
    store.remove([c]);
    expect(store.list().map((run) => run.id)).toEqual([b, a]);
    expect(store.list({ deleted: true }).map((run) => run.id)).toEqual([c]);
    expect(store.find('latest').id).toBe(b);
    expect(store.find('latest', { deleted: true }).id).toBe(c);
    store.restore([c]);
    expect(store.list().map((run) => run.id)).toEqual([c, b, a]);
  });

  it('lists the bin in pieces as it lists the others, with the metrics of its own runs alone', () => {
    const store = open();
    const ids = Array.from({ length: 9 }, (_, index) => {
      const id = store.create(newRun());
      store.recordEpoch(id, epochRow(1, { loss: index }));
      store.end(id, { status: 'completed', reason: 'epochs' });
      return id;
    });
    const binned = ids.filter((_, index) => index % 2 === 0);
    store.remove(binned);
    store.organize([binned[0]], { archived: true });
    for (const deleted of [true, false]) {
      const pieces: PackedRuns[] = [];
      do pieces.push(store.page({ before: pieces.at(-1)?.next, limit: 2, deleted }));
      while (pieces.at(-1)!.next !== undefined);
      expect(pieces.flatMap(unpackRuns)).toEqual(store.list({ deleted }));
      expect(pieces[0].total).toBe(deleted ? 5 : 4);
      // Eight numbers of eight bytes for the one metric of a run.
      expect(
        pieces.map(({ summaries, rows }) => summaries.length / 64 - (JSON.parse(new TextDecoder().decode(rows)) as []).length),
      ).toEqual(pieces.map(() => 0));
    }
  });

  it('is all or nothing: one run that is still going on keeps the others out of the bin', () => {
    const store = open();
    const done = store.create(newRun());
    store.end(done, { status: 'completed', reason: 'epochs' });
    const active = store.create(newRun());
    expect(() => store.remove([done, active])).toThrow();
    expect(store.list()).toHaveLength(2);
  });
});

describe('a process that is gone', () => {
  it('leaves its runs interrupted, with every stored epoch, and its workspace open to others', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/record-and-hang.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const [running, queued] = said.toString().trim().split(' ') as [RunId, RunId];

    const beside = open();
    expect(beside.summary(running).status).toBe('running');
    expect(beside.summary(queued).status).toBe('queued');
    expect(() => lockWorkspace(folder, 'desktop')).toThrow(
      expect.objectContaining({ code: 'store.workspaceLocked', message: expect.stringContaining(`process ${child.pid}`) }),
    );

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(beside.list().map((run) => [run.id, run.status, run.epochs])).toEqual([
      [queued, 'interrupted', 0],
      [running, 'interrupted', 2],
    ]);
    expect(beside.history(running)).toEqual({
      loss: [
        [1, 0.9],
        [2, 0.7],
      ],
    });
    lockWorkspace(folder, 'desktop').release();
  });

  it('does not take the runs of this process for abandoned', () => {
    const store = open();
    const id = store.create(newRun());
    store.begin(id);
    expect(open().summary(id).status).toBe('running');
    expect(store.summary(id).status).toBe('running');
  });
});

describe('the database file', () => {
  const known = migrations.at(-1)!.version;
  const second = { version: known + 1, sql: 'ALTER TABLE runs ADD COLUMN more TEXT' };

  it('is copied before its form changes, and keeps its runs', () => {
    const store = openStore(folder);
    const id = store.create(newRun({ name: 'old' }));
    store.close();
    const database = openDatabase(databaseFile(folder), [...migrations, second]);
    expect(database.prepare('SELECT id, more FROM runs').all()).toEqual([{ id, more: null }]);
    database.close();
    const backups = readdirSync(join(folder, '.epochbook/backups'));
    expect(backups).toHaveLength(1);
    const copy = new Database(join(folder, '.epochbook/backups', backups[0]), { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(known);
    expect(copy.prepare('SELECT name FROM runs').all()).toEqual([{ name: 'old' }]);
    copy.close();
  });

  it('of the first version keeps why its runs ended, and takes the reasons added since', () => {
    mkdirSync(join(folder, '.epochbook'));
    openDatabase(databaseFile(folder), migrations.slice(0, 1)).close();
    const before = new Database(databaseFile(folder));
    before
      .prepare(
        `INSERT INTO runs (id, name, notebook, status, reason, started_at, updated_at, planned_epochs, backend, threads, seed, params, owner, owner_pid, owner_host)
         VALUES ('a', 'a', 'n.md', 'completed', 'earlyStopping', 1, 1, 2, 'native', 1, 0, '{}', 'o', 1, 'h')`,
      )
      .run();
    before.close();
    const database = openDatabase(databaseFile(folder));
    expect(database.prepare('SELECT reason FROM runs').all()).toEqual([{ reason: 'earlyStopping' }]);
    database.exec(`UPDATE runs SET reason = 'timeBudget'`);
    expect(() => database.exec(`UPDATE runs SET reason = 'boredom'`)).toThrow(/CHECK/);
    database.close();
  });

  it('stays as it was where a change of form fails', () => {
    openStore(folder).close();
    expect(() =>
      openDatabase(databaseFile(folder), [...migrations, { version: known + 1, sql: 'CREATE TABLE new (a) STRICT; nonsense' }]),
    ).toThrow();
    expect(open().list()).toEqual([]);
  });

  it('from the future is refused and left alone', () => {
    openStore(folder).close();
    openDatabase(databaseFile(folder), [...migrations, second]).close();
    const before = readFileSync(databaseFile(folder));
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store.fromTheFuture' }));
    expect(readFileSync(databaseFile(folder)).equals(before)).toBe(true);
  });

  it.each(['new', 'of an older version'])('that is %s is opened by several processes at the same moment', async (which) => {
    if (which !== 'new') {
      mkdirSync(join(folder, '.epochbook'));
      openDatabase(databaseFile(folder), migrations.slice(0, 1)).close();
    }
    const entry = fileURLToPath(new URL('testing/open-at-once.ts', import.meta.url));
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, [entry, folder], { stdio: ['pipe', 'pipe', 'inherit'] }));
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    const answers = Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
    for (const { stdin } of children) stdin.end('open');
    expect(await answers).toEqual(Array.from({ length: 4 }, () => 'good\n'));
    expect(open().list()).toHaveLength(4);
  });

  it('says so where it is no database', () => {
    mkdirSync(join(folder, '.epochbook'));
    writeFileSync(databaseFile(folder), 'this is not a database, though it is long enough to be one'.repeat(20));
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'store.damaged' }));
  });

  it('says so where the folder cannot be written', () => {
    const isRoot = process.getuid?.() === 0;
    // Root may write everywhere but into the kernel's own file systems.
    const place = isRoot ? '/sys' : folder;
    if (!isRoot) chmodSync(folder, 0o555);
    const store = openStore(place);
    expect(store.readOnly).toMatchObject({ code: 'store.readOnly' });
    expect(() => store.create(newRun())).toThrow(expect.objectContaining({ code: 'store.readOnly' }));
    store.close();
    if (!isRoot) chmodSync(folder, 0o755);
  });

  it('says so when the disk is full, and keeps what was stored', () => {
    const store = openStore(folder);
    const id = store.create(newRun());
    store.recordEpoch(id, epochRow(1, { loss: 1 }));
    store.close();
    const database = openDatabase(databaseFile(folder));
    database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true }) as number}`);
    const fill = () => database.prepare('UPDATE runs SET note = ?').run('x'.repeat(1_000_000));
    expect(fill).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
    database.close();
    expect(open().history(id)).toEqual({ loss: [[1, 1]] });
  });

  it('does not get into version control', () => {
    open();
    expect(readFileSync(join(folder, '.epochbook/.gitignore'), 'utf8')).toBe('*\n');
    expect(existsSync(join(folder, '.epochbook/epochbook.sqlite'))).toBe(true);
  });
});
