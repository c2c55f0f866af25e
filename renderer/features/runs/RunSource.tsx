import { useEffect, useMemo, useState } from 'react';
import { RotateCcw } from 'lucide-react';
import type { RunDetail } from '#contract/runs.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { hasCode } from '../../platform/call-error.ts';
import { call } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import { useWords } from '../../words/use-words.ts';
import { Hunks } from '../comparison/Hunks.tsx';
import { diffSources } from '../comparison/source-diff.ts';
import { textOf } from '../notebook/blocks.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';

type Shown = 'changes' | 'whole';

/** The notebook's text as the run was started from it: what changed since, the whole of it, and the way back to it. */
export function RunSource({ run }: { readonly run: RunDetail }) {
  const t = useWords();
  const errorText = useErrorText();
  const { now, error } = useTextNow(run.notebook);
  const [wanted, setWanted] = useState<Shown>();
  const [restoring, setRestoring] = useState(false);
  const hunks = useMemo(() => (now === undefined ? undefined : diffSources(run.source, now)), [run.source, now]);
  const shown = wanted ?? (hunks && hunks.length > 0 ? 'changes' : 'whole');
  const isGone = hasCode(error, 'workspace.fileMissing');

  const restore = async () => {
    setRestoring(true);
    if (await useNotebookStore.getState().restoreText(run.notebook, run.id)) useNavigationStore.getState().show('notebook');
    setRestoring(false);
  };
  return (
    <>
      <div className="run-source-bar">
        <div className="segments" role="group" aria-label={t('runs.sourceShown')}>
          {(['changes', 'whole'] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={shown === one}
              disabled={one === 'changes' && !hunks?.length}
              onClick={() => setWanted(one)}
            >
              {t(`runs.source.${one}`)}
            </button>
          ))}
        </div>
        <span className="grow quiet-text" role="status">
          {hunks?.length === 0 && t('runs.sourceSame', { notebook: run.notebook })}
          {isGone ? t('runs.sourceGone', { notebook: run.notebook }) : error !== undefined && errorText(error)}
        </span>
        <Button
          icon={<RotateCcw size={13} />}
          disabled={hunks === undefined || hunks.length === 0 || restoring}
          onClick={() => void restore()}
        >
          {t('runs.sourceRestore')}
        </Button>
      </div>
      {shown === 'changes' && hunks ? (
        hunks.length > 0 && <Hunks hunks={hunks} label={t('runs.sourceChanges', { notebook: run.notebook })} />
      ) : (
        // A scrolled region must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className="run-source" tabIndex={0} aria-label={t('runs.sourceOf', { notebook: run.notebook })}>
          {run.source}
        </pre>
      )}
    </>
  );
}

/** The notebook's text as it is: with what is not saved yet where it is open, else as its file has it. */
function useTextNow(path: string): { readonly now: string | undefined; readonly error: unknown } {
  const blocks = useNotebookStore((state) => (state.path === path ? state.blocks : undefined));
  const [read, setRead] = useState<{ readonly of: string; readonly text?: string; readonly error?: unknown }>();
  const isOpen = blocks !== undefined;
  useEffect(() => {
    if (isOpen) return undefined;
    let isWanted = true;
    call('notebook.open', { path }).then(
      (opened) => isWanted && setRead({ of: path, text: textOf(opened.blocks) }),
      (error: unknown) => isWanted && setRead({ of: path, error }),
    );
    return () => {
      isWanted = false;
    };
  }, [path, isOpen]);
  const text = useMemo(() => blocks && textOf(blocks), [blocks]);
  return text === undefined && read?.of === path ? { now: read.text, error: read.error } : { now: text, error: undefined };
}
