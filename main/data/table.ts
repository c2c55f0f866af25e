/** From a table to samples: which columns are features, what is to be predicted, and how both become numbers. */
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import type { Column, DataPreview } from '#contract/notebook.ts';
import type { Dataset, Feature, Part } from '#contract/samples.ts';
import type { DataSpec, DataStep } from '#contract/spec.ts';
import { describeColumn, isMissing, numbersOf, typeColumns, type TypedColumn } from './columns.ts';
import type { TextTable } from './csv.ts';
import { split } from './split.ts';
import { place, stepOf, stepsOf } from './steps.ts';

export interface PreparedTable {
  readonly dataset: Omit<Dataset, 'hash'>;
  readonly columns: Column[];
  readonly rows: (string | number | null)[][];
  readonly totalRows: number;
}

const previewRows = 50;
/** Whole numbers in at most this many different values, each at least twice on average, are taken for classes. */
const mostNumericClasses = 20;

function columnNamed(columns: readonly TypedColumn[], name: string, path: string, at: string): TypedColumn {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  const near = nearest(
    name,
    columns.map((column) => column.name),
  );
  if (near !== undefined) throw new EpochbookError('data.columnMissingNear', { path, column: name, near }, { at });
  const names = columns.map((column) => column.name).join(', ');
  throw new EpochbookError('data.columnMissing', { path, column: name, names }, { at });
}

interface Target {
  readonly column: TypedColumn;
  readonly values: Float64Array;
  /** Names by index, where the values are classes. */
  readonly classes?: readonly string[];
}

function readTarget(table: TextTable, columns: readonly TypedColumn[], spec: DataSpec, count: number): Target {
  const step = stepOf(spec, 'target');
  if (!step) {
    throw new EpochbookError(
      'data.noTarget',
      { path: table.path, names: columns.map(({ name }) => name).join(', ') },
      { at: '/data/source' },
    );
  }
  const at = place(step);
  const column = columnNamed(columns, step.step.column, table.path, at);
  const texts = table.columns[column.index].slice(0, count);
  const kind = step.step.kind ?? (column.type === 'text' || looksLikeClasses(texts) ? 'classes' : 'number');
  if (kind === 'number') return { column, values: numbersOf(table, column, count, at) };
  const gap = texts.findIndex(isMissing);
  if (gap >= 0) {
    const values = { path: table.path, line: table.lines[gap], column: column.name, count: column.missing };
    throw new EpochbookError('data.missingValue', values, {
      at,
      where: { file: table.path, line: table.lines[gap], column: column.index + 1 },
    });
  }
  const natural = new Intl.Collator('en', { numeric: true });
  const classes = [...new Set(texts)].sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1));
  if (classes.length < 2) throw new EpochbookError('data.oneClass', { path: table.path, column: column.name, value: classes[0] }, { at });
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  return { column, classes, values: Float64Array.from(texts, (text) => indexOf.get(text) ?? 0) };
}

function looksLikeClasses(texts: readonly string[]): boolean {
  const distinct = new Set(texts);
  return distinct.size <= mostNumericClasses && distinct.size * 2 <= texts.length && [...distinct].every((text) => /^-?\d+$/.test(text));
}

/** Columns that the model sees, in file order. */
function chooseFeatures(table: TextTable, columns: readonly TypedColumn[], spec: DataSpec, target: TypedColumn): TypedColumn[] {
  const selects = stepsOf(spec, 'select');
  let chosen = columns.filter((column) => column !== target);
  for (const select of selects) {
    const named = select.step.columns.map((name) => columnNamed(columns, name, table.path, place(select)));
    chosen = chosen.filter((column) => named.includes(column));
  }
  if (chosen.length === 0)
    throw new EpochbookError('data.noFeatures', { path: table.path }, { at: selects[0] ? place(selects[0]) : '/data/source' });
  return chosen;
}

interface FeatureValues {
  readonly column: TypedColumn;
  readonly category?: string;
  readonly values: Float64Array;
  offset: number;
  scale: number;
}

