/** A cell's state, said as one word in the gutter. */
import type { CellOutcome } from '#contract/notebook.ts';
import type { RunStatus } from '#contract/runs.ts';

export type CellState = 'neverRun' | 'waiting' | 'running' | 'paused' | 'fresh' | 'stale' | 'failed';

interface Facts {
  readonly id: string;
  readonly kind: 'data' | 'model' | 'train' | 'code';
  /** What the last check said, and whether that was of the text, knobs and cells above as they are now. */
  readonly checked: { readonly status: CellOutcome['status']; readonly upToDate: boolean } | undefined;
  /** The check that is going on. */
  readonly check: { readonly cells: readonly string[]; readonly current: string | undefined } | undefined;
  /** Of a train cell: it is being started. */
  readonly starting?: boolean;
  /** Of a train cell: its newest run, and whether it was of what stands there now. */
  readonly run?: { readonly status: RunStatus; readonly upToDate: boolean } | undefined;
}

export function cellState({ id, kind, checked, check, starting = false, run }: Facts): CellState {
  if (kind === 'train') {
    if (starting || run?.status === 'queued') return 'waiting';
    if (run?.status === 'running') return 'running';
    if (run?.status === 'paused') return 'paused';
    if (checked?.status === 'failed' && checked.upToDate) return 'failed';
    if (!run) return 'neverRun';
    if (!run.upToDate) return 'stale';
    return run.status === 'failed' || run.status === 'diverged' ? 'failed' : run.status === 'interrupted' ? 'stale' : 'fresh';
  }
  if (check?.cells.includes(id)) {
    const at = check.cells.indexOf(id);
    const current = check.current === undefined ? 0 : check.cells.indexOf(check.current);
    if (at === current) return 'running';
    if (at > current) return 'waiting';
  }
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
