/** A cell's value as text. */
import type { LookCell } from '#contract/look.ts';
import type { Formats } from '../../words/format.ts';

export function shownValue(formats: Formats, value: LookCell): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  // A year or an id with thousands separators is hard to read.
  if (typeof value === 'number' && Number.isInteger(value)) return String(value).replace('-', '−');
  return formats.setting(value);
}
