/** What a reader finds in the files of another tool. */
import type { EpochbookError } from '#contract/errors.ts';
import type { LoggedRun } from '#contract/logged-run.ts';

export interface FoundRun {
  readonly run: LoggedRun;
  /** What in its files could not be read, or not as it is. */
  readonly findings: readonly EpochbookError[];
}
