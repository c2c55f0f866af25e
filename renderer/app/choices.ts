import type { Settings } from '#contract/calls.ts';
import type { Locale } from '#contract/words/message.ts';

export const themes = ['light', 'dark', 'system'] as const satisfies readonly Settings['theme'][];

/** Each language by its own name: who looks for it cannot read the other. */
export const languageNames: Record<Locale, string> = { en: 'English', 'zh-CN': '简体中文' };

/** A browser keeps Ctrl and a digit for its tabs. */
export const viewKeys = { notebook: 'Mod+Alt+1', runs: 'Mod+Alt+2' } as const;
