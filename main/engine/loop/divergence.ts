/** Why a run's loss is no number, as the message that the run ends with. */
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import type { Wrong } from './session.ts';

interface Place {
  readonly epoch: number;
  /** In the epoch, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Of the sample in the data's source, from 0. */
  readonly row?: number | undefined;
}

/** Points at the data where that is what is wrong, else at the optimizer. */
export function divergence({ what, layer = '' }: Wrong, { epoch, step, learningRate, row }: Place): PlainError {
  const values = { what, layer, epoch, step, rate: String(learningRate), ...(row !== undefined && { row: row + 1 }) };
  const [code, at] =
    what === 'steps'
      ? (['engine.divergedSteps', '/data'] as const)
      : what === 'inputs' || what === 'targets'
        ? (['engine.divergedData', '/data'] as const)
        : (['engine.diverged', '/train/optimizer'] as const);
  return toPlainError(new EpochbookError(code, values, { at }));
}
