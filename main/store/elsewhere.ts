/** What other processes do to the runs: commands train, import and delete beside the app. */
import type { RunId } from '#contract/ids.ts';
import type { Connection } from './database.ts';

export interface Elsewhere {
  /** Ids; what this process changed meanwhile may be among them. */
  readonly changed: readonly RunId[];
  /** Out of the store, not only in its bin. */
  readonly removed: readonly RunId[];
}

export interface ElsewhereReader {
  /** Since the last call. Undefined where nobody else wrote; `unknown` where it cannot be told which runs they changed. */
  changedElsewhere(): Elsewhere | 'unknown' | undefined;
}

export function createElsewhereReader(database: Connection): ElsewhereReader {
  // A number that only the commits of other connections change, which costs nothing to ask for.
  const version = (): number => database.pragma('data_version', { simple: true }) as number;
  const states = database
    .prepare<[], [id: string, state: string]>(
      `SELECT id, updated_at || ' ' || epochs || ' ' || status || ' ' || coalesce(deleted_at, '') FROM runs`,
    )
    .raw();
  let seen = version();
  /** Not gathered before somebody else writes: in a store of 10,000 runs that is felt. */
  let known: ReadonlyMap<string, string> | undefined;

  return {
    changedElsewhere() {
      const now = version();
      if (now === seen) return undefined;
      const before = known;
      const found = new Map(states.all());
      known = found;
      seen = now;
      if (!before) return 'unknown';
      const changed = [...found].filter(([id, state]) => before.get(id) !== state).map(([id]) => id as RunId);
      const removed = [...before.keys()].filter((id) => !found.has(id)).map((id) => id as RunId);
      return { changed, removed };
    },
  };
}
