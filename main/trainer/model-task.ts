/** A trained model in use: evaluated on parts of its data or on other files, and asked what is in files without a target. */
import { promises as disk } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError, type PlainError } from '#contract/errors.ts';
import type { EvaluatedPart, Evaluation, PartName, PredictedRow, Predictions } from '#contract/predictions.ts';
import type { Dataset, Part, Preparation } from '#contract/samples.ts';
import { fileByFile, givenSamples, together } from '#data/given.ts';
import { givenSpec } from '#data/given-source.ts';
import { loadDataset } from '#data/load.ts';
import { openPredictionFile } from '#data/prediction-file.ts';
import { preparationOf } from '#data/preparation.ts';
import { openBackend } from '#engine/backends/index.ts';
import { answerOf, outputReaders } from '#engine/loop/answers.ts';

import { evaluatePart } from '#engine/loop/evaluate.ts';
import { createPredictor } from '#engine/loop/predict.ts';
import { completeModel } from '#engine/model/complete.ts';
import { readCheckpoint } from './checkpoint-files.ts';
import type { LoadData } from './data-cache.ts';
import type { FromTrainer, Task, UsedModel } from './protocol.ts';
import { preparationFile } from './training-task.ts';

type Send = (message: FromTrainer) => void;
type TaskOf<K extends Task['type']> = Extract<Task, { type: K }>;

/** Other messages get a turn this often. */
const turnMs = 20;
/** Values that a model does not know are told of up to so many. */
const mostFindings = 50;

