/** What each cell of a notebook comes to: evaluated in the sandbox, its data read and its model built in the trainer process. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { ParsedRequest } from '#contract/calls.ts';
import { EpochbookError, fromPlainError, type PlainError, toPlainError } from '#contract/errors.ts';
import type { CellOutcome, CheckedNotebook, Estimate, ModelTable, NotebookState } from '#contract/notebook.ts';
import { type DataSpec, type ModelSpec, type Spec, dataPaths, type TrainSpec } from '#contract/spec.ts';
import { type Evaluated, type EvaluatedCell, evaluateNotebook } from '#notebook/evaluate.ts';
import { fingerprint } from '#files/fingerprint.ts';
import type { Folders, Inspection } from '#trainer/protocol.ts';
import type { Context } from './context.ts';
import { located } from './located.ts';
import { orderFinding } from './order-finding.ts';
import { foldersOf } from './paths.ts';

export interface Checks {
  check(request: ParsedRequest<'notebook.check'>): Promise<CheckedNotebook>;
  /** Ends the reading of data that a check waits for. */
  stopReading(): Promise<void>;
  estimate(request: ParsedRequest<'notebook.estimate'>): Promise<Estimate>;
}

/** Inspections kept: a few notebooks' worth of cells. */
const keptCount = 48;

type Question = { data: DataSpec; model?: ModelSpec; train?: TrainSpec };
type Answer = { inspection: Inspection } | { error: PlainError };

/** Size and time of each file that the data comes from: equal means that nothing changed. */
async function filesKey(data: DataSpec, folders: Folders): Promise<string> {
  const facts = await Promise.all(dataPaths(data).map(async (path) => [path, await fingerprint(resolve(folders.notebook, path))]));
  return JSON.stringify(facts);
}

function dataOf(evaluated: Evaluated, { id, kind }: EvaluatedCell): DataSpec | undefined {
  try {
    if (kind === 'data') return evaluated.dataSpecOf(id);
    if (kind === 'model') return evaluated.dataFor(id)?.data;
    if (kind === 'train') return evaluated.specFor(id).data;
  } catch {
    // What failed has no data; the cell's own outcome says why.
  }
  return undefined;
}

/** How a check reads data. */
interface Asking {
  readonly folders: Folders;
  /** Also what was stopped. */
  readonly again: boolean;
  readonly onProgress: (share: number) => void;
}

