/** Gives an error about a spec its place in the notebook. */
import type { PlainError } from '#contract/errors.ts';
import type { Evaluated } from '#notebook/evaluate.ts';

/**
 * The place in the notebook, unless the error has one already or names a place in a data file (whose line and column
 * stay, with the cell added).
 */
export function located(error: PlainError, evaluated: Evaluated, cell?: string): PlainError {
  if (error.at === undefined) return error;
  const where = evaluated.locate(error.at, cell);
  if (!where) return error;
  if (error.where?.file === undefined) return { ...error, where };
  return { ...error, where: { ...error.where, ...(where.cell !== undefined && { cell: where.cell, cellLine: where.cellLine }) } };
}
