/** Looks up the steps of a data spec, with the place each stands at. */
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

/** The step's JSON pointer in the spec. */
export const place = ({ index }: { index: number }) => `/data/steps/${index}`;
