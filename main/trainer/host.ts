/**
 * The core's side of the trainer processes. Two are kept warm: one inspects and estimates, the other trains, so that a
 * notebook can be checked while a run goes on. A third is there while somebody looks closer at data, a fourth while a
 * trained model is used or exported. A process that crashes ends its task with an error and is replaced at the next one;
 * one that hangs is killed.
 */
import { EpochbookError, fromPlainError } from '#contract/errors.ts';
import type { Estimate } from '#contract/notebook.ts';
import type { LookBatch } from '#contract/look.ts';
import type { LookAnswer, LookAsk, LookKind } from '#data/look/look.ts';
import type { Evaluation, Predictions } from '#contract/predictions.ts';
import type { BackendInfo, Exported } from '#contract/runs.ts';
import type { FromTrainer, Inspection, Task, ToTrainer } from './protocol.ts';

/** A trainer process as its shell made it. */
export interface TrainerProcess {
  readonly pid?: number | undefined;
  send(message: ToTrainer): void;
  onMessage(listener: (message: FromTrainer) => void): void;
  /** The exit code; null where a signal ended it. */
  onExit(listener: (code: number | null, signal?: string | null) => void): void;
  kill(): void;
}

export type ForkTrainer = () => TrainerProcess;

type TaskOf<K extends Task['type']> = Extract<Task, { type: K }>;
export type TrainEnd = Omit<Extract<FromTrainer, { type: 'ended' }>, 'type' | 'id'>;
/** What is told during training: everything but the end. */
export type TrainNews = Extract<FromTrainer, { type: 'started' | 'progressed' | 'checkpointed' | 'observed' | 'epochEnded' }>;

/** What is told while a trained model is used. */
export type UseNews = Extract<FromTrainer, { type: 'usedProgressed' | 'predictedRows' }>;

export interface Training {
  /** Never rejects: a crash or an error is an end as well. */
  readonly ended: Promise<TrainEnd>;
  pause(): void;
  resume(): void;
  /** After the step in progress; a process that does not end the run within `graceMs` is killed. */
  stop(graceMs?: number): void;
}

export interface TrainerHost {
  /** Starts the process that inspects ahead of its first task. */
  warm(): void;
  /** `onProgress` hears the share of the data that is read, where that takes long. */
  inspect(task: Omit<TaskOf<'inspect'>, 'type'>, onProgress?: (share: number) => void): Promise<Inspection>;
  /** Ends an inspection at once; what waited for it fails. False where none was going on: other tasks are let be. */
  endInspection(): Promise<boolean>;
  estimate(task: Omit<TaskOf<'estimate'>, 'type'>): Promise<Estimate>;
  backends(measure: boolean): Promise<BackendInfo[]>;
  batch(task: Omit<TaskOf<'batch'>, 'type'>): Promise<LookBatch>;
  /** `onProgress` hears the share of a table that is copied, where it is known. */
  look<K extends LookKind>(question: LookAsk<K>, onProgress: (share: number | undefined) => void): Promise<LookAnswer<K>>;
  /** Ends a look at once, whatever it is doing; what waited for it fails. */
  endLook(): Promise<void>;
  evaluate(task: Omit<TaskOf<'evaluate'>, 'type'>, onNews: (news: UseNews) => void): Promise<Omit<Evaluation, 'runId' | 'name'>>;
  predict(task: Omit<TaskOf<'predict'>, 'type'>, onNews: (news: UseNews) => void): Promise<Omit<Predictions, 'runId' | 'name'>>;
  export(task: Omit<TaskOf<'export'>, 'type'>): Promise<Exported>;
  /** Ends an evaluation, a prediction or an export at once; what waited for it fails. */
  endUse(): Promise<void>;
  /** One at a time: the caller keeps the queue. */
  train(task: Omit<TaskOf<'train'>, 'type'>, onNews: (news: TrainNews) => void): Training;
  /** Ends all processes. */
  close(): Promise<void>;
}

export interface HostOptions {
  readonly fork: ForkTrainer;
  /** How long a stopped run may take to end by itself. */
  readonly stopMs?: number;
}

type Final = Extract<
  FromTrainer,
  { type: 'failed' | 'inspected' | 'estimated' | 'exported' | 'listed' | 'looked' | 'batched' | 'evaluated' | 'predicted' | 'ended' }
