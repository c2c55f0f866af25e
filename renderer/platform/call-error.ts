import type { PlainError, Where } from '#contract/errors.ts';
import type { MessageValues } from '#contract/words/message.ts';

/** A call that failed. Its text in the screen's language comes from `code` and `values`, see words/errors.ts. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: string;
  readonly values: MessageValues | undefined;
  readonly where: Where | undefined;

  constructor(plain: PlainError) {
    super(plain.message);
    this.code = plain.code;
    this.values = plain.values;
    this.where = plain.where;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof CallError && error.code === code;
}
