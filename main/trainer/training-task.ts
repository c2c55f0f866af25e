/** One run in the trainer process: data, model, the loop, and checkpoints on the disk before they are told of. */
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Backend, openBackend } from '#engine/backends/index.ts';
import type { Checkpoint } from '#engine/loop/checkpoint.ts';
import { forkCheckpoint } from '#engine/loop/fork.ts';
import { train } from '#engine/loop/train.ts';
import { checkMemory } from '#engine/loop/memory.ts';
import { describeModel } from '#engine/model/describe.ts';
import { completeModel } from '#engine/model/complete.ts';
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import type { LoadedData } from '#data/load.ts';
import { preparationOf } from '#data/preparation.ts';
import { writeDataRecord } from '#files/data-record.ts';
import { writeWhole } from '#files/write-whole.ts';
import { createCheckpointKeeper, keepStart, readCheckpoint, type Saved } from './checkpoint-files.ts';
import type { LoadData } from './data-cache.ts';
import type { FromTrainer, Task } from './protocol.ts';
import { dataPaths } from '#contract/spec.ts';

export interface TrainingControl {
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Beside the checkpoints. */
export const preparationFile = 'preparation.json';

type TrainTask = Extract<Task, { type: 'train' }>;
type Send = (message: FromTrainer) => void;

/** How long steps may follow each other before messages are looked at. */
const turnMs = 20;

/** Lets a pause wait, and messages in. */
interface Gate {
  wait(): Promise<void>;
  readonly close: () => void;
  readonly open: () => void;
}

function createGate(): Gate {
  let closed: Promise<void> | undefined;
  let release = () => {};
  let lastTurn = performance.now();
  return {
    async wait() {
      if (performance.now() - lastTurn > turnMs) {
        await nextTurn();
        lastTurn = performance.now();
      }
      await closed;
    },
    close() {
      closed ??= new Promise((resolve) => (release = resolve));
    },
    open() {
      closed = undefined;
      release();
    },
  };
}

/** The backend, or the one to take otherwise and why. */
async function openOr({ backend, otherwise, threads }: TrainTask): Promise<{ backend: Backend; fallback?: PlainError }> {
  try {
    return { backend: await openBackend(backend, { threads }) };
  } catch (error) {
    if (otherwise === undefined) throw error;
    return { backend: await openBackend(otherwise, { threads }), fallback: toPlainError(error) };
  }
}

export function startTraining(id: number, task: TrainTask, load: LoadData, send: Send): { control: TrainingControl; done: Promise<void> } {
  const gate = createGate();
  const abort = new AbortController();

  const told = ({ checkpoints, dropped }: Saved) => {
    if (checkpoints.length + dropped.length > 0) send({ type: 'checkpointed', id, checkpoints, dropped });
  };

  /** Where to go on from. Another run's checkpoint becomes this run's own. */
  async function start(): Promise<Checkpoint | undefined> {
    const { from, checkpointFolder: folder, spec } = task;
    if (!from) return undefined;
    const found = await readCheckpoint(from.file);
    if (dirname(from.file) === folder) return found;
    const kept = await keepStart(folder, from.fork ? forkCheckpoint(found, from.fork, spec.train) : found, dirname(from.file));
    told(kept);
    return kept.checkpoint;
  }

  async function run(): Promise<void> {
    const { spec, folders } = task;
    const loading = (percent: number, of: number) => send({ type: 'progressed', id, phase: 'loading', epoch: 1, step: percent, steps: of });
    loading(0, 0);
    let percent = 0;
    let loaded: LoadedData;
    try {
      loaded = await load(spec.data, folders, {
        signal: abort.signal,
        onProgress(share) {
          const now = Math.floor(share * 100);
          if (now > percent) loading((percent = now), 100);
        },
      });
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      send({ type: 'ended', id, status: 'stopped', reason: 'user', epochs: (await start())?.epoch ?? 0 });
      return;
    }
    const { dataset } = loaded;
    if (task.dataHash && task.dataHash !== dataset.hash) throw new EpochbookError('training.dataDiffers', {}, { at: '/data/source' });
    await gate.wait();
    const { backend, fallback } = await openOr(task);
    const model = completeModel(spec.model, dataset);
    checkMemory(describeModel(model), spec.train, dataset);
    const from = await start();
    // What later samples need to be made into what this model has learnt from.
    await writeWhole(join(task.checkpointFolder, preparationFile), Buffer.from(JSON.stringify(preparationOf(dataset))));
    const { train: trained, validation, test } = dataset;
    await writeDataRecord(task.checkpointFolder, folders.notebook, dataPaths(spec.data), {
      train: trained.rows,
      ...(validation && { validation: validation.rows }),
      ...(test && { test: test.rows }),
    });
    const keeper = await createCheckpointKeeper(task.checkpointFolder);
    for await (const event of train(
      { model, train: spec.train, data: dataset, ...(from && { from }) },
      { backend, signal: abort.signal, gate },
    )) {
      switch (event.type) {
        case 'started':
          send({
            type: 'started',
            id,
            parameters: event.parameters,
            samples: event.samples,
            steps: event.steps,
            dataHash: dataset.hash,
            backend: backend.name,
            backendVersion: backend.version,
            ...(fallback && { fallback }),
          });
          break;
        case 'checkpoint':
          told(await keeper.save(event.kind, event.checkpoint));
          break;
        case 'epochEnded':
          send({ ...event, row: { ...event.row, memoryBytes: process.memoryUsage.rss() }, id });
          break;
        case 'progressed':
        case 'observed':
        case 'ended':
          send({ ...event, id });
          break;
      }
    }
  }

  return {
    control: {
      pause: gate.close,
      resume: gate.open,
      stop() {
        abort.abort();
        gate.open();
      },
    },
    done: run(),
  };
}
