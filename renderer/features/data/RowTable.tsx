// Rows and columns of a virtual table are placed by transforms, which those of a <table> are not: hence the roles.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, useEffect, useMemo, useRef } from 'react';
import type { ColumnProfile, LookCell, LookColumn, LookFilter } from '#contract/look.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { columnWidth } from '../runs/widths.ts';
import { pageSize, useDataStore } from './data-store.ts';
import { barText } from './bar-text.ts';
import { filterOfBar, spreadOf } from './bars.ts';
import { Histogram } from './Histogram.tsx';
import { useTallScroll } from './scroll.ts';
import { shownValue } from './shown-value.ts';

const rowHeight = 24;
const headHeight = 92;
const numberWidth = 76;
/** Columns beyond the edges that are there already when they are scrolled to. */
const spare = 200;

/** The rows, a screenful at a time: the rest stays in the core. */
export function RowTable() {
  const t = useWords();
  const formats = useFormats();
  const { opened, pages, total, selection, profiles, column: chosen, sortBy, filter, needPages, needProfiles } = useDataStore();
  const table = opened?.table;
  const columns = useMemo(() => table?.columns ?? [], [table]);
  const firstRows = table?.firstRows ?? [];
  const untouched = selection.filters.length === 0 && selection.order === undefined;
  const count = total ?? (untouched ? firstRows.length : 0);
  const element = useRef<HTMLDivElement>(null);
  const scroll = useTallScroll(element, count, rowHeight, headHeight);
  const { firstRow, lastRow, left, width } = scroll;

  const widths = useMemo(() => {
    const edges = [numberWidth];
    for (const [index, { name, type }] of columns.entries()) {
      const texts = (table?.firstRows ?? []).slice(0, 30).map((row) => shownValue(formats, row[index] ?? null));
      const kind = name === opened?.target ? `${t('notebook.role.target')}      ${t(`data.type.${type}`)}` : '';
      edges.push((edges.at(-1) ?? 0) + columnWidth([`${name}    `, kind, ...texts.map((text) => `${text}     `)], 88, 240));
    }
    return edges;
  }, [columns, table, opened?.target, t, formats]);
  const full = widths.at(-1) ?? 0;
  const firstColumn = Math.max(0, widths.findIndex((edge) => edge > left + numberWidth - spare) - 1);
  const beyond = widths.findIndex((edge) => edge > left + width + spare);
  const shown = columns.slice(firstColumn, beyond < 0 ? columns.length : beyond);
  const shownNames = shown.map(({ name }) => name).join('\n');

  useEffect(
    () => needPages(Math.floor(firstRow / pageSize), Math.floor(Math.max(firstRow, lastRow) / pageSize)),
    [firstRow, lastRow, needPages],
  );
  useEffect(() => needProfiles(shownNames === '' ? [] : shownNames.split('\n')), [shownNames, needProfiles]);
  // Other rows begin at their top.
  useEffect(() => {
    // Not the function's value: newer browsers give a promise.
    element.current?.scrollTo({ top: 0 });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [selection]);

  const cellsOf = (row: number): { cells: readonly LookCell[]; number: number } | undefined => {
    const page = pages.get(Math.floor(row / pageSize));
    const cells = page?.cells[row % pageSize];
    if (page && cells) return { cells, number: page.rows[row % pageSize] ?? row };
    const first = untouched ? firstRows[row] : undefined;
    return first && { cells: first, number: row };
  };

  return (
    <div
      ref={element}
      className="row-table"
      role="grid"
      aria-label={t('data.rows')}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + 1}
      tabIndex={0}
      onScroll={scroll.onScroll}
    >
      <div role="row" aria-rowindex={1} className="row-head" style={{ width: full, height: headHeight }}>
        <span role="columnheader" className="row-number" style={{ width: numberWidth }}>
          {t('data.row')}
        </span>
        {shown.map((column, index) => (
          <ColumnHead
            key={column.name}
            column={column}
            index={firstColumn + index}
            left={widths[firstColumn + index] ?? 0}
            width={(widths[firstColumn + index + 1] ?? 0) - (widths[firstColumn + index] ?? 0)}
            chosen={column.name === chosen}
            target={column.name === opened?.target}
            descending={selection.order?.column === column.name ? selection.order.descending : undefined}
            onSort={sortBy}
            profile={profiles.get(column.name)}
            onFilter={filter}
          />
        ))}
      </div>
      <div role="presentation" style={{ position: 'relative', height: scroll.height, width: full, minWidth: '100%' }}>
        {Array.from({ length: Math.max(0, lastRow - firstRow + 1) }, (_, offset) => {
          const row = firstRow + offset;
          const found = cellsOf(row);
          return (
            <div
              key={row}
              role="row"
              aria-rowindex={row + 2}
              className="row-line"
              style={{ transform: `translateY(${scroll.topOf(row)}px)`, width: full }}
            >
              <span role="rowheader" className="row-number" style={{ width: numberWidth }}>
                {found ? formats.count(found.number + 1) : '…'}
              </span>
              {shown.map((column, index) => {
                const at = firstColumn + index;
                const value = found?.cells[at];
                return (
                  <span
                    key={column.name}
                    role="gridcell"
                    aria-colindex={at + 2}
                    className={`row-cell${column.type === 'number' ? '' : ' left'}${column.name === chosen ? ' chosen' : ''}`}
                    style={{ left: widths[at], width: (widths[at + 1] ?? 0) - (widths[at] ?? 0) }}
                  >
                    {found &&
                      (value === null || value === undefined ? (
                        <i className="absent">{t('notebook.absent')}</i>
                      ) : (
                        shownValue(formats, value)
                      ))}
                  </span>
                );
              })}
            </div>
          );
        })}
      </div>
      {total === 0 && <p className="row-none">{t('data.noRowLeft')}</p>}
    </div>
  );
}

