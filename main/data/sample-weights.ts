/** How much each sample counts: a column of a table, or an array beside inputs and targets. */
import { EpochbookError } from '#contract/errors.ts';
import type { Part } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { columnNamed, numbersOf, type TypedColumn } from './columns.ts';
import { placeOf, type TextTable } from './csv.ts';
import { place, stepOf } from './steps.ts';

/** The column that says it, if one does. Throws what `columnNamed` throws. */
export function weightColumn(table: Pick<TextTable, 'path'>, columns: readonly TypedColumn[], spec: DataSpec): TypedColumn | undefined {
  const found = stepOf(spec, 'sampleWeight');
  return found && columnNamed(columns, found.step.column, table.path, place(found));
}

/** By row of the table. Throws `data.missingValue`, `data.notANumber` and `data.weightNegative`. */
export function readWeights(table: TextTable, column: TypedColumn, at: string): Float64Array {
  const weights = numbersOf(table, column, table.lines.length, at);
  const row = weights.findIndex((weight) => weight < 0);
  if (row < 0) return weights;
  const { path, unit, line } = placeOf(table, row);
  const where = { file: path, line, column: column.index + 1 };
  throw new EpochbookError('data.weightNegative', { path, unit, line, column: column.name, value: weights[row] }, { at, where });
}

/** Of arrays. Throws `data.samplesDiffer` and `data.weightSample`. */
export function checkWeightArray(weights: ArrayLike<number>, path: string, inputs: { path: string; count: number }, at: string): void {
  if (weights.length !== inputs.count) {
    const counts = { inputs: inputs.path, inputCount: inputs.count, targets: path, targetCount: weights.length };
    throw new EpochbookError('data.samplesDiffer', counts, { at });
  }
  const sample = Array.prototype.findIndex.call(weights, (weight: number) => !(weight >= 0 && weight < Infinity));
  if (sample >= 0) throw new EpochbookError('data.weightSample', { path, sample, value: String(weights[sample]) }, { at });
}

/** Throws `data.weightsNone` where no sample counts that is trained on. */
export function checkTrainWeights({ weights }: Pick<Part, 'weights'>, at: string): void {
  if (weights?.every((weight) => weight === 0)) throw new EpochbookError('data.weightsNone', {}, { at });
}
