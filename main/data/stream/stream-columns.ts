/** The columns of a stored table after the steps that make or change them, read a block of rows at a time. */
import type { DataSpec } from '#contract/spec.ts';
import { isMissing, numberIn } from '../columns.ts';
import type { Formula } from '../expression.ts';
import { logicalIn } from '../rows.ts';
import type { ColumnStore } from './column-store.ts';

/** Where a column's values come from. */
export type Source =
  | { readonly kind: 'numbers'; readonly column: number }
  /** `texts`: by code, after what replaces some. */
  | { readonly kind: 'codes'; readonly column: number; readonly texts: readonly string[] }
  /** `replaced`: what is said instead of some. */
  | { readonly kind: 'texts'; readonly column: number; readonly replaced: Replaced }
  /** `replaced`: what is said instead of some of its numbers, as they are written shortest; numbers, too, or nothing. */
  | { readonly kind: 'formula'; readonly formula: Formula; readonly of: ReadonlyMap<string, Source>; readonly replaced: Replaced };

export type Replaced = readonly Readonly<Record<string, string>>[];

/** By name, in the table's order. */
export type Columns = ReadonlyMap<string, Source>;

/** What a text says as a number: NaN where it is missing, Infinity where it is something else. */
export const marked = (text: string): number => {
  if (isMissing(text)) return Number.NaN;
  const number = numberIn(text);
  return Number.isNaN(number) ? Infinity : number;
};

/** A column's numbers in a block: NaN where there is none, Infinity for a text that is no number. */
export function numbersIn(store: ColumnStore, source: Source, block: number): Float64Array {
  switch (source.kind) {
    case 'numbers':
      return store.read(source.column, block) as Float64Array;
    case 'codes': {
      const numbers = Float64Array.from(source.texts, marked);
      return Float64Array.from(store.read(source.column, block), (code) => numbers[code]);
    }
    case 'texts': {
      const textOf = textOfRows(store, source, block);
      return Float64Array.from({ length: store.countOf(block) }, (_, row) => marked(textOf(row)));
    }
    default:
      return formulaIn(store, source, block);
  }
}

type FormulaSource = Extract<Source, { kind: 'formula' }>;

/** A zero has no sign, as where numbers are written out. */
function formulaIn(store: ColumnStore, source: FormulaSource, block: number): Float64Array {
  const { replaced } = source;
  const values = resultsIn(store, source, block).map((value) => (Number.isFinite(value) ? value + 0 : Number.NaN));
  if (replaced.length === 0) return values;
  return values.map((value) => marked(replacedBy(replaced, Number.isNaN(value) ? '' : String(value))));
}

/** What a formula comes to in a block, whatever that is. */
export function resultsIn(store: ColumnStore, { formula, of }: Pick<FormulaSource, 'formula' | 'of'>, block: number): Float64Array {
  const values = new Map<string, Float64Array>();
  const valuesOf = (name: string): Float64Array => {
    let found = values.get(name);
    if (found) return found;
    const source = of.get(name)!;
    if (source.kind === 'codes') {
      const numbers = Float64Array.from(source.texts, logicalIn);
      found = Float64Array.from(store.read(source.column, block), (code) => numbers[code]);
    } else if (source.kind === 'texts') {
      const textOf = textOfRows(store, source, block);
      found = Float64Array.from({ length: store.countOf(block) }, (_, row) => logicalIn(textOf(row)));
    } else found = numbersIn(store, source, block).map((value) => (value === Infinity ? Number.NaN : value));
    values.set(name, found);
    return found;
  };
  const made = new Float64Array(store.countOf(block));
  for (let row = 0; row < made.length; row += 1) made[row] = formula((name) => valuesOf(name)[row]);
  return made;
}

/** What replaces a text, step by step. */
export const replacedBy = (replaced: Replaced, text: string): string =>
  replaced.reduce((said, values) => (Object.hasOwn(values, said) ? values[said] : said), text);

/** What a column says in the rows of a block, read as they are asked for; numbers as they are written shortest. */
export function textOfRows(store: ColumnStore, source: Source, block: number): (row: number) => string {
  if (source.kind === 'codes') {
    const codes = store.read(source.column, block);
    return (row) => source.texts[codes[row]];
  }
  if (source.kind === 'texts') {
    const textOf = store.textsOf(source.column, block);
    return source.replaced.length === 0 ? textOf : (row) => replacedBy(source.replaced, textOf(row));
  }
  const numbers = numbersIn(store, source, block);
  return (row) => (Number.isNaN(numbers[row]) ? '' : String(numbers[row]));
}

type FilterStep = Extract<DataSpec['steps'][number], { op: 'filter' }>;

/** Whether the filter asks for a column's very words. */
export const asksForText = ({ oneOf = [], noneOf = [] }: FilterStep) => [...oneOf, ...noneOf].some((value) => typeof value === 'string');
