/** Stores in folders and on disks that cannot be written to. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from './migrations/index.ts';
import { databaseFile, openStore } from './store.ts';
import { epochRow, newRun } from './testing/run-fixture.ts';
import { makeReadOnly } from './testing/read-only.ts';

let folder: string;
let undo: (() => void) | undefined;
const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith('epochbook-reading-'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-read-only-'));
});
afterEach(() => {
  undo?.();
  undo = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** With a run that is done and one whose process seems to be gone. */
function fill(): void {
  const store = openStore(folder);
  const done = store.create(newRun({ name: 'done' }));
  store.recordEpoch(done, epochRow(1, { loss: 0.5 }));
  store.end(done, { status: 'completed', reason: 'epochs' });
  store.recordEpoch(store.create(newRun({ name: 'going' })), epochRow(1, { loss: 0.25 }));
  store.close();
}

/** Whether this machine can make a folder read-only. */
function close(): boolean {
  undo = makeReadOnly(folder);
  return undo !== undefined;
}

describe('a store that cannot be written to', () => {
  it('is read, as it is, and leaves nothing behind', (test) => {
    fill();
    const before = copies();
    test.skip(!close());
    const store = openStore(folder);
    expect(store.readOnly).toMatchObject({ code: 'store.readOnly' });
    expect(store.list().map(({ name, status }) => [name, status])).toEqual([
      ['going', 'queued'],
      ['done', 'completed'],
    ]);
    const id = store.find('done').id;
    expect(store.history(id)).toEqual({ loss: [[1, 0.5]] });
    expect(store.page({ limit: 10 }).total).toBe(2);
    expect(store.logged(id).series).toHaveLength(1);
    store.close();
    expect(copies()).toEqual(before);
    expect(readdirSync(join(folder, '.epochbook')).filter((name) => /-(?:wal|shm|journal)$/.test(name))).toEqual([]);
  });

  it('says why with everything that would change it, and changes nothing', (test) => {
    fill();
    test.skip(!close());
    const store = openStore(folder);
    const { id } = store.find('done');
    const wanted = expect.objectContaining({ code: 'store.readOnly', values: { path: expect.stringContaining('.epochbook') } });
    const writes: (() => unknown)[] = [
      () => store.create(newRun({ name: 'new' })),
      () => store.update(id, { name: 'other' }),
      () => store.remove([id]),
      () => store.organize([id], { addTags: ['x'] }),
      () => store.saveView('view', { query: '', columns: [], sorts: [], groupBy: [] } as never),
    ];
    for (const write of writes) expect(write).toThrow(wanted);
    expect(store.list()).toHaveLength(2);
    store.close();
  });

  it('has what lies in the WAL of a writer that is gone, and is read in an older form too', (test) => {
    fill();
    const writer = new Database(databaseFile(folder));
    writer.pragma('wal_autocheckpoint = 0');
    writer.exec("UPDATE runs SET note = 'in the WAL'; DROP INDEX imported_keys; PRAGMA user_version = 11");
    expect(migrations.at(-1)!.version).toBeGreaterThan(11);
    const isClosed = close();
    const store = isClosed ? openStore(folder) : undefined;
    const notes = store?.list().map(({ note }) => note);
    store?.close();
    undo?.();
    undo = undefined;
    writer.close();
    test.skip(!isClosed);
    expect(notes).toEqual(['in the WAL', 'in the WAL']);
  });

  it('is empty where there is none', (test) => {
    test.skip(!close());
    const store = openStore(folder);
    expect(store.list()).toEqual([]);
    expect(() => store.create(newRun())).toThrow(expect.objectContaining({ code: 'store.readOnly' }));
    store.close();
    expect(existsSync(join(folder, '.epochbook'))).toBe(false);
  });
});
