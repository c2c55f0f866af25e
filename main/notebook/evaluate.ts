/** Evaluates a notebook's cells from the top and makes the spec of a run out of them. */
import { EpochbookError, fromPlainError, type PlainError, toPlainError, type Where } from '#contract/errors.ts';
import type { Block, CellBlock, CellKind } from '#contract/notebook.ts';
import {
  type DataSpec,
  dataSpec,
  type Knob,
  type KnobValue,
  type ModelSpec,
  modelSpec,
  type Spec,
  spec as specSchema,
  trainSpec,
} from '#contract/spec.ts';
import type { MessageKey } from '#contract/words/message.ts';
import type { Place, Places } from './language/build.ts';
import { nearest } from '#contract/nearest.ts';
import { splitLines } from './parse.ts';
import type { BuiltValue, CellResult, Limits } from './sandbox/messages.ts';
import { runInSandbox } from './sandbox/session.ts';
import { declaredNames } from './sandbox/source.ts';

export interface EvaluateOptions {
  /** Values of knobs, set from outside. */
  readonly knobs?: Readonly<Record<string, KnobValue>>;
  /** Evaluates as far as this cell. */
  readonly until?: string;
  /** Put into every place. */
  readonly file?: string;
  readonly limits?: Partial<Limits>;
}

export interface EvaluatedCell {
  readonly id: string;
  readonly kind: CellKind;
  /** `blocked`: it needs a cell above that failed. */
  readonly status: 'ok' | 'failed' | 'blocked';
  readonly error?: PlainError;
  /** A plain value, printed; for code cells. */
  readonly text?: string;
}

export interface Evaluated {
  readonly cells: readonly EvaluatedCell[];
  readonly knobs: readonly Knob[];
  /** Knobs that were set but that no `param(…)` defines; empty while a cell fails, which may be the one that does. */
  readonly knobProblems: readonly PlainError[];
  /** What the train cell (default: the only one) says. Throws its error, or the one of the cell that blocks it. */
  readonly specFor: (trainCellId?: string) => Spec;
  /** The ids of the data and the model cell whose specs the train cell uses; undefined where it names a value of no cell. */
  readonly sourcesOf: (trainCellId: string) => { data: string | undefined; model: string | undefined };
  /** What a data cell says. Throws its error. */
  readonly dataSpecOf: (cellId: string) => DataSpec;
  /** What a model cell says. Throws its error. */
  readonly modelSpecOf: (cellId: string) => ModelSpec;
  /** The data a model cell is shown with: that of the nearest data cell above it which succeeded. */
  readonly dataFor: (modelCellId: string) => { cell: string; data: DataSpec } | undefined;
  /**
   * The place that a JSON pointer into a spec was made at, by its longest known prefix. `cellId` is the cell whose
   * spec it is: a train cell (default: the only one), or a data or model cell for `/data…` and `/model…`.
   */
  readonly locate: (at: string, cellId?: string) => Where | undefined;
}

/** A cell that is too long has its error within 2 s, a thread that has to be started first included. */
export const defaultLimits: Limits = { cellMs: 1300, totalMs: 10_000, memoryBytes: 64 * 2 ** 20 };

const kept = new Map<string, Promise<Evaluated>>();
const keptCount = 16;

/** Never throws because of what the cells say. The same cells, knobs and options give the same object again. */
export function evaluateNotebook(blocks: readonly Block[], options: EvaluateOptions = {}): Promise<Evaluated> {
  const placed = placedCells(blocks, options.until);
  const limits = { ...defaultLimits, ...options.limits };
  const key = JSON.stringify([
    placed.map(({ cell, firstLine }) => [cell.id, cell.kind, cell.source, firstLine]),
    options.knobs ?? {},
    options.file,
    limits,
  ]);
  const before = kept.get(key);
  if (before) {
    kept.delete(key);
    kept.set(key, before);
    return before;
  }
  const made = evaluate(placed, options, limits);
  kept.set(key, made);
  const forget = () => kept.delete(key);
  // What took too long may have been kept from it by something else, and is tried again.
  made.then(({ cells }) => cells.some(({ error }) => error?.code === 'notebook.tooLong') && forget(), forget);
  if (kept.size > keptCount) kept.delete(kept.keys().next().value!);
  return made;
}

