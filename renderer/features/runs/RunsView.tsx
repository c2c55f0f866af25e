import './runs.css';
import { ChartSpline, Columns3, FlaskConical, GitCompareArrows, Rows3, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { GroupShows } from '#contract/run-views.ts';
import { type Action, useActions } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { foreseeCharts } from '../../components/charts/load-plotly.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Menu, type MenuItem } from '../../components/Menu.tsx';
import type { WordKey } from '../../words/catalogue.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';
import { ComparisonPanel } from '../comparison/ComparisonPanel.tsx';
import { openExport } from '../export/export-store.ts';
import { ColumnChooser } from './ColumnChooser.tsx';
import { columnIds, columnOf } from './columns.ts';
import { ExportRunsDialog, ImportDialog } from './TransferDialogs.tsx';
import { PurgeDialog } from './PurgeDialog.tsx';
import { RunDetail } from './RunDetail.tsx';
import { RunTable } from './RunTable.tsx';
import { followBin, useRunsStore } from './runs-store.ts';
import { SearchField } from './SearchField.tsx';
import { keepOnly } from './selection.ts';
import { TidyMenu } from './TidyMenu.tsx';
import { useRows } from './use-rows.ts';
import { followLayout, useViewsStore } from './views-store.ts';
import { ViewsMenu } from './ViewsMenu.tsx';

/** More runs are compared on a page of their own, not with every change of what is chosen. */
const mostBeside = 100;
/** What runs are grouped by beside their params. */
const groupFields = new Set(['state', 'notebook', 'data', 'backend', 'seed', 'tags']);
const shownInGroups: readonly { readonly what: GroupShows; readonly label: WordKey }[] = [
  { what: 'mean', label: 'runs.groupMean' },
  { what: 'range', label: 'runs.groupRange' },
  { what: 'min', label: 'table.groupMin' },
  { what: 'max', label: 'table.groupMax' },
  { what: 'count', label: 'table.groupCount' },
];

/** The workspace whose views are loaded: coming back to the table changes nothing. */
let loadedFor: string | undefined;

/** The table of runs; below it the chosen run, or the chosen ones side by side. */
export function RunsView() {
  const t = useWords();
  const rows = useRows();
  const { query, search, selection, select, showsBin, showBin, remove, restore, rename, group, groupBy, groupShows, showInGroups } =
    useRunsStore();
  const compare = useNavigationStore((state) => state.compare);
  const showCurves = useNavigationStore((state) => state.showCurves);
  const show = useNavigationStore((state) => state.show);
  const field = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  const { bin, showsArchive, showArchive } = useRunsStore();
  const [transfer, setTransfer] = useState<'import' | 'export'>();
  const closeTransfer = useCallback(() => setTransfer(undefined), []);
  const transfers = useMemo(
    (): MenuItem[] => [
      { id: 'import', label: t('transfer.import'), separated: true, onSelect: () => setTransfer('import') },
      { id: 'export', label: t('transfer.export'), disabled: rows.runs.length === 0, onSelect: () => setTransfer('export') },
    ],
    [t, rows.runs.length],
  );
  const [purged, setPurged] = useState<readonly RunSummary[]>();
  const formats = useFormats();
  const folder = useWorkspaceStore((state) => state.workspace?.folder);
  const loadViews = useViewsStore((state) => state.load);
  const [choosesColumns, setChoosesColumns] = useState(false);
  const openChooser = useCallback(() => setChoosesColumns(true), []);
  const closeChooser = useCallback(() => {
    setChoosesColumns(false);
    document.querySelector<HTMLElement>('[data-chooses-columns]')?.focus();
  }, []);

  useEffect(() => {
    if (folder !== undefined && loadedFor !== folder) {
      loadedFor = folder;
      void loadViews();
    }
  }, [folder, loadViews]);
  useEffect(followLayout, []);
  useEffect(followBin, []);
  useEffect(foreseeCharts, []);
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
  const deletable = chosen.length > 0 && chosen.every((run) => !isGoingOn(run));

  const groupable = useMemo(
    () =>
      columnIds(rows.shape)
        .map((id) => columnOf(id, rows.shape, t, formats))
        .filter((column) => column?.groupKey !== undefined && (column.section === 'param' || groupFields.has(column.id)))
        .filter((column) => column !== undefined)
        .sort((a, b) => Number(b.section === 'param') - Number(a.section === 'param')),
    [rows.shape, t, formats],
  );
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
        { id: 'runs.purge', title: t('tidy.purge'), disabled: chosenIds.length === 0, run: () => setPurged(chosen) },
        { id: 'runs.emptyBin', title: t('tidy.emptyBin'), disabled: bin.length === 0 || rows.awaited > 0, run: () => setPurged(bin) },
      ];
    }
    return [
      ...always,
      { id: 'runs.import', title: t('transfer.import'), run: () => setTransfer('import') },
      { id: 'runs.exportData', title: t('transfer.export'), disabled: rows.runs.length === 0, run: () => setTransfer('export') },
      { id: 'runs.columns', title: t('table.chooseColumns'), run: openChooser },
      { id: 'runs.curves', title: t('curves.show'), disabled: chosenIds.length === 0, run: () => showCurves(chosenIds) },
      { id: 'runs.compare', title: t('runs.compare'), keys: 'Mod+Enter', disabled: chosenIds.length < 2, run: () => compare(chosenIds) },
      { id: 'runs.delete', title: t('runs.delete'), disabled: !deletable, run: () => void remove(chosen) },
      ...(only ? [{ id: 'runs.rename', title: t('runs.rename'), run: () => rename(only.id) }] : []),
      ...(only && only.epochs > 0 ? [{ id: 'runs.export', title: t('runs.export'), run: () => openExport(only) }] : []),
    ];
  }, [
    t,
    focusSearch,
    openChooser,
    showCurves,
    showsBin,
    showBin,
    chosenIds,
    compare,
    deletable,
    remove,
    restore,
    chosen,
    only,
    rename,
    bin,
    rows.runs.length,
    rows.awaited,
  ]);
  useActions('runs', actions);

  if (rows.loaded && rows.total === 0 && !showsArchive) {
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
                <Button onClick={() => setTransfer('import')}>{t('transfer.import')}</Button>
                <Button onClick={() => showBin(true)}>{t('runs.showBin')}</Button>
              </>
            }
          />
        )}
        {transfer === 'import' && <ImportDialog onClose={closeTransfer} />}
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
          notice={rows.queryNotice}
          onSearch={search}
          onLeave={() => document.querySelector<HTMLElement>('.run-table')?.focus()}
        />
        {showsBin ? (
          <>
            <Button look="primary" disabled={chosen.length === 0} onClick={() => void restore(chosenIds)}>
              {t('runs.restoreCount', { count: chosen.length })}
            </Button>
            <Button danger disabled={chosen.length === 0} onClick={() => setPurged(chosen)}>
              {t('tidy.purgeCount', { count: chosen.length })}
            </Button>
            <Button danger disabled={rows.total === 0 || rows.awaited > 0} onClick={() => setPurged(bin)}>
              {t('tidy.emptyBin')}
            </Button>
            <Button onClick={() => showBin(false)}>{t('runs.leaveBin')}</Button>
          </>
        ) : (
          <>
            <Menu
              label={t('runs.group')}
              items={[
                { id: 'none', label: t('runs.groupNone'), checked: groupBy.length === 0, onSelect: () => group([]) },
                ...groupable.map(({ id, title, section }, index) => ({
                  id,
                  label: title,
                  checked: groupBy.includes(id),
                  separated: index === 0 || groupable[index - 1]?.section !== section,
                  onSelect: () => group(groupBy.includes(id) ? groupBy.filter((other) => other !== id) : [...groupBy, id]),
                })),
                ...shownInGroups.map(({ what, label }, index) => ({
                  id: what,
                  label: t(label),
                  checked: groupShows === what,
                  separated: index === 0,
                  onSelect: () => showInGroups(what),
                })),
              ]}
              trigger={(props) => (
                <Button icon={<Rows3 size={14} />} {...props}>
                  {t('runs.group')}
                </Button>
              )}
            />
            <span className="chooser-place">
              <Button
                icon={<Columns3 size={14} />}
                data-chooses-columns
                aria-expanded={choosesColumns}
                onClick={() => setChoosesColumns((was) => !was)}
              >
                {t('table.columns')}
              </Button>
              {choosesColumns && <ColumnChooser shape={rows.shape} layout={rows.layout} onClose={closeChooser} />}
            </span>
            <ViewsMenu />
            <TidyMenu chosen={chosen} more={transfers} />
            {showsArchive && <Button onClick={() => showArchive(false)}>{t('tidy.leaveArchive')}</Button>}
            <Button icon={<ChartSpline size={14} />} disabled={chosen.length === 0} onClick={() => showCurves(chosenIds)}>
              {t('curves.show')}
            </Button>
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
      {rows.total > 0 && rows.runs.length === 0 && rows.awaited === 0 ? (
        <EmptyState
          title={t('runs.noMatch', { query })}
          text={t('runs.noMatchText')}
          actions={<Button onClick={() => search('')}>{t('runs.clearSearch')}</Button>}
        />
      ) : (
        <RunTable
          rows={rows}
          onChooseColumns={openChooser}
          onOpen={() => {
            if (chosen.length > 1) compare(chosenIds);
            else panel.current?.querySelector<HTMLElement>('[role=tab][tabindex="0"]')?.focus();
          }}
          onDelete={() => {
            if (showsBin) {
              if (chosen.length > 0) setPurged(chosen);
              return;
            }
            if (deletable) void remove(chosen);
          }}
        />
      )}
      {transfer === 'import' && <ImportDialog onClose={closeTransfer} />}
      {transfer === 'export' && <ExportRunsDialog runs={chosen.length > 0 ? chosen : rows.runs} onClose={closeTransfer} />}
      {purged && <PurgeDialog runs={purged} onClose={() => setPurged(undefined)} />}
      <div ref={panel} className="runs-panel">
        {only ? (
          <RunDetail key={only.id} run={only} />
        ) : chosen.length > 1 && !showsBin ? (
          chosen.length > mostBeside ? (
            <p className="quiet-text runs-hint">{t('runs.manyChosen', { count: chosen.length })}</p>
          ) : (
            <ComparisonPanel runIds={chosenIds} compact />
          )
        ) : (
          rows.runs.length > 0 && <p className="quiet-text runs-hint">{t(showsBin ? 'runs.binHint' : 'runs.hint')}</p>
        )}
      </div>
    </div>
  );
}
