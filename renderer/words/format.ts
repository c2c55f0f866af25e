/** Numbers, durations, sizes and dates in the screen's language. Made once a locale: Intl formatters are dear. */
import { durationText } from '#contract/measured.ts';
import type { Locale } from '#contract/words/message.ts';
import { words } from './catalogue.ts';

export interface Formats {
  /** 12,345 */
  count(value: number): string;
  /** As many digits as tell apart two measurements: 0.8874, 12.3, 1.2e-5. What is not a number is said to be NaN, as it is no gap. */
  measure(value: number, significantDigits?: number): string;
  /** A knob's or a setting's value: no rounding beyond 6 significant digits. */
  setting(value: string | number | boolean): string;
  /** 0.42 as 42 % in the language's spelling. */
  percent(share: number, fractionDigits?: number): string;
  /** 1.8 s, 2 min 5 s, 1 h 3 min. */
  duration(milliseconds: number): string;
  /** In whole seconds, at least one: what changes ten times a second should not flicker. */
  timeLeft(milliseconds: number): string;
  /** 26 MB */
  bytes(count: number): string;
  /** 28 × 28 × 1 */
  shape(dimensions: readonly number[]): string;
  /** Today 14:03, yesterday 14:03, 3 Nov 14:03. */
  moment(millisecondsSince1970: number, now?: number): string;
}

const made = new Map<Locale, Formats>();

export function formats(locale: Locale): Formats {
  let known = made.get(locale);
  if (!known) made.set(locale, (known = makeFormats(locale)));
  return known;
}

function makeFormats(locale: Locale): Formats {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const dayAndYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  const fixed = Array.from(
    { length: 10 },
    (_, digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const significant = Array.from({ length: 10 }, (_, digits) => new Intl.NumberFormat(locale, { maximumSignificantDigits: digits + 1 }));
  const decimals = (value: number, digits: number) => fixed[Math.min(9, Math.max(0, digits))].format(value);

  const measure = (value: number, digits = 4) => {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
    if (value === 0) return '0';
    const magnitude = Math.floor(Math.log10(Math.abs(value)));
    if (magnitude < -4 || magnitude > 8) return minus(value.toExponential(digits - 1).replace('e+', 'e'));
    return minus(decimals(value, Math.max(0, Math.min(digits, digits - 1 - magnitude))));
  };

  const duration = (milliseconds: number) => durationText(locale, milliseconds);

  return {
    count: (value) => minus(whole.format(value)),
    measure,
    setting(value) {
      if (typeof value === 'string') return value;
      if (typeof value === 'boolean') return words(locale, value ? 'frame.yes' : 'frame.no');
      const size = Math.abs(value);
      if (size !== 0 && (size < 1e-4 || size >= 1e7)) return minus(String(Number(value.toPrecision(6))));
      return minus(significant[5].format(value));
    },
    percent: (share, digits = 1) => minus(words(locale, 'frame.percent', { value: decimals(share * 100, digits) })),
    duration,
    timeLeft(milliseconds) {
      const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
      return seconds < 60 ? words(locale, 'measure.seconds', { value: whole.format(seconds) }) : duration(seconds * 1000);
    },
    bytes(count) {
      const units = ['B', 'kB', 'MB', 'GB', 'TB'];
      let value = count;
      let unit = 0;
      while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
      }
      return `${decimals(value, unit > 0 && value < 9.95 ? 1 : 0)} ${units[unit]}`;
    },
    shape: (dimensions) => (dimensions.length === 0 ? '1' : dimensions.map((size) => whole.format(size)).join(' × ')),
    moment(at, now = Date.now()) {
      const date = new Date(at);
      const clock = time.format(date);
      const days = wholeDays(now) - wholeDays(at);
      if (days === 0) return words(locale, 'frame.today', { time: clock });
      if (days === 1) return words(locale, 'frame.yesterday', { time: clock });
      const sameYear = date.getFullYear() === new Date(now).getFullYear();
      return `${(sameYear ? day : dayAndYear).format(date)} ${clock}`;
    },
  };
}

/** A true minus sign stands as wide as the plus sign, so columns of differences line up. */
function minus(text: string): string {
  return text.replaceAll('-', '−');
}

function wholeDays(at: number): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
