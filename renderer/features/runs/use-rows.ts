/** The rows of the table as they are shown: found, ordered, with their columns. */
import { useDeferredValue, useMemo, useState } from 'react';
import type { QueryError, RunFilter } from '#contract/run-query.ts';
import { unknownNames } from '#contract/run-query-names.ts';
import type { QueryNames } from '#contract/run-query-completion.ts';
import type { ShownColumn } from '#contract/run-views.ts';
import type { RunSummary } from '#contract/runs.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { withDistance } from './baseline.ts';
import { bestRuns, type Column, columnOf, type Shape, shapeOf, shownColumns, usualColumns } from './columns.ts';
import { groupRuns, type Line, linesOf, sortGroups } from './grouping.ts';
import { stateWord } from './run-words.ts';
import { useRunsStore } from './runs-store.ts';
import { makeSearch, namesOf } from './search.ts';
import { sortByAll } from './sorting.ts';
import { usePaced } from './use-paced.ts';
import { useViewsStore } from './views-store.ts';

export interface Rows {
  /** All there are, before the search; also those that are still on their way. */
  readonly total: number;
  /** Runs on their way: the table has the first ones. */
  readonly awaited: number;
  readonly loaded: boolean;
  readonly runs: readonly RunSummary[];
  /** The same, in an order that sorting does not change. */
  readonly found: readonly RunSummary[];
  readonly names: QueryNames;
  readonly shape: Shape;
  /** What is wrong with the search; the runs are then those of the last one that was right. */
  readonly queryError: QueryError | undefined;
  /** The first name in the search that no run has: the search is right, and finds less than was meant. */
  readonly queryNotice: QueryError | undefined;
  /** The rows as they stand: runs, or groups with the runs of those that are open. */
  readonly lines: readonly Line[];
  /** What makes a group. */
  readonly groupColumns: readonly Column[];
  /** The chosen columns, or the usual ones; also those that no run has now. */
  readonly layout: readonly ShownColumn[];
  readonly columns: readonly (Column & ShownColumn)[];
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
  const chosenColumns = useViewsStore((state) => state.columns);
  // Epochs of a small model end faster than a table can be drawn: what is typed and chosen goes first.
  const kept = useDeferredValue(usePaced(useTrainingStore((state) => state.runs)));
  const keptAwaited = useDeferredValue(useTrainingStore((state) => state.awaited));
  const binAwaited = useRunsStore((state) => state.binAwaited);
  const awaited = showsBin ? binAwaited : keptAwaited;
  const showsArchive = useRunsStore((state) => state.showsArchive);
  // What is first in another order, or in a group, is not known before all are there.
  const mustWait = awaited > 0 && (sorts.length > 0 || query !== '' || (!showsBin && (groupBy.length > 0 || showsArchive)));
  const keptLoaded = useTrainingStore((state) => state.loaded);
  const all = useMemo(
    () => (mustWait ? [] : showsBin ? bin : kept.filter((run) => (run.archivedAt !== undefined) === showsArchive)),
    [showsBin, bin, kept, showsArchive, mustWait],
  );
  const baseline = kept.find((run) => run.baseline);

  // A live run changes with every epoch, what there is to show hardly ever.
  const shapeText = useMemo(() => JSON.stringify(shapeOf(all)), [all]);
  const shape = useMemo(() => JSON.parse(shapeText) as Shape, [shapeText]);
  const layout = useMemo(
    () => (chosenColumns === undefined || showsBin ? usualColumns(shape, showsBin) : chosenColumns),
    [chosenColumns, shape, showsBin],
  );
  const columns = useMemo(
    () => withDistance(shownColumns(layout, shape, t, formats), baseline, formats),
    [layout, shape, t, formats, baseline],
  );
  const names = useMemo(() => namesOf(all), [all]);
  const search = useMemo(() => makeSearch(query, names, (run) => stateWord(t, run)), [query, names, t]);
  const queryError = 'error' in search ? search.error : undefined;
  const queryNotice = useMemo((): QueryError | undefined => {
    if ('error' in search || mustWait || all.length === 0) return undefined;
    const doubtful = unknownNames(search.mentions, names);
    // What is named may be in runs that are not shown now.
    return doubtful.length > 0 ? unknownNames(search.mentions, namesOf([...kept, ...bin]))[0] : undefined;
  }, [search, mustWait, all, names, kept, bin]);
  const [lastFilter, setLastFilter] = useState<{ readonly of: RunFilter }>();
  if ('filter' in search && search.filter !== lastFilter?.of) setLastFilter({ of: search.filter });
  const filter = 'filter' in search ? search.filter : lastFilter?.of;
  const found = useMemo(() => (query === '' || !filter ? all : all.filter(filter)), [all, query, filter]);
  const runs = useMemo(
    // What it is sorted by need not be shown.
    () => sortByAll(found, sorts, (id) => (id === 'name' ? (run) => run.name : columnOf(id, shape, t, formats)?.sortKey)),
    [found, sorts, shape, t, formats],
  );
  const groupColumns = useMemo(
    () => groupBy.map((id) => columnOf(id, shape, t, formats)).filter((column) => column?.groupKey !== undefined) as Column[],
    [groupBy, shape, t, formats],
  );
  const groups = useMemo(() => {
    if (groupColumns.length === 0 || showsBin) return undefined;
    const sorted = sorts.map(({ column }) => columnOf(column, shape, t, formats)).filter((column) => column !== undefined);
    return sortGroups(groupRuns(runs, groupColumns), sorts, sorted);
  }, [runs, groupColumns, showsBin, sorts, shape, t, formats]);
  const lines = useMemo(
    () => (groups ? linesOf(groups, openGroups) : runs.map((run): Line => ({ type: 'run', run }))),
    [groups, openGroups, runs],
  );
  const best = useMemo(() => bestRuns(columns, found), [columns, found]);
  return {
    total: all.length + awaited,
    awaited,
    loaded: (showsBin ? binLoaded : keptLoaded) && !mustWait,
    runs,
    found,
    lines,
    names,
    shape,
    queryError,
    queryNotice,
    groupColumns,
    layout,
    columns,
    best,
  };
}
