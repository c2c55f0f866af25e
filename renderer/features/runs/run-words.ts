/** A run's state as words. */
import type { RunSummary } from '#contract/runs.ts';
import type { WordKey } from '../../words/catalogue.ts';
import type { Translate } from '../../words/use-words.ts';

export function stateWord(t: Translate, run: Pick<RunSummary, 'status' | 'reason' | 'epochs'>): string {
  if (run.status === 'completed' && (run.reason === 'earlyStopping' || run.reason === 'timeBudget')) return t('runs.stateStoppedEarly');
  if (run.status === 'diverged') return run.epochs > 0 ? t('runs.stateDivergedAt', { epoch: run.epochs }) : t('runs.stateDiverged');
  const keys = {
    queued: 'runs.stateQueued',
    running: 'runs.stateRunning',
    paused: 'runs.statePaused',
    completed: 'runs.stateCompleted',
    stopped: 'runs.stateStopped',
    failed: 'runs.stateFailed',
    interrupted: 'runs.stateInterrupted',
  } as const satisfies Record<Exclude<RunSummary['status'], 'diverged'>, WordKey>;
  return t(keys[run.status]);
}

/** Which colour a state's word has, besides being a word. */
export function stateTone(run: Pick<RunSummary, 'status'>): 'running' | 'bad' | 'warn' | 'plain' {
  if (run.status === 'running' || run.status === 'queued') return 'running';
  if (run.status === 'failed' || run.status === 'diverged') return 'bad';
  if (run.status === 'interrupted' || run.status === 'paused') return 'warn';
  return 'plain';
}
