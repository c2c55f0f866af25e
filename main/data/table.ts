/** From a table to samples: which columns are features, what is to be predicted, and how both become numbers. */
import { EpochbookError } from '#contract/errors.ts';
import type { Column, DataPreview, Finding } from '#contract/notebook.ts';
import type { Dataset, Part, Preparation } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { columnNamed, describeColumn, isMissing, notANumber, numbersOf, sayingOf, typeColumns, type TypedColumn } from './columns.ts';
import { placeOf, type TextTable } from './csv.ts';
import { shapeParts } from './array-steps.ts';
import { augmentationOf } from './augmentation.ts';
import { distinctRows } from './distinct.ts';
import { fitFeatures, fittedFeatures } from './features.ts';
import { chooseRows, keepRows, putBelow } from './rows.ts';
import { checkTrainWeights, readWeights, weightColumn } from './sample-weights.ts';
import { placedInMemory, type PlacedSeries } from './placed-series.ts';
import { type Parts, split } from './split.ts';
import { place, splitOf, stepOf, stepsOf } from './steps.ts';
import { findTableFaults } from './table-findings.ts';
import { labelColumn, textColumn, tokenizeColumn } from './text-table.ts';
import { timesOf } from './times.ts';
import {
  firstTargetRows,
  seriesOf,
  placesInSeries,
  placeWindows,
  type PlacedPart,
  type RowOrder,
  targetRows,
  type WindowStep,
  windowRows,
  writtenOut,
} from './windows.ts';

export interface PreparedTable {
  readonly dataset: Omit<Dataset, 'hash'>;
  readonly columns: Column[];
  readonly rows: (string | number | null)[][];
  readonly totalRows: number;
  readonly findings: Finding[];
  readonly series?: NonNullable<DataPreview['series']>;
  readonly placed?: PlacedSeries;
  readonly text?: NonNullable<DataPreview['text']>;
  readonly streamed?: NonNullable<DataPreview['streamed']>;
}

/** Other data that is a part, its own rows chosen. `at` points at the step. */
export interface OtherTable {
  readonly part: 'validation' | 'test';
  readonly table: TextTable;
  readonly at: string;
}

const previewRows = 50;
/** What the rows of windows may take in memory, and their targets. */
const mostBytes = 8 * 2 ** 30;
/** Whole numbers in at most this many different values, each at least twice on average, are taken for classes. */
const mostNumericClasses = 20;

/** What errors name. */
export type NamedTable = Pick<TextTable, 'path'>;

export interface Target {
  readonly column: TypedColumn;
  readonly values: Float64Array;
  /** Names by index, where the values are classes. */
  readonly classes?: readonly string[];
}

export function targetColumn(table: NamedTable, columns: readonly TypedColumn[], spec: DataSpec): TypedColumn {
  const step = stepOf(spec, 'target');
  if (step) return columnNamed(columns, step.step.column, table.path, place(step));
  const [first] = otherTargets(table, columns, spec);
  if (first) return first.column;
  if (spec.source.format === 'textFolder') return columnNamed(columns, labelColumn, table.path, '/data/source');
  throw new EpochbookError(
    'data.noTarget',
    {
      path: table.path,
      names: columns.map(({ name }) => name).join(', '),
      // What is to be predicted mostly stands last.
      choices: JSON.stringify(columns.map(({ name }) => name).reverse()),
    },
    { at: '/data/source' },
  );
}

/** Of several targets: each output's name and column. */
export function otherTargets(table: NamedTable, columns: readonly TypedColumn[], spec: DataSpec): { name: string; column: TypedColumn }[] {
  const found = stepOf(spec, 'targets');
  if (!found) return [];
  return Object.entries(found.step.columns).map(([name, column]) => ({
    name,
    column: columnNamed(columns, column, table.path, place(found)),
  }));
}

/** What a target is known to be: by its classes, or a number. */
export type KnownTarget = Pick<Preparation, 'task' | 'classes'>;

