/** Runs one after another: stored first, told of second. */
import os from 'node:os';
import { EpochbookError, toPlainError, type PlainError } from '#contract/errors.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunId } from '#contract/ids.ts';
import type { EndReason, RunSummary } from '#contract/runs.ts';
import type { KnobValue, Spec } from '#contract/spec.ts';
import type { NewRun, RunEnd } from '#store/run-writer.ts';
import type { TrainEnd, Training, TrainNews } from '#trainer/host.ts';
import type { Folders, From } from '#trainer/protocol.ts';
import type { Context } from './context.ts';
import { createForecast, type Forecast } from './forecast.ts';

export interface RunRequest {
  readonly notebook: string;
  readonly cell?: string | undefined;
  readonly source: string;
  readonly spec: Spec;
  readonly params: Readonly<Record<string, KnobValue>>;
  readonly name?: string | undefined;
  readonly backend: string;
  /** What trains where the backend does not work here. */
  readonly otherwise?: string | undefined;
  /** 0 is all cores. */
  readonly threads: number;
  readonly folders: Folders;
  /** What the data must be, where it is known; else empty. */
  readonly dataHash?: string | undefined;
  readonly from?: From | undefined;
  readonly origin?: NewRun['origin'];
  readonly tags?: NewRun['tags'];
  readonly sweep?: NewRun['sweep'];
  /** The run is stopped after this epoch, whatever was planned. */
  readonly lastEpoch?: number | undefined;
  /** Gives an error its place in the notebook. */
  readonly locate: (error: PlainError) => PlainError;
}

export interface RunQueue {
  start(request: RunRequest): RunSummary;
  /** For a run that is stored as queued again. */
  goOn(id: RunId, request: RunRequest): RunSummary;
  isActive(id: RunId): boolean;
  pause(id: RunId): void;
  resume(id: RunId): void;
  /** `reason` is why, where nobody did it by hand. */
  stop(id: RunId, reason?: EndReason): void;
  /** Whether anything trains or waits. */
  isBusy(): boolean;
  /** How many train or wait, and are paused where those count too. */
  count(withPaused: boolean): number;
  /** Stops what trains and what waits; resolves when all of it has ended. */
  stopAll(): Promise<void>;
}

interface Queued {
  readonly id: RunId;
  readonly request: RunRequest;
}

interface Active extends Queued {
  readonly training: Training;
  readonly forecast: Forecast;
  readonly done: Promise<void>;
  isPaused: boolean;
  stopReason?: EndReason;
  /** What the disk answered when the run's news could not be stored. */
  storeError?: PlainError;
}

/** How long a run may take to end when the app is closed; its epochs are stored in any case. */
const closeMs = 2_000;

