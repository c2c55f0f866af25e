/** The trainer process' entry: does the tasks it is sent, one at a time. */
import { constants, setPriority } from 'node:os';
import { toPlainError } from '#contract/errors.ts';
import type { BackendInfo } from '#contract/runs.ts';
import { availableBackends, openBackend } from '#engine/backends/index.ts';
import { estimateEpoch } from '#engine/loop/estimate.ts';
import { measureSpeed } from '#engine/loop/speed.ts';
import { completeModel } from '#engine/model/complete.ts';
import { createLooker } from '#data/look/look.ts';
import { lookAtBatch } from './batch-task.ts';
import { createDataCache } from './data-cache.ts';
import { exportModel } from './export-task.ts';
import { inspect } from './inspection.ts';
import { evaluateModel, predictWith } from './model-task.ts';
import { openPort } from './port.ts';
import type { Task } from './protocol.ts';
import { startTraining, type TrainingControl } from './training-task.ts';

const port = openPort();
const load = createDataCache();
const looker = createLooker();
let training: TrainingControl | undefined;

/** One after another, each with the machine to itself. */
async function measuredBackends(): Promise<BackendInfo[]> {
  const measured: BackendInfo[] = [];
  for (const info of await availableBackends()) {
    measured.push(info.available ? { ...info, samplesPerSecond: await measureSpeed(await openBackend(info.name)) } : info);
  }
  return measured;
}

/** What is looked at while somebody writes the notebook leaves them the processor. Training has a process of its own. */
const asides: readonly Task['type'][] = ['inspect', 'estimate', 'look', 'batch'];

function makeWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Where that is not allowed it takes its turn.
  }
}

async function perform(id: number, task: Task): Promise<void> {
  if (asides.includes(task.type)) makeWay();
  switch (task.type) {
    case 'inspect': {
      const { dataset, preview } = await load(task.data, task.folders, {
        onProgress: (share) => port.send({ type: 'readProgressed', id, share }),
      });
      const inspection = await inspect({ dataset, preview, model: task.model, train: task.train });
      port.send({ type: 'inspected', id, inspection });
      break;
    }
    case 'estimate': {
      const { dataset } = await load(task.spec.data, task.folders);
      const backend = await openBackend('native', { threads: task.threads });
      const model = completeModel(task.spec.model, dataset);
      port.send({ type: 'estimated', id, estimate: await estimateEpoch({ model, train: task.spec.train, data: dataset }, { backend }) });
      break;
    }
    case 'export': {
      const { dataset } = await load(task.spec.data, task.folders);
      port.send({ type: 'exported', id, exported: await exportModel(task, dataset) });
      break;
    }
    case 'evaluate':
      port.send({ type: 'evaluated', id, evaluation: await evaluateModel(id, task, load, port.send) });
      break;
    case 'predict':
      port.send({ type: 'predicted', id, predictions: await predictWith(id, task, load, port.send) });
      break;
    case 'batch': {
      const { dataset } = await load(task.data, task.folders);
      port.send({ type: 'batched', id, batch: lookAtBatch(dataset, task.train, task.epoch, task.step) });
      break;
    }
    case 'look': {
      const answer = await looker.ask(task.question, (share) => port.send({ type: 'lookProgressed', id, share }));
      port.send({ type: 'looked', id, answer });
      break;
    }
    case 'backends':
      port.send({ type: 'listed', id, backends: task.measure ? await measuredBackends() : await availableBackends() });
      break;
    case 'train': {
      const { control, done } = startTraining(id, task, load, port.send);
      training = control;
      try {
        await done;
      } finally {
        training = undefined;
      }
      break;
    }
  }
}

port.onMessage((message) => {
  switch (message.type) {
    case 'task':
      perform(message.id, message.task).catch((error: unknown) => {
        port.send({ type: 'failed', id: message.id, error: toPlainError(error) });
      });
      break;
    case 'pause':
      training?.pause();
      break;
    case 'resume':
      training?.resume();
      break;
    case 'stop':
      training?.stop();
      break;
  }
});
port.send({ type: 'ready' });
