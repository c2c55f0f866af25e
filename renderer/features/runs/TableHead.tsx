// Rows of a virtual list are placed by a transform, which rows of a <table> are not: hence the roles.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { type DragEvent, type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import type { ShownColumn } from '#contract/run-views.ts';
import { type MenuItem, OpenMenu } from '../../components/Menu.tsx';
import { useWords } from '../../words/use-words.ts';
import type { Column } from './columns.ts';
import { moveBefore, moveBy, withColumn, withPin, withWidth } from './layout.ts';
import { useRunsStore } from './runs-store.ts';
import type { Sort } from './sorting.ts';
import { useViewsStore } from './views-store.ts';

const dragType = 'application/x-epochbook-column';
const widthStep = 16;

type HeadColumn = Pick<Column, 'id' | 'title' | 'align' | 'descendingFirst' | 'sortKey'> & Pick<ShownColumn, 'pinned'>;

interface Props {
  /** The box that chooses all. */
  readonly chooseAll: ReactNode;
  /** Of the first column, which is always there: how many runs. */
  readonly nameTitle: string;
  readonly columns: readonly HeadColumn[];
  /** What the columns are laid out by; undefined in the bin, where nothing is. */
  readonly layout: readonly ShownColumn[] | undefined;
  /** Pixels of each column, by id. */
  readonly widths: ReadonlyMap<string, number>;
  /** Pixels from the left of the pinned ones. */
  readonly lefts: ReadonlyMap<string, number>;
  readonly onChooseColumns: () => void;
}

