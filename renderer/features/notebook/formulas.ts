/** Formulas are set by KaTeX, which is fetched when a text has the first one. */
import { useEffect } from 'react';
import { create } from 'zustand';

export type KaTeX = (typeof import('katex'))['default'];

const useLoaded = create<{ readonly katex: KaTeX | undefined }>(() => ({ katex: undefined }));
let loading: Promise<void> | undefined;

/** KaTeX where `text` may have a formula and it is there; the component is drawn again when it is. */
export function useFormulas(text: string): KaTeX | undefined {
  const katex = useLoaded((state) => state.katex);
  const wanted = /\$|^[`~]{3,}\s*math/m.test(text);
  useEffect(() => {
    if (!wanted) return;
    loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(([{ default: loaded }]) => {
      useLoaded.setState({ katex: loaded });
    });
  }, [wanted]);
  return wanted ? katex : undefined;
}

export function renderFormula(katex: KaTeX, tex: string, display: boolean): string {
  // No links or files from a stranger's notebook, and no macro that grows without end.
  return katex.renderToString(tex, {
    displayMode: display,
    throwOnError: false,
    trust: false,
    strict: 'ignore',
    maxExpand: 500,
    maxSize: 40,
  });
}

export function plainFormula(tex: string): string {
  const element = document.createElement('code');
  element.textContent = tex;
  return element.outerHTML;
}
