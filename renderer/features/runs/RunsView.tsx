import './runs.css';
import { FlaskConical, GitCompareArrows, Rows3, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { RunId } from '#contract/ids.ts';
import { type Action, useActions } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Menu } from '../../components/Menu.tsx';
import { useWords } from '../../words/use-words.ts';
import { ComparisonPanel } from '../comparison/ComparisonPanel.tsx';
import { openExport } from '../export/export-store.ts';
import { isGoing } from '../notebook/training-store.ts';
import { RunDetail } from './RunDetail.tsx';
import { RunTable } from './RunTable.tsx';
import { followBin, useRunsStore } from './runs-store.ts';
import { spacedName } from './run-words.ts';
import { SearchField } from './SearchField.tsx';
import { keepOnly } from './selection.ts';
import { useRows } from './use-rows.ts';

/** The table of runs; below it the chosen run, or the chosen ones side by side. */
export function RunsView() {
  const t = useWords();
  const rows = useRows();
  const { query, search, selection, select, showsBin, showBin, remove, restore, rename, group, groupBy, groupShows, showInGroups } =
    useRunsStore();
  const compare = useNavigationStore((state) => state.compare);
  const show = useNavigationStore((state) => state.show);
  const field = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  useEffect(followBin, []);
  useEffect(() => {
    const kept = keepOnly(
      selection,
      new Set([...rows.runs.map((run) => run.id), ...rows.lines.flatMap((line) => (line.type === 'group' ? [line.group.id] : []))]),
    );
    if (kept !== selection) select(kept);
  }, [rows.runs, rows.lines, selection, select]);

  const chosen = useMemo(() => rows.runs.filter((run) => selection.chosen.has(run.id)), [rows.runs, selection.chosen]);
  const chosenKey = chosen.map((run) => run.id).join(' ');
  const chosenIds = useMemo(() => (chosenKey === '' ? [] : (chosenKey.split(' ') as RunId[])), [chosenKey]);
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const deletable = chosen.length > 0 && chosen.every((run) => !isGoing(run.status));

  const focusSearch = useCallback(() => field.current?.focus(), []);
  const actions = useMemo((): Action[] => {
    const always: Action[] = [
      { id: 'runs.search', title: t('runs.search'), keys: 'Mod+F', run: focusSearch },
      { id: 'runs.bin', title: t(showsBin ? 'runs.leaveBin' : 'runs.showBin'), run: () => showBin(!showsBin) },
    ];
    if (showsBin) {
      return [
        ...always,
        { id: 'runs.restore', title: t('runs.restore'), disabled: chosenIds.length === 0, run: () => void restore(chosenIds) },
      ];
    }
    return [
      ...always,
      { id: 'runs.compare', title: t('runs.compare'), keys: 'Mod+Enter', disabled: chosenIds.length < 2, run: () => compare(chosenIds) },
      { id: 'runs.delete', title: t('runs.delete'), disabled: !deletable, run: () => void remove(chosen) },
      ...(only ? [{ id: 'runs.rename', title: t('runs.rename'), run: () => rename(only.id) }] : []),
      ...(only && only.epochs > 0 ? [{ id: 'runs.export', title: t('runs.export'), run: () => openExport(only) }] : []),
    ];
  }, [t, focusSearch, showsBin, showBin, chosenIds, compare, deletable, remove, restore, chosen, only, rename]);
  useActions('runs', actions);

  if (rows.loaded && rows.total === 0) {
    return (
      <div className="runs-view">
        <h1 className="visually-hidden">{t(showsBin ? 'runs.bin' : 'runs.table')}</h1>
        {showsBin ? (
          <EmptyState
            icon={<Trash2 size={28} strokeWidth={1.5} />}
            title={t('runs.binEmpty')}
            text={t('runs.binEmptyText')}
            actions={<Button onClick={() => showBin(false)}>{t('runs.leaveBin')}</Button>}
          />
        ) : (
          <EmptyState
            icon={<FlaskConical size={28} strokeWidth={1.5} />}
            title={t('runs.none')}
            text={t('runs.noneText')}
            actions={
              <>
                <Button look="primary" onClick={() => show('notebook')}>
                  {t('runs.openNotebook')}
                </Button>
                <Button onClick={() => showBin(true)}>{t('runs.showBin')}</Button>
              </>
            }
          />
        )}
      </div>
    );
  }

  return (
    <div className={chosen.length === 0 ? 'runs-view idle' : 'runs-view'}>
      <h1 className="visually-hidden">{t(showsBin ? 'runs.bin' : 'runs.table')}</h1>
      <div className="runs-bar" role="toolbar" aria-label={t('runs.tools')}>
        <SearchField
          field={field}
          query={query}
          names={rows.names}
          error={rows.queryError}
          onSearch={search}
          onLeave={() => document.querySelector<HTMLElement>('.run-table')?.focus()}
        />
        {showsBin ? (
          <>
            <Button look="primary" disabled={chosen.length === 0} onClick={() => void restore(chosenIds)}>
              {t('runs.restoreCount', { count: chosen.length })}
            </Button>
            <Button onClick={() => showBin(false)}>{t('runs.leaveBin')}</Button>
          </>
        ) : (
          <>
            {rows.names.params.length > 0 && (
              <Menu
                label={t('runs.group')}
                items={[
                  { id: 'none', label: t('runs.groupNone'), checked: groupBy.length === 0, onSelect: () => group([]) },
                  ...rows.names.params.map((param, index) => ({
                    id: `param:${param}`,
                    label: spacedName(param),
                    checked: groupBy.includes(param),
                    separated: index === 0,
                    onSelect: () => group(groupBy.includes(param) ? groupBy.filter((other) => other !== param) : [...groupBy, param]),
                  })),
                  {
                    id: 'mean',
                    label: t('runs.groupMean'),
                    checked: groupShows === 'mean',
                    separated: true,
                    onSelect: () => showInGroups('mean'),
                  },
                  { id: 'range', label: t('runs.groupRange'), checked: groupShows === 'range', onSelect: () => showInGroups('range') },
                ]}
                trigger={(props) => (
                  <Button icon={<Rows3 size={14} />} {...props}>
                    {t('runs.group')}
                  </Button>
                )}
              />
            )}
            <Button
              look={chosen.length > 1 ? 'primary' : 'plain'}
              icon={<GitCompareArrows size={14} />}
              disabled={chosen.length < 2}
              onClick={() => compare(chosenIds)}
            >
              {t('runs.compareCount', { count: chosen.length })}
            </Button>
            <Button
              icon={<Trash2 size={14} />}
              disabled={!deletable}
              title={chosen.length > 0 && !deletable ? t('runs.deleteGoing') : undefined}
              onClick={() => void remove(chosen)}
            >
              {t('runs.delete')}
            </Button>
            <Button look="quiet" onClick={() => showBin(true)}>
              {t('runs.bin')}
            </Button>
          </>
        )}
      </div>
      {rows.total > 0 && rows.runs.length === 0 ? (
        <EmptyState
          title={t('runs.noMatch', { query })}
          text={t('runs.noMatchText')}
          actions={<Button onClick={() => search('')}>{t('runs.clearSearch')}</Button>}
        />
      ) : (
        <RunTable
          rows={rows}
          onOpen={() => {
            if (chosen.length > 1) compare(chosenIds);
            else panel.current?.querySelector<HTMLElement>('[role=tab][tabindex="0"]')?.focus();
          }}
          onDelete={() => {
            if (showsBin) return;
            if (deletable) void remove(chosen);
          }}
        />
      )}
      <div ref={panel} className="runs-panel">
        {only ? (
          <RunDetail key={only.id} run={only} />
        ) : chosen.length > 1 && !showsBin ? (
          <ComparisonPanel runIds={chosenIds} compact />
        ) : (
          rows.runs.length > 0 && <p className="quiet-text runs-hint">{t(showsBin ? 'runs.binHint' : 'runs.hint')}</p>
        )}
      </div>
    </div>
  );
}
