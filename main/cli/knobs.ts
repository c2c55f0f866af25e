/** `--set NAME=VALUE`. */
import { EpochbookError } from '#contract/errors.ts';
import type { KnobValue } from '#contract/spec.ts';

/** A number or true or false where it looks like one, else a text; quotes make it a text in any case. */
function valueOf(text: string): KnobValue {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  if (quoted) return quoted[2];
  if (text === 'true' || text === 'false') return text === 'true';
  // As in a cell, where 10_000 is a number.
  const digits = text.replaceAll(/(?<=\d)_(?=\d)/g, '');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(digits) ? Number(digits) : text;
}

export type Knobs = Readonly<Record<string, KnobValue>>;

/** Adds one more; the last of a name holds. */
export function setKnob(given: string, before: Knobs = {}): Knobs {
  const cut = given.indexOf('=');
  const name = given.slice(0, cut).trim();
  if (cut < 0 || name === '') throw new EpochbookError('cli.setForm', { value: given });
  return { ...before, [name]: valueOf(given.slice(cut + 1)) };
}
