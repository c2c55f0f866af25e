import { metricName, spacedName } from '#contract/measured.ts';
import { useMemo } from 'react';
import type { Comparison } from '#contract/runs.ts';
import type { Formats } from '../../words/format.ts';
import { type Translate, useFormats, useWords } from '../../words/use-words.ts';
import { useCurvesStore } from '../curves/curves-store.ts';
import { HighlightButton } from '../curves/HighlightButton.tsx';
import { validationPrefix } from '../runs/metrics.ts';
import { settingText, shortPath } from '../runs/settings-list.ts';
import { bestCells, type Cell, differenceOf, type DifferenceRow, resultRows, settingRows } from './differences.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';

/** Up to this many runs stand in columns; more stand in rows, as in the table of runs. */
const columnLimit = 3;

/** `compact` leaves out last values and training metrics where there are validation ones, and says a difference once. */
export function DifferenceTable({ comparison, compact }: { readonly comparison: Comparison; readonly compact: boolean }) {
  const t = useWords();
  const formats = useFormats();
  const rows = useMemo(() => {
    const all = [...settingRows(comparison), ...resultRows(comparison)];
    return compact ? mainRows(all) : all;
  }, [comparison, compact]);
  return comparison.runs.length <= columnLimit ? (
    <RunsInColumns comparison={comparison} rows={rows} compact={compact} t={t} formats={formats} />
  ) : (
    <RunsInRows comparison={comparison} rows={rows} compact={compact} t={t} formats={formats} />
  );
}

interface SheetProps {
  readonly compact: boolean;
  readonly comparison: Comparison;
  readonly rows: readonly DifferenceRow[];
  readonly t: Translate;
  readonly formats: Formats;
}

