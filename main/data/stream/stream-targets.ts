/** What is to be predicted of stored rows, and how much each counts. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSpec } from '#contract/spec.ts';
import { isMissing, type TypedColumn } from '../columns.ts';
import { place, stepOf } from '../steps.ts';
import { areClasses, classesOf, type KnownTarget } from '../table.ts';
import type { Columns, Source } from './stream-columns.ts';
import { keptNumbers, keptTexts, ofTexts, type StreamRows } from './stream-rows.ts';

const mostClasses = 100_000;

export interface StreamedTarget {
  readonly column: TypedColumn;
  /** Of the kept rows. */
  readonly values: Float64Array | Uint32Array;
  readonly classes?: readonly string[];
}

/** `known`: what it was in the data that was trained on. Throws `data.unknownClass` where a row says none of its classes. */
export async function readStreamedTarget(
  rows: StreamRows,
  columns: Columns,
  column: TypedColumn,
  spec: DataSpec,
  known?: KnownTarget,
): Promise<StreamedTarget> {
  const { store, kept, originOf } = rows;
  const step = stepOf(spec, 'target');
  const at = step ? place(step) : '/data/source';
  const source = columns.get(column.name)!;
  const blocks = [...Array(store.blocks()).keys()];
  const told = known ? (known.classes ? 'classes' : 'number') : step?.step.kind;
  const distinct = new Set<string>();
  if (told !== 'number')
    for (const block of blocks) {
      if (source.kind === 'codes') {
        const { texts, codes } = keptTexts(rows, source, block);
        for (const code of new Set(codes)) distinct.add(texts[code]);
      } else for (const value of new Set(keptNumbers(rows, source, block))) distinct.add(Number.isNaN(value) ? '' : String(value));
      if (distinct.size > mostClasses) break;
      await nextTurn();
    }
  const kind = told ?? (column.type === 'text' || areClasses(distinct, kept.length) ? 'classes' : 'number');
  if (kind === 'number') return { column, values: await readNumbers(rows, source, column, at) };
  if (distinct.size > mostClasses)
    throw new EpochbookError('data.largeText', { path: rows.path, column: column.name, most: mostClasses }, { at });
  if ([...distinct].some(isMissing))
    for (const block of blocks) {
      const { texts, codes } = keptTexts(rows, source, block);
      const gap = codes.findIndex((code) => isMissing(texts[code]));
      if (gap >= 0) throw await rows.notANumber(column, rows.firstKept[block] + gap, at);
    }
  const classes = known?.classes ?? classesOf(distinct, column.name, rows, at);
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const values = new Uint32Array(kept.length);
  const classesIn = ofTexts((texts) => Uint32Array.from(texts, (text) => indexOf.get(text) ?? 0));
  for (const block of blocks) {
    const { texts, codes } = keptTexts(rows, source, block);
    const odd = known ? codes.findIndex((code) => !indexOf.has(texts[code])) : -1;
    if (odd >= 0) {
      const { table, row } = originOf(rows.firstKept[block] + odd);
      const value = texts[codes[odd]].slice(0, 60);
      const facts = { path: table.path, unit: 'row', line: row + 1, column: column.name, value, names: classes.slice(0, 40).join(', ') };
      throw new EpochbookError('data.unknownClass', facts, { at, where: { file: table.path, line: row + 1, column: column.index + 1 } });
    }
    const classOf = classesIn(texts);
    values.set(
      codes.map((code) => classOf[code]),
      rows.firstKept[block],
    );
    await nextTurn();
  }
  return { column, classes, values };
}

/** By kept row. Throws `data.missingValue`, `data.notANumber` and `data.weightNegative`. */
export async function readStreamedWeights(rows: StreamRows, columns: Columns, column: TypedColumn, at: string): Promise<Float64Array> {
  const weights = await readNumbers(rows, columns.get(column.name)!, column, at);
  const odd = weights.findIndex((weight) => weight < 0);
  if (odd < 0) return weights;
  const { table, row } = rows.originOf(odd);
  const place = { at, where: { file: table.path, line: row + 1, column: column.index + 1 } };
  throw new EpochbookError(
    'data.weightNegative',
    { path: table.path, unit: 'row', line: row + 1, column: column.name, value: weights[odd] },
    place,
  );
}

/** Every kept row's number. Throws `data.missingValue` and `data.notANumber` where one has none. */
async function readNumbers(rows: StreamRows, source: Source, column: TypedColumn, at: string): Promise<Float64Array> {
  const values = new Float64Array(rows.kept.length);
  for (let block = 0; block < rows.store.blocks(); block += 1) {
    const numbers = keptNumbers(rows, source, block);
    const odd = numbers.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (odd >= 0) throw await rows.notANumber(column, rows.firstKept[block] + odd, at);
    values.set(numbers, rows.firstKept[block]);
    await nextTurn();
  }
  return values;
}