function readTarget(table: TextTable, column: TypedColumn, spec: DataSpec, known?: KnownTarget): Target {
  const step = stepOf(spec, 'target');
  const at = step ? place(step) : '/data/source';
  const texts = table.columns[column.index];
  if (known) return knownTarget(table, column, known, at);
  const kind = step?.step.kind ?? (column.type === 'text' || areClasses(new Set(texts), texts.length) ? 'classes' : 'number');
  if (kind === 'number') return { column, values: numbersOf(table, column, texts.length, at, 'target') };
  const gap = texts.findIndex(isMissing);
  if (gap >= 0) throw notANumber(table, column, gap, at, 'target');
  const classes = classesOf(new Set(texts), column.name, table, at);
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  return { column, classes, values: Float64Array.from(texts, (text) => indexOf.get(text) ?? 0) };
}

/** Throws `data.unknownClass` where a row says none of the classes. */
function knownTarget(table: TextTable, column: TypedColumn, { classes }: KnownTarget, at: string): Target {
  const texts = table.columns[column.index];
  if (!classes) return { column, values: numbersOf(table, column, texts.length, at, 'target') };
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const row = texts.findIndex((text) => !indexOf.has(text));
  if (row < 0) return { column, classes, values: Float64Array.from(texts, (text) => indexOf.get(text) ?? 0) };
  if (isMissing(texts[row])) throw notANumber(table, column, row, at, 'target');
  const { path, unit, line } = placeOf(table, row);
  throw new EpochbookError(
    'data.unknownClass',
    { path, unit, line, column: column.name, value: texts[row].slice(0, 60), names: classes.slice(0, 40).join(', ') },
    { at, where: { file: path, line, column: column.index + 1 } },
  );
}

/** In natural order. Throws `data.oneClass`. */
export function classesOf(distinct: Iterable<string>, column: string, { path }: NamedTable, at: string): string[] {
  const natural = new Intl.Collator('en', { numeric: true });
  const classes = [...distinct].sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1));
  if (classes.length < 2) throw new EpochbookError('data.oneClass', { path, column, value: classes[0] }, { at });
  return classes;
}

/** Whether whole numbers are taken for classes; `count`: of all values. */
export function areClasses(distinct: ReadonlySet<string>, count: number): boolean {
  return distinct.size <= mostNumericClasses && distinct.size * 2 <= count && [...distinct].every((text) => /^-?\d+$/.test(text));
}

/**
 * Columns that the model sees, in file order. What rows are ordered or split by tells who or when, and is seen only
 * where selected. The past of a number that a window is to predict is seen unless it is left out by `select`.
 */
export function chooseFeatures(
  table: NamedTable,
  columns: readonly TypedColumn[],
  spec: DataSpec,
  target: Target['column'],
): TypedColumn[] {
  const tokenize = stepOf(spec, 'tokenize');
  if (tokenize) {
    const text = columnNamed(columns, tokenize.step.column ?? textColumn, table.path, place(tokenize));
    if (text === target) throw new EpochbookError('data.targetIsFeature', { column: text.name }, { at: place(tokenize) });
    return [text];
  }
  const selects = stepsOf(spec, 'select');
  const others = otherTargets(table, columns, spec).map(({ column }) => column);
  const keys = [...partKeys(spec)];
  const window = stepOf(spec, 'window');
  keys.push(window?.step.group, window?.step.time, stepOf(spec, 'sampleWeight')?.step.column);
  const ahead = window !== undefined && (window.step.horizon ?? 1) > 0;
  const past = ahead && (selects.length > 0 || target.type === 'number');
  let chosen = columns.filter((column) => (column !== target || past) && (selects.length > 0 || !keys.includes(column.name)));
  for (const select of selects) {
    const named = select.step.columns.map((name) => columnNamed(columns, name, table.path, place(select)));
    chosen = chosen.filter((column) => named.includes(column));
  }
  const inputs = stepOf(spec, 'inputs');
  if (inputs) {
    const named = Object.values(inputs.step.columns).flatMap((names) =>
      names.map((name) => columnNamed(columns, name, table.path, place(inputs))),
    );
    const predicted = named.find((column) => column === target || others.includes(column));
    if (predicted) throw new EpochbookError('data.targetIsFeature', { column: predicted.name }, { at: place(inputs) });
    chosen = chosen.filter((column) => named.includes(column));
  }
  chosen = chosen.filter((column) => !others.includes(column));
  for (const drop of stepsOf(spec, 'drop')) {
    const named = drop.step.columns.map((name) => columnNamed(columns, name, table.path, place(drop)));
    chosen = chosen.filter((column) => !named.includes(column));
  }
  if (chosen.length === 0)
    throw new EpochbookError('data.noFeatures', { path: table.path }, { at: selects[0] ? place(selects[0]) : '/data/source' });
  return chosen;
}

