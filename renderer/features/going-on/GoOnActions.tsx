import './going-on.css';
import { useState } from 'react';
import { GitBranch, MoreHorizontal, Play, RotateCw, StepForward } from 'lucide-react';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunDetail, RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { Menu } from '../../components/Menu.tsx';
import { useWords } from '../../words/use-words.ts';
import { ForkDialog } from './ForkDialog.tsx';
import { goOn, reproduce } from './going-on.ts';
import { LongerDialog } from './LongerDialog.tsx';

/** What can be trained from a run: its own rest, more epochs, a fork, the same again. */
export function GoOnActions({ run, detail }: { readonly run: RunSummary; readonly detail: RunDetail | undefined }) {
  const t = useWords();
  const [dialog, setDialog] = useState<'fork' | 'longer'>();
  if (isGoingOn(run) || run.imported) return null;
  const canGoOn = run.status === 'interrupted' || run.status === 'stopped' || run.status === 'failed';
  const canBeLonger = run.status === 'completed' && run.reason === 'epochs';
  const epochs = (detail?.checkpoints ?? []).flatMap(({ kind, epoch }) => (kind === 'epoch' ? [epoch] : []));
  return (
    <>
      {canGoOn && (
        <Button icon={<Play size={14} />} onClick={() => void goOn(run)}>
          {t('goingOn.goOn')}
        </Button>
      )}
      <Menu
        label={t('goingOn.menu')}
        items={[
          ...(canBeLonger
            ? [{ id: 'longer', label: t('goingOn.longer'), icon: <StepForward size={14} />, onSelect: () => setDialog('longer') }]
            : []),
          {
            id: 'fork',
            label: t('goingOn.fork'),
            icon: <GitBranch size={14} />,
            disabled: epochs.length === 0,
            onSelect: () => setDialog('fork'),
          },
          {
            id: 'reproduce',
            label: t('goingOn.reproduce'),
            icon: <RotateCw size={14} />,
            disabled: run.epochs === 0,
            onSelect: () => void reproduce(run),
          },
        ]}
        trigger={(props) => <IconButton {...props} label={t('goingOn.menu')} icon={<MoreHorizontal size={16} />} />}
      />
      {dialog === 'fork' && <ForkDialog run={run} epochs={epochs} onClose={() => setDialog(undefined)} />}
      {dialog === 'longer' && <LongerDialog run={run} onClose={() => setDialog(undefined)} />}
    </>
  );
}
