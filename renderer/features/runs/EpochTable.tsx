// Rows of a virtual list are placed by a transform, which rows of a <table> are not: hence the roles.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useMemo, useRef } from 'react';
import { metricName } from '#contract/measured.ts';
import type { EpochRow, RunSummary } from '#contract/runs.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { bestOf } from './metrics.ts';
import { columnWidth } from './widths.ts';

const rowHeight = 26;

/** Every epoch of a run in numbers, the best value of each metric marked. */
export function EpochTable({ run, rows }: { readonly run: RunSummary; readonly rows: readonly EpochRow[] }) {
  const t = useWords();
  const formats = useFormats();
  const scroller = useRef<HTMLDivElement>(null);
  const metrics = useMemo(() => [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))], [rows]);
  const columns = useMemo(() => {
    /** What training waited for its batches, and which share of the epoch that is. */
    const dataTime = ({ elapsedMs, phasesMs }: EpochRow) =>
      `${formats.duration(phasesMs.data)} · ${formats.percent(elapsedMs > 0 ? phasesMs.data / elapsedMs : 0)}`;
    return [
      { id: 'epoch', title: t('runs.epoch'), text: (row: EpochRow) => formats.count(row.epoch) },
      ...metrics.map((metric) => ({
        id: metric,
        title: metricName(t, metric),
        text: ({ metrics: { [metric]: value } }: EpochRow) => (value === undefined ? '' : formats.measure(value)),
      })),
      {
        id: 'rate',
        title: t('runs.learningRate'),
        text: (row: EpochRow) => (Number.isNaN(row.learningRate) ? '–' : formats.setting(row.learningRate)),
      },
      { id: 'time', title: t('runs.time'), text: (row: EpochRow) => formats.duration(row.elapsedMs) },
      { id: 'data', title: t('runs.timeData'), text: (row: EpochRow) => dataTime(row) },
      { id: 'steps', title: t('runs.timeSteps'), text: (row: EpochRow) => formats.duration(row.phasesMs.steps) },
      { id: 'validation', title: t('runs.timeValidation'), text: (row: EpochRow) => formats.duration(row.phasesMs.validation) },
      {
        id: 'speed',
        title: t('runs.samplesPerSecond'),
        text: (row: EpochRow) => (row.phasesMs.steps > 0 ? formats.count((row.samples / row.phasesMs.steps) * 1000) : '–'),
      },
    ];
  }, [metrics, t, formats]);
  const template = useMemo(
    () => columns.map((column) => `minmax(${columnWidth([column.title, ...rows.map((row) => column.text(row))], 56)}px, 1fr)`).join(' '),
    [columns, rows],
  );
  const bestEpochs = new Map(metrics.map((metric) => [metric, bestOf(metric, run.metrics[metric])?.epoch]));
  // Nothing of it is memoized here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  return (
    // A scrolled region must be reachable by keyboard.
    <div
      ref={scroller}
      className="epoch-table"
      role="table"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={t('runs.everyEpoch')}
      aria-rowcount={rows.length + 1}
      style={{ '--columns': template } as CSSProperties}
    >
      <div className="epoch-row epoch-head" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <span key={column.id} role="columnheader">
            {column.title}
          </span>
        ))}
      </div>
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <div
                key={row.epoch}
                className="epoch-row"
                role="row"
                aria-rowindex={index + 2}
                style={{ transform: `translateY(${start}px)` }}
              >
                {columns.map((column) => {
                  const isBest = bestEpochs.get(column.id) === row.epoch;
                  return (
                    <span key={column.id} role="cell" className={isBest ? 'best' : undefined}>
                      {column.text(row)}
                      {isBest && <span className="visually-hidden"> {t('runs.best')}</span>}
                    </span>
                  );
                })}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
