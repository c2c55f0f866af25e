/** Runs that come from runs: going on with one, forking it after an epoch, training it again to compare. */
import { existsSync } from 'node:fs';
import type { ParsedRequest } from '#contract/calls.ts';
import { EpochbookError, type PlainError } from '#contract/errors.ts';
import type { Reproduction, RunDetail, RunSummary } from '#contract/runs.ts';
import type { Spec } from '#contract/spec.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { epochFile, findResumePoint, namedFile, readCheckpoint, startFile } from '#trainer/checkpoint-files.ts';
import { evaluateSpec } from './check.ts';
import type { Context } from './context.ts';
import { located } from './located.ts';
import { foldersOf } from './paths.ts';
import type { RunQueue, RunRequest } from './run-queue.ts';

export interface GoingOn {
  readonly resume: (request: ParsedRequest<'runs.resume'>) => Promise<RunSummary>;
  readonly fork: (request: ParsedRequest<'runs.fork'>) => Promise<RunSummary>;
  readonly reproduce: (request: ParsedRequest<'runs.reproduce'>) => Promise<RunSummary>;
  readonly reproduction: (request: ParsedRequest<'runs.reproduction'>) => Promise<Reproduction>;
}

type Trained = RunDetail & { readonly spec: Spec };

/** One cycle goes from the first step to the last: a run of another length had other rates from the start. */
function dependsOnLength({ optimizer }: Spec['train']): boolean {
  const rate = (optimizer.config['learningRate'] ?? optimizer.config['learning_rate']) as { class_name?: string; config?: object } | null;
  if (typeof rate !== 'object' || rate?.class_name?.toLowerCase() !== 'onecycle') return false;
  const { totalSteps, total_steps: steps } = (rate.config ?? {}) as { totalSteps?: number | null; total_steps?: number | null };
  return (totalSteps ?? steps ?? null) === null;
}