function readFeatures(table: TextTable, chosen: readonly TypedColumn[], spec: DataSpec, count: number): FeatureValues[] {
  const oneHot = stepOf(spec, 'oneHot');
  const encoded = oneHot?.step.columns?.map((name) => columnNamed(chosen, name, table.path, place(oneHot)));
  return chosen.flatMap((column): FeatureValues[] => {
    const wanted = oneHot !== undefined && (encoded ? encoded.includes(column) : column.type === 'text');
    if (wanted) {
      const texts = table.columns[column.index].slice(0, count);
      const categories = [...new Set(texts)].sort();
      return categories.map((category) => ({
        column,
        category,
        values: Float64Array.from(texts, (text) => (text === category ? 1 : 0)),
        offset: 0,
        scale: 1,
      }));
    }
    if (column.type === 'text') {
      const example = table.columns[column.index].find((text) => !isMissing(text)) ?? '';
      throw new EpochbookError(
        'data.textFeature',
        { path: table.path, column: column.name, example: example.slice(0, 40) },
        { at: '/data/source' },
      );
    }
    return [{ column, values: numbersOf(table, column, count, '/data/source'), offset: 0, scale: 1 }];
  });
}

/** Fits offset and scale on the training rows; a constant column is only centred. */
function fitScale(feature: FeatureValues, rows: Uint32Array, method: 'standard' | 'minMax'): void {
  const { values } = feature;
  if (method === 'minMax') {
    let [min, max] = [Infinity, -Infinity];
    for (const row of rows) {
      min = Math.min(min, values[row]);
      max = Math.max(max, values[row]);
    }
    feature.offset = min;
    feature.scale = max > min ? max - min : 1;
    return;
  }
  let sum = 0;
  for (const row of rows) sum += values[row];
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (values[row] - mean) ** 2;
  feature.offset = mean;
  feature.scale = Math.sqrt(squares / rows.length) || 1;
}

function normalize(table: TextTable, features: FeatureValues[], spec: DataSpec, train: Uint32Array): void {
  for (const found of stepsOf(spec, 'normalize') as { step: Extract<DataStep, { op: 'normalize' }>; index: number }[]) {
    const { columns, method = 'standard' } = found.step;
    const all = features.map((feature) => feature.column);
    const named = columns?.map((name) => columnNamed(all, name, table.path, place(found)));
    for (const feature of features) {
      if (feature.category === undefined && (named?.includes(feature.column) ?? true)) fitScale(feature, train, method);
    }
  }
}

/** Throws `data.*` errors at the step or the line they come from. */
export function prepareTable(table: TextTable, spec: DataSpec): PreparedTable {
  const columns = typeColumns(table);
  const count = Math.min(table.lines.length, stepOf(spec, 'take')?.step.count ?? Infinity);
  const target = readTarget(table, columns, spec, count);
  const chosen = chooseFeatures(table, columns, spec, target.column);
  const features = readFeatures(table, chosen, spec, count);
  const splitStep = stepOf(spec, 'split');
  const parts = split(count, splitStep?.step, splitStep ? place(splitStep) : '/data', target.classes && ((row) => target.values[row]));
  normalize(table, features, spec, parts.train);

  const gather = (rows: Uint32Array): Part => {
    const inputs = new Float32Array(rows.length * features.length);
    let next = 0;
    for (const row of rows) for (const { values, offset, scale } of features) inputs[next++] = (values[row] - offset) / scale;
    return { count: rows.length, inputs, targets: Float32Array.from(rows, (row) => target.values[row]), rows };
  };
  const roleOf = (column: TypedColumn): Column['role'] =>
    column === target.column ? 'target' : chosen.includes(column) ? 'feature' : 'unused';
  return {
    dataset: {
      inputShape: [features.length],
      targetShape: target.classes ? [] : [1],
      task: target.classes ? 'classification' : 'regression',
      ...(target.classes && { classes: target.classes }),
      features: features.map(({ column, category, offset, scale }): Feature => ({
        column: column.name,
        ...(category !== undefined && { category }),
        offset,
        scale,
      })),
      train: gather(parts.train),
      ...(parts.validation && { validation: gather(parts.validation) }),
      ...(parts.test && { test: gather(parts.test) }),
    },
    columns: columns.map((column) => describeColumn(table, column, count, roleOf(column))),
    rows: firstRows(table, columns, count),
    totalRows: table.lines.length,
  };
}

function firstRows(table: TextTable, columns: readonly TypedColumn[], count: number): NonNullable<DataPreview['table']>['rows'] {
  return Array.from({ length: Math.min(count, previewRows) }, (_, row) =>
    columns.map(({ index, type }) => {
      const text = table.columns[index][row];
      if (isMissing(text)) return null;
      return type === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;
    }),
  );
}
