import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Request, Response } from '#contract/calls.ts';
import type { CallName } from '#contract/names.ts';
import type { RunSummary } from '#contract/runs.ts';
import { openStore } from '#store/store.ts';
import { forkTrainerOnNode } from '#trainer/fork-node.ts';
import { pointsNotebook, writeWorkspace } from './testing/workspace.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

let folder: string;
let workbench: Workbench | undefined;

interface Client {
  readonly call: <K extends CallName>(name: K, request: Request<K>) => Promise<Response<K>>;
  /** The run once it is over. */
  readonly over: (begin: Promise<RunSummary>, onEpoch?: (run: RunSummary) => void) => Promise<RunSummary>;
}

async function start(): Promise<Client> {
  await workbench?.close();
  const opened = await createWorkbench({
    folder,
    fork: forkTrainerOnNode(),
    samplesFolder: join(import.meta.dirname, '../../resources/samples'),
    settingsFile: join(folder, 'settings.json'),
    version: '0',
    shell: { name: 'browser' },
  });
  workbench = opened;
  const call: Client['call'] = async (name, request) => {
    const reply = await opened.call(name, request);
    if (!reply.ok) throw Object.assign(new Error(reply.error.message), reply.error);
    return reply.value as never;
  };
  return {
    call,
    async over(begin, onEpoch = () => {}) {
      const seen: RunSummary[] = [];
      let look = () => {};
      const end = opened.subscribe((name, payload) => {
        if (name === 'training.epochEnded') onEpoch((payload as { summary: RunSummary }).summary);
        if (name === 'runs.changed') seen.push((payload as { run: RunSummary }).run);
        look();
      });
      const { id } = await begin;
      const found = await new Promise<RunSummary>((resolve) => {
        look = () => {
          const run = seen.findLast((each) => each.id === id);
          if (run && !['queued', 'running', 'paused'].includes(run.status)) resolve(run);
        };
        look();
      });
      end();
      return found;
    },
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-go-on-'));
  writeWorkspace(folder);
  const slow = pointsNotebook.replace('  seed: 7,', '  callbacks: [callbacks.backupAndRestore({ saveFreq: 16 })],\n  seed: 7,');
  writeFileSync(join(folder, 'points.epoch.md'), slow);
});
afterEach(async () => {
  await workbench?.close();
  workbench = undefined;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const notebook = async ({ call }: Client, knobs: Record<string, number> = {}) => {
  const { path, blocks } = await call('notebook.open', { path: 'points.epoch.md' });
  return { path, blocks, knobs };
};
const stateFolder = (id: string) => join(folder, '.epochbook', 'checkpoints', id);
const last = (id: string) => readFileSync(join(stateFolder(id), 'last.safetensors'));
/** Tensors alone: the header tells times. */
const tensors = (bytes: Buffer) => bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
const withoutTimes = async ({ call }: Client, runId: RunSummary['id']) =>
  (await call('runs.get', { runId })).epochRows.map(({ epoch, metrics, learningRate, samples, steps }) => ({
    epoch,
    metrics,
    learningRate,
    samples,
    steps,
  }));

describe('a run for the graphics processor', () => {
  it('is trained by the processor where there is none, and says why', async () => {
    const client = await start();
    const run = await client.over(client.call('training.start', { ...(await notebook(client)), device: 'gpu' }));
    const { environment } = await client.call('runs.get', { runId: run.id });
    expect(run).toMatchObject({ status: 'completed', epochs: 4 });
    expect([run.backend, environment?.fallback?.code]).toEqual(
      run.backend === 'webgpu' ? ['webgpu', undefined] : ['native', 'engine.gpuMissing'],
    );
  });
});

describe('a run', () => {
  it('that was stopped goes on to the bits of an undisturbed one, also where its newest epochs were not told', async () => {
    let client = await start();
    const whole = await client.over(client.call('training.start', await notebook(client, { epochs: 40 })));
    let stopped: RunSummary | undefined;
    stopped = await client.over(client.call('training.start', await notebook(client, { epochs: 40 })), ({ id, epochs }) => {
      if (epochs === 9) void client.call('training.stop', { runId: id });
    });
    expect(stopped).toMatchObject({ status: 'stopped' });
    // As after a crash of the core: the trainer had done two epochs more than were stored, and the last was cut off.
    const told = stopped.epochs;
    await workbench?.close();
    workbench = undefined;
    const store = openStore(folder);
    store.goOn(stopped.id, { epoch: told - 2, plannedEpochs: 40 });
    store.end(stopped.id, { status: 'failed', reason: 'crash' });
    store.close();
    client = await start();
    const resumed = await client.over(client.call('runs.resume', { runId: stopped.id }));
    expect(resumed).toMatchObject({ id: stopped.id, status: 'completed', reason: 'epochs', epochs: 40, best: whole.best });
    expect(await withoutTimes(client, stopped.id)).toEqual(await withoutTimes(client, whole.id));
    expect(resumed.metrics).toEqual(whole.metrics);
    expect(tensors(last(stopped.id)).equals(tensors(last(whole.id)))).toBe(true);
    await expect(client.call('runs.resume', { runId: whole.id })).rejects.toMatchObject({ code: 'training.isDone' });

    const longer = await client.over(client.call('runs.resume', { runId: whole.id, epochs: 43 }));
    const atOnce = await client.over(client.call('training.start', await notebook(client, { epochs: 43 })));
    expect(await withoutTimes(client, longer.id)).toEqual(await withoutTimes(client, atOnce.id));
    expect(tensors(last(longer.id)).equals(tensors(last(atOnce.id)))).toBe(true);
  });

  it('that was trained again is identical, or its first difference is named', async () => {
    const client = await start();
    const first = await client.over(client.call('training.start', await notebook(client)));
    const again = await client.over(client.call('runs.reproduce', { runId: first.id }));
    expect(again.origin).toEqual({ kind: 'reproduction', runId: first.id, name: first.name, epoch: 0 });
    expect(await client.call('runs.reproduction', { runId: again.id })).toEqual({ epochs: 4, complete: true });

    // Somebody else's first run: the same but for one number of one weight.
    const other = await client.over(client.call('runs.reproduce', { runId: first.id }));
    const bytes = last(other.id);
    bytes.writeFloatLE(7, 8 + Number(bytes.readBigUInt64LE()));
    writeFileSync(join(stateFolder(other.id), 'last.safetensors'), bytes);
    expect((await client.call('runs.reproduction', { runId: other.id })).difference).toMatchObject({
      epoch: 4,
      quantity: 'dense/kernel',
      again: 7,
    });
    writeFileSync(join(folder, 'points.csv'), readFileSync(join(folder, 'points.csv'), 'utf8').replace('above', 'below'));
    expect(await client.over(client.call('runs.reproduce', { runId: first.id }))).toMatchObject({
      status: 'failed',
      error: { code: 'training.dataDiffers', where: { cell: 'points' } },
    });
  });

  it('is forked after an epoch, with another knob', async () => {
    const client = await start();
    const parent = await client.over(client.call('training.start', await notebook(client)));
    const fork = await client.over(client.call('runs.fork', { runId: parent.id, epoch: 2, knobs: { epochs: 6 } }));
    expect(fork).toMatchObject({
      status: 'completed',
      epochs: 6,
      origin: { kind: 'fork', name: parent.name, epoch: 2 },
      params: { epochs: 6 },
    });
    const rows = await withoutTimes(client, fork.id);
    expect(rows.slice(0, 4)).toEqual(await withoutTimes(client, parent.id));
    const again = await client.over(client.call('runs.reproduce', { runId: fork.id }));
    expect(await client.call('runs.reproduction', { runId: again.id })).toEqual({ epochs: 4, complete: true });

    await expect(client.call('runs.fork', { runId: parent.id, epoch: 9 })).rejects.toMatchObject({ code: 'training.noEpoch' });
    await expect(client.call('runs.fork', { runId: parent.id, epoch: 4 })).rejects.toMatchObject({ code: 'training.forkLength' });
    const misfit = await client.over(client.call('runs.fork', { runId: parent.id, epoch: 2, knobs: { units: 8 } }));
    expect(misfit).toMatchObject({ status: 'failed', epochs: 2, error: { code: 'engine.checkpointFit' } });
  });

  it('goes on from an older checkpoint where the newest is cut, and says so where none is left', async () => {
    const client = await start();
    const run = await client.over(client.call('training.start', await notebook(client, { epochs: 40 })), ({ id, epochs }) => {
      if (epochs === 5) void client.call('training.stop', { runId: id });
    });
    const files = (await client.call('runs.get', { runId: run.id })).checkpoints.filter(({ kind }) => kind === 'epoch');
    cpSync(stateFolder(run.id), join(folder, 'kept'), { recursive: true });
    const cut = (epoch: number) => {
      const file = join(stateFolder(run.id), `epoch-${String(epoch).padStart(6, '0')}.safetensors`);
      writeFileSync(file, readFileSync(file).subarray(0, -8));
    };
    rmSync(join(stateFolder(run.id), 'within.safetensors'), { force: true });
    for (const { epoch } of files) cut(epoch);
    await expect(client.call('runs.resume', { runId: run.id })).rejects.toMatchObject({ code: 'engine.checkpointCut' });
    cpSync(join(folder, 'kept', 'epoch-000002.safetensors'), join(stateFolder(run.id), 'epoch-000002.safetensors'));
    // How far it came before it heard of the stop is the machine's affair.
    const epochs = run.epochs + 2;
    const resumed = await client.over(client.call('runs.resume', { runId: run.id, epochs }));
    expect(resumed).toMatchObject({ status: 'completed', epochs });
    expect((await withoutTimes(client, run.id)).map(({ epoch }) => epoch)).toEqual(Array.from({ length: epochs }, (_, index) => index + 1));
  });
});
