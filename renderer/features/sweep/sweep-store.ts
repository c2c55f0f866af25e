/** The workspace's sweeps, and the dialog that asks for one. */
import { create } from 'zustand';
import type { Request } from '#contract/calls.ts';
import { type Sweep, sweepTag, type Trial } from '#contract/sweeps.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { attempt } from '../../components/attempt.ts';
import { call } from '../../platform/client.ts';
import { useRunsStore } from '../runs/runs-store.ts';

interface SweepState {
  /** Newest first. */
  readonly sweeps: readonly Sweep[];
  /** By sweep, those that were asked for, by number. */
  readonly trials: Readonly<Record<string, readonly Trial[]>>;
  /** The train cell that the dialog asks about. */
  readonly asked: string | undefined;
  readonly ask: (cell: string | undefined) => void;
  readonly load: () => Promise<boolean>;
  readonly loadTrials: (id: string) => Promise<boolean>;
  readonly changed: (sweep: Sweep) => void;
  readonly trialChanged: (sweepId: string, trial: Trial) => void;
  /** Throws what the core says. */
  readonly start: (request: Request<'sweeps.start'>) => Promise<void>;
  readonly stop: (id: string) => Promise<boolean>;
  readonly resume: (id: string) => Promise<boolean>;
}

export const useSweepStore = create<SweepState>((set, get) => ({
  sweeps: [],
  trials: {},
  asked: undefined,
  ask: (asked) => set({ asked }),
  load: () => attempt(async () => set({ sweeps: await call('sweeps.list', {}), trials: {} })),
  loadTrials: (id) =>
    attempt(async () => {
      const { trials } = await call('sweeps.get', { id });
      set((state) => ({ trials: { ...state.trials, [id]: trials } }));
    }),
  changed: (sweep) =>
    set(({ sweeps }) => ({
      sweeps: sweeps.some(({ id }) => id === sweep.id) ? sweeps.map((one) => (one.id === sweep.id ? sweep : one)) : [sweep, ...sweeps],
    })),
  trialChanged: (sweepId, trial) =>
    set(({ trials }) => {
      const known = trials[sweepId];
      // Those before it are fetched when somebody looks, and then this one with them.
      if (!known) return {};
      const others = known.filter(({ number }) => number !== trial.number);
      return { trials: { ...trials, [sweepId]: [...others, trial].sort((a, b) => a.number - b.number) } };
    }),
  async start(request) {
    get().changed(await call('sweeps.start', request));
  },
  stop: (id) => attempt(() => call('sweeps.stop', { id })),
  resume: (id) => attempt(async () => get().changed(await call('sweeps.resume', { id }))),
}));

/** The runs' page, with the trials of one sweep. */
export function showTrials({ name }: Pick<Sweep, 'name'>): void {
  const { showBin, showsBin, search } = useRunsStore.getState();
  if (showsBin) showBin(false);
  search(`tags has ${sweepTag(name)}`);
  useNavigationStore.getState().show('runs');
}