/** Columns that a fitted preparation sees. */
export function knownFeatures(table: NamedTable, columns: readonly TypedColumn[], { features = [], text }: Preparation): TypedColumn[] {
  const names = text?.column === undefined ? features.map(({ column }) => column) : [text.column];
  return [...new Set(names)].map((name) => columnNamed(columns, name, table.path, '/data/source'));
}

/** Columns that say how rows are parted. */
function partKeys(spec: DataSpec): (string | undefined)[] {
  const step = splitOf(spec)?.step;
  return step ? [step.group, ...(step.op === 'split' ? [step.time, step.column] : [])] : [];
}

/** Leaves the first of rows that say the same in every feature. */
function withoutTwins(table: TextTable, spec: DataSpec): TextTable {
  const found = stepOf(spec, 'distinct');
  if (!found) return table;
  const columns = typeColumns(table, castsIn(table, spec));
  const target = targetColumn(table, columns, spec);
  const features = chooseFeatures(table, columns, spec, target);
  const says = (column: TypedColumn, row: number) => sayingOf(column, table.columns[column.index][row]);
  const keyOf = (row: number) => JSON.stringify(features.map((column) => says(column, row)));
  const kept = distinctRows(table.lines.length, keyOf, found.step.contrary === 'drop' ? (row) => says(target, row) : undefined);
  return keepRows(table, kept);
}

function castsIn(table: TextTable, spec: DataSpec): Map<string, TypedColumn['type']> {
  const casts = new Map<string, TypedColumn['type']>();
  for (const cast of stepsOf(spec, 'cast'))
    for (const name of cast.step.columns) casts.set(columnNamed(typeColumns(table), name, table.path, place(cast)).name, cast.step.to);
  return casts;
}

function partsOf(table: TextTable, columns: readonly TypedColumn[], spec: DataSpec, target: Target, count: number): Parts {
  const found = splitOf(spec);
  if (!found) return split(count, undefined, '/data');
  const at = place(found);
  const { group } = found.step;
  const { time, column } = found.step.op === 'split' ? found.step : {};
  const window = stepOf(spec, 'window');
  checkWindowSplit(spec);
  const named = column === undefined ? undefined : table.columns[columnNamed(columns, column, table.path, at).index];
  const groups = group === undefined ? undefined : table.columns[columnNamed(columns, group, table.path, at).index];
  const times =
    time !== undefined
      ? timesOf(table, columnNamed(columns, time, table.path, at), at)
      : window && !groups && !named
        ? windowTimes(table, columns, window, count)
        : undefined;
  return split(count, found.step, at, {
    ...(target.classes && { classOf: (row: number) => target.values[row] }),
    ...(groups && { groupOf: (row: number) => groups[row] }),
    ...(times && { timeOf: (row: number) => times[row] }),
    ...(named && { partOf: (row: number) => named[row] }),
    idOf: (row) => table.rows[row],
  });
}

/** When each row of a series was: by its column of times, else by its place in the series. */
function windowTimes(table: TextTable, columns: readonly TypedColumn[], { step, index }: WindowFound, count: number): Float64Array {
  const at = place({ index });
  if (step.time !== undefined) return timesOf(table, columnNamed(columns, step.time, table.path, at), at);
  if (step.group === undefined) return Float64Array.from({ length: count }, (_, row) => row);
  const groups = table.columns[columnNamed(columns, step.group, table.path, at).index];
  return placesInSeries(count, (row) => groups[row]);
}

