import { beforeEach, describe, expect, it } from 'vitest';
import type { Bridge, CallName } from '#contract/names.ts';
import type { RunSummary } from '#contract/runs.ts';
import { useToastStore } from '../../components/toast-store.ts';
import { setBridge } from '../../platform/client.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { useRunsStore } from './runs-store.ts';
import { chooseOnly } from './selection.ts';
import { makeRun, pageOf, runIdOf } from './testing/make-run.ts';

/** A core that keeps runs in memory. */
let stored: RunSummary[];
let refuses: boolean;
let called: CallName[];

const core: Bridge = {
  shell: 'browser',
  async call(name, request) {
    called.push(name);
    const { runIds = [], runId, deleted = false, ...fields } = request as { runIds?: string[]; runId?: string; deleted?: boolean };
    if (refuses && name !== 'runs.page') return { ok: false, error: { code: 'internal', message: 'no', values: { detail: 'no' } } };
    if (name === 'runs.page') {
      const { before, limit } = request as { before?: number; limit: number };
      return {
        ok: true,
        value: pageOf(
          stored.filter((run) => (run.deletedAt !== undefined) === deleted),
          { before, limit },
        ),
      };
    }
    if (name === 'runs.delete') stored = stored.map((run) => (runIds.includes(run.id) ? { ...run, deletedAt: 1 } : run));
    if (name === 'runs.restore')
      stored = stored.map(({ deletedAt, ...run }) => (runIds.includes(run.id) || deletedAt === undefined ? run : { ...run, deletedAt }));
    if (name === 'runs.update') {
      stored = stored.map((run) => (run.id === runId ? { ...run, ...fields } : run));
      return { ok: true, value: stored.find((run) => run.id === runId) };
    }
    return { ok: true, value: {} };
  },
  listen: () => () => undefined,
};

const shownIds = () => useTrainingStore.getState().runs.map((run) => run.id);
const runOf = (number: number) => stored.find((run) => run.id === runIdOf(number))!;

beforeEach(async () => {
  stored = [makeRun(3), makeRun(2), makeRun(1)];
  refuses = false;
  called = [];
  setBridge(core);
  useToastStore.setState({ toasts: [] });
  useRunsStore.setState(useRunsStore.getInitialState());
  await useTrainingStore.getState().load();
});

describe('deleting runs', () => {
  it('takes them away at once, and undo brings them back in their place', async () => {
    useRunsStore.getState().select(chooseOnly(runIdOf(2)));
    const deleting = useRunsStore.getState().remove([runOf(2)]);
    expect(shownIds()).toEqual([runIdOf(3), runIdOf(1)]);
    expect(useRunsStore.getState().selection.chosen.size).toBe(0);
    await deleting;
    const [notice] = useToastStore.getState().toasts;
    expect(notice?.text).toContain('run 2');
    notice?.action?.run();
    await expect.poll(shownIds).toEqual([runIdOf(3), runIdOf(2), runIdOf(1)]);
    expect(useToastStore.getState().toasts).toEqual([]);
  });

  it('can be undone before the core has done it', async () => {
    const deleting = useRunsStore.getState().remove([runOf(2)]);
    const [notice] = useToastStore.getState().toasts;
    expect(notice?.text).toContain('run 2');
    notice?.action?.run();
    await deleting;
    await expect.poll(shownIds).toEqual([runIdOf(3), runIdOf(2), runIdOf(1)]);
    expect(called.filter((name) => name !== 'runs.page')).toEqual(['runs.delete', 'runs.restore']);
    expect(stored.every(({ deletedAt }) => deletedAt === undefined)).toBe(true);
  });

  it('can be undone for an older deletion, and the notice of the newer stays', async () => {
    await useRunsStore.getState().remove([runOf(3)]);
    await useRunsStore.getState().remove([runOf(1)]);
    const [older, newer] = useToastStore.getState().toasts;
    useToastStore.getState().dismiss(older.id);
    older.action?.run();
    await expect.poll(shownIds).toEqual([runIdOf(3), runIdOf(2)]);
    expect(useToastStore.getState().toasts).toEqual([newer]);
  });

  it('shows them again, with the reason, where the core refuses', async () => {
    refuses = true;
    await useRunsStore.getState().remove([runOf(2)]);
    expect(shownIds()).toEqual([runIdOf(3), runIdOf(2), runIdOf(1)]);
    expect(useToastStore.getState().toasts).toMatchObject([{ tone: 'bad' }]);
  });

  it('asks nothing of the core for no runs', async () => {
    called = [];
    await useRunsStore.getState().remove([]);
    expect(called).toEqual([]);
  });
});

describe('the bin', () => {
  it('lists what was deleted and lets it out', async () => {
    await useRunsStore.getState().remove([runOf(1), runOf(3)]);
    useRunsStore.getState().showBin(true);
    await expect.poll(() => useRunsStore.getState().bin.map((run) => run.id)).toEqual([runIdOf(3), runIdOf(1)]);
    await useRunsStore.getState().restore([runIdOf(1)]);
    expect(useRunsStore.getState().bin.map((run) => run.id)).toEqual([runIdOf(3)]);
    expect(shownIds()).toEqual([runIdOf(2), runIdOf(1)]);
  });

  it('shows its first runs before it asks for the others, and has all in the end', async () => {
    stored = Array.from({ length: 2500 }, (_, index) => makeRun(2500 - index, { deletedAt: 1 }));
    const seen: [runs: number, awaited: number][] = [];
    const end = useRunsStore.subscribe(({ bin, binAwaited }, before) => bin !== before.bin && seen.push([bin.length, binAwaited]));
    await useRunsStore.getState().loadBin();
    // What is there stays until all of it is known anew.
    await useRunsStore.getState().loadBin();
    end();
    expect(seen).toEqual([
      [200, 2300],
      [2500, 0],
      [2500, 0],
    ]);
    expect(useRunsStore.getState().bin.map((run) => run.id)).toEqual(stored.map((run) => run.id));
    expect(called.filter((name) => name === 'runs.list')).toEqual([]);
  });
});

describe('changing a run', () => {
  it('shows what the core stored', async () => {
    await useRunsStore.getState().update({ runId: runIdOf(1), name: 'new name', tags: ['a'] });
    expect(useTrainingStore.getState().runs.find((run) => run.id === runIdOf(1))).toMatchObject({ name: 'new name', tags: ['a'] });
  });
});
