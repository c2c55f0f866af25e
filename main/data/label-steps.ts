/** Steps on the labels of arrays and pictures, which are their one column. */
import { EpochbookError } from '#contract/errors.ts';
import type { DataSpec } from '#contract/spec.ts';
import type { Arrays } from './arrays.ts';
import { holds } from './rows.ts';
import { place } from './steps.ts';

/** What the labels of arrays and pictures are called in a step; a folder of texts calls them alike. */
export const labelColumn = 'label';

/** Whether the step chooses among samples by their labels, or spells these otherwise. */
export const isOfLabels = (step: DataSpec['steps'][number]): boolean =>
  step.op === 'replace' || (step.op === 'filter' && step.min === undefined && step.max === undefined && step.missing === undefined);

export interface ChosenSamples<Of extends Arrays> {
  /** With the labels as they are spelled then. */
  readonly arrays: Of;
  /** Its samples that take part, ascending. */
  readonly rows: Uint32Array;
}

/**
 * Does the `replace`, `filter` and `take` steps, in their order. Throws `data.columnMissing` for another column than the
 * labels, `data.tableStep` where there are none or they are asked for numbers, `data.filteredAll` and `data.oneLabel`.
 */
export function chooseSamples<Of extends Arrays>(
  arrays: Of,
  steps: DataSpec['steps'],
  at = (index: number) => place({ index }),
): ChosenSamples<Of> {
  let names = arrays.classes ?? [];
  let labels = arrays.targets;
  let rows = Uint32Array.from({ length: arrays.count }, (_, row) => row);
  let isChanged = false;
  for (const [index, step] of steps.entries()) {
    if (step.op === 'take') rows = rows.slice(0, step.count);
    if (step.op !== 'replace' && step.op !== 'filter') continue;
    // Of classes at each place of a sample, none is the sample's.
    if (!arrays.classes || arrays.targetShape.length > 0 || !isOfLabels(step))
      throw new EpochbookError('data.tableStep', { step: step.op }, { at: at(index) });
    if (step.column !== labelColumn)
      throw new EpochbookError('data.columnMissing', { path: arrays.path, column: step.column, names: labelColumn }, { at: at(index) });
    isChanged = true;
    const spelled = step.op === 'replace' ? names.map((name) => (Object.hasOwn(step.values, name) ? step.values[name] : name)) : names;
    const kept = [...new Set(step.op === 'filter' ? names.filter((name) => holds(step, name)) : spelled)];
    const numberOf = spelled.map((name) => kept.indexOf(name));
    const before = labels;
    rows = rows.filter((row) => numberOf[before[row]] >= 0);
    if (rows.length === 0) throw new EpochbookError('data.filteredAll', { path: arrays.path, column: labelColumn }, { at: at(index) });
    // Of samples that take no part, any label will do.
    labels = Array.from(before, (label) => Math.max(0, numberOf[label]));
    names = kept;
    if (names.length < 2) throw new EpochbookError('data.oneLabel', { path: arrays.path, value: names[0] }, { at: at(index) });
  }
  return { arrays: isChanged ? { ...arrays, classes: names, targets: labels } : arrays, rows };
}
