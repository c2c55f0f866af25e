// Rows of a virtual list are placed by a transform, which rows of a <table> are not: hence the roles.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import './runs.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { useWords } from '../../words/use-words.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import type { Column } from './columns.ts';
import { NameField } from './NameField.tsx';
import { stateTone } from './run-words.ts';
import { useRunsStore } from './runs-store.ts';
import { chooseOnly, extendTo, moveBy, toggle } from './selection.ts';
import type { Rows } from './use-rows.ts';
import { columnWidth } from './widths.ts';

const rowHeight = 30;

interface Props {
  readonly rows: Rows;
  /** Enter on a row, or a double click. */
  readonly onOpen: () => void;
  readonly onDelete: () => void;
}

/** The runs as a grid: one tab stop, arrows move, Space chooses, Shift extends, as in any list of files. */
export function RunTable({ rows, onOpen, onDelete }: Props) {
  const t = useWords();
  const base = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { selection, select, showsBin, renaming, rename } = useRunsStore();
  const { runs, columns, best, total } = rows;
  const order = useMemo(() => runs.map((run) => run.id), [runs]);
  // Nothing of it is memoized here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  });

  // Live rows change every second; widths may grow with their text but are found again only with it.
  const template = useMemo(() => {
    const widths = columns.map((column) => `${columnWidth([column.title, ...runs.map((run) => column.text(run))])}px`);
    const name =
      columnWidth(
        runs.map((run) => run.name),
        110,
        320,
      ) + 20;
    const tags = Math.min(260, Math.max(60, ...runs.map((run) => run.tags.reduce((width, tag) => width + columnWidth([tag], 0) + 4, 16))));
    return `30px minmax(${name}px, 1fr) ${widths.join(' ')} ${tags}px`;
  }, [columns, runs]);

  const rowId = (id: RunId): string => `${base}${id}`;
  const goTo = (id: RunId | undefined): void => {
    if (id !== undefined) virtualizer.scrollToIndex(order.indexOf(id));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -runs.length, End: runs.length }[event.key];
    const mod = event.ctrlKey || event.metaKey;
    const active = selection.active;
    if (step !== undefined) {
      const next = moveBy(selection, order, step);
      if (next === undefined) return;
      if (event.shiftKey) select(extendTo(selection.anchor === undefined ? { ...selection, anchor: active } : selection, order, next));
      else if (mod) select({ ...selection, active: next });
      else select(chooseOnly(next));
      goTo(next);
    } else if (event.key === ' ' && active !== undefined) select(toggle(selection, active));
    else if (mod && event.key.toLowerCase() === 'a')
      select({ chosen: new Set(order), active: active ?? order[0], anchor: active ?? order[0] });
    else if (event.key === 'Enter' && active !== undefined) onOpen();
    else if (event.key === 'F2' && active !== undefined && !showsBin) rename(active);
    else if ((event.key === 'Delete' || event.key === 'Backspace') && selection.chosen.size > 0) onDelete();
    else if (event.key === 'Escape' && selection.chosen.size > 0) select({ chosen: new Set(), active, anchor: undefined });
    else return;
    event.preventDefault();
  };

  const onRowClick = (event: MouseEvent, id: RunId): void => {
    if (event.shiftKey) select(extendTo(selection, order, id, event.ctrlKey || event.metaKey));
    else if (event.ctrlKey || event.metaKey) select(toggle(selection, id));
    else select(chooseOnly(id));
  };

  // A row that is being renamed must be on the page for its field to be there.
  useEffect(() => {
    const index = renaming === undefined ? -1 : order.indexOf(renaming);
    if (index >= 0) virtualizer.scrollToIndex(index);
  }, [renaming, order, virtualizer]);

  const allChosen = runs.length > 0 && runs.every((run) => selection.chosen.has(run.id));
  const style = { '--columns': template } as CSSProperties;
  return (
    <div
      ref={scroller}
      className="run-table"
      style={style}
      role="grid"
      tabIndex={0}
      aria-label={t(showsBin ? 'runs.bin' : 'runs.table')}
      aria-multiselectable="true"
      aria-rowcount={runs.length + 1}
      aria-colcount={columns.length + 3}
      aria-activedescendant={selection.active === undefined ? undefined : rowId(selection.active)}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const first = order[0];
        if (event.target === event.currentTarget && selection.active === undefined && first !== undefined)
          select({ ...selection, active: first });
      }}
    >
      <div className="run-row run-head" role="row" aria-rowindex={1}>
        <span role="columnheader" className="run-check">
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={t('runs.selectAll')}
            checked={allChosen}
            ref={(box) => {
              if (box) box.indeterminate = !allChosen && selection.chosen.size > 0;
            }}
            onChange={() => select({ ...selection, chosen: allChosen ? new Set() : new Set(order) })}
          />
        </span>
        <Header
          id="name"
          title={runs.length === total ? t('runs.count', { count: total }) : t('runs.countOf', { count: runs.length, total })}
          align="left"
          descendingFirst={false}
          sortable
        />
        {columns.map((column) => (
          <Header
            key={column.id}
            id={column.id}
            title={column.title}
            align={column.align}
            descendingFirst={column.descendingFirst}
            sortable={column.sortKey !== undefined}
          />
        ))}
        <span role="columnheader" className="left">
          {t('runs.tags')}
        </span>
      </div>
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const run = runs[index];
          return (
            run && (
              <Row
                key={run.id}
                id={rowId(run.id)}
                run={run}
                index={index}
                top={start}
                columns={columns}
                best={best}
                chosen={selection.chosen.has(run.id)}
                active={selection.active === run.id}
                renaming={renaming === run.id}
                onClick={(event) => onRowClick(event, run.id)}
                onDoubleClick={onOpen}
                onToggle={(event) => select(event.shiftKey ? extendTo(selection, order, run.id, true) : toggle(selection, run.id))}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Header({
  id,
  title,
  align,
  descendingFirst,
  sortable,
}: Pick<Column, 'id' | 'title' | 'align' | 'descendingFirst'> & { readonly sortable: boolean }) {
  const { sort, sortBy } = useRunsStore();
  const sorted = sort?.column === id;
  return (
    <span
      role="columnheader"
      className={align}
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : sortable ? 'none' : undefined}
    >
      {sortable ? (
        <button
          type="button"
          className="run-sort"
          onClick={() => {
            // A third click goes back to the order of time.
            if (!sorted) sortBy({ column: id, descending: descendingFirst });
            else if (sort.descending === descendingFirst) sortBy({ column: id, descending: !descendingFirst });
            else sortBy(undefined);
          }}
        >
          {title}
          <span aria-hidden="true">{sorted ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
        </button>
      ) : (
        title
      )}
    </span>
  );
}

interface RowProps {
  readonly id: string;
  readonly run: RunSummary;
  readonly index: number;
  readonly top: number;
  readonly columns: readonly Column[];
  readonly best: Rows['best'];
  readonly chosen: boolean;
  readonly active: boolean;
  readonly renaming: boolean;
  readonly onClick: (event: MouseEvent) => void;
  readonly onDoubleClick: () => void;
  readonly onToggle: (event: MouseEvent) => void;
}

function Row({ id, run, index, top, columns, best, chosen, active, renaming, onClick, onDoubleClick, onToggle }: RowProps) {
  const t = useWords();
  const progress = useTrainingStore((state) => state.progress[run.id]);
  const rename = useRunsStore((state) => state.rename);
  const update = useRunsStore((state) => state.update);
  return (
    // The grid has the keys; a pointer may also click the row itself.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={`run-row${chosen ? ' chosen' : ''}${active ? ' active' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={(event) => {
        // Shift would choose text as well.
        if (!event.shiftKey) return;
        event.preventDefault();
        event.currentTarget.closest<HTMLElement>('[role=grid]')?.focus();
      }}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
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
            onToggle(event);
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
      </span>
      {columns.map((column) => {
        const isBest = best.get(column.id)?.has(run.id) === true;
        const text = column.text(run, progress);
        return (
          <span
            key={column.id}
            role="gridcell"
            className={`${column.align}${column.align === 'left' ? ' clip' : ''}${isBest ? ' best' : ''}${column.id === 'state' ? ` state-${stateTone(run)}` : ''}`}
          >
            {text}
            {isBest && <span className="visually-hidden"> {t('runs.best')}</span>}
          </span>
        );
      })}
      <span role="gridcell" className="left run-tags">
        {run.tags.map((tag) => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
      </span>
    </div>
  );
}
