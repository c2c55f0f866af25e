/** The command line's words, in the user's language. */
import { type Locale, message, type MessageKey, type MessageValues } from '#contract/words/message.ts';

export function localeOf(environment: NodeJS.ProcessEnv): Locale {
  const { EPOCHBOOK_LOCALE: own, LC_ALL, LC_MESSAGES, LANG } = environment;
  return /^zh/i.test(own || LC_ALL || LC_MESSAGES || LANG || '') ? 'zh-CN' : 'en';
}

export const locale = localeOf(process.env);

export function say(key: MessageKey, values: MessageValues = {}): string {
  return message(locale, key, values);
}
