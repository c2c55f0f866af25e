import { useMemo } from 'react';
import type { Locale, MessageValues } from '#contract/words/message.ts';
import { type WordKey, words } from './catalogue.ts';
import { formats, type Formats } from './format.ts';
import { useLocaleStore } from './locale.ts';

export type Translate = (key: WordKey, values?: MessageValues) => string;

/** `t('notebook.run')` in the screen's language; components using it are drawn again when the language changes. */
export function useWords(): Translate {
  const locale = useLocaleStore((state) => state.locale);
  return useMemo(() => translateIn(locale), [locale]);
}

/** Numbers, durations, sizes and dates as the screen's language writes them. */
export function useFormats(): Formats {
  return formats(useLocaleStore((state) => state.locale));
}

/** For stores and other code outside a component: the language at the time of the call. */
export function translate(key: WordKey, values?: MessageValues): string {
  return words(useLocaleStore.getState().locale, key, values);
}

/** As `useFormats`, at the time of the call. */
export function formatsNow(): Formats {
  return formats(useLocaleStore.getState().locale);
}

function translateIn(locale: Locale): Translate {
  return (key, values) => words(locale, key, values);
}
