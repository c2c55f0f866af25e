/** A run's state and a metric's name as words. */
import type { RunSummary } from '#contract/runs.ts';
import type { WordKey } from '../../words/catalogue.ts';
import type { Translate } from '../../words/use-words.ts';
import { familyOf, validationPrefix } from './metrics.ts';

/** `learningRate` and `val_accuracy` as spaced words. */
export function spacedName(name: string): string {
  return name
    .replace(/[_.]+/g, ' ')
    .replace(/([\p{Ll}\p{N}])(\p{Lu})(?=\p{Ll}|$)/gu, (_whole, before: string, letter: string) => `${before} ${letter.toLowerCase()}`)
    .trim();
}

const knownFamilies: Record<string, WordKey> = {
  loss: 'runs.loss',
  accuracy: 'runs.accuracy',
  meanAbsoluteError: 'runs.meanAbsoluteError',
  mae: 'runs.meanAbsoluteError',
  meanSquaredError: 'runs.meanSquaredError',
  mse: 'runs.meanSquaredError',
};

/** `accuracy` as a heading. */
export function familyName(t: Translate, family: string): string {
  const key = knownFamilies[family];
  return key ? t(key) : spacedName(family);
}

/** `val_accuracy` as `val accuracy`, in the screen's language. */
export function metricName(t: Translate, metric: string): string {
  const family = familyName(t, familyOf(metric));
  return metric.startsWith(validationPrefix) ? t('runs.validationOf', { metric: family }) : family;
}

/** With a capital where the language has them, for the start of a line. */
export function heading(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

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
