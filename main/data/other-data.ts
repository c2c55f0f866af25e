/** Other data that is a part: what it may do of its own, and what is done to it as to the training data. */
import { EpochbookError } from '#contract/errors.ts';
import { type DataSource, type DataSpec, kindOf } from '#contract/spec.ts';

export type OtherSteps = Extract<DataSpec['steps'][number], { op: 'withTest' }>['data']['steps'];

/** Steps that make columns before rows are chosen. */
export const forEveryPart = ({ op }: { op: string }) => op === 'map' || op === 'replace';

/** What is done to other data: as to the training data, then what it says itself. */
export const forOther = (spec: DataSpec, own: OtherSteps): OtherSteps => [
  ...(spec.steps.filter(forEveryPart) as OtherSteps),
  ...own.filter((step) => !forEveryPart(step)),
];

/** Throws `data.otherKind`, and `data.otherStep` for what it does that the training data does not. */
export function checkOther(other: { source: DataSource; steps: OtherSteps }, { source, steps }: DataSpec, at: string): void {
  if (kindOf(other.source) !== kindOf(source)) throw new EpochbookError('data.otherKind', {}, { at });
  const known = new Set(steps.map((step) => JSON.stringify(step)));
  for (const [index, step] of other.steps.entries()) {
    const own =
      step.op === 'take' || (step.op === 'filter' && kindOf(source) !== 'text') || (step.op === 'where' && kindOf(source) === 'table');
    if (!own && !known.has(JSON.stringify(step)))
      throw new EpochbookError('data.otherStep', { step: step.op }, { at: `${at}/data/steps/${index}` });
  }
}

/** An error of other data, at the place where the notebook names it. */
export function atOther(error: unknown, at: string): unknown {
  if (!(error instanceof EpochbookError) || !error.at?.startsWith('/data/')) return error;
  return new EpochbookError(error.code, error.values, { at: at + error.at, where: error.where, cause: error });
}