interface PlacedCell {
  readonly cell: CellBlock;
  /** Line in the file of the source's first line, from 1. */
  readonly firstLine: number;
}

function placedCells(blocks: readonly Block[], until: string | undefined): PlacedCell[] {
  const placed: PlacedCell[] = [];
  let line = 1;
  for (const block of blocks) {
    if (block.type !== 'cell') {
      line += splitLines(block.text).length;
      continue;
    }
    placed.push({ cell: block, firstLine: line + 1 });
    line += splitLines(block.open).length + splitLines(block.source).length + splitLines(block.close).length;
    if (block.id === until) break;
  }
  return placed;
}

async function evaluate(placed: readonly PlacedCell[], options: EvaluateOptions, limits: Limits): Promise<Evaluated> {
  const inputs = placed.map(({ cell: { id, kind, source } }) => ({ id, kind, source }));
  const { results, knobs } =
    inputs.length === 0 ? { results: [], knobs: [] } : await runInSandbox({ cells: inputs, knobs: options.knobs ?? {}, limits });

  const whereOf = (place: Partial<Place>, fallback = 0): Where => {
    const { cell, firstLine } = placed[place.cell ?? fallback];
    return {
      ...(options.file !== undefined && { file: options.file }),
      line: firstLine - 1 + (place.line ?? 1),
      column: place.column ?? 1,
      ...(place.endColumn !== undefined && { endLine: firstLine - 1 + (place.line ?? 1), endColumn: place.endColumn }),
      cell: cell.id,
      cellLine: place.line ?? 1,
      ...(place.endColumn !== undefined && { cellEndLine: place.line ?? 1 }),
    };
  };
  const errorAt = (error: PlainError, place: Partial<Place> | undefined, index: number): PlainError => ({
    ...error,
    where: whereOf({ cell: index, ...place }),
  });

  const stopped = results.find((result) => result.fatal);
  const cells = placed.map(({ cell }, index): EvaluatedCell => {
    const { id, kind, source } = cell;
    const result = results[index];
    if (!result) {
      const error = new EpochbookError('notebook.blockedAll', { cell: placed[stopped?.index ?? 0].cell.id });
      return { id, kind, status: 'blocked', error: errorAt(toPlainError(error), undefined, index) };
    }
    if (result.error) {
      const cause = blockedBy(result.error, placed, results, index);
      if (cause === undefined) return { id, kind, status: 'failed', error: errorAt(result.error, result.place, index) };
      const error = toPlainError(new EpochbookError('notebook.blocked', { cell: placed[cause].cell.id }));
      return { id, kind, status: 'blocked', error: errorAt(error, result.place, index) };
    }
    const wrong = wrongValue(kind, result, source);
    if (wrong) return { id, kind, status: 'failed', error: errorAt(wrong.error, { cell: index, ...lastLine(source) }, index) };
    return { id, kind, status: 'ok', ...(result.text !== undefined && { text: result.text }) };
  });

  const indexOf = (cellId: string): number => {
    const index = placed.findIndex(({ cell }) => cell.id === cellId);
    if (index === -1) throw new EpochbookError('notebook.noCell', { cell: cellId });
    return index;
  };
  const checkOk = (index: number): void => {
    const { error } = cells[index];
    if (error) throw fromPlainError(error);
  };
  const nearestAbove = (index: number, kind: CellKind): number | undefined => {
    for (let above = index - 1; above >= 0; above -= 1) if (placed[above].cell.kind === kind) return above;
    return undefined;
  };

  const trainIndex = (cellId: string | undefined): number => {
    if (cellId !== undefined) {
      const index = indexOf(cellId);
      const { kind } = placed[index].cell;
      if (kind !== 'train') throw new EpochbookError('notebook.notTrain', { cell: cellId, kind }, { where: whereOf({ cell: index }) });
      return index;
    }
    const trains = placed.flatMap(({ cell }, index) => (cell.kind === 'train' ? [index] : []));
    if (trains.length === 0) throw new EpochbookError('notebook.noTrain');
    if (trains.length > 1)
      throw new EpochbookError('notebook.whichTrain', { cells: trains.map((index) => placed[index].cell.id).join(', ') });
    return trains[0];
  };

  const partsOf = (index: number): { data: BuiltValue; model: BuiltValue; train: BuiltValue } => {
    checkOk(index);
    const result = results[index];
    const train = result.value!;
    const part = (kind: 'data' | 'model', missing: MessageKey): BuiltValue => {
      const named = result[kind];
      if (named) return named;
      const above = nearestAbove(index, kind);
      if (above === undefined) throw new EpochbookError(missing, {}, { where: whereOf(train.places[0][1]) });
      checkOk(above);
      return results[above].value!;
    };
    return { train, data: part('data', 'notebook.noDataAbove'), model: part('model', 'notebook.noModelAbove') };
  };

  const lookUp = (places: Places, at: string): Where | undefined => {
    let best: readonly [string, Place] | undefined;
    for (const entry of places) {
      const fits = at === entry[0] || at.startsWith(`${entry[0]}/`);
      // Of two entries of one length the later one is nearer: a layer's own place over that of the list it came from.
      if (fits && (!best || entry[0].length >= best[0].length)) best = entry;
    }
    return best && whereOf(best[1]);
  };

  const knobProblems = unknownKnobs(options.knobs ?? {}, knobs, cells.every((cell) => cell.status === 'ok') && options.until === undefined);

  const evaluated: Evaluated = {
    cells,
    knobs,
    knobProblems,
    specFor(trainCellId) {
      const index = trainIndex(trainCellId);
      const { data, model, train } = partsOf(index);
      const made = specSchema.safeParse({ version: 1, data: data.value, model: model.value, train: train.value });
      if (made.success) return made.data;
      const issue = made.error.issues[0];
      const at = `/${issue.path.join('/')}`;
      const kind = String(issue.path[0] ?? 'train');
      throw new EpochbookError(
        'notebook.specInvalid',
        { kind, detail: issue.message },
        { at, where: evaluated.locate(at, placed[index].cell.id) },
      );
    },
    sourcesOf(trainCellId) {
      const index = indexOf(trainCellId);
      const result = results[index];
      const source = (kind: 'data' | 'model'): string | undefined => {
        const named = result?.[kind];
        if (!named) {
          const above = nearestAbove(index, kind);
          return above === undefined ? undefined : placed[above].cell.id;
        }
        const text = JSON.stringify(named);
        const found = results.findIndex(
          (other, number) => number < index && placed[number].cell.kind === kind && JSON.stringify(other.value) === text,
        );
        return found === -1 ? undefined : placed[found].cell.id;
      };
      return { data: source('data'), model: source('model') };
    },
    dataSpecOf(cellId) {
      const index = indexOf(cellId);
      checkOk(index);
      return validated(dataSpec, results[index].value, 'data', whereOf({ cell: index }));
    },
    modelSpecOf(cellId) {
      const index = indexOf(cellId);
      checkOk(index);
      return validated(modelSpec, results[index].value, 'model', whereOf({ cell: index }));
    },
    dataFor(modelCellId) {
      const index = indexOf(modelCellId);
      const above = nearestAbove(index, 'data');
      if (above === undefined || cells[above].status !== 'ok') return undefined;
      const cell = placed[above].cell.id;
      return { cell, data: evaluated.dataSpecOf(cell) };
    },
    locate(at, cellId) {
      const section = /^\/(data|model|train)(?=\/|$)/.exec(at)?.[1] as 'data' | 'model' | 'train' | undefined;
      try {
        const index = cellId === undefined ? trainIndex(undefined) : indexOf(cellId);
        const { kind } = placed[index].cell;
        if (section === undefined) return whereOf(results[index]?.value?.places[0]?.[1] ?? { cell: index });
        const value = kind === 'train' ? partsOf(index)[section] : kind === section ? results[index]?.value : undefined;
        return value && lookUp(value.places, at.slice(section.length + 1));
      } catch {
        return undefined; // a spec that could not be made has no places
      }
    },
  };
  return evaluated;
}

