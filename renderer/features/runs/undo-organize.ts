import type { Request } from '#contract/calls.ts';
import type { RunSummary } from '#contract/runs.ts';

type Change = Request<'runs.organize'>;

/** What takes a change of many runs back: each run gets what it had, and nothing that others had. `before` are all runs, before it. */
export function undoOf(change: Change, before: readonly RunSummary[]): Change[] {
  const ids = new Set(change.runIds);
  const runs = before.filter((run) => ids.has(run.id));
  const changes: Change[] = [];
  const add = (own: readonly RunSummary[], what: Omit<Change, 'runIds'>): void => {
    if (own.length > 0) changes.push({ runIds: own.map((run) => run.id), ...what });
  };
  for (const tag of change.addTags ?? [])
    add(
      runs.filter((run) => !run.tags.includes(tag)),
      { removeTags: [tag] },
    );
  for (const tag of change.removeTags ?? [])
    add(
      runs.filter((run) => run.tags.includes(tag)),
      { addTags: [tag] },
    );
  if (change.color !== undefined) add(runs, { colors: Object.fromEntries(runs.map((run) => [run.id, run.color])) });
  if (change.archived !== undefined)
    add(
      runs.filter((run) => (run.archivedAt !== undefined) !== change.archived),
      { archived: !change.archived },
    );
  if (change.baseline !== undefined) {
    const former = before.filter((run) => run.baseline === true);
    if (former.length > 0) add(former, { baseline: true });
    else add(runs, { baseline: false });
  }
  return changes;
}