function RunsInColumns({ comparison: { runs }, rows, compact, t, formats }: SheetProps) {
  const two = runs.length === 2;
  const highlighted = useCurvesStore((state) => state.highlighted);
  return (
    <ScrollRegion className="sheet-scroll" label={t('comparison.whatDiffers')} role="group">
      <table className="sheet">
        <thead>
          <tr>
            <th scope="col" className="left">
              <span className="visually-hidden">{t('comparison.whatDiffers')}</span>
            </th>
            {runs.map((run) => (
              <th key={run.id} scope="col" className={run.id === highlighted ? 'highlighted' : undefined}>
                <HighlightButton id={run.id} name={run.name} color={run.color} />
              </th>
            ))}
            {two && <th scope="col">{t('comparison.difference')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const best = bestCells(row);
            return (
              <tr key={row.id} className={startsResults(rows, index) ? 'sheet-break' : undefined}>
                <th scope="row" title={placesOf(row)}>
                  {rowTitle(t, row)}
                  {!compact && row.places?.[0] !== undefined && (
                    <span className="place" aria-hidden="true">
                      {shortPath(row.places[0])}
                    </span>
                  )}
                </th>
                {row.cells.map((cell, column) => (
                  <td
                    key={runs[column]?.id}
                    className={[best.has(column) && 'best', runs[column]?.id === highlighted && 'highlighted'].filter(Boolean).join(' ')}
                  >
                    <Value row={row} cell={cell} column={column} best={best.has(column)} t={t} formats={formats} />
                    {!two && !best.has(column) && row.better && <small> {toBest(row, cell, best, compact, formats)}</small>}
                  </td>
                ))}
                {two && <td className="difference">{differenceText(row, compact, t, formats)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function RunsInRows({ comparison: { runs }, rows, compact, t, formats }: SheetProps) {
  const bests = rows.map(bestCells);
  const highlighted = useCurvesStore((state) => state.highlighted);
  return (
    <ScrollRegion className="sheet-scroll" label={t('comparison.whatDiffers')} role="group">
      <table className="sheet wide">
        <thead>
          <tr>
            <th scope="col" className="left">
              {t('comparison.run')}
            </th>
            {rows.map((row) => (
              <th key={row.id} scope="col" title={placesOf(row)}>
                {rowTitle(t, row)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run, column) => (
            <tr key={run.id} className={run.id === highlighted ? 'highlighted' : undefined}>
              <th scope="row">
                <HighlightButton id={run.id} name={run.name} color={run.color} />
              </th>
              {rows.map((row, index) => {
                const best = bests[index]?.has(column) ?? false;
                const cell = row.cells[column] ?? { type: 'missing' as const };
                return (
                  <td key={row.id} className={best ? 'best' : undefined}>
                    <Value row={row} cell={cell} column={column} best={best} t={t} formats={formats} />
                    {!best && row.better && <small>{toBest(row, cell, bests[index], compact, formats)}</small>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Value({
  row,
  cell,
  column,
  best,
  t,
  formats,
}: {
  readonly row: DifferenceRow;
  readonly cell: Cell;
  readonly column: number;
  readonly best: boolean;
  readonly t: Translate;
  readonly formats: Formats;
}) {
  const epoch = row.epochs?.[column];
  return (
    <>
      {cellText(row, cell, formats)}
      {epoch !== undefined && <span className="at-epoch"> {t('comparison.atEpoch', { epoch })}</span>}
      {best && <span className="visually-hidden"> {t('runs.best')}</span>}
    </>
  );
}

function startsResults(rows: readonly DifferenceRow[], index: number): boolean {
  const isSetting = (row: DifferenceRow | undefined): boolean => row?.kind === 'param' || row?.kind === 'setting';
  return index > 0 && isSetting(rows[index - 1]) && !isSetting(rows[index]);
}

/** Full paths, for the tooltip. */
function placesOf(row: DifferenceRow): string | undefined {
  if (row.kind === 'setting') return row.name;
  return row.places && row.places.length > 0 ? row.places.join('\n') : undefined;
}

/** What differs, the best values that count, and the time. */
function mainRows(rows: readonly DifferenceRow[]): DifferenceRow[] {
  const validated = rows.some((row) => row.kind === 'best' && row.name.startsWith(validationPrefix));
  return rows.filter((row) => row.kind !== 'last' && (row.kind !== 'best' || !validated || row.name.startsWith(validationPrefix)));
}

function rowTitle(t: Translate, row: DifferenceRow): string {
  if (row.kind === 'param') return spacedName(row.name);
  if (row.kind === 'setting') return shortPath(row.name);
  if (row.kind === 'best') return t(row.better === 'min' ? 'runs.metricMin' : 'runs.metricBest', { metric: metricName(t, row.name) });
  if (row.kind === 'last') return t('comparison.metricLast', { metric: metricName(t, row.name) });
  if (row.kind === 'epochs') return t('comparison.epochsDone');
  if (row.kind === 'parameters') return t('runs.parameters');
  return t('comparison.timeAnEpoch');
}

function cellText(row: DifferenceRow, cell: Cell, formats: Formats): string {
  if (cell.type === 'missing') return '–';
  if (cell.type === 'text') return settingText(cell.value, formats);
  if (row.kind === 'best' || row.kind === 'last') return formats.measure(cell.value);
  if (row.kind === 'timeAnEpoch') return formats.duration(cell.value);
  if (row.kind === 'epochs' || row.kind === 'parameters') return formats.count(cell.value);
  return formats.setting(cell.value);
}

function signed(value: number, text: string): string {
  return value > 0 ? `+${text}` : text;
}

/** One place behind the point, or the first that is not 0: a difference there is, however small, is not none. */
function percentText(share: number, formats: Formats): string {
  const places = share === 0 ? 1 : Math.min(4, Math.max(1, -Math.floor(Math.log10(Math.abs(share) * 100))));
  return signed(share, formats.percent(share, places));
}

/** `+0.0162 · +1.9 %`, or the one of them that is usual for the metric, for results, `× 2` for settings where it is a whole ratio. */
function differenceText(row: DifferenceRow, compact: boolean, t: Translate, formats: Formats): string {
  const difference = differenceOf(row.cells[0], row.cells[1]);
  if (!difference) return '';
  const { absolute, share, ratio } = difference;
  if (row.kind === 'param' || row.kind === 'setting') {
    // A seed is a name: twice as much of it is nothing.
    if (ratio === undefined || /(^|\.)seed$/i.test(row.name)) return '';
    const inverse = 1 / ratio;
    const whole = (value: number): boolean => value >= 2 && Math.abs(value - Math.round(value)) < 1e-9;
    if (whole(ratio)) return t('comparison.times', { ratio: formats.count(ratio) });
    if (whole(inverse)) return t('comparison.part', { ratio: formats.count(inverse) });
    return share === undefined ? '' : signed(share, formats.percent(share));
  }
  const percent = share === undefined ? undefined : percentText(share, formats);
  if (row.kind === 'timeAnEpoch' || row.kind === 'epochs' || row.kind === 'parameters') return percent ?? '';
  const plain = signed(absolute, formats.measure(absolute));
  if (compact) return row.better === 'min' ? (percent ?? plain) : plain;
  return percent === undefined ? plain : `${plain} · ${percent}`;
}

/** How far a value is from the best one. */
function toBest(row: DifferenceRow, cell: Cell, best: ReadonlySet<number> | undefined, compact: boolean, formats: Formats): string {
  const top = best && [...best][0];
  const difference = top === undefined ? undefined : differenceOf(cell, row.cells[top]);
  if (!difference) return '';
  if (row.kind === 'best' || row.kind === 'last') {
    const plain = signed(difference.absolute, formats.measure(difference.absolute));
    return compact || difference.share === undefined ? plain : `${plain} · ${percentText(difference.share, formats)}`;
  }
  return difference.share === undefined ? '' : signed(difference.share, formats.percent(difference.share, 0));
}
