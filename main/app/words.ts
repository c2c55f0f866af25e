/** The shell's own words in the language that is set now. */
import { type Locale, message, type MessageKey, type MessageValues } from '#contract/words/message.ts';

export type Words = (key: MessageKey, values?: MessageValues) => string;

export function wordsIn(locale: () => Locale): Words {
  return (key, values) => message(locale(), key, values);
}
