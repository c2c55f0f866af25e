/** The rows of the table as they are shown: found, ordered, with their columns. */
import { useDeferredValue, useMemo, useState } from 'react';
import type { QueryError, RunFilter } from '#contract/run-query.ts';
import type { QueryNames } from '#contract/run-query-completion.ts';
import type { RunSummary } from '#contract/runs.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { bestRuns, type Column, columnsFor } from './columns.ts';
import { groupRuns, type Line, linesOf, sortGroups } from './grouping.ts';
import { stateWord } from './run-words.ts';
import { useRunsStore } from './runs-store.ts';
import { makeSearch, namesOf } from './search.ts';
import { sortByAll } from './sorting.ts';

export interface Rows {
  /** All there are, before the search. */
  readonly total: number;
  readonly loaded: boolean;
  readonly runs: readonly RunSummary[];
  readonly names: QueryNames;
  /** What is wrong with the search; the runs are then those of the last one that was right. */
  readonly queryError: QueryError | undefined;
  /** The rows as they stand: runs, or groups with the runs of those that are open. */
  readonly lines: readonly Line[];
  readonly columns: readonly Column[];
  /** By column, the runs with the best value. */
  readonly best: ReadonlyMap<string, ReadonlySet<string>>;
}

export function useRows(): Rows {
  const t = useWords();
  const formats = useFormats();
  const showsBin = useRunsStore((state) => state.showsBin);
  const bin = useRunsStore((state) => state.bin);
  const binLoaded = useRunsStore((state) => state.binLoaded);
  const query = useRunsStore((state) => state.query);
  const sorts = useRunsStore((state) => state.sorts);
  const groupBy = useRunsStore((state) => state.groupBy);
  const openGroups = useRunsStore((state) => state.openGroups);
  // Epochs of a small model end faster than a table can be drawn: what is typed and chosen goes first.
  const kept = useDeferredValue(useTrainingStore((state) => state.runs));
  const keptLoaded = useTrainingStore((state) => state.loaded);
  const all = showsBin ? bin : kept;

  const columns = useMemo(() => columnsFor(all, t, formats, showsBin), [all, t, formats, showsBin]);
  const names = useMemo(() => namesOf(all), [all]);
  const search = useMemo(() => makeSearch(query, names, (run) => stateWord(t, run)), [query, names, t]);
  const queryError = 'error' in search ? search.error : undefined;
  const [lastFilter, setLastFilter] = useState<{ readonly of: RunFilter }>();
  if ('filter' in search && search.filter !== lastFilter?.of) setLastFilter({ of: search.filter });
  const filter = 'filter' in search ? search.filter : lastFilter?.of;
  const runs = useMemo(() => {
    const found = query === '' || !filter ? all : all.filter(filter);
    return sortByAll(found, sorts, (column) => (column === 'name' ? (run) => run.name : columns.find(({ id }) => id === column)?.sortKey));
  }, [all, query, filter, sorts, columns]);
  const groups = useMemo(
    () => (groupBy.length === 0 || showsBin ? undefined : sortGroups(groupRuns(runs, groupBy), sorts, columns)),
    [runs, groupBy, showsBin, sorts, columns],
  );
  const lines = useMemo(
    () => (groups ? linesOf(groups, openGroups) : runs.map((run): Line => ({ type: 'run', run }))),
    [groups, openGroups, runs],
  );
  const best = useMemo(() => bestRuns(columns, runs), [columns, runs]);
  return { total: all.length, loaded: showsBin ? binLoaded : keptLoaded, runs, lines, names, queryError, columns, best };
}
