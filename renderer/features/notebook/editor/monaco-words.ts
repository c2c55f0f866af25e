/**
 * The words that Monaco says by itself, such as that there are no suggestions, in the screen's language. It looks each of
 * them up in a list that is everybody's, and speaks English where there is none.
 */
import { create } from 'zustand';
import { useLocaleStore } from '../../../words/locale.ts';

const place = '_VSCODE_NLS_MESSAGES';
const everybodys = globalThis as { [place]?: readonly string[] | undefined };

let chinese: readonly string[] | undefined;

async function give(): Promise<void> {
  if (useLocaleStore.getState().locale === 'zh-CN' && !chinese) {
    await import('monaco-editor/nls/lang/zh-cn');
    chinese = everybodys[place];
  }
  everybodys[place] = useLocaleStore.getState().locale === 'zh-CN' ? chinese : undefined;
}

/** Resolves when the words of the screen's language are there. Without them Monaco still edits. */
export const giveMonacoWords = (): Promise<void> => give().catch(() => undefined);

/** An editor keeps the words of its parts: one that was made before this number changed is made anew. */
export const useSpoken = create(() => ({ changes: 0 }));
