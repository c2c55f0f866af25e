/** A cell's state, said as one word in the gutter. */
import type { CellOutcome } from '#contract/notebook.ts';
import type { RunStatus } from '#contract/runs.ts';

export type CellState = 'neverRun' | 'waiting' | 'running' | 'paused' | 'fresh' | 'stale' | 'failed';

interface Facts {
  readonly kind: 'data' | 'model' | 'train' | 'code';
  /** What the last check said, and whether that was of the text, knobs and cells above as they are now. */
  readonly checked: { readonly status: CellOutcome['status']; readonly upToDate: boolean } | undefined;
  /** Its place in the check that is going on, where that has not passed it. */
  readonly check: 'running' | 'waiting' | undefined;
  /** Of a train cell: it is being started. */
  readonly starting?: boolean;
  /** Of a train cell: its newest run, and whether it was of what stands there now. */
  readonly run?: { readonly status: RunStatus; readonly upToDate: boolean } | undefined;
}

export function cellState({ kind, checked, check, starting = false, run }: Facts): CellState {
  if (kind === 'train') {
    if (starting || run?.status === 'queued') return 'waiting';
    if (run?.status === 'running') return 'running';
    if (run?.status === 'paused') return 'paused';
    if (checked?.status === 'failed' && checked.upToDate) return 'failed';
    if (!run) return 'neverRun';
    if (!run.upToDate) return 'stale';
    return run.status === 'failed' || run.status === 'diverged' ? 'failed' : run.status === 'interrupted' ? 'stale' : 'fresh';
  }
  if (check) return check;
  if (!checked) return 'neverRun';
  if (!checked.upToDate) return 'stale';
  if (checked.status === 'blocked') return 'waiting';
  return checked.status === 'failed' ? 'failed' : 'fresh';
}

/** A shape beside the word, told apart without colour. */
export const stateSigns: Record<CellState, string> = {
  neverRun: '○',
  waiting: '◌',
  running: '◌',
  paused: '‖',
  fresh: '●',
  stale: '◐',
  failed: '✕',
};
