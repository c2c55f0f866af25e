/** Layouts of the table of runs, as JSON: the page's affair, which the store only keeps. */
import type { RunView, RunViews, TableLayout } from '#contract/run-views.ts';
import { tableLayout } from '#contract/run-views.ts';
import type { Connection } from './database.ts';

export interface RunViewKeeper {
  views(): RunViews;
  /** Another of the same name is replaced. Without a name: how the table was left. */
  saveView(name: string | undefined, layout: TableLayout): void;
  removeView(name: string): void;
}

/** No view can have it: names are not empty. */
const lastName = '';

export function createRunViewKeeper(database: Connection): RunViewKeeper {
  const all = database.prepare<[], { name: string; layout: string }>('SELECT name, layout FROM run_views ORDER BY name');
  const save = database.prepare(
    'INSERT INTO run_views (name, layout) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET layout = excluded.layout',
  );
  const remove = database.prepare('DELETE FROM run_views WHERE name = ?');
  return {
    views() {
      const views: RunView[] = [];
      let last: TableLayout | undefined;
      for (const { name, layout } of all.all()) {
        // A layout that is not understood, such as a newer version's, is left alone.
        const parsed = tableLayout.safeParse(JSON.parse(layout));
        if (!parsed.success) continue;
        if (name === lastName) last = parsed.data;
        else views.push({ name, layout: parsed.data });
      }
      return { views, ...(last && { last }) };
    },
    saveView: (name, layout) => void save.run(name ?? lastName, JSON.stringify(layout)),
    removeView: (name) => void remove.run(name),
  };
}
