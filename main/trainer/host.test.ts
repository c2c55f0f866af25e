import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeCheckpoint } from '#engine/loop/checkpoint.ts';
import { forkTrainerOnNode } from './fork-node.ts';
import { createTrainerHost, type HostOptions, type TrainerHost, type TrainNews } from './host.ts';
import { pointsSpec, writePoints } from './testing/table.ts';

let folder: string;
const hosts: TrainerHost[] = [];
const pids: number[] = [];

/** Processes in the order they were started. */
function fork() {
  const child = forkTrainerOnNode()();
  if (child.pid !== undefined) pids.push(child.pid);
  return child;
}

function createHost(options: Partial<HostOptions> = {}): TrainerHost {
  const host = createTrainerHost({ fork, ...options });
  hosts.push(host);
  return host;
}

const place = () => ({
  folders: { notebook: folder, workspace: folder },
  backend: 'native',
  threads: 1,
  checkpointFolder: join(folder, 'checkpoints'),
});

const epochsOf = (news: readonly TrainNews[]) => news.flatMap((item) => (item.type === 'epochEnded' ? [item.row] : []));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-trainer-'));
  writePoints(folder);
});

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  pids.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

describe('training in its own process', () => {
  it('tells every epoch, with its checkpoint on the disk before', async () => {
    const host = createHost();
    const news: TrainNews[] = [];
    const onDisk: number[] = [];
    const { ended } = host.train({ spec: pointsSpec(), ...place() }, (item) => {
      news.push(item);
      if (item.type === 'epochEnded') onDisk.push(decodeCheckpoint(readFileSync(join(folder, 'checkpoints/last.safetensors'))).epoch);
    });
    expect(await ended).toMatchObject({ status: 'completed', reason: 'epochs', epochs: 4, best: { metric: 'val_loss' } });
    const rows = epochsOf(news);
    expect(rows.map((row) => row.epoch)).toEqual([1, 2, 3, 4]);
    expect(rows[0].metrics).toEqual({
      loss: expect.any(Number),
      accuracy: expect.any(Number),
      val_loss: expect.any(Number),
      val_accuracy: expect.any(Number),
    });
    expect(rows[3].metrics['val_loss']).toBeLessThan(rows[0].metrics['val_loss']);
    // The process may have been an epoch further when we looked; never behind.
    for (const [index, epoch] of onDisk.entries()) expect(epoch).toBeGreaterThanOrEqual(index + 1);
    expect(news.find((item) => item.type === 'started')).toMatchObject({
      parameters: 2 * 16 + 16 + 16 * 2 + 2,
      samples: { train: 300, validation: 100 },
      dataHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const kept = JSON.parse(readFileSync(join(folder, 'checkpoints', 'preparation.json'), 'utf8')) as object;
    expect(kept).toMatchObject({ inputShape: [2], classes: ['above', 'below'], features: [{ column: 'x' }, { column: 'y' }] });
  });

  it('gives the same digits in a warm process as in a new one, and others with another seed', async () => {
    const digits = async (host: TrainerHost, seed: number) => {
      const news: TrainNews[] = [];
      await host.train({ spec: pointsSpec({ seed }), ...place() }, (item) => news.push(item)).ended;
      return epochsOf(news).map((row) => row.metrics);
    };
    const warm = createHost();
    const first = await digits(warm, 7);
    expect(await digits(warm, 7)).toEqual(first);
    expect(await digits(createHost(), 7)).toEqual(first);
    expect(await digits(warm, 8)).not.toEqual(first);
    expect(pids).toHaveLength(2);
  });

  it('stops when asked, keeping what was told', async () => {
    const host = createHost();
    const news: TrainNews[] = [];
    const training = host.train({ spec: pointsSpec({ epochs: 1_000_000 }), ...place() }, (item) => {
      news.push(item);
      if (item.type === 'epochEnded' && item.row.epoch === 3) training.stop();
    });
    const end = await training.ended;
    expect(end).toMatchObject({ status: 'stopped', reason: 'user' });
    expect(end.epochs).toBe(epochsOf(news).length);
    expect(end.epochs).toBeGreaterThanOrEqual(3);
  });

  it('pauses between two steps and goes on to the same digits', async () => {
    const host = createHost();
    const undisturbed: TrainNews[] = [];
    await host.train({ spec: pointsSpec({ epochs: 60 }), ...place() }, (item) => undisturbed.push(item)).ended;

    const news: TrainNews[] = [];
    let asked = false;
    const training = host.train({ spec: pointsSpec({ epochs: 60 }), ...place() }, (item) => {
      news.push(item);
      if (item.type !== 'epochEnded' || item.row.epoch !== 2) return;
      training.pause();
      asked = true;
    });
    // What was under way when we asked may still arrive; then there is silence, long before the sixtieth epoch.
    let heard = -1;
    await expect.poll(() => heard === (heard = news.length) && asked, { interval: 400 }).toBe(true);
    expect(epochsOf(news).length).toBeLessThan(60);
    training.resume();
    expect(await training.ended).toMatchObject({ status: 'completed', epochs: 60 });
    expect(epochsOf(news).map((row) => row.metrics)).toEqual(epochsOf(undisturbed).map((row) => row.metrics));
  });

  it('stops when asked before its process is up', async () => {
    // Longer than any process takes to come up.
    const host = createHost({ stopMs: 50_000 });
    const training = host.train({ spec: pointsSpec({ epochs: 1_000_000 }), ...place() }, () => {});
    await Promise.resolve();
    training.stop();
    expect(await training.ended).toEqual({ status: 'stopped', reason: 'user', epochs: 0 });
    // It heard: the process was not killed for it.
    expect(await host.train({ spec: pointsSpec(), ...place() }, () => {}).ended).toMatchObject({ status: 'completed' });
    expect(pids).toHaveLength(1);
  });

  it('stops while it is paused', async () => {
    const host = createHost();
    const training = host.train({ spec: pointsSpec({ epochs: 1_000_000 }), ...place() }, (item) => {
      if (item.type !== 'epochEnded' || item.row.epoch !== 1) return;
      training.pause();
      training.stop();
    });
    expect(await training.ended).toMatchObject({ status: 'stopped', reason: 'user' });
  });

  it('says what is wrong with the data or the model, and is there for the next run', async () => {
    const host = createHost();
    const spec = pointsSpec();
    const missing = { ...spec, data: { ...spec.data, source: { format: 'csv' as const, path: 'nothing.csv' } } };
    expect(await host.train({ spec: missing, ...place() }, () => {}).ended).toMatchObject({
      status: 'failed',
      reason: 'error',
      epochs: 0,
      error: { code: 'data.fileMissing', at: '/data/source/path' },
    });
    const unfit = pointsSpec({ loss: 'binaryCrossentropy' });
    const end = await host.train({ spec: unfit, ...place() }, () => {}).ended;
    expect(end).toMatchObject({ status: 'failed', reason: 'error', error: { at: expect.stringMatching(/^\/train/) } });
    expect(await host.train({ spec, ...place() }, () => {}).ended).toMatchObject({ status: 'completed' });
    expect(pids).toHaveLength(1);
  });
});

describe('a trainer process that goes wrong', () => {
  it('killed in the middle of an epoch ends the run as crashed; the next run has a new process', async () => {
    const host = createHost();
    const news: TrainNews[] = [];
    const { ended } = host.train({ spec: pointsSpec({ epochs: 1_000_000 }), ...place() }, (item) => {
      news.push(item);
      if (item.type === 'epochEnded' && item.row.epoch === 5) process.kill(pids[0], 'SIGKILL');
    });
    const end = await ended;
    expect(end).toMatchObject({ status: 'failed', reason: 'crash', error: { code: 'process.ended', values: { detail: 'SIGKILL' } } });
    expect(end.epochs).toBe(epochsOf(news).at(-1)?.epoch);
    expect(decodeCheckpoint(readFileSync(join(folder, 'checkpoints/last.safetensors'))).epoch).toBeGreaterThanOrEqual(end.epochs);
    expect(await host.train({ spec: pointsSpec(), ...place() }, () => {}).ended).toMatchObject({ status: 'completed' });
    expect(pids).toHaveLength(2);
  });

  it('that does not hear a stop is killed, and the run counts as stopped', async () => {
    const deaf = join(folder, 'deaf.mjs');
    // Says it is ready, takes the task, and never looks at a message or a signal again.
    writeFileSync(
      deaf,
      `process.on('SIGTERM', () => {});
       process.on('message', () => { process.send({ type: 'progressed', id: 1, phase: 'training', epoch: 1, step: 1, steps: 9 }, () => { for (;;); }); });
       process.send({ type: 'ready' });`,
    );
    const host = createHost({ fork: forkTrainerOnNode(deaf), stopMs: 100 });
    const training = host.train({ spec: pointsSpec(), ...place() }, () => training.stop());
    expect(await training.ended).toEqual({ status: 'stopped', reason: 'user', epochs: 0 });
  });

  it('that cannot start says so', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, 'process.exit(3);');
    const host = createHost({ fork: forkTrainerOnNode(broken) });
    expect(await host.train({ spec: pointsSpec(), ...place() }, () => {}).ended).toMatchObject({
      status: 'failed',
      reason: 'crash',
      error: { values: { detail: 'exit 3' } },
    });
    await expect(host.inspect({ data: pointsSpec().data, folders: place().folders })).rejects.toMatchObject({ code: 'process.ended' });
  });

  it('ends by itself when its parent is killed', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'testing/parent.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    const isAlive = () => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    expect(isAlive()).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(isAlive, { timeout: 20_000 }).toBe(false);
    expect(existsSync(join(folder, 'checkpoints/last.safetensors'))).toBe(true);
  });
});

