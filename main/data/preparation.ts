/** What a data set's preparation came to on its training part, and the same done to other samples. */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset, Feature, Preparation } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { applyArraySteps } from './array-steps.ts';
import { columnNamed, isMissing, notANumber, typeColumns } from './columns.ts';
import type { TextTable } from './csv.ts';
import { featureOf, transform, withoutReplace } from './features.ts';
import { chooseRows } from './rows.ts';
import { timesOf } from './times.ts';
import { encoderOf, placeTokens } from './tokenizer.ts';
import { isGap } from './windows.ts';

/** What is kept with a run: all that later samples need, and none of the training's own. */
export function preparationOf(dataset: Dataset): Preparation {
  const { train: _train, validation: _validation, test: _test, hash: _hash, augmentation: _augmentation, ...preparation } = dataset;
  return preparation;
}

export interface PrepareOptions {
  /** The data's steps, of which `map` and `replace` are done as they stand; default: the columns that were computed. */
  readonly steps?: DataSpec['steps'];
  /** Hears of a value that is none of a column's categories: the model sees none of them set, or −1. */
  readonly onUnknown?: (column: string, value: string, row: number) => void;
}

/** What of a column's text is looked up among categories. */
const looked = ({ before = [] }: Feature, text: string, until = before.length) =>
  before.slice(0, until).reduce<string | number>((value, step) => transform(step, value), text);

interface CategoryColumn {
  readonly feature: Feature;
  readonly categories: ReadonlySet<string>;
  /** Steps before the look-up. */
  readonly until?: number;
}

/** By column, the categories that its features know. */
function categoryColumns(features: readonly Feature[]): CategoryColumn[] {
  const found = new Map<string, CategoryColumn & { categories: Set<string> }>();
  for (const feature of features) {
    const { column, category, before = [] } = feature;
    const until = before.findIndex(({ op }) => op === 'ordinal');
    const ordinal = before[until];
    if (ordinal?.op === 'ordinal') found.set(column, { feature, categories: new Set(ordinal.categories), until });
    else if (category !== undefined) {
      const known = found.get(column) ?? { feature, categories: new Set<string>() };
      known.categories.add(category);
      found.set(column, known);
    }
  }
  return [...found.values()];
}

export interface PreparedInputs {
  readonly count: number;
  /** `[count, ...inputShape]` */
  readonly inputs: Float32Array;
  /** Of each sample, the row it ends at. */
  readonly rows: Uint32Array;
}

/** Steps that make columns; what is done to a column that is not there, such as the target, has nothing to do. */
function onColumns(steps: DataSpec['steps'], { names }: TextTable): DataSpec['steps'] {
  return steps.filter((step) => step.op === 'map' || (step.op === 'replace' && names.includes(step.column)));
}

/** Values of samples that are made at once. */
const mostValues = 1 << 22;

/**
 * Rows of a table as the model wants them, some samples at a time: written out, windows take many times what their rows
 * do. The target need not be there. Windows are those that end at each row with enough rows before it, of one series and
 * without a gap, in the order of the table. Throws `data.missingValue`, `data.notANumber`, `data.notATime`,
 * `data.columnMissing`, `data.givenWindow`.
 */
export function* preparePieces(preparation: Preparation, source: TextTable, options: PrepareOptions = {}): Generator<PreparedInputs> {
  const { count, rows, take } = openRows(preparation, source, options);
  const atOnce = Math.max(1, Math.floor(mostValues / preparation.inputShape.reduce((size, one) => size * one, 1)));
  for (let from = 0; from < count; from += atOnce) {
    const to = Math.min(count, from + atOnce);
    yield { count: to - from, rows: rows.subarray(from, to), inputs: take(from, to) };
  }
}

interface OpenedRows {
  readonly count: number;
  readonly rows: Uint32Array;
  /** The inputs of samples `from … to − 1`. */
  readonly take: (from: number, to: number) => Float32Array;
}

function openRows(preparation: Preparation, source: TextTable, { steps, onUnknown }: PrepareOptions): OpenedRows {
  const { derived = [], series, text } = preparation;
  const features = steps ? (preparation.features ?? []).map(withoutReplace) : (preparation.features ?? []);
  const at = '/data/source';
  const table = chooseRows(source, steps ? onColumns(steps, source) : derived.map((one) => ({ op: 'map', ...one })));
  const columns = typeColumns(table);
  const textsOf = (name: string) => table.columns[columnNamed(columns, name, table.path, at).index];
  const count = table.lines.length;
  const everyRow = Uint32Array.from({ length: count }, (_, row) => row);
  if (text?.column !== undefined) {
    const encode = encoderOf(text);
    const inputs = new Float32Array(count * text.length);
    textsOf(text.column).forEach((one, row) => placeTokens(encode(one), text, inputs, row * text.length));
    return { count, rows: everyRow, take: (from, to) => inputs.subarray(from * text.length, to * text.length) };
  }
  const columnsOf = features.map((feature) => textsOf(feature.column));
  const width = features.length;
  const values = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1)
    for (const [index, feature] of features.entries()) {
      const value = featureOf(feature, columnsOf[index][row]);
      if (Number.isNaN(value)) {
        // What is missing is told with the number of rows that lack it.
        throw notANumber(table, columnNamed(columns, feature.column, table.path, at), row, at);
      }
      values[row * width + index] = value;
    }
  if (onUnknown)
    for (const { feature, categories, until } of categoryColumns(features)) {
      textsOf(feature.column).forEach((one, row) => {
        const value = String(looked(feature, one, until));
        const isGap = until !== undefined && isMissing(value);
        if (!categories.has(value) && !isGap) onUnknown(feature.column, one, row);
      });
    }
  const { arraySteps = [] } = preparation;
  const shaped = (samples: Float32Array, samplesCount: number, shape: readonly number[]) =>
    applyArraySteps(arraySteps, { shape, count: samplesCount, values: samples });
  if (!series) return { count, rows: everyRow, take: (from, to) => shaped(values.slice(from * width, to * width), to - from, [width]) };

  const { length, group, time, gap } = series;
  const groups = group === undefined ? undefined : textsOf(group);
  const times = time === undefined || gap === undefined ? undefined : timesOf(table, columnNamed(columns, time, table.path, at), at);
  const goesOn = (row: number) =>
    row > 0 && (!groups || groups[row] === groups[row - 1]) && !(times && isGap(times[row] - times[row - 1], gap!));
  let [many, longest] = [0, 0];
  const ends = everyRow.filter((row) => {
    many = goesOn(row) ? many + 1 : 1;
    longest = Math.max(longest, many);
    return many >= length;
  });
  if (ends.length === 0)
    throw new EpochbookError('data.givenWindow', { path: table.path, length, longest }, { where: { file: table.path } });
  return {
    count: ends.length,
    rows: ends,
    take(from, to) {
      const windows = new Float32Array((to - from) * length * width);
      for (let index = from; index < to; index += 1) {
        const end = (ends[index] + 1) * width;
        windows.set(values.subarray(end - length * width, end), (index - from) * length * width);
      }
      return shaped(windows, to - from, [length, width]);
    },
  };
}