/** Windows need rows of one series in one part. Throws `data.windowStratify` and `data.windowFolds`. */
export function checkWindowSplit(spec: DataSpec): void {
  const found = splitOf(spec);
  if (!found || !stepOf(spec, 'window')) return;
  const { op, stratify, group } = found.step;
  if (stratify) throw new EpochbookError('data.windowStratify', {}, { at: place(found) });
  if (op === 'kFold' && group === undefined) throw new EpochbookError('data.windowFolds', {}, { at: place(found) });
}

type Classes = Pick<Target, 'classes'>;

const taskOf = ({ classes }: Classes) => ({ task: classes ? 'classification' : 'regression', ...(classes && { classes }) }) as const;

/** What is said of the targets: of one, or of each where the model has several outputs. */
export function targetFacts(target: Classes, several: readonly (Classes & { readonly name: string })[]) {
  if (several.length === 0) return { targetShape: target.classes ? [] : [1], task: taskOf(target).task } as const;
  return {
    targetShape: [several.length],
    task: 'regression',
    targets: several.map((one) => ({ name: one.name, shape: one.classes ? [] : [1], ...taskOf(one) })),
  } as const;
}

/** Throws `data.partsOfRows` and `data.windowOfText` where steps do not go together. */
export function checkTogether(spec: DataSpec): void {
  const [window, tokenize] = [stepOf(spec, 'window'), stepOf(spec, 'tokenize')];
  const parted = stepOf(spec, 'inputs') ?? stepOf(spec, 'targets');
  if (parted && (window || tokenize)) throw new EpochbookError('data.partsOfRows', { step: parted.step.op }, { at: place(parted) });
  if (window && tokenize) throw new EpochbookError('data.windowOfText', {}, { at: place(tokenize) });
}

/** Throws `data.windowClasses`. */
export function checkOutputs(window: WindowFound, { classes }: Pick<Target, 'classes'>): void {
  if (classes && (window.step.outputs ?? 1) > 1) throw new EpochbookError('data.windowClasses', {}, { at: place(window) });
}

interface WindowFound {
  readonly step: WindowStep;
  readonly index: number;
}

/** Which series each row belongs to, and when it was. */
function orderOf(table: TextTable, columns: readonly TypedColumn[], spec: DataSpec, found: WindowFound): RowOrder {
  const at = place(found);
  const { step } = found;
  const group = step.group ?? splitOf(spec)?.step.group;
  const groups = group === undefined ? undefined : table.columns[columnNamed(columns, group, table.path, at).index];
  const times = step.time === undefined ? undefined : timesOf(table, columnNamed(columns, step.time, table.path, at), at);
  return { groupOf: (row) => groups?.[row] ?? '', timeOf: (row) => times?.[row] ?? table.rows[row] };
}