function validated<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: { message: string }[] } } },
  value: BuiltValue | undefined,
  kind: CellKind,
  where: Where,
): T {
  const parsed = schema.safeParse(value?.value);
  if (parsed.success) return parsed.data;
  throw new EpochbookError('notebook.specInvalid', { kind, detail: parsed.error.issues[0]?.message ?? '' }, { where });
}

const wants = { data: 'notebook.wantsData', model: 'notebook.wantsModel', train: 'notebook.wantsTrain' } as const satisfies Record<
  string,
  MessageKey
>;
const schemas = { data: dataSpec, model: modelSpec, train: trainSpec };

/** What is wrong with a cell's value, if it is not what its kind calls for. */
function wrongValue(kind: CellKind, result: CellResult, source: string): { error: PlainError } | undefined {
  if (kind === 'code') return undefined;
  if (result.value?.family === kind) {
    const parsed = schemas[kind].safeParse(result.value.value);
    if (parsed.success) return undefined;
    return { error: toPlainError(new EpochbookError('notebook.specInvalid', { kind, detail: parsed.error.issues[0]?.message ?? '' })) };
  }
  // `const network = sequential(…)` is a declaration: it has no value, but its name does.
  const name = result.found === 'undefined' ? declaredNames(source).at(-1) : undefined;
  if (name !== undefined) return { error: toPlainError(new EpochbookError('notebook.wantsName', { kind, name })) };
  return { error: toPlainError(new EpochbookError(wants[kind], { found: result.value ? result.value.family : result.found })) };
}

