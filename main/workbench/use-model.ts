/** Evaluations, predictions and exports of trained runs, in a process of their own. */
import { promises as disk } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { ParsedRequest } from '#contract/calls.ts';
import { EpochbookError } from '#contract/errors.ts';
import type { Evaluation, PredictionFormat, Predictions } from '#contract/predictions.ts';
import { predictionFormats } from '#contract/predictions.ts';
import type { Exported, RunDetail, StoredCheckpoint } from '#contract/runs.ts';
import type { Spec } from '#contract/spec.ts';
import { clearUnfinished } from '#interchange/exported-folder.ts';
import { checkpointFile } from '#trainer/checkpoint-files.ts';
import type { UseNews } from '#trainer/host.ts';
import type { UsedModel } from '#trainer/protocol.ts';
import type { Context } from './context.ts';
import type { Job } from './jobs.ts';
import { foldersOf } from './paths.ts';

export type WantedCheckpoint = 'best' | 'last' | number;

/** The checkpoint that is asked for; of the named two the other where there is only that. Throws `training.noCheckpoint`. */
export function chosenCheckpoint(run: RunDetail, wanted: WantedCheckpoint): { checkpoint: StoredCheckpoint; spec: Spec } {
  // A run without validation or stopped early on may have only the one.
  const isWanted = ({ kind, epoch }: StoredCheckpoint) => (kind === 'epoch' ? epoch === wanted : kind === wanted);
  const isNamed = ({ kind }: StoredCheckpoint) => kind !== 'epoch';
  const checkpoint = run.checkpoints.find(isWanted) ?? (typeof wanted === 'number' ? undefined : run.checkpoints.find(isNamed));
  if (!checkpoint || !run.spec) throw new EpochbookError('training.noCheckpoint', { name: run.name });
  return { checkpoint, spec: run.spec };
}

function formatOf(file: string): PredictionFormat {
  const ending = extname(file).slice(1).toLowerCase();
  const found = predictionFormats.find((format) => format === ending);
  if (!found) throw new EpochbookError('training.outKind', { file });
  return found;
}

export interface ModelUse {
  evaluate(request: ParsedRequest<'runs.evaluate'>, job: Job): Promise<Evaluation>;
  predict(request: ParsedRequest<'runs.predict'>, job: Job): Promise<Predictions>;
  export(request: ParsedRequest<'runs.export'>, job: Job): Promise<Exported>;
}

export function createModelUse(context: Context): ModelUse {
  function used(run: RunDetail, wanted: WantedCheckpoint): { model: UsedModel; checkpoint: StoredCheckpoint } {
    if (run.imported) throw new EpochbookError('training.imported', { name: run.name });
    const { checkpoint, spec } = chosenCheckpoint(run, wanted);
    const { name, backend, threads, dataHash } = run;
    return {
      checkpoint,
      model: {
        name,
        spec,
        folders: foldersOf(context.folder(), run.notebook),
        backend,
        threads,
        dataHash,
        checkpointFile: checkpointFile(context.store().checkpointFolder(run.id), checkpoint),
      },
    };
  }

  const givenIn = (files: readonly string[], folder = context.folder()) => ({ paths: files, folder });

  /** The process is ended with the job; what it was at cannot be told to stop. */
  async function ended<T>(job: Job, work: (tell: (news: UseNews) => void) => Promise<T>, after?: () => Promise<void>): Promise<T> {
    const end = () => void context.trainer.endUse();
    job.signal.addEventListener('abort', end);
    try {
      return await work((news) => {
        if (news.type === 'usedProgressed' && !job.signal.aborted) job.tell(news.done, news.total, news.item);
      });
    } catch (error) {
      if (!job.signal.aborted) throw error;
      await after?.();
      throw new EpochbookError('job.cancelled', {}, { cause: error });
    } finally {
      job.signal.removeEventListener('abort', end);
    }
  }

  return {
    async evaluate({ runId, checkpoint, part, files, folder }, job) {
      const run = context.store().detail(runId);
      const { model, checkpoint: chosen } = used(run, checkpoint);
      const row = run.epochRows.find((each) => each.epoch === chosen.epoch);
      const recorded = row && wasMeasured(chosen, model.spec) ? validationOf(row.metrics) : undefined;
      const evaluation = await ended(job, (tell) =>
        context.trainer.evaluate({ model, parts: part, ...(files && { given: givenIn(files, folder) }), recorded }, tell),
      );
      return { runId, name: run.name, ...evaluation };
    },

    async predict({ runId, checkpoint, files, folder, out, rows, job: name, tells }, job) {
      const run = context.store().detail(runId);
      const { model } = used(run, checkpoint);
      const file = out === undefined ? undefined : resolve(folder ?? context.folder(), out);
      const predictions = await ended(
        job,
        (tell) =>
          context.trainer.predict(
            {
              model,
              given: givenIn(files, folder),
              out: file === undefined ? undefined : { file, format: formatOf(file) },
              rows,
              tells: tells && name !== undefined,
            },
            (news) => {
              if (news.type === 'predictedRows') {
                const { unit, outputs, rows: told } = news;
                context.emit('runs.predicted', { job: name ?? '', unit, outputs, rows: told });
              } else tell(news);
            },
          ),
        async () => {
          if (file !== undefined) await Promise.all([`${file}.part`, `${file}.part.parquet`].map((each) => disk.rm(each, { force: true })));
        },
      );
      return { runId, name: run.name, ...predictions };
    },

    async export({ runId, format, folder, checkpoint }, job) {
      const run = context.store().detail(runId);
      const { model, checkpoint: chosen } = used(run, checkpoint);
      const { spec, folders, checkpointFile: file, backend, dataHash } = model;
      const target = resolve(context.folder(), folder);
      const metrics = run.epochRows.find(({ epoch }) => epoch === chosen.epoch)?.metrics ?? {};
      const about = { id: run.id, name: run.name, backend, dataHash, metrics };
      return ended(
        job,
        () => context.trainer.export({ spec, folders, format, checkpointFile: file, folder: target, run: about }),
        () => clearUnfinished(target),
      );
    },
  };
}

/** Whether this model is the one its epoch was measured with: the last may have got weights that were kept for the end. */
function wasMeasured({ kind }: StoredCheckpoint, { train }: Spec): boolean {
  if (kind !== 'last') return true;
  const { config } = train.optimizer;
  const restores = train.callbacks.some(({ config: told }) => told['restoreBestWeights'] === true || told['restore_best_weights'] === true);
  return !restores && config['useEma'] !== true && config['use_ema'] !== true;
}

/** An epoch's values on the validation part, by the names they go by there; undefined where there is none. */
function validationOf(metrics: Readonly<Record<string, number>>): Record<string, number> | undefined {
  const own = Object.entries(metrics).flatMap(([name, value]) =>
    name.startsWith('val_') ? [[name.slice('val_'.length), value] as const] : [],
  );
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}
