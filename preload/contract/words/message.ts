/**
 * The messages that the core makes and every shell shows: errors, findings, reasons. ICU message syntax.
 * The renderer's own words are in renderer/words and use the same function.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import { en } from './en/index.ts';
import { zhCN } from './zh-CN/index.ts';

export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];
export type MessageKey = keyof typeof en;
export type MessageValues = Record<string, string | number>;

const catalogues: Record<Locale, Record<MessageKey, string>> = { en, 'zh-CN': zhCN };
const compiled = new Map<string, IntlMessageFormat>();

/** Formats an ICU message; a compiled message is kept. */
export function format(locale: Locale, text: string, values: MessageValues): string {
  const key = `${locale}\n${text}`;
  let made = compiled.get(key);
  if (!made) compiled.set(key, (made = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })));
  return made.format(values) as string;
}

export function message(locale: Locale, key: MessageKey, values: MessageValues = {}): string {
  return format(locale, catalogues[locale][key], values);
}