/** What the data was made into the model's numbers with. Runs of before kept it not; then the data must still be the same. */
async function preparationIn({ checkpointFile, spec, folders, dataHash, name }: UsedModel, load: LoadData): Promise<Preparation> {
  const kept = await disk.readFile(join(dirname(checkpointFile), preparationFile), 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as Preparation;
  const { dataset } = await load(spec.data, folders);
  if (dataset.hash !== dataHash) throw new EpochbookError('training.noPreparation', { name }, { at: '/data/source' });
  return preparationOf(dataset);
}

/** Tells how far it is, and lets a message in now and then. */
function progress(send: (done: number, total: number | undefined) => void): (done: number, total?: number) => Promise<void> {
  let last = performance.now();
  return async (done, total) => {
    if (performance.now() - last < turnMs) return;
    send(done, total);
    await nextTurn();
    last = performance.now();
  };
}

export async function evaluateModel(
  id: number,
  task: TaskOf<'evaluate'>,
  load: LoadData,
  send: Send,
): Promise<Omit<Evaluation, 'runId' | 'name'>> {
  const { model: used, parts, given, recorded } = task;
  const checkpoint = await readCheckpoint(used.checkpointFile);
  const backend = await openBackend(used.backend, { threads: used.threads });
  const evaluate = async (dataset: Dataset, part: EvaluatedPart['part'], samples: Part): Promise<EvaluatedPart> => {
    const tell = progress((done, total) => send({ type: 'usedProgressed', id, done, ...(total !== undefined && { total }), item: part }));
    const model = completeModel(used.spec.model, dataset);
    const job = { model, train: used.spec.train, data: dataset };
    const { metrics, confusion } = await evaluatePart(job, checkpoint.weights, samples, { backend, onBatch: tell });
    const before = part === 'validation' ? recorded : undefined;
    return {
      part,
      samples: samples.count,
      metrics,
      ...(confusion && { confusion }),
      ...(before && { recorded: before, identical: Object.keys(before).every((name) => Object.is(before[name], metrics[name])) }),
    };
  };

  /** What is larger than memory is brought into a file first. */
  const readingOf = (item: string) => {
    const tell = progress((done, total) => send({ type: 'usedProgressed', id, done, ...(total !== undefined && { total }), item }));
    return { onProgress: (share: number) => void tell(Math.floor(share * 100), 100) };
  };
  if (given) {
    const { spec, folders } = givenSpec(used.spec.data, given, used.folders.workspace);
    const reading = readingOf(basename(given.paths[0] ?? ''));
    const { dataset } = await loadDataset(spec, folders, { known: await preparationIn(used, load), ...reading });
    return { epoch: checkpoint.epoch, backend: used.backend, data: 'given', parts: [await evaluate(dataset, 'given', dataset.train)] };
  }
  let { dataset } = await load(used.spec.data, used.folders, readingOf(used.name));
  const isSame = dataset.hash === used.dataHash;
  // What was fitted is kept; fitted anew, the model would see other numbers for the same values.
  if (!isSame)
    ({ dataset } = await loadDataset(used.spec.data, used.folders, { known: await preparationIn(used, load), ...readingOf(used.name) }));
  const done: EvaluatedPart[] = [];
  for (const part of wantedParts(parts, dataset, used.name)) done.push(await evaluate(dataset, part, dataset[part]!));
  return { epoch: checkpoint.epoch, backend: used.backend, data: isSame ? 'same' : 'changed', parts: done };
}

/** `all`: every part there is. Without a wish, all but the training part, unless there is no other. */
function wantedParts(wish: PartName | 'all' | undefined, dataset: Dataset, name: string): PartName[] {
  const there = (['train', 'validation', 'test'] as const).filter((part) => dataset[part]);
  if (wish === 'all') return there;
  if (wish === undefined) return there.length > 1 ? there.slice(1) : there;
  if (!there.includes(wish)) throw new EpochbookError('training.noPart', { name, part: wish });
  return [wish];
}

/** Rows go out as `predictedRows` where that is asked for; the answer holds the first of them. */
export async function predictWith(
  id: number,
  task: TaskOf<'predict'>,
  load: LoadData,
  send: Send,
): Promise<Omit<Predictions, 'runId' | 'name'>> {
  const { model: used, given, out, rows: kept, tells } = task;
  const [preparation, checkpoint] = [await preparationIn(used, load), await readCheckpoint(used.checkpointFile)];
  const model = completeModel(used.spec.model, preparation);
  const readers = outputReaders(model, used.spec.train, preparation);
  const outputs = readers.map(({ name, classes, kind }) => ({
    name,
    ...(classes && kind !== 'numbers' && { classes: [...classes] }),
  }));
  const predictor = await createPredictor(model, checkpoint.weights, await openBackend(used.backend, { threads: used.threads }), {
    statefulBatchSize: used.spec.train.batchSize,
  });
  const rowSize = readers.reduce((sum, { size }) => sum + size, 0);
  let unit: Predictions['unit'] = 'file';
  const file = out && (await openPredictionFile(out.file, out.format, () => ({ outputs, unit })));
  const tell = progress((done) => send({ type: 'usedProgressed', id, done, item: at }));
  let at = '';
  const first: PredictedRow[] = [];
  const findings = new Map<string, PlainError>();
  let count = 0;
  try {
    const samplesOfAll = givenSamples(preparation, used.spec.data, given, used.folders.workspace);
    for await (const pieces of predictor.isStateful ? fileByFile(samplesOfAll) : together(samplesOfAll)) {
      const samples = pieces.reduce((sum, piece) => sum + piece.count, 0);
      const inputs = new Float32Array(samples * (pieces[0].inputs.length / Math.max(1, pieces[0].count)));
      let filled = 0;
      for (const piece of pieces) {
        inputs.set(piece.inputs, filled);
        filled += piece.inputs.length;
        for (const finding of piece.findings) addFinding(findings, finding);
      }
      const said = await predictor.predict(inputs);
      let index = 0;
      const rows = pieces.flatMap(({ path, places, count: many }) =>
        Array.from({ length: many }, (_, place): PredictedRow => {
          const values = said.subarray(index * rowSize, (index + 1) * rowSize);
          index += 1;
          return {
            file: path,
            ...(places.length > 0 && { place: places[place] }),
            answers: readers.map((reader) => answerOf(reader, values)),
          };
        }),
      );
      if (count === 0) ({ unit } = pieces[0]);
      count += rows.length;
      at = basename(pieces[0].path);
      await file?.add(rows);
      if (first.length < kept) first.push(...rows.slice(0, kept - first.length));
      if (tells) send({ type: 'predictedRows', id, unit, outputs, rows });
      await tell(count);
    }
    const bytes = await file?.done();
    return {
      epoch: checkpoint.epoch,
      unit,
      outputs,
      count,
      rows: first,
      findings: [...findings.values()],
      ...(out && bytes !== undefined && { out: { file: out.file, bytes } }),
    };
  } catch (error) {
    await file?.fail();
    throw error;
  } finally {
    await predictor.dispose();
  }
}

/** The same value of a column in a later piece only counts on. */
function addFinding(findings: Map<string, PlainError>, finding: PlainError): void {
  const { path = '', column = '', value = '', count = 1 } = finding.values ?? {};
  const key = JSON.stringify([path, column, value]);
  const before = findings.get(key);
  if (!before) {
    if (findings.size < mostFindings) findings.set(key, finding);
    return;
  }
  findings.set(key, { ...before, values: { ...before.values, count: Number(before.values?.['count'] ?? 1) + Number(count) } });
}
