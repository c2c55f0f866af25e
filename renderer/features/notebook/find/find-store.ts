/** Find and replace over all cells and prose of the open notebook. */
import { create } from 'zustand';
import { type EditedBlock, isCell } from '../blocks.ts';
import { selectInEditor } from '../editor/handles.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { findIn, type Match, patternOf, replaceIn, searchedText, type Wanted } from './find-text.ts';

interface FindStore extends Wanted {
  readonly isOpen: boolean;
  /** Whether the replacement's field is shown. */
  readonly replaces: boolean;
  readonly replacement: string;
  /** Counts up when the keyboard is to go to the field. */
  readonly asked: number;
  /** Index of the match that the last step went to. */
  readonly current: number | undefined;
  /** With what is selected, to look for that. */
  readonly show: (replaces: boolean, selected?: string) => void;
  readonly hide: () => void;
  readonly want: (wanted: Partial<Wanted> & { readonly replacement?: string }) => void;
  /** Goes to the next match, or the one before; at the ends it begins again. */
  readonly step: (way: 1 | -1) => Match | undefined;
  /** Puts the replacement in place of the current match and goes to the next. */
  readonly replaceOne: () => Match | undefined;
  /** One undo step. Returns how many were replaced. */
  readonly replaceAll: () => number;
}

export const useFindStore = create<FindStore>((set, get) => ({
  isOpen: false,
  replaces: false,
  query: '',
  replacement: '',
  matchCase: false,
  wholeWord: false,
  regex: false,
  asked: 0,
  current: undefined,

  show(replaces, selected) {
    const query = selected !== undefined && selected !== '' && !selected.includes('\n') ? selected : get().query;
    set({ isOpen: true, replaces: replaces || (get().isOpen && get().replaces), query, asked: get().asked + 1, current: undefined });
  },
  hide: () => set({ isOpen: false, current: undefined }),
  want: (wanted) => set({ ...wanted, ...('replacement' in wanted ? {} : { current: undefined }) }),

  step(way) {
    const matches = matchesNow(get());
    if (matches.length === 0) return undefined;
    const { current } = get();
    const at = current === undefined ? nearTo(matches, way) : (current + way + matches.length) % matches.length;
    set({ current: at });
    return matches[at];
  },

  replaceOne() {
    const { current, replacement, regex } = get();
    const pattern = patternOf(get());
    const matches = matchesNow(get());
    const match = current === undefined ? undefined : matches[current];
    if (!match || !pattern || !('expression' in pattern)) return get().step(1);
    const text = textOf(match.key);
    if (text === undefined) return undefined;
    const replaced = replaceIn(text, pattern.expression, replacement, regex, match.start);
    useNotebookStore.getState().rewrite(new Map([[match.key, replaced]]));
    // What was put in may match again: on to what follows it.
    const after = match.end + replaced.length - text.length;
    const left = matchesNow(get());
    const order = useNotebookStore.getState().blocks.map(({ key }) => key);
    const place = order.indexOf(match.key);
    const next = left.findIndex(({ key, start }) => order.indexOf(key) > place || (key === match.key && start >= after));
    set({ current: left.length === 0 ? undefined : Math.max(0, next) });
    return left[Math.max(0, next)];
  },

  replaceAll() {
    const { replacement, regex } = get();
    const pattern = patternOf(get());
    if (!pattern || !('expression' in pattern)) return 0;
    const matches = matchesNow(get());
    const texts = new Map<string, string>();
    for (const key of new Set(matches.map((match) => match.key))) {
      const text = textOf(key);
      if (text !== undefined) texts.set(key, replaceIn(text, pattern.expression, replacement, regex));
    }
    useNotebookStore.getState().rewrite(texts);
    set({ current: undefined });
    return matches.length;
  },
}));

/** Of the last blocks, patterns alone are compared anew. */
let known: { blocks: readonly EditedBlock[]; source: string; matches: readonly Match[] } | undefined;

export function matchesIn(blocks: readonly EditedBlock[], wanted: Wanted): readonly Match[] {
  const pattern = patternOf(wanted);
  if (!pattern || !('expression' in pattern)) return [];
  const source = String(pattern.expression);
  if (known?.blocks !== blocks || known.source !== source) known = { blocks, source, matches: findIn(blocks, pattern.expression) };
  return known.matches;
}

function matchesNow(wanted: Wanted): readonly Match[] {
  return matchesIn(useNotebookStore.getState().blocks, wanted);
}

function textOf(key: string): string | undefined {
  const block = useNotebookStore.getState().blocks.find((other) => other.key === key);
  return block && searchedText(block);
}

/** The first match in the selected block or below it; going up, the last above. */
function nearTo(matches: readonly Match[], way: 1 | -1): number {
  const { blocks, selected } = useNotebookStore.getState();
  const order = blocks.map(({ key }) => key);
  const place = selected === undefined ? 0 : order.indexOf(selected);
  if (way === 1)
    return Math.max(
      0,
      matches.findIndex(({ key }) => order.indexOf(key) >= place),
    );
  const above = matches.findLastIndex(({ key }) => order.indexOf(key) <= place);
  return above < 0 ? matches.length - 1 : above;
}

/** The keyboard goes to the match: into the editor, or to the block of prose. */
export function leaveAt(match: Match, focusBlock: (key: string) => void): void {
  const block = useNotebookStore.getState().blocks.find(({ key }) => key === match.key);
  if (block && isCell(block)) selectInEditor(match.key, match.start, match.end);
  else focusBlock(match.key);
}
