/** Numbers and settings as other tools' text files write them. */
import type { KnobValue } from '#contract/spec.ts';

const special: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
};
const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A decimal number, NaN or an infinity in any usual spelling; undefined for any other text. */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return decimal.test(trimmed) ? Number(trimmed) : special[trimmed.toLowerCase()];
}

/** As Python and JavaScript both read it. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  return value > 0 ? 'inf' : '-inf';
}

/** A setting that was stored as text: a number or a truth value where it is written exactly as one. */
export function readSetting(text: string): KnobValue {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  // What would not be written the same again, such as 007 or a long id, stays a text.
  const number = decimal.test(text) ? Number(text) : undefined;
  if (number === undefined || !Number.isFinite(number)) return text;
  const digits = text.replace(/e.*$/i, '').replaceAll(/[^\d]/g, '').replace(/^0+/, '');
  return digits.length > 17 || /^[-+]?0\d/.test(text) ? text : number;
}
