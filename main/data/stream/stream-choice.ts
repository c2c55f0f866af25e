/** The steps that make columns and choose rows, on stored tables. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSpec } from '#contract/spec.ts';
import type { TypedColumn } from '../columns.ts';
import { formulaOf, holds } from '../rows.ts';
import { stepOf } from '../steps.ts';
import { chooseFeatures, targetColumn } from '../table.ts';
import { blockRows, type ColumnStore, TooManyTexts } from './column-store.ts';
import { mostTexts } from './large-table.ts';
import { type Columns, marked, numbersIn, resultsIn, type Source, textOfRows } from './stream-columns.ts';
import { distinctStored } from './stream-distinct.ts';
import type { LargePart, Plan, Survey } from './stream-plan.ts';

/** Tables whose columns lie in one store. */
export interface StoredTables {
  readonly tables: readonly LargePart[];
  readonly surveys: readonly Survey[];
  /** The first row of each table in the store. */
  readonly starts: readonly number[];
  readonly store: ColumnStore;
  readonly spec: DataSpec;
  readonly plan: Plan;
  readonly signal: AbortSignal | undefined;
}

/** Of the rows of a block, which stay. */
interface RowTest {
  readonly testIn: (block: number) => (row: number) => boolean;
  /** What it asks of, to be said where none stay. */
  readonly column: string;
}

function filterIn(store: ColumnStore, source: Source, step: Parameters<typeof holds>[0], block: number): (row: number) => boolean {
  if (source.kind === 'codes') {
    const holding = source.texts.map((text) => holds(step, text));
    const codes = store.read(source.column, block);
    return (row) => holding[codes[row]];
  }
  if (source.kind === 'texts') {
    const textOf = textOfRows(store, source, block);
    return (row) => holds(step, textOf(row));
  }
  const numbers = numbersIn(store, source, block);
  // A text that is no number is not missing, and lies within no bounds.
  return (row) => holds(step, numbers[row] === Infinity ? 'a text' : Number.isNaN(numbers[row]) ? '' : String(numbers[row]));
}