/** Throws `data.*` errors at the step or the line they come from. `known`: what was fitted before, to be done alike. */
export function prepareTable(source: TextTable, spec: DataSpec, others: readonly OtherTable[] = [], known?: Preparation): PreparedTable {
  const own = withoutTwins(chooseRows(source, spec.steps), spec);
  const casts = castsIn(own, spec);
  // Roles are those of the training data; types are told by all that is read.
  const firstColumns = typeColumns(own, casts);
  const firstTarget = targetColumn(own, firstColumns, spec);
  const firstOthers = otherTargets(own, firstColumns, spec).map(({ column }) => column);
  const featuresIn = (from: TextTable, all: readonly TypedColumn[], predicted: TypedColumn) =>
    known ? knownFeatures(from, all, known) : chooseFeatures(from, all, spec, predicted);
  const firstWeight = weightColumn(own, firstColumns, spec);
  const firstSeen = [firstTarget, ...firstOthers, ...(firstWeight ? [firstWeight] : []), ...featuresIn(own, firstColumns, firstTarget)];
  const needed = new Set(firstSeen.map(({ name }) => name));
  const table = others.reduce((above, { table: other, at }) => putBelow(above, other, (name) => needed.has(name), at), own);
  const columns = others.length === 0 ? firstColumns : typeColumns(table, casts);
  const several = otherTargets(table, columns, spec).map(({ name, column }) => ({
    name,
    ...readTarget(
      table,
      column,
      spec,
      known?.targets?.find((one) => one.name === name),
    ),
  }));
  const target = (known && several[0]) ?? readTarget(table, targetColumn(table, columns, spec), spec, known);
  const chosen = featuresIn(table, columns, target.column);
  const weighing = weightColumn(table, columns, spec);
  const weights = weighing && readWeights(table, weighing, place(stepOf(spec, 'sampleWeight')!));
  const weightsOf = (rows: Uint32Array) => weights && { weights: Float32Array.from(rows, (row) => weights[row]) };

  const parts = { ...partsOf(own, columns, spec, target, own.lines.length) };
  let next = own.lines.length;
  for (const { part, table: other, at } of others) {
    if (parts[part]) throw new EpochbookError('data.partTwice', { part }, { at });
    const from = next;
    next += other.lines.length;
    Object.assign(parts, { [part]: Uint32Array.from(other.lines, (_, index) => from + index) });
  }
  if (weights) checkTrainWeights(weightsOf(parts.train)!, place(stepOf(spec, 'sampleWeight')!));
  const window = stepOf(spec, 'window');
  const tokenize = stepOf(spec, 'tokenize');
  checkTogether(spec);
  const isSeveral = several.length > 0;
  const facts = targetFacts(target, several);
  const rowsOf = (rows: Uint32Array) => rows.map((row) => table.rows[row]);
  const read = isSeveral ? several : [target];
  const targetsOf = (rows: Uint32Array) =>
    Float32Array.from(
      { length: rows.length * read.length },
      (_, index) => read[index % read.length].values[rows[Math.floor(index / read.length)]],
    );
  const roleOf = (column: TypedColumn): Column['role'] => {
    if (column === target.column || several.some((one) => one.column === column)) return 'target';
    return chosen.includes(column) ? 'feature' : column === weighing ? 'weight' : 'unused';
  };
  const shown = {
    columns: columns.map((column) => describeColumn(table, column, table.lines.length, roleOf(column))),
    rows: firstRows(table, columns),
    totalRows: source.lines.length,
  };
  const classes = !isSeveral && target.classes && { classes: target.classes };

  if (tokenize) {
    const { text, gather, preview } = tokenizeColumn(
      table.columns[chosen[0].index],
      chosen[0].name,
      tokenize.step,
      parts.train,
      place(tokenize),
      known?.text,
    );
    return {
      dataset: {
        ...facts,
        ...classes,
        inputShape: [text.length],
        ...augmentationOf(spec, [text.length], true),
        text,
        ...eachPart(parts, (rows) => ({
          count: rows.length,
          inputs: gather(rows),
          targets: targetsOf(rows),
          rows: rowsOf(rows),
          ...weightsOf(rows),
        })),
      },
      ...shown,
      findings: [],
      text: preview(parts.train, (row) => target.classes?.[target.values[row]] ?? String(target.values[row])),
    };
  }

  // First, so that what is wrong with the windows is said before what their columns lack.
  const order = window && orderOf(table, columns, spec, window);
  const windows = window && order && placeWindows(parts, window.step, order, place(window), known?.series?.gap);
  const fitted = known?.features ? fittedFeatures(table, columns, known.features) : fitFeatures(table, chosen, spec, parts.train);
  const inputs = Object.entries(stepOf(spec, 'inputs')?.step.columns ?? {}).map(([name, names]) => ({
    name,
    // A column of categories has become several.
    features: names.flatMap((column) => fitted.filter((feature) => feature.column.name === column)),
  }));
  const features = inputs.length > 0 && !known ? inputs.flatMap((input) => input.features) : fitted;
  const gather = (rows: Uint32Array): Float32Array => {
    const inputs = new Float32Array(rows.length * features.length);
    let filled = 0;
    // Scaled values lie in `values` already.
    for (const row of rows) for (const { values } of features) inputs[filled++] = values[row];
    return inputs;
  };
  const derived = stepsOf(spec, 'map').map(({ step: { column, expression } }) => ({ column, expression }));
  const tableFacts = {
    ...facts,
    ...classes,
    ...(derived.length > 0 && { derived }),
    features: features.map(({ feature }) => feature),
    ...(inputs.length > 0 && { inputs: known?.inputs ?? inputs.map((input) => ({ name: input.name, shape: [input.features.length] })) }),
  };
  /** Gives samples the shape that `reshape` and `resize` say; columns are scaled one by one before. */
  const shaped = (inputShape: readonly number[], make: (rows: Uint32Array, part: keyof Parts) => Part) => {
    const made = shapeParts(spec, inputShape, eachPart(parts, make), ['reshape', 'resize']);
    return { ...made, ...augmentationOf(spec, made.inputShape) };
  };
  const findings = findTableFaults({ table, chosen: chosen.filter((column) => column !== target.column), features, target, parts, spec });
  if (!window || !windows || !order) {
    return {
      dataset: {
        ...tableFacts,
        ...shaped([features.length], (rows) => ({
          count: rows.length,
          inputs: gather(rows),
          targets: targetsOf(rows),
          rows: rowsOf(rows),
          ...weightsOf(rows),
        })),
      },
      ...shown,
      findings,
    };
  }
  const { length, outputs = 1, stride = 1 } = window.step;
  checkOutputs(window, target);
  const { gap, gaps } = windows;
  const series = seriesOf(window.step, gap);
  // Interpolated, a row is another in every window that it lies in.
  const isResized = stepOf(spec, 'resize') !== undefined;
  const bytesOf = ({ order: rows, starts }: PlacedPart) =>
    ((isResized ? starts.length * length : rows.length) * features.length + starts.length * outputs) * 4;
  if (Object.values(windows.parts).reduce((sum, part) => sum + bytesOf(part), 0) > mostBytes)
    throw new EpochbookError('data.tooLarge', { path: table.path, gigabytes: mostBytes / 2 ** 30 }, { at: place(window) });
  return {
    dataset: {
      ...tableFacts,
      targetShape: target.classes ? [] : [outputs],
      series,
      ...shaped([length, features.length], (_, part) => {
        const own = windows.parts[part]!;
        const { order: seen, starts } = windowRows(own, length);
        const firstTargets = firstTargetRows(own, window.step);
        const made: Part = {
          count: starts.length,
          inputs: gather(seen),
          windows: { size: length * features.length, starts: starts.map((start) => start * features.length) },
          targets: targetsOf(targetRows(own, window.step)),
          rows: rowsOf(firstTargets),
          ...weightsOf(firstTargets),
        };
        return isResized ? writtenOut(made) : made;
      }),
    },
    ...shown,
    findings,
    series: { ...series, stride, gap, gaps },
    placed: placedInMemory(table, { typed: columns, target: target.column, chosen, parts, step: window.step, windows, order }),
  };
}

function eachPart(parts: Parts, make: (rows: Uint32Array, part: keyof Parts) => Part): Pick<Dataset, keyof Parts> {
  const { train, validation, test } = parts;
  return {
    train: make(train, 'train'),
    ...(validation && { validation: make(validation, 'validation') }),
    ...(test && { test: make(test, 'test') }),
  };
}

function firstRows(table: TextTable, columns: readonly TypedColumn[]): NonNullable<DataPreview['table']>['rows'] {
  return Array.from({ length: Math.min(table.lines.length, previewRows) }, (_, row) =>
    columns.map(({ index, type }) => {
      const text = table.columns[index][row];
      if (isMissing(text)) return null;
      return type === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;
    }),
  );
}