export function createChecks(context: Context): Checks {
  const kept = new Map<string, Promise<Answer>>();
  /** Questions whose data is not read again unless somebody asks for that. */
  const stopped = new Set<string>();
  let isStopping = false;

  async function inspect(question: Question, { folders, again, onProgress }: Asking): Promise<Answer> {
    const key = JSON.stringify([question, folders, await filesKey(question.data, folders)]);
    if (again && stopped.delete(key)) kept.delete(key);
    const before = kept.get(key);
    if (before) {
      kept.delete(key);
      kept.set(key, before);
      return before;
    }
    const asked = context.trainer.inspect({ ...question, folders }, onProgress).then(
      (inspection): Answer => ({ inspection }),
      (error: unknown): Answer => {
        const plain = toPlainError(error);
        // A crash says nothing about the notebook: the next check asks again.
        if (plain.code !== 'process.ended') return { error: plain };
        if (isStopping) {
          isStopping = false;
          stopped.add(key);
          return { error: toPlainError(new EpochbookError('notebook.readingStopped')) };
        }
        kept.delete(key);
        return { error: plain };
      },
    );
    kept.set(key, asked);
    if (kept.size > keptCount) kept.delete([...kept.keys()][0]);
    return asked;
  }

  /** The table with each layer's place in the notebook. */
  function placed(table: ModelTable, model: ModelSpec, evaluated: Evaluated, cell: string): ModelTable {
    const { layers } = model.config;
    if (!Array.isArray(layers)) return table;
    // A model with branches has its inputs among its layers, which the table leaves out.
    const names = layers.map((layer) => (layer as { name?: unknown; config?: { name?: unknown } }).name);
    return {
      ...table,
      layers: table.layers.map((layer, index) => {
        const at = layers.length === table.layers.length ? index : names.indexOf(layer.name);
        const where = at < 0 ? undefined : evaluated.locate(`/model/config/layers/${at}`, cell);
        return where ? { ...layer, where } : layer;
      }),
    };
  }

  async function look(
    cell: EvaluatedCell,
    evaluated: Evaluated,
    asking: Asking,
    failed: ReadonlySet<string>,
  ): Promise<Partial<CellOutcome>> {
    const { id, kind } = cell;
    const fails = (error: PlainError): Partial<CellOutcome> => ({ status: 'failed', error: located(error, evaluated, id) });
    const blocks = (by: string): Partial<CellOutcome> => ({
      status: 'blocked',
      error: toPlainError(new EpochbookError('notebook.blocked', { cell: by }, { where: { ...evaluated.locate('', id), cell: id } })),
    });
    if (kind === 'data') {
      const answer = await inspect({ data: evaluated.dataSpecOf(id) }, asking);
      return 'error' in answer ? fails(answer.error) : { data: answer.inspection.data };
    }
    if (kind === 'model') {
      const source = evaluated.dataFor(id);
      if (!source) return {};
      if (failed.has(source.cell)) return blocks(source.cell);
      const model = evaluated.modelSpecOf(id);
      const answer = await inspect({ data: source.data, model }, asking);
      if ('error' in answer) return fails(answer.error);
      const { modelError, model: table } = answer.inspection;
      return modelError || !table
        ? fails(modelError ?? toPlainError(new Error('no model table')))
        : { model: placed(table, model, evaluated, id) };
    }
    if (kind === 'train') {
      const sources = evaluated.sourcesOf(id);
      const blocker = [sources.data, sources.model].find((source) => source !== undefined && failed.has(source));
      if (blocker !== undefined) return blocks(blocker);
      const { data, model, train } = evaluated.specFor(id);
      const answer = await inspect({ data, model, train }, asking);
      if ('error' in answer) return fails(answer.error);
      const { modelError, trainError } = answer.inspection;
      const error = modelError ?? trainError;
      const { memoryBytes } = answer.inspection;
      return error ? fails(error) : { ...(memoryBytes !== undefined && { memoryBytes }) };
    }
    return {};
  }

  return {
    async check({ path, blocks, knobs, until, again }) {
      const folders = foldersOf(context.folder(), path);
      const evaluated = await evaluateNotebook(blocks, { knobs, file: path, ...(until !== undefined && { until }) });
      const sources = new Map(blocks.flatMap((block) => (block.type === 'cell' ? [[block.id, block.source] as const] : [])));
      const inputs = createHash('sha256').update(JSON.stringify(knobs));
      const failed = new Set<string>();
      const cells: CellOutcome[] = [];
      for (const cell of evaluated.cells) {
        const { id, kind, status, error, text } = cell;
        inputs.update(JSON.stringify([id, kind, sources.get(id)]));
        const data = dataOf(evaluated, cell);
        if (data) inputs.update(await filesKey(data, folders));
        const outcome: CellOutcome = {
          id,
          kind,
          status,
          inputHash: inputs.copy().digest('hex'),
          ...(error && { error }),
          ...(text !== undefined && { text }),
        };
        if (status === 'ok' && kind !== 'code') {
          context.emit('check.progressed', { path, cell: id });
          try {
            Object.assign(
              outcome,
              await look(
                cell,
                evaluated,
                { folders, again: again === true, onProgress: (share) => context.emit('check.progressed', { path, cell: id, share }) },
                failed,
              ),
            );
          } catch (thrown) {
            Object.assign(outcome, { status: 'failed', error: located(toPlainError(thrown), evaluated, id) });
          }
        }
        if (outcome.status !== 'ok') failed.add(id);
        cells.push(outcome);
        if (kind === 'train' && outcome.status === 'ok') addOrderFinding(cells, evaluated, id);
      }
      return { cells, knobs: [...evaluated.knobs] };
    },
    async stopReading() {
      isStopping = true;
      if (!(await context.trainer.endInspection())) isStopping = false;
    },
    async estimate(request) {
      const { spec, evaluated } = await evaluateSpec(request, request.cell);
      try {
        const folders = foldersOf(context.folder(), request.path);
        return await context.trainer.estimate({ spec, folders, threads: context.settings().threads });
      } catch (error) {
        throw fromPlainError(located(toPlainError(error), evaluated, request.cell));
      }
    },
  };
}

/** Told at the data, whose split it is: once, whatever trains on them. */
function addOrderFinding(cells: CellOutcome[], evaluated: Evaluated, train: string): void {
  const { data, model } = evaluated.specFor(train);
  const found = orderFinding(model, data);
  const at = cells.findIndex(({ id }) => id === evaluated.sourcesOf(train).data);
  const preview = cells[at]?.data;
  if (!found || !preview || preview.findings.some(({ code }) => code === found.code)) return;
  cells[at] = { ...cells[at], data: { ...preview, findings: [...preview.findings, found] } };
}

/** What a train cell says, and what can place an error in it. Throws the notebook's first error about it. */
export async function evaluateSpec(state: NotebookState, cell: string | undefined): Promise<{ spec: Spec; evaluated: Evaluated }> {
  const evaluated = await evaluateNotebook(state.blocks, { knobs: state.knobs, file: state.path });
  const problem = evaluated.knobProblems[0];
  if (problem) throw fromPlainError(problem);
  return { spec: evaluated.specFor(cell), evaluated };
}
