// Rows of a virtual list are placed by a transform, which rows of a <table> are not: hence the roles.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import './runs.css';
import { ChevronDown, ChevronRight, Pin } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, memo, type MouseEvent, useCallback, useEffect, useId, useMemo, useRef } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { ShownColumn } from '#contract/run-views.ts';
import type { RunSummary } from '#contract/runs.ts';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { useWords } from '../../words/use-words.ts';
import { useCurvesStore } from '../curves/curves-store.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import type { Column } from './columns.ts';
import { groupTitle, groupValue } from './group-text.ts';
import type { Group } from './grouping.ts';
import { NameField } from './NameField.tsx';
import { stateTone } from './run-words.ts';
import { useRunsStore } from './runs-store.ts';
import { chooseOnly, extendTo, moveBy, toggle } from './selection.ts';
import { TableHead } from './TableHead.tsx';
import type { Rows } from './use-rows.ts';
import { useColumnWidths } from './use-column-widths.ts';

const rowHeight = 30;

interface Props {
  readonly rows: Rows;
  /** Enter on a row, or a double click. */
  readonly onOpen: () => void;
  readonly onDelete: () => void;
  readonly onChooseColumns: () => void;
}

/** The runs as a grid: one tab stop, arrows move, Space chooses, Shift extends, as in any list of files. */
export function RunTable({ rows, onOpen, onDelete, onChooseColumns }: Props) {
  const t = useWords();
  const base = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { selection, select, showsBin, renaming, rename } = useRunsStore();
  const { runs, lines, columns, layout, groupColumns, best, total } = rows;
  const { groupShows, toggleGroup } = useRunsStore();
  const order = useMemo(() => lines.map((line) => (line.type === 'run' ? line.run.id : line.group.id)), [lines]);
  const groups = useMemo(() => new Map(lines.flatMap((line) => (line.type === 'group' ? [[line.group.id, line] as const] : []))), [lines]);
  const groupText = useGroupText(groupColumns);
  // Nothing of it is memoized here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 5,
    useFlushSync: false,
    scrollPaddingStart: rowHeight,
  });

  const { template, widths, lefts } = useColumnWidths({ columns, layout, runs: rows.found, groups, groupShows, groupText });

  const rowId = (id: RunId): string => `${base}${id}`;
  const goTo = (id: RunId | undefined): void => {
    if (id !== undefined) virtualizer.scrollToIndex(order.indexOf(id));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -lines.length, End: lines.length }[event.key];
    const mod = event.ctrlKey || event.metaKey;
    const active = selection.active;
    const group = active === undefined ? undefined : groups.get(active);
    if (step !== undefined) {
      const next = moveBy(selection, order, step);
      if (next === undefined) return;
      if (event.shiftKey) select(extendTo(selection.anchor === undefined ? { ...selection, anchor: active } : selection, order, next));
      else if (mod) select({ ...selection, active: next });
      else if (groups.has(next)) select({ ...selection, active: next, anchor: next });
      else select(chooseOnly(next));
      goTo(next);
    } else if (group && [' ', 'Enter', 'ArrowRight', 'ArrowLeft'].includes(event.key)) {
      if (event.key === ' ') chooseGroup(group.group);
      else toggleGroup(group.group.id, event.key === 'Enter' ? undefined : event.key === 'ArrowRight');
    } else if (event.key === ' ' && active !== undefined) select(toggle(selection, active));
    else if (mod && event.key.toLowerCase() === 'a')
      select({ chosen: new Set(runs.map((run) => run.id)), active: active ?? order[0], anchor: active ?? order[0] });
    else if (event.key === 'Enter' && active !== undefined) onOpen();
    else if (event.key === 'F2' && active !== undefined && !group && !showsBin) rename(active);
    else if ((event.key === 'Delete' || event.key === 'Backspace') && selection.chosen.size > 0) onDelete();
    else if (event.key === 'Escape' && selection.chosen.size > 0) select({ chosen: new Set(), active, anchor: undefined });
    else return;
    event.preventDefault();
  };

  const chooseGroup = (group: Group): void => {
    const all = group.runs.every((run) => selection.chosen.has(run.id));
    const chosen = new Set(selection.chosen);
    for (const run of group.runs)
      if (all) chosen.delete(run.id);
      else chosen.add(run.id);
    select({ chosen, active: group.id, anchor: group.id });
  };

  // The same for as long as the rows are: a row that did not change is not drawn again.
  const onRowClick = useCallback(
    (event: MouseEvent, id: RunId): void => {
      const { selection: now, select: choose } = useRunsStore.getState();
      if (event.shiftKey) choose(extendTo(now, order, id, event.ctrlKey || event.metaKey));
      else if (event.ctrlKey || event.metaKey) choose(toggle(now, id));
      else choose(chooseOnly(id));
    },
    [order],
  );
  const onRowToggle = useCallback(
    (event: MouseEvent, id: RunId): void => {
      const { selection: now, select: choose } = useRunsStore.getState();
      choose(event.shiftKey ? extendTo(now, order, id, true) : toggle(now, id));
    },
    [order],
  );

  // Whoever came with the keyboard has it in the table.
  useEffect(() => {
    const { activeElement } = document;
    if (activeElement === document.body || activeElement?.id === 'main') scroller.current?.focus({ preventScroll: true });
  }, []);

  // A row that is being renamed must be on the page for its field to be there.
  useEffect(() => {
    const index = renaming === undefined ? -1 : order.indexOf(renaming);
    if (index >= 0) virtualizer.scrollToIndex(index);
  }, [renaming, order, virtualizer]);

  const allChosen = runs.length > 0 && runs.every((run) => selection.chosen.has(run.id));
  const style = { '--columns': template, '--run-row': `${rowHeight}px` } as CSSProperties;
  return (
    // Its role depends on what it holds.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={scroller}
      className="run-table"
      style={style}
      // What folds is a tree.
      role={groups.size > 0 ? 'treegrid' : 'grid'}
      tabIndex={0}
      aria-label={t(showsBin ? 'runs.bin' : 'runs.table')}
      aria-multiselectable="true"
      aria-rowcount={lines.length + rows.awaited + 1}
      aria-colcount={columns.length + 2}
      aria-activedescendant={selection.active === undefined ? undefined : rowId(selection.active)}
      onKeyDown={onKeyDown}
      // A place that sticks is a layer of its own for each cell, which costs a third of a frame: only where it has to.
      onScroll={(event) => event.currentTarget.toggleAttribute('data-aside', event.currentTarget.scrollLeft > 0)}
      onFocus={(event) => {
        const first = order[0];
        if (event.target === event.currentTarget && selection.active === undefined && first !== undefined)
          select({ ...selection, active: first });
      }}
    >
      <TableHead
        chooseAll={
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={t('runs.selectAll')}
            checked={allChosen}
            ref={(box) => {
              if (box) box.indeterminate = !allChosen && selection.chosen.size > 0;
            }}
            onChange={() => select({ ...selection, chosen: allChosen ? new Set() : new Set(runs.map((run) => run.id)) })}
          />
        }
        nameTitle={
          runs.length + rows.awaited === total ? t('runs.count', { count: total }) : t('runs.countOf', { count: runs.length, total })
        }
        columns={columns}
        layout={showsBin ? undefined : layout}
        widths={widths}
        lefts={lefts}
        onChooseColumns={onChooseColumns}
      />
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          if (line?.type === 'group') {
            const { group, open } = line;
            const chosen = group.runs.filter((run) => selection.chosen.has(run.id)).length;
            return (
              // The grid has the keys; a pointer may also click the row itself.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div
                key={group.id}
                id={rowId(group.id)}
                role="row"
                aria-rowindex={index + 2}
                aria-level={1}
                aria-expanded={open}
                aria-selected={chosen === group.runs.length}
                className={`run-row run-group${selection.active === group.id ? ' active' : ''}`}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => {
                  select({ ...selection, active: group.id });
                  toggleGroup(group.id);
                }}
              >
                <span role="gridcell" className="run-check">
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label={t('runs.selectGroup', { group: groupText(group) })}
                    checked={chosen === group.runs.length}
                    ref={(box) => {
                      if (box) box.indeterminate = chosen > 0 && chosen < group.runs.length;
                    }}
                    onChange={() => chooseGroup(group)}
                    onClick={(event) => event.stopPropagation()}
                  />
                </span>
                <span role="gridcell" className="left run-name">
                  {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
                  <span className="clip">{groupText(group)}</span>
                  <span className="quiet-text">
                    {group.runs.length}
                    <span className="visually-hidden"> {t('runs.runsInGroup', { count: group.runs.length })}</span>
                  </span>
                </span>
                {columns.map((column) => {
                  const left = lefts.get(column.id);
                  return (
                    <span
                      key={column.id}
                      role="gridcell"
                      className={`${column.align}${column.id === 'tags' ? ' run-tags' : ' clip'}${left === undefined ? '' : ' pinned'}`}
                      style={left === undefined ? undefined : { left }}
                      title={groupTitle(column, group)}
                    >
                      {column.id === 'tags'
                        ? commonTags(group).map((tag) => <Tag key={tag} tag={tag} />)
                        : groupValue(column, group, groupShows)}
                    </span>
                  );
                })}
              </div>
            );
          }
          const run = line?.run;
          return (
            run && (
              <Row
                key={run.id}
                id={rowId(run.id)}
                run={run}
                index={index}
                level={groups.size > 0 ? 2 : undefined}
                top={start}
                columns={columns}
                lefts={lefts}
                best={best}
                chosen={selection.chosen.has(run.id)}
                active={selection.active === run.id}
                renaming={renaming === run.id}
                onRow={onRowClick}
                onOpen={onOpen}
                onToggle={onRowToggle}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** What makes a group, in a line: `filters 16 · activation relu`. */
function useGroupText(columns: readonly Column[]): (group: Group) => string {
  return useMemo(() => (group) => columns.map((column) => `${column.title} ${column.text(group.runs[0]) || '–'}`).join(' · '), [columns]);
}

function commonTags({ runs }: Group): string[] {
  return runs[0].tags.filter((tag) => runs.every((run) => run.tags.includes(tag)));
}

function Tag({ tag }: { readonly tag: string }) {
  return <span className="tag">{tag}</span>;
}

interface RowProps {
  readonly id: string;
  readonly run: RunSummary;
  readonly index: number;
  /** Inside of a group: 2. */
  readonly level: number | undefined;
  readonly top: number;
  readonly columns: readonly (Column & ShownColumn)[];
  readonly lefts: ReadonlyMap<string, number>;
  readonly best: Rows['best'];
  readonly chosen: boolean;
  readonly active: boolean;
  readonly renaming: boolean;
  readonly onRow: (event: MouseEvent, id: RunId) => void;
  readonly onOpen: () => void;
  readonly onToggle: (event: MouseEvent, id: RunId) => void;
}

const Row = memo(function Row({
  id,
  run,
  index,
  level,
  top,
  columns,
  lefts,
  best,
  chosen,
  active,
  renaming,
  onRow,
  onOpen,
  onToggle,
}: RowProps) {
  const t = useWords();
  const progress = useTrainingStore((state) => state.progress[run.id]);
  const highlighted = useCurvesStore((state) => state.highlighted === run.id);
  const rename = useRunsStore((state) => state.rename);
  const update = useRunsStore((state) => state.update);
  return (
    // The grid has the keys; a pointer may also click the row itself.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="row"
      aria-level={level}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={`run-row${chosen ? ' chosen' : ''}${active ? ' active' : ''}${highlighted ? ' highlighted' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={(event) => {
        // Shift would choose text as well.
        if (!event.shiftKey) return;
        event.preventDefault();
        event.currentTarget.closest<HTMLElement>('.run-table')?.focus();
      }}
      onClick={(event) => onRow(event, run.id)}
      onDoubleClick={onOpen}
    >
      <span role="gridcell" className="run-check">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t('runs.selectRun', { name: run.name })}
          checked={chosen}
          onChange={() => undefined}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(event, run.id);
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        />
      </span>
      <span role="gridcell" className="left run-name">
        <RunMark color={run.color} />
        {renaming ? (
          <NameField
            name={run.name}
            onDone={(name) => {
              rename(undefined);
              if (name !== undefined) void update({ runId: run.id, name });
            }}
          />
        ) : (
          <span className="clip">{run.name}</span>
        )}
        {run.baseline === true && <Pin size={12} className="baseline-mark" aria-label={t('tidy.baseline')} />}
      </span>
      {columns.map((column) => {
        const isBest = best.get(column.id)?.has(run.id) === true;
        const left = lefts.get(column.id);
        const state = column.id === 'state' ? ` state-${stateTone(run)}` : '';
        const fits = column.id === 'tags' ? ' run-tags' : column.align === 'left' || column.width !== undefined ? ' clip' : '';
        return (
          <span
            key={column.id}
            role="gridcell"
            className={`${column.align}${fits}${isBest ? ' best' : ''}${state}${left === undefined ? '' : ' pinned'}`}
            style={left === undefined ? undefined : { left }}
          >
            {column.id === 'tags' ? run.tags.map((tag) => <Tag key={tag} tag={tag} />) : column.text(run, progress)}
            {isBest && <span className="visually-hidden"> {t('runs.best')}</span>}
          </span>
        );
      })}
    </div>
  );
});
