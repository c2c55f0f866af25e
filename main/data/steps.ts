/** Looks up the steps of a data spec, with the place each stands at. */
import { EpochbookError } from '#contract/errors.ts';
import type { DataSpec, DataStep } from '#contract/spec.ts';

export interface FoundStep<Op extends DataStep['op']> {
  readonly step: Extract<DataStep, { op: Op }>;
  readonly index: number;
}

export function stepsOf<Op extends DataStep['op']>(spec: DataSpec, op: Op): FoundStep<Op>[] {
  return spec.steps.flatMap((step, index) => (step.op === op ? [{ step: step as FoundStep<Op>['step'], index }] : []));
}

export function stepOf<Op extends DataStep['op']>(spec: DataSpec, op: Op): FoundStep<Op> | undefined {
  return stepsOf(spec, op)[0];
}

/** How the rows are parted. Throws `data.splitWays` where that is said twice. */
export function splitOf(spec: DataSpec): FoundStep<'split'> | FoundStep<'kFold'> | undefined {
  const found = [...stepsOf(spec, 'split'), ...stepsOf(spec, 'kFold')];
  if (found.length > 1) throw new EpochbookError('data.splitWays', {}, { at: place(found[1]) });
  return found[0];
}

/** The step's JSON pointer in the spec. */
export const place = ({ index }: { index: number }) => `/data/steps/${index}`;
