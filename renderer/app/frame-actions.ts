/** What can be done from anywhere. */
import { useMemo } from 'react';
import type { Sample, Workspace } from '#contract/calls.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunSummary } from '#contract/runs.ts';
import { locales } from '#contract/words/message.ts';
import { openExport, useReportStore } from '../features/export/export-store.ts';
import { openModelUse } from '../features/model-use/model-use-store.ts';
import { cellsOf } from '../features/notebook/blocks.ts';
import { giveKeyboardToNotebook } from '../features/notebook/keyboard.ts';
import { useNotebookStore } from '../features/notebook/notebook-store.ts';
import { runAll } from '../features/notebook/run-in-view.ts';
import { useTrainingStore } from '../features/notebook/training-store.ts';
import { openPalette, usePaletteStore } from '../features/palette/palette-store.ts';
import { useSweepStore } from '../features/sweep/sweep-store.ts';
import { useTabsStore } from '../features/tabs/tabs-store.ts';
import { useWorkspaceStore } from '../features/workspace/workspace-store.ts';
import { type Translate, useWords } from '../words/use-words.ts';
import { type Action, useActions } from './action-store.ts';
import { languageNames, themes, viewKeys } from './choices.ts';
import { useNavigationStore } from './navigation-store.ts';
import { useSettingsStore } from './settings-store.ts';

export function useFrameActions(): void {
  const t = useWords();
  const path = useNotebookStore((state) => state.path);
  const notebooks = useWorkspaceStore((state) => state.workspace?.notebooks);
  const samples = useWorkspaceStore((state) => state.samples);
  const newest = useTrainingStore((state) => state.runs.find((run) => run.notebook === path && run.epochs > 0 && !isGoingOn(run)));
  const tabs = useTabsStore((state) => state.tabs);
  const canReopen = useTabsStore((state) => state.closed.length > 0);
  const actions = useMemo(
    () => frameActions(t, path, notebooks ?? [], samples, newest, tabs, canReopen),
    [t, path, notebooks, samples, newest, tabs, canReopen],
  );
  useActions('frame', actions);
}

/** A browser keeps Ctrl+Tab and Ctrl+W for its own tabs; on the desktop they are ours, too. */
function tabActions(t: Translate, path: string | undefined, tabs: readonly string[], canReopen: boolean): readonly Action[] {
  const { step, close, closeOthers, reopen, move } = useTabsStore.getState();
  const desktop = useSettingsStore.getState().info?.shell === 'desktop';
  const several = tabs.length > 1 && path !== undefined;
  const at = path === undefined ? -1 : tabs.indexOf(path);
  const go = (way: 1 | -1) => () => {
    useNavigationStore.getState().show('notebook');
    void step(way);
  };
  return [
    {
      id: 'tabs.next',
      title: t('tabs.next'),
      keys: 'Alt+PageDown',
      otherKeys: desktop ? 'Ctrl+Tab' : undefined,
      inText: true,
      disabled: !several,
      run: go(1),
    },
    {
      id: 'tabs.previous',
      title: t('tabs.previous'),
      keys: 'Alt+PageUp',
      otherKeys: desktop ? 'Ctrl+Shift+Tab' : undefined,
      inText: true,
      disabled: !several,
      run: go(-1),
    },
    {
      id: 'tabs.close',
      title: t('tabs.closeThis'),
      keys: 'Alt+W',
      // With nothing open it is the window that the key closes.
      otherKeys: path === undefined || !desktop ? undefined : 'Mod+W',
      inText: true,
      disabled: path === undefined,
      run: () => path !== undefined && void close(path),
    },
    { id: 'tabs.closeOthers', title: t('tabs.closeOthers'), disabled: !several, run: () => path !== undefined && closeOthers(path) },
    { id: 'tabs.reopen', title: t('tabs.reopen'), keys: 'Alt+Shift+T', inText: true, disabled: !canReopen, run: () => void reopen() },
    {
      id: 'tabs.moveLeft',
      title: t('tabs.moveLeft'),
      keys: 'Alt+Shift+PageUp',
      inText: true,
      disabled: !several || at === 0,
      run: () => path !== undefined && move(path, at - 1),
    },
    {
      id: 'tabs.moveRight',
      title: t('tabs.moveRight'),
      keys: 'Alt+Shift+PageDown',
      inText: true,
      disabled: !several || at === tabs.length - 1,
      run: () => path !== undefined && move(path, at + 1),
    },
  ];
}

