import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import type { TableLayout } from '#contract/run-views.ts';
import { databaseFile, openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'epochbook-views-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('keeps views by name, and how the table was left; one that is not understood is left alone', () => {
  const layout: TableLayout = {
    query: 'filters>=8',
    sorts: [{ column: 'metric:val_loss:best', descending: false }],
    groupBy: ['param:filters'],
    groupShows: 'range',
    columns: [{ id: 'state' }, { id: 'metric:val_loss:best', width: 120, pinned: true }],
  };
  const first = openStore(folder);
  first.saveView('best', layout);
  first.saveView('again', layout);
  first.saveView('best', { ...layout, query: '' });
  first.saveView(undefined, { ...layout, groupBy: [] });
  first.removeView('again');
  first.close();
  const raw = new Database(databaseFile(folder));
  raw.prepare("INSERT INTO run_views (name, layout) VALUES ('newer', '{\"chart\":1}')").run();
  raw.close();
  const second = openStore(folder);
  expect(second.views()).toEqual({ views: [{ name: 'best', layout: { ...layout, query: '' } }], last: { ...layout, groupBy: [] } });
  second.close();
});
