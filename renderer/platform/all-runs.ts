/** All runs of the workspace, or of its bin, in pieces: the first ones are on the screen before the others are asked for. */
import { unpackRuns } from '#contract/packed-runs.ts';
import type { RunSummary } from '#contract/runs.ts';
import { call } from './client.ts';

const firstPiece = 200;
/** Read and taken in without anybody noticing. */
const nextPieces = 2000;

interface Watcher {
  readonly deleted?: boolean;
  /** Whether somebody still waits: another call may have begun since, and will know more. */
  readonly isWanted?: () => boolean;
  /** The first ones, where more are to come; `total` as in `PackedRuns`. The others are asked for after what it waits for. */
  readonly onFirst?: (runs: readonly RunSummary[], total: number) => Promise<void> | void;
}

/** Newest first; undefined where they were not wanted any more. */
export async function fetchAllRuns({ deleted, isWanted = () => true, onFirst }: Watcher = {}): Promise<RunSummary[] | undefined> {
  let piece = await call('runs.page', { limit: firstPiece, deleted });
  const runs = unpackRuns(piece);
  if (piece.next !== undefined && isWanted() && onFirst) {
    await onFirst(runs.slice(), piece.total);
    await painted();
  }
  while (piece.next !== undefined && isWanted()) {
    piece = await call('runs.page', { before: piece.next, limit: nextPieces, deleted });
    runs.push(...unpackRuns(piece));
  }
  return isWanted() ? runs : undefined;
}

/** Once what was set is on the screen; where nothing is drawn, as in a tab behind others, soon. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => void setTimeout(resolve, 0);
    if (typeof requestAnimationFrame === 'function') requestAnimationFrame(done);
    setTimeout(resolve, 100);
  });
}
