/** `--where`: errors and slips in an expression, at their column. */
import type { PlainError } from '#contract/errors.ts';
import type { Core } from './core.ts';
import { failureLine } from './failure.ts';
import { note } from './output.ts';

/** The option is the file that the column is in. */
export function inWhere(error: PlainError): PlainError {
  return error.code.startsWith('query.') && error.where !== undefined ? { ...error, where: { ...error.where, file: '--where' } } : error;
}

/** Tells, beside the result, what the expression names that no run has: a slip would find nothing and not say why. */
export async function tellUnknownNames(core: Core, where: string | undefined): Promise<void> {
  if (where === undefined) return;
  for (const notice of await core.call('runs.checkQuery', { where })) note(failureLine(inWhere(notice)));
}