export function createRunQueue(context: Context): RunQueue {
  const waiting: Queued[] = [];
  let active: Active | undefined;
  let isClosing = false;

  function changed(id: RunId): RunSummary {
    const run = context.store().summary(id);
    context.emit('runs.changed', { run });
    return run;
  }

  /** An epoch that cannot be stored is not shown, and training on would only lose more. */
  function guard(run: Active, action: () => void): void {
    if (run.storeError) return;
    try {
      action();
    } catch (error) {
      run.storeError = toPlainError(error);
      run.training.stop();
    }
  }

  function take(run: Active, news: TrainNews): void {
    const { id, forecast } = run;
    const store = context.store();
    switch (news.type) {
      case 'started':
        guard(run, () => {
          store.setFacts(id, news);
          changed(id);
        });
        break;
      case 'progressed':
        context.emit('training.progressed', {
          runId: id,
          phase: news.phase,
          epoch: news.epoch,
          step: news.step,
          steps: news.steps,
          ...forecast.progressed(news),
        });
        break;
      case 'checkpointed':
        guard(run, () => store.recordCheckpoints(id, news.checkpoints, news.dropped));
        break;
      case 'observed':
        guard(run, () => {
          store.recordObservation(id, news.observation);
          context.emit('training.observed', { runId: id, observation: news.observation });
        });
        break;
      case 'epochEnded':
        guard(run, () => {
          store.recordEpoch(id, news.row);
          forecast.epochEnded(news.row);
          if (run.request.lastEpoch === news.row.epoch) run.training.stop();
          context.emit('training.epochEnded', { runId: id, row: news.row, summary: store.summary(id) });
        });
        break;
    }
  }

  function endOf(run: Active, end: TrainEnd): RunEnd {
    if (run.storeError) return { status: 'failed', reason: 'error', error: run.storeError };
    const { status, best, error } = end;
    const reason = status === 'stopped' ? (run.stopReason ?? end.reason) : end.reason;
    return { status, reason, ...(best && { best }), ...(error && { error: run.request.locate(error) }) };
  }

  function finish(run: Active, end: TrainEnd): void {
    const result = endOf(run, end);
    try {
      context.store().end(run.id, result);
      changed(run.id);
    } catch {
      // The disk takes nothing any more. The screen hears how it ended; the store says "interrupted" once we are gone.
      const { status, reason, error } = result;
      context.emit('runs.changed', { run: { ...context.store().summary(run.id), status, reason, ...(error && { error }) } });
    }
  }

  function begin({ id, request }: Queued): void {
    const store = context.store();
    store.begin(id);
    changed(id);
    const training = context.trainer.train(
      {
        spec: request.spec,
        folders: request.folders,
        backend: request.backend,
        otherwise: request.otherwise,
        threads: request.threads,
        checkpointFolder: store.checkpointFolder(id),
        dataHash: request.dataHash,
        from: request.from,
      },
      (news) => take(run, news),
    );
    const done = training.ended.then((end) => {
      finish(run, end);
      active = undefined;
      next();
    });
    const run: Active = {
      id,
      request,
      training,
      forecast: createForecast(request.spec.train.epochs, store.summary(id).epochs),
      isPaused: false,
      done,
    };
    active = run;
  }

  function next(): void {
    if (active || isClosing) return;
    const queued = waiting.shift();
    if (!queued) return;
    try {
      begin(queued);
    } catch (error) {
      // It cannot even be stored that it began; its place in the queue goes to the next.
      context.emit('runs.changed', {
        run: { ...context.store().summary(queued.id), status: 'failed', reason: 'error', error: toPlainError(error) },
      });
      next();
    }
  }

  function enqueue(id: RunId, request: RunRequest): RunSummary {
    waiting.push({ id, request });
    const summary = changed(id);
    next();
    return summary;
  }

  function activeRun(id: RunId): Active {
    if (active?.id !== id) {
      const { name, status } = context.store().summary(id);
      // One that waits here is nobody else's.
      const isOurs = waiting.some((queued) => queued.id === id);
      const isGoing = !isOurs && isGoingOn({ status });
      throw new EpochbookError(isGoing ? 'training.elsewhere' : 'training.notRunning', { name });
    }
    return active;
  }

  function stopWaiting(index: number): void {
    const [{ id }] = waiting.splice(index, 1);
    context.store().end(id, { status: 'stopped', reason: 'user' });
    changed(id);
  }

  return {
    start(request) {
      const { options } = context;
      const id = context.store().create({
        ...request,
        threads: request.threads === 0 ? os.cpus().length : request.threads,
        environment: {
          epochbook: options.version,
          node: process.versions.node,
          ...(process.versions['electron'] !== undefined && { electron: process.versions['electron'] }),
          platform: `${process.platform}-${process.arch}`,
          cpu: os.cpus()[0]?.model.trim() ?? '',
          cores: os.cpus().length,
          backendVersion: '',
        },
      });
      return enqueue(id, request);
    },
    goOn: enqueue,
    isActive: (id) => active?.id === id || waiting.some((queued) => queued.id === id),
    pause(id) {
      const run = activeRun(id);
      if (run.isPaused) return;
      context.store().setStatus(id, 'paused');
      run.isPaused = true;
      run.training.pause();
      run.forecast.pause();
      changed(id);
    },
    resume(id) {
      const run = activeRun(id);
      if (!run.isPaused) return;
      context.store().setStatus(id, 'running');
      run.isPaused = false;
      run.forecast.resume();
      run.training.resume();
      changed(id);
    },
    stop(id, reason) {
      const index = waiting.findIndex((queued) => queued.id === id);
      if (index >= 0) {
        stopWaiting(index);
        return;
      }
      const run = activeRun(id);
      if (reason) run.stopReason ??= reason;
      run.training.stop();
    },
    isBusy: () => active !== undefined || waiting.length > 0,
    count: (withPaused) => waiting.length + (active && (withPaused || !active.isPaused) ? 1 : 0),
    async stopAll() {
      isClosing = true;
      while (waiting.length > 0) stopWaiting(0);
      active?.training.stop(closeMs);
      await active?.done;
      isClosing = false;
    },
  };
}
