/** One error shape for every process: a message's key and values, and the place it came from. */
import { z } from 'zod';
import { type MessageKey, type MessageValues, message } from './words/message.ts';

/** A place in a notebook or data file. Lines and columns count from 1. */
export const where = z.object({
  file: z.string().optional(),
  /** Line in the file. */
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  endLine: z.number().int().optional(),
  endColumn: z.number().int().optional(),
  /** Id of the cell, and the line counted from the cell's first line. */
  cell: z.string().optional(),
  cellLine: z.number().int().optional(),
  cellEndLine: z.number().int().optional(),
});
export type Where = z.infer<typeof where>;

export const plainError = z.object({
  code: z.string(),
  /** English; a screen shows the catalogue's text for `code` and `values` in its own language. */
  message: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  where: where.optional(),
  /** JSON pointer into the spec, e.g. `/model/config/layers/2`, from which the place is looked up. */
  at: z.string().optional(),
});
export type PlainError = z.infer<typeof plainError>;

export class EpochbookError extends Error {
  override readonly name = 'EpochbookError';
  readonly code: MessageKey;
  readonly values: MessageValues;
  readonly where: Where | undefined;
  readonly at: string | undefined;

  constructor(code: MessageKey, values: MessageValues = {}, place: { where?: Where; at?: string; cause?: unknown } = {}) {
    super(message('en', code, values), { cause: place.cause });
    this.code = code;
    this.values = values;
    this.where = place.where;
    this.at = place.at;
  }
}

/** What crosses a process boundary. Anything that is not ours becomes `internal`, its text kept. */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof EpochbookError) {
    const { code, message: text, values, where: place, at } = error;
    return { code, message: text, values, ...(place && { where: place }), ...(at !== undefined && { at }) };
  }
  const values = { detail: error instanceof Error ? error.message : String(error) };
  return { code: 'internal', message: message('en', 'internal', values), values };
}

export function fromPlainError(plain: PlainError): EpochbookError {
  return new EpochbookError(plain.code as MessageKey, plain.values ?? {}, { where: plain.where, at: plain.at });
}
