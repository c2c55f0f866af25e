import { useState } from 'react';
import { Languages, Lock, Monitor, Moon, Sun } from 'lucide-react';
import { isGoingOn } from '#contract/going-on.ts';
import { locales } from '#contract/words/message.ts';
import { Menu } from '../components/Menu.tsx';
import { EngineDialog } from '../features/engine/EngineDialog.tsx';
import { goToRun } from '../features/notebook/run-in-view.ts';
import { useTrainingStore } from '../features/notebook/training-store.ts';
import { useStorageStore } from '../features/storage/storage-store.ts';
import { useWorkspaceStore } from '../features/workspace/workspace-store.ts';
import { useFormats, useWords } from '../words/use-words.ts';
import { languageNames, themes } from './choices.ts';
import { useSettingsStore } from './settings-store.ts';

const themeIcons = { light: Sun, dark: Moon, system: Monitor };

export function StatusBar() {
  const t = useWords();
  const formats = useFormats();
  const info = useSettingsStore((state) => state.info);
  const settings = useSettingsStore((state) => state.settings);
  const change = useSettingsStore((state) => state.change);
  const [showsEngine, setShowsEngine] = useState(false);
  const folder = useWorkspaceStore((state) => state.workspace?.name);
  const readOnly = useWorkspaceStore((state) => state.workspace?.readOnly === true);
  const runs = useTrainingStore((state) => state.runs);
  const going = runs.filter((run) => isGoingOn(run));
  const waiting = going.filter((run) => run.status === 'queued').length;
  const activity = t('frame.activity', { running: going.length - waiting, waiting });
  const watched = going.find((run) => run.status !== 'queued') ?? going.at(-1);
  const theme = settings?.theme ?? 'system';
  const ThemeIcon = themeIcons[theme];
  return (
    <>
      <footer className="status-bar">
        {info && (
          <button
            type="button"
            title={`${t('engine.open')}\n${t('frame.memory', { memory: formats.bytes(info.memoryBytes) })}`}
            onClick={() => setShowsEngine(true)}
          >
            {t('frame.backend', { backend: settings?.device === 'gpu' ? 'webgpu' : 'native', threads: settings?.threads || info.cores })}
          </button>
        )}
        <span role="status">
          {watched ? (
            <button type="button" title={t('frame.goToRun', { name: watched.name })} onClick={() => void goToRun(watched)}>
              {activity}
            </button>
          ) : (
            activity
          )}
        </span>
        <span className="grow" />
        {folder !== undefined && (
          <button type="button" className="status-folder" title={t('storage.action')} onClick={() => useStorageStore.getState().show(true)}>
            {t('frame.workspaceName', { name: folder })}
          </button>
        )}
        {readOnly && (
          <span className="status-read-only" title={t('frame.readOnlyWhy')}>
            <Lock size={12} aria-hidden /> {t('frame.readOnly')}
          </span>
        )}
        <Menu
          label={t('frame.theme')}
          items={themes.map((one) => ({
            id: one,
            label: t(`frame.theme.${one}`),
            checked: theme === one,
            onSelect: () => void change({ theme: one }),
          }))}
          trigger={(props) => (
            <button type="button" aria-label={t('frame.theme')} {...props}>
              <ThemeIcon size={13} /> {t(`frame.theme.${theme}`)}
            </button>
          )}
        />
        <Menu
          label={t('frame.language')}
          items={locales.map((one) => ({
            id: one,
            label: languageNames[one],
            checked: settings?.locale === one,
            onSelect: () => void change({ locale: one }),
          }))}
          trigger={(props) => (
            <button type="button" aria-label={t('frame.language')} {...props}>
              <Languages size={13} /> {languageNames[settings?.locale ?? 'en']}
            </button>
          )}
        />
      </footer>
      {showsEngine && <EngineDialog onClose={() => setShowsEngine(false)} />}
    </>
  );
}