interface HeadProps {
  readonly column: LookColumn;
  readonly index: number;
  readonly left: number;
  readonly width: number;
  readonly chosen: boolean;
  readonly target: boolean;
  readonly descending: boolean | undefined;
  readonly profile: ColumnProfile | undefined;
  readonly onSort: (column: string) => void;
  readonly onFilter: (filter: LookFilter) => void;
}

/** Drawn again when its column changes, not with every scrolled row. */
const ColumnHead = memo(function ColumnHead({
  column,
  index,
  left,
  width,
  chosen,
  target,
  descending,
  profile,
  onSort,
  onFilter,
}: HeadProps) {
  const t = useWords();
  const formats = useFormats();
  const { missing = 0, rows = 1 } = profile ?? {};
  return (
    <span
      role="columnheader"
      aria-colindex={index + 2}
      aria-sort={descending === undefined ? 'none' : descending ? 'descending' : 'ascending'}
      className={`column-head${chosen ? ' chosen' : ''}`}
      style={{ left, width }}
    >
      <button type="button" className="column-name" title={column.name} onClick={() => onSort(column.name)}>
        <b>{column.name}</b>
        {descending !== undefined && (descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
      </button>
      <small>
        {target && <em className="role target">{t('notebook.role.target')}</em>} {t(`data.type.${column.type}`)}
        {missing > 0 && (
          <em className="missing"> {t('data.missingShare', { share: formats.percent(missing / rows, missing / rows < 0.1 ? 1 : 0) })}</em>
        )}
      </small>
      {profile ? (
        <Histogram
          counts={spreadOf(profile)}
          height={32}
          stops={false}
          labelOf={(bar) => barText(t, formats, profile, bar)}
          onChoose={(bar) => {
            const wanted = filterOfBar(profile, bar);
            if (wanted) onFilter(wanted);
          }}
        />
      ) : (
        <div className="histogram" style={{ height: 32 }} />
      )}
    </span>
  );
});