export function createGoingOn(context: Context, queue: RunQueue): GoingOn {
  function trained(runId: RunSummary['id']): Trained {
    const run = context.store().detail(runId);
    if (!run.spec) throw new EpochbookError('training.imported', { name: run.name });
    return run as Trained;
  }

  /** Places an error in the text as it was, if that can still be evaluated. */
  function locatorOf({ notebook, source, params, cell }: Trained): Promise<(error: PlainError) => PlainError> {
    return evaluateSpec({ path: notebook, blocks: parseNotebook(source).blocks, knobs: params }, cell).then(
      ({ evaluated }) =>
        (error: PlainError) =>
          located(error, evaluated, cell),
      () => (error: PlainError) => error,
    );
  }

  async function requestOf(run: Trained): Promise<RunRequest> {
    const { notebook, cell, source, spec, params, backend, threads, dataHash } = run;
    return {
      notebook,
      cell,
      source,
      spec,
      params,
      backend,
      threads,
      folders: foldersOf(context.folder(), notebook),
      dataHash,
      locate: await locatorOf(run),
    };
  }

  /** How many epochs the run is to have; throws why it cannot go on. */
  function lengthOf({ name, status, reason, spec, plannedEpochs, epochs }: Trained, wanted: number | undefined): number {
    const length = wanted ?? plannedEpochs;
    if (status === 'diverged') throw new EpochbookError('training.diverged', { name });
    if (status === 'completed' && reason !== 'epochs') throw new EpochbookError('training.endedBy', { name, reason: reason ?? '' });
    if (length < epochs || (status === 'completed' && length === epochs)) throw new EpochbookError('training.isDone', { name, epochs });
    if (length !== plannedEpochs && dependsOnLength(spec.train))
      throw new EpochbookError('training.lengthFixed', { name, epochs: plannedEpochs });
    return length;
  }

  return {
    async resume({ runId, epochs }) {
      const run = trained(runId);
      if (queue.isActive(runId)) throw new EpochbookError('store.runActive', { name: run.name });
      const plannedEpochs = lengthOf(run, epochs);
      const folder = context.store().checkpointFolder(runId);
      const point = await findResumePoint(folder, run.epochs);
      const request = await requestOf(run);
      context.store().goOn(runId, { epoch: point?.epoch ?? 0, row: point?.row, plannedEpochs });
      const spec = { ...request.spec, train: { ...request.spec.train, epochs: plannedEpochs } };
      return queue.goOn(runId, { ...request, spec, ...(point && { from: { file: point.file } }) });
    },

    async fork({ runId, epoch, knobs, name }) {
      const run = trained(runId);
      const { notebook, source, params, cell, seed, checkpoints } = run;
      const file = epochFile(context.store().checkpointFolder(runId), epoch);
      if (!existsSync(file)) {
        const known = checkpoints.filter(({ kind }) => kind === 'epoch').map((each) => each.epoch);
        throw new EpochbookError('training.noEpoch', { name: run.name, epoch, known: known.join(', ') || 'none' });
      }
      const state = { path: notebook, blocks: parseNotebook(source).blocks, knobs: { ...params, ...knobs } };
      const { spec, evaluated } = await evaluateSpec(state, cell);
      if (spec.train.epochs <= epoch) throw new EpochbookError('training.forkLength', { epoch, epochs: spec.train.epochs });
      return queue.start({
        ...(await requestOf(run)),
        spec: { ...spec, train: { ...spec.train, seed } },
        params: Object.fromEntries(evaluated.knobs.map((knob) => [knob.name, knob.value])),
        name: name ?? run.name,
        dataHash: '',
        locate: (error) => located(error, evaluated, cell),
        origin: { kind: 'fork', run: runId, epoch },
        from: { file, fork: run.spec.train },
      });
    },

    async reproduce({ runId }) {
      const run = trained(runId);
      if (run.epochs === 0) throw new EpochbookError('training.nothingToReproduce', { name: run.name });
      const start = startFile(context.store().checkpointFolder(runId));
      const begins = existsSync(start);
      return queue.start({
        ...(await requestOf(run)),
        name: run.name,
        origin: { kind: 'reproduction', run: runId, epoch: begins ? (run.origin?.epoch ?? 0) : 0 },
        ...(begins && { from: { file: start } }),
        ...(run.status !== 'completed' && { lastEpoch: run.epochs }),
      });
    },

    async reproduction({ runId }) {
      const store = context.store();
      const again = trained(runId);
      const { origin } = again;
      if (origin?.kind !== 'reproduction') throw new EpochbookError('training.noReproduction', { name: again.name });
      const original = trained(origin.runId);
      const done = again.epochRows.filter(({ epoch }) => epoch > origin.epoch);
      const compared = done.filter(({ epoch }) => epoch <= original.epochs);
      for (const row of compared) {
        const other = original.epochRows.find(({ epoch }) => epoch === row.epoch);
        const quantities: Record<string, number> = { ...other?.metrics, learning_rate: other?.learningRate ?? Number.NaN };
        const now: Record<string, number> = { ...row.metrics, learning_rate: row.learningRate };
        const quantity = Object.keys(quantities).find((each) => !Object.is(quantities[each], now[each]));
        if (quantity !== undefined) {
          const difference = { epoch: row.epoch, quantity, original: quantities[quantity], again: now[quantity] };
          return { epochs: compared.length, complete: false, difference };
        }
      }
      const complete =
        again.status !== 'running' && again.status !== 'queued' && again.status !== 'paused' && again.epochs >= original.epochs;
      const last = (run: Trained) => run.checkpoints.find(({ kind }) => kind === 'last')?.epoch;
      if (complete && last(original) !== undefined && last(original) === last(again)) {
        const weight = await differingWeight(
          namedFile(store.checkpointFolder(original.id), 'last'),
          namedFile(store.checkpointFolder(runId), 'last'),
        );
        if (weight !== undefined) return { epochs: compared.length, complete, difference: { epoch: again.epochs, ...weight } };
      }
      return { epochs: compared.length, complete };
    },
  };
}

/** The first number in which two checkpoints' tensors differ. */
async function differingWeight(one: string, other: string): Promise<{ quantity: string; original: number; again: number } | undefined> {
  const [first, second] = [await readCheckpoint(one), await readCheckpoint(other)];
  for (const [quantity, { values }] of [...first.weights, ...first.slots]) {
    const found = second.weights.get(quantity) ?? second.slots.get(quantity);
    const index = values.findIndex((value, at) => !Object.is(value, found?.values[at]));
    if (index >= 0) return { quantity, original: values[index], again: found?.values[index] ?? Number.NaN };
  }
  return undefined;
}