>;
type News = Exclude<FromTrainer, Final | { type: 'ready' }>;

const isFinal = (message: FromTrainer): message is Final =>
  message.type === 'failed' ||
  message.type === 'inspected' ||
  message.type === 'estimated' ||
  message.type === 'exported' ||
  message.type === 'listed' ||
  message.type === 'looked' ||
  message.type === 'batched' ||
  message.type === 'evaluated' ||
  message.type === 'predicted' ||
  message.type === 'ended';

const isTrainNews = (news: News): news is TrainNews =>
  news.type === 'started' ||
  news.type === 'progressed' ||
  news.type === 'checkpointed' ||
  news.type === 'observed' ||
  news.type === 'epochEnded';

/** How long a process that was asked to end has before it is made to. */
const killMs = 2_000;

interface Lane {
  /** Starts the process ahead of its first task. */
  warm(): void;
  /** Runs after the tasks before it. Rejects with `process.ended` where the process goes away. */
  run(task: Task, onNews?: (news: News) => void): Promise<Final>;
  /** To the task in progress, if the process stands. */
  send(message: ToTrainer): void;
  /** What kind of task is in progress. */
  doing(): Task['type'] | undefined;
  /** Ends the process; resolves when it is gone. */
  kill(): Promise<void>;
  /** The same, for good: what waits is not begun any more. */
  close(): Promise<void>;
}

interface Live {
  readonly process: TrainerProcess;
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
}

interface Current {
  readonly id: number;
  readonly type: Task['type'];
  readonly on: Live;
  readonly finish: (final: Final) => void;
  readonly fail: (error: Error) => void;
  readonly onNews: (news: News) => void;
  /** What is to be told once the process has the task; undefined when it has. */
  pending: ToTrainer[] | undefined;
}

