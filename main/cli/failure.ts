/** How a command ends that cannot do what was asked. */
import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { type PlainError, toPlainError, type Where } from '#contract/errors.ts';
import type { MessageKey } from '#contract/words/message.ts';
import { note, printJson } from './output.ts';
import { say } from './words.ts';

export const exitCodes = { done: 0, failed: 1, wrong: 2, interrupted: 130 } as const;

/** What is not the notebook's or the arguments' fault: the disk, the machine, the run itself. */
const failures = [
  /^internal$/,
  /^process\./,
  /^training\./,
  /^tensorflow\./,
  /^store\.(diskFull|readOnly|damaged|busy|fromTheFuture|workspaceLocked)$/,
  /^interchange\.(notFinite|loadFailed|predictionsDiffer)$/,
  /^engine\.(checkpoint|diverged)/,
  /^shell\.(notBuilt|portTaken)$/,
];

export function exitCodeOf({ code }: PlainError): number {
  return failures.some((pattern) => pattern.test(code)) ? exitCodes.failed : exitCodes.wrong;
}

/** Where a command found the files that errors name. Absolute. */
export interface Ground {
  readonly workspace: string;
  /** Path of the notebook in it. */
  readonly notebook?: string;
}

/** A file as it is found from the current folder, so that a click in a terminal opens it. */
function fileFromHere(file: string, ground: Ground | undefined): string {
  if (!ground) return file;
  const folders = [ground.workspace, ...(ground.notebook === undefined ? [] : [dirname(resolve(ground.workspace, ground.notebook))])];
  const found = folders.map((folder) => resolve(folder, file)).find((path) => existsSync(path));
  if (found === undefined) return file;
  const way = relative(process.cwd(), found);
  return way === '' || way.startsWith('..') ? found : way;
}

export function placeFromHere(where: Where, ground?: Ground): Where {
  return where.file === undefined ? where : { ...where, file: fileFromHere(where.file, ground) };
}

/** In the user's language; an error of another version's, or of none of ours, says it in English. */
export function failureText({ code, values, message: english }: PlainError): string {
  try {
    return say(code as MessageKey, values);
  } catch {
    return english;
  }
}

/** `FILE:LINE:COLUMN: message`, or as much of it as is known. */
export function failureLine(error: PlainError, ground?: Ground): string {
  const { file, line, column } = error.where ? placeFromHere(error.where, ground) : {};
  if (file === undefined) return `epochbook: ${failureText(error)}`;
  return `${[file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':')}: ${failureText(error)}`;
}

export function failureJson({ code, message, where }: PlainError, ground?: Ground): unknown {
  const { file, line, column, cell } = where ? placeFromHere(where, ground) : {};
  return { type: 'error', error: { code, message, ...(where && { where: { file, line, column, cell } }) } };
}

/** To standard error and, where JSON was asked for, to standard output. Returns the exit code. */
export function reportFailure(thrown: unknown, { json, ground }: { json: boolean; ground?: Ground | undefined }): number {
  const error = isPlain(thrown) ? thrown : toPlainError(thrown);
  note(failureLine(error, ground));
  if (json) printJson(failureJson(error, ground));
  return exitCodeOf(error);
}

function isPlain(value: unknown): value is PlainError {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'code' in value && 'message' in value;
}
