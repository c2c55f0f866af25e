/** The language of the screen. It is one for the whole window, so it lives apart from any feature. */
import { create } from 'zustand';
import type { Locale } from '#contract/words/message.ts';

interface LocaleState {
  readonly locale: Locale;
  readonly setLocale: (locale: Locale) => void;
}

export const useLocaleStore = create<LocaleState>((set) => ({
  locale: 'en',
  setLocale(locale) {
    if (typeof document !== 'undefined') document.documentElement.lang = locale;
    set({ locale });
  },
}));
