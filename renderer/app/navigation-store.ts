/** Which view the window shows. */
import { create } from 'zustand';
import type { RunId } from '#contract/ids.ts';

export type View = 'notebook' | 'data' | 'runs' | 'comparison';

interface NavigationState {
  readonly view: View;
  /** The runs laid side by side in the comparison, in the order they were chosen. */
  readonly comparedRunIds: readonly RunId[];
  readonly show: (view: View) => void;
  readonly compare: (runIds: readonly RunId[]) => void;
}

export const useNavigationStore = create<NavigationState>((set) => ({
  view: 'notebook',
  comparedRunIds: [],
  show: (view) => set({ view }),
  compare: (comparedRunIds) => set({ view: 'comparison', comparedRunIds }),
}));
