import { beforeEach, expect, it } from 'vitest';
import type { Bridge } from '#contract/names.ts';
import type { EpochRow } from '#contract/runs.ts';
import { setBridge } from '../../platform/client.ts';
import { makeRun, runIdOf } from '../runs/testing/make-run.ts';
import { useTrainingStore } from './training-store.ts';

/** Epochs that the core has stored of the run 1. */
let stored: EpochRow[];
let asked: number;

const row = (epoch: number): EpochRow => ({
  epoch,
  elapsedMs: 1,
  learningRate: 0.01,
  samples: 1,
  steps: 1,
  phasesMs: { data: 0, steps: 1, validation: 0 },
  metrics: { loss: 1 / epoch },
});
const run = (epochs: number) => makeRun(1, { status: 'running', epochs, plannedEpochs: 9 });
const core: Bridge = {
  shell: 'browser',
  async call() {
    asked++;
    return { ok: true, value: { ...run(stored.length), source: '', epochRows: stored, checkpoints: [] } };
  },
  listen: () => () => undefined,
};
const shownEpochs = () => useTrainingStore.getState().rows[runIdOf(1)]?.map(({ epoch }) => epoch);

beforeEach(() => {
  stored = [row(1)];
  asked = 0;
  setBridge(core);
  useTrainingStore.setState(useTrainingStore.getInitialState());
});

it('fetches the epochs of a run that another process trains, and not those that come by themselves', async () => {
  const { loadRun, changed, epochEnded } = useTrainingStore.getState();
  // What is not shown is not asked for.
  changed(run(1));
  expect(asked).toBe(0);
  await loadRun(runIdOf(1));
  expect(shownEpochs()).toEqual([1]);
  stored = [row(1), row(2), row(3)];
  changed(run(3));
  await expect.poll(shownEpochs).toEqual([1, 2, 3]);
  expect(asked).toBe(2);
  epochEnded({ runId: runIdOf(1), row: row(4), summary: run(4) });
  expect(shownEpochs()).toEqual([1, 2, 3, 4]);
  expect(asked).toBe(2);
});
