/** A cell's state, said as one word in the gutter. */
import type { RunStatus } from '#contract/runs.ts';
import type { Checked } from './notebook-store.ts';

export type CellState = 'neverRun' | 'waiting' | 'running' | 'paused' | 'fresh' | 'stale' | 'failed';

interface Facts {
  readonly id: string;
  readonly kind: 'data' | 'model' | 'train' | 'code';
  /** The text, knobs and cells above, as they are now. */
  readonly input: string;
  readonly checked: Checked | undefined;
  /** The check that is going on. */
  readonly check: { readonly cells: readonly string[]; readonly current: string | undefined } | undefined;
  /** Of a train cell: it is being started. */
  readonly starting?: boolean;
  /** Of a train cell: its newest run, and the cell's input then where that is known. */
  readonly run?: { readonly status: RunStatus; readonly input: string | undefined } | undefined;
}

export function cellState({ id, kind, input, checked, check, starting = false, run }: Facts): CellState {
  if (kind === 'train') {
    if (starting || run?.status === 'queued') return 'waiting';
    if (run?.status === 'running') return 'running';
    if (run?.status === 'paused') return 'paused';
    if (checked?.outcome.status === 'failed' && checked.input === input) return 'failed';
    if (!run) return 'neverRun';
    if (run.input !== input) return 'stale';
    return run.status === 'failed' || run.status === 'diverged' ? 'failed' : run.status === 'interrupted' ? 'stale' : 'fresh';
  }
  if (check?.cells.includes(id)) {
    const at = check.cells.indexOf(id);
    const current = check.current === undefined ? 0 : check.cells.indexOf(check.current);
    if (at === current) return 'running';
    if (at > current) return 'waiting';
  }
  if (!checked) return 'neverRun';
  if (checked.input !== input) return 'stale';
  if (checked.outcome.status === 'blocked') return 'waiting';
  return checked.outcome.status === 'failed' ? 'failed' : 'fresh';
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