/** The heading of the table of runs: sorts by click, moves by drag, resizes at its edge; all of it by key and in a menu. */
export function TableHead({ chooseAll, nameTitle, columns, layout, widths, lefts, onChooseColumns }: Props) {
  const t = useWords();
  const sorts = useRunsStore((state) => state.sorts);
  const sortBy = useRunsStore((state) => state.sortBy);
  const setColumns = useViewsStore((state) => state.setColumns);
  const [tabStop, setTabStop] = useState('name');
  const [menu, setMenu] = useState<{ readonly column: HeadColumn; readonly anchor: HTMLElement }>();
  /** The column that the dragged one would stand before; `end` after the last. */
  const [dropAt, setDropAt] = useState<string>();
  const menuAnchor = useRef<HTMLElement>(null);

  const name: HeadColumn = { id: 'name', title: nameTitle, align: 'left', descendingFirst: false, sortKey: (run) => run.name };
  const all = [name, ...columns];
  const stop = all.some(({ id }) => id === tabStop) ? tabStop : 'name';

  const sort = (column: HeadColumn, wanted: Sort | undefined, keepsOthers: boolean): void => {
    const known = sorts.find((one) => one.column === column.id);
    const others = sorts.filter((one) => one !== known);
    if (!keepsOthers) sortBy(wanted ? [wanted] : []);
    else if (known && wanted) sortBy(sorts.map((one) => (one === known ? wanted : one)));
    else sortBy(wanted ? [...others, wanted] : others);
  };
  // A third click lets go of the order; Shift keeps what it was sorted by before.
  const sortNext = (column: HeadColumn, keepsOthers: boolean): void => {
    const known = sorts.find((one) => one.column === column.id);
    const next = !known
      ? { column: column.id, descending: column.descendingFirst }
      : known.descending === column.descendingFirst
        ? { column: column.id, descending: !column.descendingFirst }
        : undefined;
    sort(column, next, keepsOthers);
  };

  const change = (next: readonly ShownColumn[] | undefined): void => {
    if (layout && next) setColumns(next);
  };
  const resize = (id: string, width: number | undefined): void => {
    if (!layout) return;
    const base = id === 'name' ? withColumn(layout, 'name', true) : layout;
    change(withWidth(base, id, width));
  };
  const open = (column: HeadColumn, anchor: HTMLElement): void => {
    menuAnchor.current = anchor;
    setMenu({ column, anchor });
  };

  const onKeyDown = (event: KeyboardEvent, column: HeadColumn): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] as 1 | -1 | undefined;
    if (step !== undefined && event.altKey && event.shiftKey) resize(column.id, (widths.get(column.id) ?? 100) + step * widthStep);
    else if (step !== undefined && event.altKey) change(layout && moveBy(layout, column.id, step));
    else if (step !== undefined) {
      const buttons = [...event.currentTarget.closest('.run-head')!.querySelectorAll<HTMLElement>('.run-sort')];
      buttons[buttons.indexOf(event.currentTarget as HTMLElement) + step]?.focus();
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey) || (event.key === 'ArrowDown' && event.altKey)) {
      open(column, event.currentTarget as HTMLElement);
    } else if (event.key === 'ArrowDown') event.currentTarget.closest<HTMLElement>('.run-table')?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const itemsOf = (column: HeadColumn): MenuItem[] => {
    const isName = column.id === 'name';
    const sortable: MenuItem[] = column.sortKey
      ? [
          { id: 'up', label: t('table.sortAscending'), onSelect: () => sort(column, { column: column.id, descending: false }, false) },
          { id: 'down', label: t('table.sortDescending'), onSelect: () => sort(column, { column: column.id, descending: true }, false) },
          {
            id: 'also',
            label: t('table.sortAlso'),
            disabled: sorts.length === 0 || sorts.some((one) => one.column === column.id),
            onSelect: () => sortNext(column, true),
          },
          { id: 'unsort', label: t('table.sortNot'), disabled: sorts.length === 0, onSelect: () => sortBy([]) },
        ]
      : [];
    if (!layout) return sortable;
    const width = widths.get(column.id) ?? 100;
    return [
      ...sortable,
      ...(isName
        ? []
        : [
            {
              id: 'pin',
              label: t(column.pinned ? 'table.unpin' : 'table.pin'),
              separated: true,
              onSelect: () => change(withPin(layout, column.id, column.pinned !== true)),
            },
            { id: 'left', label: t('table.moveLeft'), keys: 'Alt+ArrowLeft', onSelect: () => change(moveBy(layout, column.id, -1)) },
            { id: 'right', label: t('table.moveRight'), keys: 'Alt+ArrowRight', onSelect: () => change(moveBy(layout, column.id, 1)) },
          ]),
      {
        id: 'wider',
        label: t('table.wider'),
        keys: 'Alt+Shift+ArrowRight',
        separated: true,
        onSelect: () => resize(column.id, width + 2 * widthStep),
      },
      { id: 'narrower', label: t('table.narrower'), keys: 'Alt+Shift+ArrowLeft', onSelect: () => resize(column.id, width - 2 * widthStep) },
      { id: 'fit', label: t('table.fit'), onSelect: () => resize(column.id, undefined) },
      ...(isName
        ? []
        : [{ id: 'hide', label: t('table.hide'), separated: true, onSelect: () => change(withColumn(layout, column.id, false)) }]),
      { id: 'choose', label: t('table.chooseColumns'), separated: isName, onSelect: onChooseColumns },
    ];
  };

  const onDragOver = (event: DragEvent, id: string): void => {
    if (!event.dataTransfer.types.includes(dragType) || id === 'name') return;
    event.preventDefault();
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const after = event.clientX > left + width / 2;
    const at = columns.findIndex((column) => column.id === id);
    setDropAt(after ? (columns[at + 1]?.id ?? 'end') : id);
  };
  const onDrop = (event: DragEvent): void => {
    const id = event.dataTransfer.getData(dragType);
    if (id === '' || !layout) return;
    event.preventDefault();
    change(moveBefore(layout, id, dropAt === 'end' ? undefined : dropAt));
    setDropAt(undefined);
  };

  return (
    <div className="run-row run-head" role="row" aria-rowindex={1}>
      <span role="columnheader" className="run-check">
        {chooseAll}
      </span>
      {all.map((column, index) => {
        const place = sorts.findIndex((one) => one.column === column.id);
        const sorted = sorts[place];
        const left = lefts.get(column.id);
        const drop =
          dropAt === column.id ? ' drop-before' : dropAt === 'end' && index === all.length - 1 && column.id !== 'name' ? ' drop-after' : '';
        return (
          // Its button has the keys.
          // oxlint-disable-next-line jsx-a11y/interactive-supports-focus
          <span
            key={column.id}
            role="columnheader"
            className={`${column.align}${left === undefined ? '' : ' pinned'}${drop}`}
            style={left === undefined ? undefined : { left }}
            aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : column.sortKey ? 'none' : undefined}
            draggable={layout !== undefined && column.id !== 'name'}
            onDragStart={(event) => {
              event.dataTransfer.setData(dragType, column.id);
              event.dataTransfer.effectAllowed = 'move';
            }}
            onDragOver={(event) => onDragOver(event, column.id)}
            onDragEnd={() => setDropAt(undefined)}
            onDrop={onDrop}
            onContextMenu={(event) => {
              const button = event.currentTarget.querySelector<HTMLElement>('.run-sort');
              if (!button) return;
              event.preventDefault();
              open(column, button);
            }}
          >
            <button
              type="button"
              className="run-sort"
              title={t(layout ? 'table.headHint' : 'runs.sortHint')}
              tabIndex={stop === column.id ? 0 : -1}
              aria-haspopup={layout ? 'menu' : undefined}
              onFocus={() => setTabStop(column.id)}
              onKeyDown={(event) => onKeyDown(event, column)}
              onClick={(event) => column.sortKey && sortNext(column, event.shiftKey)}
            >
              {column.title}
              <span aria-hidden="true">{sorted ? `${sorted.descending ? ' ↓' : ' ↑'}${sorts.length > 1 ? place + 1 : ''}` : ''}</span>
            </button>
            {layout && <Grip width={() => widths.get(column.id) ?? 100} onResize={(width) => resize(column.id, width)} />}
          </span>
        );
      })}
      {menu && (
        <OpenMenu
          label={t('table.columnMenu', { column: menu.column.title })}
          items={itemsOf(menu.column)}
          anchor={menuAnchor}
          close={(refocus) => {
            setMenu(undefined);
            if (refocus) menu.anchor.focus();
          }}
        />
      )}
    </div>
  );
}

/** The edge of a heading: dragged, the column is resized; a double click makes it as wide as its text. */
function Grip({ width, onResize }: { readonly width: () => number; readonly onResize: (width: number | undefined) => void }) {
  const began = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const onPointerDown = (event: PointerEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    began.current = { x: event.clientX, width: width() };
  };
  return (
    // The heading's keys and its menu do the same.
    <i
      className="run-grip"
      aria-hidden="true"
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        if (began.current) onResize(began.current.width + event.clientX - began.current.x);
      }}
      onPointerUp={() => {
        began.current = undefined;
      }}
      onDoubleClick={(event) => {
        event.stopPropagation();
        onResize(undefined);
      }}
    />
  );
}
