import './data.css';
import { ArrowLeft, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { LookFilter } from '#contract/look.ts';
import { type Action, useActions } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Progress } from '../../components/Progress.tsx';
import { on } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { BatchView } from './BatchView.tsx';
import { ColumnPanel } from './ColumnPanel.tsx';
import { useDataStore } from './data-store.ts';
import { PictureGrid } from './PictureGrid.tsx';
import { RowTable } from './RowTable.tsx';
import { SeriesView } from './SeriesView.tsx';

type Mode = 'source' | 'series' | 'batch';

/** A data cell's source in full: its rows or pictures, and what they hold. */
export function DataView() {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const show = useNavigationStore((state) => state.show);
  const { cell, opened, error, busy, share, total, selection, retry, clear, rows } = useDataStore();

  useEffect(
    () =>
      on('data.progressed', ({ id, share: done }) => useDataStore.getState().opened?.id === id && useDataStore.setState({ share: done })),
    [],
  );
  const actions = useMemo(
    (): Action[] => [
      { id: 'data.back', title: t('data.back'), keys: 'Escape', run: () => show('notebook') },
      { id: 'data.clear', title: t('data.clear'), disabled: selection.filters.length === 0 && !rows, run: clear },
    ],
    [t, show, clear, selection.filters, rows],
  );
  useActions('data', actions);

  const [chosenMode, setMode] = useState<Mode>('source');
  // Data without windows has no series to show, and arrays that are no pictures have nothing but batches.
  const hasSource = !opened || opened.table !== undefined || opened.pictures !== undefined;
  const modes: readonly Mode[] = [...(hasSource ? (['source'] as const) : []), ...(opened?.series ? (['series'] as const) : []), 'batch'];
  const mode = modes.includes(chosenMode) ? chosenMode : modes[0];
  const table = opened?.table;
  const counted = opened?.pictures?.count ?? total;
  return (
    <div className="data-view">
      <div className="data-bar">
        <Button look="quiet" icon={<ArrowLeft size={14} />} onClick={() => show('notebook')}>
          {t('data.back')}
        </Button>
        <h1>{opened?.path ?? cell ?? t('data.view')}</h1>
        <span className="quiet" role="status">
          {opened?.pictures
            ? t('data.pictureCount', { count: opened.pictures.count })
            : table &&
              (counted === undefined
                ? t('data.columnCount', { count: table.columns.length })
                : t('data.size', { rows: counted, columns: table.columns.length }))}
        </span>
        <span className="grow" />
        <Filters />
        {cell !== undefined && (
          <span className="data-modes" role="group" aria-label={t('data.modes')}>
            {modes.map((one) => (
              <Button key={one} aria-pressed={mode === one} onClick={() => setMode(one)}>
                {t(`data.mode.${one}`)}
              </Button>
            ))}
          </span>
        )}
      </div>
      {cell === undefined && !opened && (
        <EmptyState
          title={t('data.nothing')}
          text={t('data.nothingText')}
          actions={
            <Button look="primary" onClick={() => show('notebook')}>
              {t('data.back')}
            </Button>
          }
        />
      )}
      {error !== undefined && (
        <div className="note data-error" role="alert">
          <b>{t('data.failed')}</b>
          <span className="grow">{errorText(error)}</span>
          <Button onClick={retry}>{t('notebook.tryAgain')}</Button>
        </div>
      )}
      {busy && (!opened || (table && total === undefined)) && (
        <div className="data-progress">
          <span>{opened ? t('data.copying') : t('data.opening')}</span>
          <Progress label={t('data.copying')} value={share} />
          {share !== undefined && <small className="tabular">{formats.percent(share, 0)}</small>}
          <Button onClick={() => show('notebook')}>{t('frame.cancel')}</Button>
        </div>
      )}
      {mode === 'batch' && cell !== undefined && <BatchView cell={cell} />}
      {mode === 'series' && opened && <SeriesView key={opened.id} id={opened.id} />}
      {table && mode === 'source' && (
        <div className="data-body">
          <RowTable />
          <ColumnPanel />
        </div>
      )}
      {opened?.pictures && mode === 'source' && <PictureGrid />}
    </div>
  );
}

function Filters() {
  const t = useWords();
  const formats = useFormats();
  const { selection, rows, opened, unfilter, clear } = useDataStore();
  const number = (value: number) => formats.setting(Number(value.toPrecision(4)));
  const text = (filter: LookFilter): string => {
    switch (filter.is) {
      case 'rows':
        return t('data.filter.rows', { count: filter.rows.length });
      case 'equal':
        return t('data.filter.equal', { column: filter.column, value: filter.value });
      case 'containing':
        return t('data.filter.containing', { column: filter.column, text: filter.text });
      case 'missing':
        return t('data.filter.missing', { column: filter.column });
      default:
        return t('data.filter.between', { column: filter.column, from: number(filter.from), to: number(filter.to) });
    }
  };
  return (
    <div className="data-filters" role="group" aria-label={t('data.filters')}>
      {selection.filters.map((filter, index) => (
        <button key={text(filter)} type="button" className="chip" title={t('data.unfilter')} onClick={() => unfilter(index)}>
          {text(filter)} <X size={12} aria-hidden />
        </button>
      ))}
      {rows && opened?.pictures && (
        <button type="button" className="chip" title={t('data.unfilter')} onClick={clear}>
          {t('data.filter.rows', { count: rows.length })} <X size={12} aria-hidden />
        </button>
      )}
    </div>
  );
}
