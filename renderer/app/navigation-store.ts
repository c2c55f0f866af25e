/** Which view the window shows. */
import { create } from 'zustand';
import type { RunId } from '#contract/ids.ts';

export type View = 'notebook' | 'data' | 'runs' | 'comparison' | 'curves';

interface NavigationState {
  readonly view: View;
  /** The runs laid side by side in the comparison, in the order they were chosen. */
  readonly comparedRunIds: readonly RunId[];
  /** The list at the side: by itself it is seen where there is room for it. */
  readonly side: 'auto' | 'shown' | 'hidden';
  readonly toggleSide: () => void;
  /** Something was chosen in it: where it lies above the notebook, it goes away. */
  readonly leaveSide: () => void;
  /** The runs whose curves are on a page of their own. */
  readonly curvesRunIds: readonly RunId[];
  readonly show: (view: View) => void;
  readonly compare: (runIds: readonly RunId[]) => void;
  readonly showCurves: (runIds: readonly RunId[]) => void;
}

/** Of this window, so that reloading it shows the same place; what else a view needs to know is gone by then. */
const placeKey = 'epochbook.view';

function rememberedView(): 'notebook' | 'runs' {
  try {
    return sessionStorage.getItem(placeKey) === 'runs' ? 'runs' : 'notebook';
  } catch {
    // No storage, as in a private window that refuses it.
    return 'notebook';
  }
}

function remember(view: View): void {
  try {
    sessionStorage.setItem(placeKey, view === 'notebook' || view === 'data' ? 'notebook' : 'runs');
  } catch {
    // Reloading shows the notebook, then.
  }
}

export const useNavigationStore = create<NavigationState>((set, get) => ({
  view: rememberedView(),
  comparedRunIds: [],
  side: 'auto',
  toggleSide: () => set({ side: isSideSeen(get().side) ? 'hidden' : 'shown' }),
  leaveSide: () => matchMedia(narrow).matches && set({ side: 'auto' }),
  curvesRunIds: [],
  show: (view) => set({ view }),
  compare: (comparedRunIds) => set({ view: 'comparison', comparedRunIds }),
  showCurves: (curvesRunIds) => set({ view: 'curves', curvesRunIds }),
}));

useNavigationStore.subscribe(({ view }, before) => {
  if (view !== before.view) remember(view);
});

/** As frame.css has it. */
const narrow = '(max-width: 760px)';

function isSideSeen(side: NavigationState['side']): boolean {
  return side === 'shown' || (side === 'auto' && !matchMedia(narrow).matches);
}