/** Does the steps that make columns and choose rows; `kept`: rows of the store. */
export async function chooseStored({ tables, surveys, starts, store, spec, plan, signal }: StoredTables) {
  const keptParts: Uint32Array[] = [];
  const counts: number[] = [];
  let columns: Columns = new Map();
  for (const [index, { table, steps }] of tables.entries()) {
    const sources = new Map<string, Source>(
      plan.wanted.map(({ name, as }, column) => [
        name,
        as === 'codes'
          ? { kind: 'codes', column, texts: store.columns[column].texts }
          : as === 'texts'
            ? { kind: 'texts', column, replaced: [] }
            : { kind: 'numbers', column },
      ]),
    );
    const names = [...table.names];
    const filters: ({ take: number } | (RowTest & { at: string; passed: number }))[] = [];
    for (const { step, at } of steps) {
      if (step.op === 'map') {
        const computed: Source = { kind: 'formula', formula: formulaOf(step.expression, names, at), of: new Map(sources), replaced: [] };
        const isText = plan.typed.some(({ name, type }) => name === step.column && type === 'text');
        sources.set(step.column, isText ? await saidBy(computed, step.column, at) : computed);
        if (!names.includes(step.column)) names.push(step.column);
      } else if (step.op === 'replace') {
        const source = sources.get(step.column)!;
        // What is computed stays a number.
        const fits = source.kind === 'texts' || Object.values(step.values).every((text) => marked(text) !== Infinity);
        if ((source.kind === 'texts' || source.kind === 'formula') && fits) {
          sources.set(step.column, { ...source, replaced: [...source.replaced, step.values] });
          continue;
        }
        if (source.kind !== 'codes') throw new EpochbookError('data.replaceComputed', { column: step.column, path: table.path }, { at });
        const texts = source.texts.map((text) => (Object.hasOwn(step.values, text) ? step.values[text] : text));
        sources.set(step.column, { ...source, texts });
      } else if (step.op === 'take') filters.push({ take: step.count });
      else if (step.op === 'filter') {
        const [source, column] = [sources.get(step.column)!, step.column];
        filters.push({ column, testIn: (block) => filterIn(store, source, step, block), at, passed: 0 });
      } else if (step.op === 'where') {
        const [formula, of] = [formulaOf(step.expression, names, at), new Map(sources)];
        const testIn = (block: number) => {
          const results = resultsIn(store, { formula, of }, block);
          return (row: number) => results[row] !== 0 && !Number.isNaN(results[row]);
        };
        filters.push({ column: step.expression, testIn, at, passed: 0 });
      }
    }
    columns = index === 0 ? sources : columns;
    const [from, rows] = [starts[index], surveys[index].rows];
    const found = new Uint32Array(rows);
    let filled = 0;
    const left = filters.map((one) => ('take' in one ? one.take : 0));
    for (let block = Math.floor(from / blockRows); filters.length > 0 && block * blockRows < from + rows; block += 1) {
      signal?.throwIfAborted();
      const tests = filters.map((one) => ('take' in one ? undefined : one.testIn(block)));
      const start = block * blockRows;
      for (let row = Math.max(0, from - start); row < Math.min(store.countOf(block), from + rows - start); row += 1) {
        let stays = true;
        for (let number = 0; number < filters.length && stays; number += 1) {
          const one = filters[number];
          if ('take' in one) stays = left[number]-- > 0;
          else {
            stays = tests[number]!(row);
            if (stays) one.passed += 1;
          }
        }
        if (stays) found[filled++] = start + row;
      }
      await nextTurn();
    }
    if (filters.length === 0) for (; filled < rows; filled += 1) found[filled] = from + filled;
    const none = filters.find((one) => 'passed' in one && one.passed === 0);
    if (none && 'passed' in none) throw new EpochbookError('data.filteredAll', { path: table.path, column: none.column }, { at: none.at });
    const chosen = found.subarray(0, filled);
    const stay = index === 0 ? await withoutTwins(chosen) : chosen;
    keptParts.push(stay);
    counts.push(stay.length);
  }
  let kept = keptParts[0];
  if (keptParts.length > 1) {
    kept = new Uint32Array(counts.reduce((sum, one) => sum + one, 0));
    let filled = 0;
    for (const part of keptParts) {
      kept.set(part, filled);
      filled += part.length;
    }
  }
  return { columns, kept, counts, ownCount: counts[0] };

  /** What a computed column says, as words: once for all tables. */
  async function saidBy(computed: Source, column: string, at: string): Promise<Source> {
    const found = store.columns.findIndex(
      ({ name, kind }, index) => index >= plan.wanted.length && name === `${at} ${column}` && kind === 'codes',
    );
    try {
      const index = found < 0 ? await store.add(`${at} ${column}`, (block) => textOfRows(store, computed, block), mostTexts) : found;
      return { kind: 'codes', column: index, texts: store.columns[index].texts };
    } catch (error) {
      if (!(error instanceof TooManyTexts)) throw error;
      const { path } = tables[0].table;
      throw new EpochbookError('data.largeText', { path, column, most: mostTexts }, { at, cause: error });
    }
  }

  /** Leaves the first of rows that say the same in every feature. */
  async function withoutTwins(rows: Uint32Array): Promise<Uint32Array> {
    const found = stepOf(spec, 'distinct');
    if (!found) return rows;
    const [{ table }] = tables;
    const target = targetColumn(table, plan.typed, spec);
    const compared = (column: TypedColumn) => ({ column, source: columns.get(column.name)! });
    return distinctStored(store, rows, {
      compared: chooseFeatures(table, plan.typed, spec, target).map(compared),
      ...(found.step.contrary === 'drop' && { target: compared(target) }),
      signal,
    });
  }
}