function createLane(fork: ForkTrainer): Lane {
  let live: Live | undefined;
  let current: Current | undefined;
  let nextId = 1;
  let queue: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function start(): Live {
    const process = fork();
    let markReady = () => {};
    let markGone = () => {};
    const started: Live = {
      process,
      ready: new Promise((resolve) => (markReady = resolve)),
      gone: new Promise((resolve) => (markGone = resolve)),
    };
    process.onMessage((message) => {
      if (message.type === 'ready') markReady();
      else if (message.id !== current?.id) return;
      else if (isFinal(message)) current.finish(message);
      else current.onNews(message);
    });
    process.onExit((code, signal) => {
      if (live === started) live = undefined;
      markReady();
      markGone();
      if (current?.on === started) current.fail(new EpochbookError('process.ended', { detail: signal ?? `exit ${code ?? '?'}` }));
    });
    return started;
  }

  async function runNow(task: Task, onNews: (news: News) => void): Promise<Final> {
    if (isClosed) throw new EpochbookError('process.ended', { detail: 'closed' });
    const id = nextId++;
    live ??= start();
    const on = live;
    const final = new Promise<Final>((finish, fail) => (current = { id, type: task.type, on, finish, fail, onNews, pending: [] }));
    try {
      // Waiting throws where the process ends before it is ready.
      await Promise.race([on.ready, final]);
      for (const message of [{ type: 'task' as const, id, task }, ...(current?.pending ?? [])]) on.process.send(message);
      if (current) current.pending = undefined;
      return await final;
    } finally {
      current = undefined;
    }
  }

  async function kill(): Promise<void> {
    if (!live) return;
    const { process: child, gone } = live;
    child.kill();
    const timer = setTimeout(() => {
      // It may be stuck in native code, where a polite signal is not heard.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    }, killMs);
    await gone;
    clearTimeout(timer);
  }

  return {
    warm() {
      if (!isClosed) live ??= start();
    },
    run(task, onNews = () => {}) {
      const done = queue.then(() => runNow(task, onNews));
      queue = done.catch(() => undefined);
      return done;
    },
    send(message) {
      if (current?.pending) current.pending.push(message);
      else live?.process.send(message);
    },
    doing: () => current?.type,
    kill,
    async close() {
      isClosed = true;
      await kill();
    },
  };
}

export function createTrainerHost({ fork, stopMs = 10_000 }: HostOptions): TrainerHost {
  const inspector = createLane(fork);
  const trainer = createLane(fork);
  const looker = createLane(fork);
  const user = createLane(fork);

  async function ask<K extends 'batched' | 'inspected' | 'estimated' | 'listed'>(
    kind: K,
    task: Task,
    onNews?: (news: News) => void,
  ): Promise<Extract<Final, { type: K }>> {
    const final = await inspector.run(task, onNews);
    if (final.type === 'failed') throw fromPlainError(final.error);
    if (final.type !== kind) throw new Error(`The trainer answered ${final.type} where ${kind} was asked for`);
    return final as Extract<Final, { type: K }>;
  }

  async function use<K extends 'evaluated' | 'predicted' | 'exported'>(
    kind: K,
    task: Task,
    onNews: (news: UseNews) => void = () => undefined,
  ): Promise<Extract<Final, { type: K }>> {
    const final = await user.run(task, (news) => {
      if (news.type === 'usedProgressed' || news.type === 'predictedRows') onNews(news);
    });
    if (final.type === 'failed') throw fromPlainError(final.error);
    if (final.type !== kind) throw new Error(`The trainer answered ${final.type} where ${kind} was asked for`);
    return final as Extract<Final, { type: K }>;
  }

  return {
    warm: () => inspector.warm(),
    async inspect(task, onProgress) {
      const tell = (news: News): void => {
        if (news.type === 'readProgressed') onProgress?.(news.share);
      };
      return (await ask('inspected', { type: 'inspect', ...task }, tell)).inspection;
    },
    async endInspection() {
      if (inspector.doing() !== 'inspect') return false;
      await inspector.kill();
      return true;
    },
    estimate: async (task) => (await ask('estimated', { type: 'estimate', ...task })).estimate,
    backends: async (measure) => (await ask('listed', { type: 'backends', measure })).backends,
    batch: async (task) => (await ask('batched', { type: 'batch', ...task })).batch,
    async look<K extends LookKind>(question: LookAsk<K>, onProgress: (share: number | undefined) => void) {
      const final = await looker.run(
        { type: 'look', question: question as LookAsk },
        (news) => news.type === 'lookProgressed' && onProgress(news.share),
      );
      if (final.type === 'failed') throw fromPlainError(final.error);
      if (final.type !== 'looked') throw new Error(`The trainer answered ${final.type} where a look was asked for`);
      return final.answer;
    },
    endLook: () => looker.kill(),
    evaluate: async (task, onNews) => (await use('evaluated', { type: 'evaluate', ...task }, onNews)).evaluation,
    predict: async (task, onNews) => (await use('predicted', { type: 'predict', ...task }, onNews)).predictions,
    export: async (task) => (await use('exported', { type: 'export', ...task })).exported,
    endUse: () => user.kill(),
    train(task, onNews) {
      let epochs = 0;
      let stopTimer: NodeJS.Timeout | undefined;
      let isStopped = false;
      const run = async (): Promise<TrainEnd> => {
        try {
          const final = await trainer.run({ type: 'train', ...task }, (news) => {
            if (!isTrainNews(news)) return;
            if (news.type === 'epochEnded') epochs = news.row.epoch;
            onNews(news);
          });
          if (final.type === 'failed') return { status: 'failed', reason: 'error', epochs, error: final.error };
          if (final.type !== 'ended') throw new Error(`The trainer answered ${final.type} where training was to end`);
          const { type: _, id: __, ...end } = final;
          return end;
        } catch (error) {
          if (isStopped) return { status: 'stopped', reason: 'user', epochs };
          const crash = error instanceof EpochbookError ? error : new EpochbookError('process.ended', { detail: String(error) });
          const { code, message, values } = crash;
          return { status: 'failed', reason: 'crash', epochs, error: { code, message, values } };
        } finally {
          clearTimeout(stopTimer);
        }
      };
      return {
        ended: run(),
        pause: () => trainer.send({ type: 'pause' }),
        resume: () => trainer.send({ type: 'resume' }),
        stop(graceMs = stopMs) {
          isStopped = true;
          trainer.send({ type: 'stop' });
          clearTimeout(stopTimer);
          stopTimer = setTimeout(() => void trainer.kill(), graceMs);
        },
      };
    },
    async close() {
      await Promise.all([inspector.close(), trainer.close(), looker.close(), user.close()]);
    },
  };
}
