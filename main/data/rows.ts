/** Which rows of a table take part, and other tables put below it. */
import { EpochbookError } from '#contract/errors.ts';
import type { DataSpec } from '#contract/spec.ts';
import { columnNamed, isMissing, numberIn, typeColumns } from './columns.ts';
import type { TextTable } from './csv.ts';
import { ExpressionError, type Formula, parseExpression } from './expression.ts';
import { place } from './steps.ts';

type MapStep = Extract<DataSpec['steps'][number], { op: 'map' }>;
type FilterStep = Extract<DataSpec['steps'][number], { op: 'filter' }>;

const says = (text: string, value: string | number) => (typeof value === 'number' ? numberIn(text) === value : text === value);

export function holds(step: FilterStep, text: string): boolean {
  const { oneOf, noneOf, min, max, missing } = step;
  if (missing !== undefined && isMissing(text) !== missing) return false;
  if (oneOf && !oneOf.some((value) => says(text, value))) return false;
  if (noneOf?.some((value) => says(text, value))) return false;
  const number = numberIn(text);
  // A row without a number lies within no bounds.
  return !((min !== undefined && !(number >= min)) || (max !== undefined && !(number <= max)));
}

/** A formula over a table's columns. Throws `data.expression` and `data.expressionNear`. */
export function formulaOf(expression: string, names: readonly string[], at: string): Formula {
  try {
    return parseExpression(expression, names);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const rest = expression.slice(error.column - 1, error.column + 19);
    const values = { problem: error.message, rest, column: error.column, expression, names: names.slice(0, 40).join(', ') };
    if (error.nearest !== undefined) throw new EpochbookError('data.expressionNear', { ...values, near: error.nearest }, { at });
    throw new EpochbookError('data.expression', values, { at });
  }
}

/** Puts a computed column at the end, or in the place of one with its name. Throws `data.expression` and `data.expressionNear`. */
function withColumn(table: TextTable, { column, expression }: Pick<MapStep, 'column' | 'expression'>, at: string): TextTable {
  const formula = formulaOf(expression, table.names, at);
  const valueIn = valuesOf(table, formula);
  const texts = Array.from(table.lines, (_, row) => {
    const value = valueIn(row);
    return Number.isFinite(value) ? String(value) : '';
  });
  const before = table.names.indexOf(column);
  if (before >= 0) return { ...table, columns: table.columns.map((old, index) => (index === before ? texts : old)) };
  return { ...table, names: [...table.names, column], columns: [...table.columns, texts] };
}

/** What a formula comes to in a row. */
function valuesOf(table: TextTable, formula: Formula): (row: number) => number {
  const places = new Map(table.names.map((name, index) => [name, table.columns[index]]));
  return (row) => formula((name) => logicalIn(places.get(name)?.[row] ?? ''));
}

/** True and false count 1 and 0. */
export const logicalIn = (text: string): number => (/^true$/i.test(text) ? 1 : /^false$/i.test(text) ? 0 : numberIn(text));

function withReplaced(table: TextTable, { column, values }: Extract<DataSpec['steps'][number], { op: 'replace' }>, at: string): TextTable {
  const { index } = columnNamed(typeColumns(table), column, table.path, at);
  const texts = table.columns[index].map((text) => (Object.hasOwn(values, text) ? values[text] : text));
  return { ...table, columns: table.columns.map((old, place) => (place === index ? texts : old)) };
}

/** Does the `map` and `replace` steps, and leaves the rows that `take`, `filter` and `where` leave, in their order. Throws `data.filteredAll` and what `columnNamed` throws. */
export function chooseRows(source: TextTable, steps: DataSpec['steps'], at = (index: number) => place({ index })): TextTable {
  let table = source;
  let rows: number[] | undefined;
  for (const [index, step] of steps.entries()) {
    if (step.op === 'map') table = withColumn(table, step, at(index));
    if (step.op === 'replace') table = withReplaced(table, step, at(index));
    if (step.op !== 'filter' && step.op !== 'where' && step.op !== 'take') continue;
    rows ??= [...table.lines.keys()];
    if (step.op === 'take') rows = rows.slice(0, step.count);
    else if (step.op === 'where') {
      const valueIn = valuesOf(table, formulaOf(step.expression, table.names, at(index)));
      rows = rows.filter((row) => valueIn(row) !== 0 && !Number.isNaN(valueIn(row)));
      if (rows.length === 0) throw new EpochbookError('data.filteredAll', { path: table.path, column: step.expression }, { at: at(index) });
    } else {
      const texts = table.columns[columnNamed(typeColumns(table), step.column, table.path, at(index)).index];
      rows = rows.filter((row) => holds(step, texts[row]));
      if (rows.length === 0) throw new EpochbookError('data.filteredAll', { path: table.path, column: step.column }, { at: at(index) });
    }
  }
  return rows ? keepRows(table, rows) : table;
}

/** These rows of a table, ascending. */
export function keepRows(table: TextTable, kept: readonly number[]): TextTable {
  if (kept.length === table.lines.length) return table;
  return {
    ...table,
    columns: table.columns.map((column) => kept.map((row) => column[row])),
    lines: kept.map((row) => table.lines[row]),
    rows: Uint32Array.from(kept, (row) => table.rows[row]),
  };
}

/** Puts a table below another, column by name. Columns that it alone has are left out; those it lacks must be in `optional`. */
export function putBelow(table: TextTable, other: TextTable, isNeeded: (name: string) => boolean, at: string): TextTable {
  const columns = table.names.map((name, index) => {
    const found = other.names.indexOf(name);
    if (found < 0 && isNeeded(name)) columnNamed(typeColumns(other), name, other.path, at);
    return [...table.columns[index], ...(found < 0 ? other.lines.map(() => '') : other.columns[found])];
  });
  return {
    ...table,
    columns,
    lines: [...table.lines, ...other.lines],
    rows: Uint32Array.from([...table.rows, ...other.rows]),
    below: [...(table.below ?? []), { from: table.lines.length, path: other.path, unit: other.unit }],
  };
}
