/** `--budget TIME` and `--range NAME=…`. */
import { EpochbookError } from '#contract/errors.ts';
import type { KnobRange } from '#contract/sweeps.ts';
import { setKnob } from './knobs.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1h30m` in milliseconds; a plain number counts seconds. */
export function readSpan(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(s|min|m|h|d)?\s*/g)];
  const isWhole = parts.map(([part]) => part).join('') === text.trim() && parts.length > 0;
  const isPlain = parts.length === 1 || parts.every(([, , unit]) => unit !== undefined);
  const milliseconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * unitMs[unit ?? 's'], 0);
  if (!isWhole || !isPlain || milliseconds <= 0) throw new EpochbookError('cli.budgetForm', { value: text });
  return milliseconds;
}

const number = '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?';
const line = new RegExp(`^(${number})\\.\\.(${number})((?::[^:]+)*)$`, 'i');

/** Adds one more; the last of a name holds. */
export function readRange(given: string, before: readonly KnobRange[] = []): KnobRange[] {
  const cut = given.indexOf('=');
  const name = given.slice(0, cut).trim();
  const text = given.slice(cut + 1).replaceAll(/(?<=\d)_(?=\d)/g, '');
  const fail = () => new EpochbookError('cli.rangeForm', { value: given });
  if (cut < 0 || name === '' || text.trim() === '') throw fail();
  const others = before.filter((range) => range.name !== name);
  const found = line.exec(text.trim());
  if (!found) {
    if (text.includes('..')) throw fail();
    // Each as `--set` would take it.
    const choices = text.split(',').map((choice) => setKnob(`${name}=${choice.trim()}`)[name]);
    return [...others, { name, choices }];
  }
  const [, min, max, options] = found;
  const range: KnobRange = { name, min: Number(min), max: Number(max) };
  for (const option of options.split(':').slice(1)) {
    if (option === 'log' || option === 'whole') range[option] = true;
    else if (Number(option) > 0) range.step = Number(option);
    else throw fail();
  }
  return [...others, range];
}
