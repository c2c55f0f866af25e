/** The text of an error or finding in the screen's language, from its code and values. */
import type { PlainError } from '#contract/errors.ts';
import { en } from '#contract/words/en/index.ts';
import { type Locale, message, type MessageKey, type MessageValues } from '#contract/words/message.ts';
import { words } from './catalogue.ts';
import { useLocaleStore } from './locale.ts';

/** `fallback` is shown for a code that this version does not know, e.g. one stored by a newer one. */
export function coreText(locale: Locale, code: string, values: MessageValues | undefined, fallback: string): string {
  return Object.hasOwn(en, code) ? message(locale, code as MessageKey, values ?? {}) : fallback;
}

export function errorText(locale: Locale, error: unknown): string {
  if (isPlainError(error)) {
    if (error.code === 'connection.lost') return words(locale, 'frame.connectionLost');
    return coreText(locale, error.code, error.values, error.message);
  }
  return coreText(locale, 'internal', { detail: error instanceof Error ? error.message : String(error) }, String(error));
}

export function useErrorText(): (error: unknown) => string {
  const locale = useLocaleStore((state) => state.locale);
  return (error) => errorText(locale, error);
}

/** For use outside a component. */
export function errorTextNow(error: unknown): string {
  return errorText(useLocaleStore.getState().locale, error);
}

function isPlainError(error: unknown): error is PlainError {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error && typeof error.code === 'string';
}
