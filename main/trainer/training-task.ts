/** One run in the trainer process: data, model, the loop, and checkpoints on the disk before they are told of. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openBackend } from '#engine/backends/index.ts';
import { type Checkpoint, encodeCheckpoint } from '#engine/loop/checkpoint.ts';
import { train } from '#engine/loop/train.ts';
import { completeModel } from '#engine/model/complete.ts';
import { writeWhole } from '#files/write-whole.ts';
import type { LoadedData } from '#data/load.ts';
import type { Folders, FromTrainer, Task } from './protocol.ts';
import type { DataSpec } from '#contract/spec.ts';

export interface TrainingControl {
  pause(): void;
  resume(): void;
  stop(): void;
}

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

export function startTraining(
  id: number,
  task: Extract<Task, { type: 'train' }>,
  load: (spec: DataSpec, folders: Folders) => Promise<LoadedData>,
  send: Send,
): { control: TrainingControl; done: Promise<void> } {
  const gate = createGate();
  const abort = new AbortController();

  async function save(kind: 'last' | 'best', checkpoint: Checkpoint): Promise<void> {
    const file = join(task.checkpointFolder, `${kind}.safetensors`);
    const bytes = encodeCheckpoint(checkpoint);
    await writeWhole(file, bytes);
    send({ type: 'checkpointed', id, kind, epoch: checkpoint.epoch, file, bytes: bytes.byteLength });
  }

  async function run(): Promise<void> {
    const { spec, folders } = task;
    send({ type: 'progressed', id, phase: 'loading', epoch: 1, step: 0, steps: 0 });
    const { dataset } = await load(spec.data, folders);
    await gate.wait();
    const backend = await openBackend(task.backend, { threads: task.threads });
    const model = completeModel(spec.model, dataset);
    for await (const event of train({ model, train: spec.train, data: dataset }, { backend, signal: abort.signal, gate })) {
      switch (event.type) {
        case 'started':
          send({
            type: 'started',
            id,
            parameters: event.parameters,
            samples: event.samples,
            steps: event.steps,
            dataHash: dataset.hash,
            backendVersion: backend.version,
          });
          break;
        case 'checkpoint':
          await save(event.kind, event.checkpoint);
          break;
        case 'progressed':
        case 'epochEnded':
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
