/** How curves are drawn, the same wherever they are; and the run that stands out everywhere. */
import { create } from 'zustand';
import type { BandKind } from '#contract/curves/band.ts';
import type { CurveAxis } from '#contract/curves/request.ts';
import type { Smoothing } from '#contract/curves/smooth.ts';

/** `metric`: a chart for each metric; `run`: one for each run; `one`: all in one chart. */
export type Arrangement = 'metric' | 'run' | 'one';

interface CurvesState {
  readonly x: CurveAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly smoothing: Smoothing;
  /** The y axis is fitted to what is left without the lowest and the highest values. */
  readonly withoutOutliers: boolean;
  readonly arrangement: Arrangement;
  /** Params by which runs become one curve with a band. */
  readonly groupBy: readonly string[];
  readonly band: BandKind;
  /** A run's id or a group's name. */
  readonly highlighted: string | undefined;
  readonly set: (change: Partial<Omit<CurvesState, 'set' | 'highlight'>>) => void;
  /** The same again lets go of it. */
  readonly highlight: (id: string | undefined) => void;
}

export const useCurvesStore = create<CurvesState>((set) => ({
  x: 'epoch',
  logX: false,
  logY: false,
  smoothing: { kind: 'none' },
  withoutOutliers: false,
  arrangement: 'metric',
  groupBy: [],
  band: 'deviation',
  highlighted: undefined,
  set: (change) => set(change),
  highlight: (id) => set((state) => ({ highlighted: state.highlighted === id ? undefined : id })),
}));