function frameActions(
  t: Translate,
  path: string | undefined,
  notebooks: Workspace['notebooks'],
  samples: readonly Sample[],
  newest: RunSummary | undefined,
  tabs: readonly string[],
  canReopen: boolean,
): readonly Action[] {
  const { show } = useNavigationStore.getState();
  const { change } = useSettingsStore.getState();
  const notebook = useNotebookStore.getState();
  const { askForTitle, askForFolder } = useWorkspaceStore.getState();
  const open = (other: string) => {
    show('notebook');
    void notebook.open(other).then(giveKeyboardToNotebook);
  };
  return [
    {
      id: 'frame.palette',
      title: t('frame.palette'),
      keys: 'Mod+Shift+P',
      otherKeys: 'P',
      within: 'body, .main, .block',
      run: openPalette,
    },
    {
      id: 'frame.shortcuts',
      title: t('frame.shortcuts'),
      keys: 'H',
      otherKeys: '?',
      within: 'body, .main, .block',
      run: () => usePaletteStore.getState().setSheetOpen(true),
    },
    { id: 'frame.runAll', title: t('frame.runAll'), keys: 'Mod+Shift+Enter', disabled: path === undefined, run: () => void runAll() },
    {
      id: 'frame.save',
      title: t('frame.save'),
      keys: 'Mod+S',
      otherKeys: 'S',
      within: 'body, .main, .block',
      disabled: path === undefined,
      run: () => void notebook.save(),
    },
    { id: 'frame.notebook', title: t('frame.showNotebook'), keys: viewKeys.notebook, run: () => show('notebook') },
    { id: 'frame.runs', title: t('frame.showRuns'), keys: viewKeys.runs, run: () => show('runs') },
    { id: 'frame.side', title: t('frame.side'), keys: 'Mod+B', run: () => useNavigationStore.getState().toggleSide() },
    { id: 'frame.export', title: t('frame.exportRun'), keys: 'Mod+Shift+E', disabled: !newest, run: () => newest && openExport(newest) },
    { id: 'frame.useModel', title: t('modelUse.action'), disabled: !newest, run: () => newest && openModelUse(newest) },
    {
      id: 'frame.sweep',
      title: t('sweep.action'),
      disabled: path === undefined,
      run: () => {
        show('notebook');
        const train = cellsOf(useNotebookStore.getState().blocks).findLast(({ kind }) => kind === 'train');
        if (train) useSweepStore.getState().ask(train.id);
      },
    },
    {
      id: 'frame.report',
      title: t('export.reportAction'),
      disabled: path === undefined,
      run: () => useReportStore.getState().show(true),
    },
    ...tabActions(t, path, tabs, canReopen),
    { id: 'frame.new', title: t('workspace.newNotebook'), run: () => askForTitle(true) },
    { id: 'frame.folder', title: t('workspace.openFolder'), keys: 'Mod+O', run: () => askForFolder(true) },
    ...notebooks
      .filter((one) => one.path !== path)
      .map((one) => ({
        id: `frame.open ${one.path}`,
        title: t('workspace.openNotebook', { title: one.title, path: one.path }),
        run: () => open(one.path),
      })),
    ...samples.map((sample) => ({
      id: `frame.sample ${sample.id}`,
      title: t('workspace.openSample', { title: sample.title }),
      run: () => {
        show('notebook');
        void notebook.openSample(sample.id).then(giveKeyboardToNotebook);
      },
    })),
    ...themes.map((theme) => ({
      id: `frame.theme ${theme}`,
      title: t('frame.setTheme', { theme: t(`frame.theme.${theme}`) }),
      run: () => void change({ theme }),
    })),
    ...locales.map((locale) => ({
      id: `frame.language ${locale}`,
      title: t('frame.setLanguage', { language: languageNames[locale] }),
      run: () => void change({ locale }),
    })),
  ];
}
