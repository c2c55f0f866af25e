/** What a data set's preparation came to on its training part, and the same done to other samples. */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset, Preparation } from '#contract/samples.ts';
import { applyArraySteps } from './array-steps.ts';
import { columnNamed, typeColumns } from './columns.ts';
import { placeOf, type TextTable } from './csv.ts';
import { featureOf } from './features.ts';
import { chooseRows } from './rows.ts';
import { encoderOf, placeTokens } from './tokenizer.ts';

/** What is kept with a run: all that later samples need, and none of the training's own. */
export function preparationOf(dataset: Dataset): Preparation {
  const { train: _train, validation: _validation, test: _test, hash: _hash, augmentation: _augmentation, ...preparation } = dataset;
  return preparation;
}

export interface PreparedInputs {
  readonly count: number;
  /** `[count, ...inputShape]` */
  readonly inputs: Float32Array;
  /** Of each sample, the row it ends at. */
  readonly rows: Uint32Array;
}

/**
 * Rows of a table as the model wants them; the target need not be there. Windows are those that end at each row with
 * enough rows before it, of one series, in the order of the table. Throws `data.missingValue`, `data.columnMissing`.
 */
export function prepareRows(preparation: Preparation, source: TextTable): PreparedInputs {
  const { derived = [], features = [], series, text } = preparation;
  const at = '/data/source';
  const table = chooseRows(
    source,
    derived.map((one) => ({ op: 'map', ...one })),
  );
  const columns = typeColumns(table);
  const textsOf = (name: string) => table.columns[columnNamed(columns, name, table.path, at).index];
  const count = table.lines.length;
  const everyRow = Uint32Array.from({ length: count }, (_, row) => row);
  if (text?.column !== undefined) {
    const encode = encoderOf(text);
    const inputs = new Float32Array(count * text.length);
    textsOf(text.column).forEach((one, row) => placeTokens(encode(one), text, inputs, row * text.length));
    return { count, inputs, rows: everyRow };
  }
  const columnsOf = features.map((feature) => textsOf(feature.column));
  const width = features.length;
  const values = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1)
    for (const [index, feature] of features.entries()) {
      const value = featureOf(feature, columnsOf[index][row]);
      if (Number.isNaN(value)) {
        const { path, unit, line } = placeOf(table, row);
        throw new EpochbookError(
          'data.missingValue',
          { path, unit, line, column: feature.column, count: 1 },
          { at, where: { file: path, line } },
        );
      }
      values[row * width + index] = value;
    }
  const { arraySteps = [] } = preparation;
  const shaped = (samples: Float32Array, samplesCount: number, shape: readonly number[]) =>
    applyArraySteps(arraySteps, { shape, count: samplesCount, values: samples });
  if (!series) return { count, inputs: shaped(values, count, [width]), rows: everyRow };

  const { length, group } = series;
  const groups = group === undefined ? undefined : textsOf(group);
  const ends = everyRow.filter((row) => row >= length - 1 && (!groups || groups[row] === groups[row - length + 1]));
  const windows = new Float32Array(ends.length * length * width);
  ends.forEach((row, index) => windows.set(values.subarray((row - length + 1) * width, (row + 1) * width), index * length * width));
  return { count: ends.length, inputs: shaped(windows, ends.length, [length, width]), rows: ends };
}
