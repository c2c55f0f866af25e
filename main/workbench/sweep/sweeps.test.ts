/** Sweeps over real runs: trials in several processes, given up, stopped and gone on with. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Request, Response } from '#contract/calls.ts';
import type { CallName } from '#contract/names.ts';
import { type Sweep, sweepTag } from '#contract/sweeps.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { forkTrainerOnNode } from '#trainer/fork-node.ts';
import { pointsNotebook, writeWorkspace } from '../testing/workspace.ts';
import { createWorkbench, type Workbench } from '../workbench.ts';

// Several processes start one after another.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let workbench: Workbench;

beforeEach(async () => {
  folder = mkdtempSync(join(os.tmpdir(), 'epochbook-sweep-'));
  writeWorkspace(folder);
  workbench = await createWorkbench({
    folder,
    fork: forkTrainerOnNode(),
    samplesFolder: join(import.meta.dirname, '../../../resources/samples'),
    settingsFile: join(folder, 'settings.json'),
    version: '0',
    shell: { name: 'browser' },
  });
});

afterEach(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

async function call<K extends CallName>(name: K, request: Request<K>): Promise<Response<K>> {
  const reply = await workbench.call(name, request);
  if (!reply.ok) throw Object.assign(new Error(reply.error.message), reply.error);
  return reply.value as never;
}

/** The sweep when it is over; `onChange` sees it before. */
function over(begin: () => Promise<Sweep>, onChange: (sweep: Sweep) => void = () => {}): Promise<Sweep> {
  return new Promise((resolve, reject) => {
    const end = workbench.subscribe((name, payload) => {
      if (name !== 'sweeps.changed') return;
      const { sweep } = payload as { sweep: Sweep };
      if (sweep.status === 'running') onChange(sweep);
      else {
        end();
        resolve(sweep);
      }
    });
    begin().catch(reject);
  });
}

const state = (knobs: Record<string, number> = {}, text = pointsNotebook) => ({
  path: 'points.epoch.md',
  blocks: parseNotebook(text).blocks,
  knobs,
});

it('makes each trial an ordinary run, trained by several processes, and goes on after it was stopped without doubles', async () => {
  const asked = { ...state({ epochs: 3 }), trials: 4, sampler: 'latin', seed: 5, workers: 2 } as const;
  const stopped = await over(
    () => call('sweeps.start', asked),
    (sweep) => sweep.trials.completed > 0 && void call('sweeps.stop', { id: sweep.id }).catch(() => undefined),
  );
  expect(stopped).toMatchObject({ status: 'stopped', reason: 'user' });
  const ended = await over(() => call('sweeps.resume', { id: stopped.name }));
  expect(ended).toMatchObject({
    id: stopped.id,
    status: 'completed',
    reason: 'trials',
    trials: { running: 0, completed: 4, pruned: 0, failed: 0 },
    settings: { metric: 'val_loss', direction: 'min', ranges: [{ name: 'units', min: 1, max: 64, whole: true }], fixed: { epochs: 3 } },
  });
  const { trials } = await call('sweeps.get', { id: 'latest' });
  expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  // One in each quarter of the range.
  expect(trials.map(({ params }) => Math.floor((Number(params['units']) - 1) / 16)).sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  const runs = await call('runs.list', { where: `tags has ${sweepTag(ended.name)}` });
  expect(runs).toHaveLength(4);
  for (const { runId, number, value, params } of trials) {
    const run = runs.find(({ id }) => id === runId)!;
    expect(run).toMatchObject({
      name: `${ended.name}-${number}`,
      sweep: { id: ended.id, name: ended.name, trial: number },
      status: 'completed',
      epochs: 3,
      params: { ...params, epochs: 3 },
      threads: Math.max(1, Math.floor(os.cpus().length / 2)),
    });
    expect(run.metrics['val_loss'].min).toBe(value);
  }
  expect(ended.best!.value).toBe(Math.min(...trials.map(({ value }) => value!)));
  await expect(call('sweeps.resume', { id: ended.id })).rejects.toMatchObject({ code: 'sweep.done' });
});

it('gives up what is hopeless, and says why it cannot judge', async () => {
  const text = pointsNotebook
    .replace('learningRate: 0.01', "learningRate: param('learningRate', 0.05, { choices: [0.05, 1e-7] })")
    .replace('{ min: 1, max: 64 }', '{}');
  const asked = { ...state({ epochs: 200 }, text), trials: 2, sampler: 'grid', pruner: 'asha' } as const;
  const ended = await over(() => call('sweeps.start', asked));
  expect(ended).toMatchObject({
    status: 'completed',
    trials: { completed: 1, pruned: 1 },
    best: { number: 1, params: { learningRate: 0.05 } },
  });
  const { trials } = await call('sweeps.get', { id: ended.id });
  expect(trials[1]).toMatchObject({ params: { learningRate: 1e-7 }, status: 'stopped', reason: 'pruned' });
  expect(trials[1].epochs).toBeLessThan(200);

  const failed = await over(() => call('sweeps.start', { ...asked, metric: 'val_f1' }));
  expect(failed).toMatchObject({ status: 'failed', reason: 'error', error: { code: 'sweep.metricMissing' } });
  expect(failed.error!.message).toContain('val_accuracy');
  await expect(call('sweeps.start', { ...asked, only: ['units'] })).rejects.toMatchObject({ code: 'sweep.noKnobs' });
  await expect(call('sweeps.start', { ...asked, ranges: [{ name: 'rate' }] })).rejects.toMatchObject({ code: 'sweep.knobUnknown' });
});