describe('inspecting', () => {
  it('works while a run goes on', async () => {
    const host = createHost();
    const training = host.train({ spec: pointsSpec({ epochs: 1_000_000 }), ...place() }, () => {});
    const { data, model } = pointsSpec();
    const inspection = await host.inspect({ data, model, folders: place().folders });
    expect(inspection.data).toMatchObject({ samples: { train: 300, validation: 100, test: 0 }, inputShape: [2] });
    expect(inspection.model?.layers.map(({ outputShape, parameters }) => [outputShape, parameters])).toEqual([
      [[16], 48],
      [[2], 34],
    ]);
    training.stop();
    await training.ended;
  });

  it('keeps the data where only the model or the training is wrong', async () => {
    const host = createHost();
    const { data, model } = pointsSpec();
    const bad = { ...model, config: { layers: [{ class_name: 'Conv2D', config: { filters: 4, kernelSize: 3 } }] } };
    const wrongModel = await host.inspect({ data, model: bad, folders: place().folders });
    expect(wrongModel).toMatchObject({ data: { inputShape: [2] }, modelError: { at: '/model/config/layers/0' } });
    const { train } = pointsSpec({ callbacks: [{ class_name: 'EarlyStopping', config: { monitor: 'val_nothing' } }] });
    const wrongTraining = await host.inspect({ data, model, train, folders: place().folders });
    expect(wrongTraining.model?.parameters).toBe(82);
    expect(wrongTraining.trainError?.at).toMatch(/^\/train\/callbacks\/0/);
  });

  it('sees that the file changed', async () => {
    const host = createHost();
    const { data } = pointsSpec();
    const first = await host.inspect({ data, folders: place().folders });
    writePoints(folder, 800);
    const second = await host.inspect({ data, folders: place().folders });
    expect(second.data.samples.train).toBe(600);
    expect(second.data.hash).not.toBe(first.data.hash);
  });

  it('foresees an epoch', async () => {
    const host = createHost();
    const estimate = await host.estimate({ spec: pointsSpec(), folders: place().folders, threads: 1 });
    expect(estimate.steps).toBe(Math.ceil(300 / 16));
    expect(estimate.epochMs).toBeGreaterThan(0);
  });
});