function lastLine(source: string): { line: number; column: number; endColumn: number } {
  const lines = splitLines(source).map((line) => line.trimEnd());
  let line = lines.length;
  while (line > 1 && lines[line - 1] === '') line -= 1;
  const text = lines[line - 1] ?? '';
  const column = text.length - text.trimStart().length + 1;
  return { line: Math.max(line, 1), column, endColumn: Math.max(text.length + 1, column + 1) };
}

/** The failed cell that a missing name was declared in. */
function blockedBy(error: PlainError, placed: readonly PlacedCell[], results: readonly CellResult[], index: number): number | undefined {
  if (error.code !== 'notebook.notDefined' && error.code !== 'notebook.notDefinedNearest') return undefined;
  const name = error.values?.['name'];
  for (let above = index - 1; above >= 0; above -= 1) {
    if (results[above]?.error && declaredNames(placed[above].cell.source).includes(String(name))) return above;
  }
  return undefined;
}

function unknownKnobs(set: Readonly<Record<string, KnobValue>>, knobs: readonly Knob[], complete: boolean): PlainError[] {
  if (!complete) return [];
  const known = knobs.map((knob) => knob.name);
  return Object.keys(set)
    .filter((name) => !known.includes(name))
    .map((name) => {
      if (known.length === 0) return toPlainError(new EpochbookError('notebook.noKnobs', { name }));
      const near = nearest(name, known);
      if (near !== undefined) return toPlainError(new EpochbookError('notebook.knobUnknownNearest', { name, nearest: near }));
      return toPlainError(new EpochbookError('notebook.knobUnknown', { name, known: known.join(', ') }));
    });
}
