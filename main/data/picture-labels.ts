/** Labels of pictures from a table. */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import { columnNamed, isLogical, isMissing, numberIn, numbersOf, typeColumns, type TypedColumn } from './columns.ts';
import { parseCsv, type TextTable } from './csv.ts';
import { type Folders, inOrder, readDataFile } from './files.ts';
import { readWeights } from './sample-weights.ts';

type PictureSource = Extract<DataSource, { format: 'imageFolder' }>;

const at = '/data/source/labels';
/** Whole numbers in at most this many different values, each at least twice on average, are taken for classes. */
const mostNumericClasses = 20;

export interface LabelledPictures {
  readonly pictures: readonly { readonly path: string; readonly label: number; readonly weight?: number }[];
  /** Undefined where the labels are numbers. */
  readonly classes?: readonly string[];
  /** Columns that are inputs besides the pictures: `[count, …shape]` of each. */
  readonly besides?: readonly BesideInput[];
}

/** One input made of columns. */
export interface BesideInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/**
 * The pictures that the table names, in its order: by their path below the folder, by their name where that is unique,
 * with or without ending. Throws `data.labelFile`, `data.labelTwice`, `data.labelEmpty`, and what reading a table throws.
 */
export async function labelPictures(
  source: PictureSource & { labels: string },
  root: string,
  files: readonly string[],
  folders: Folders,
  hash: Hash = createHash('sha256'),
): Promise<LabelledPictures> {
  const { labels } = source;
  const table = parseCsv(await readDataFile(labels, folders, at, hash), { format: 'csv', path: labels }, at);
  const columns = typeColumns(table);
  const columnOf = (name: string | undefined, otherwise: number, option: string) =>
    table.columns[
      (name === undefined ? (columns[otherwise] ?? columns[0]) : columnNamed(columns, name, labels, `/data/source/${option}`)).index
    ];
  const fileColumn = columnOf(source.file, 0, 'file');
  const texts = columnOf(source.label, 1, 'label');

  const known = new Map<string, string | undefined>();
  const know = (key: string, path: string) => known.set(key, known.has(key) && known.get(key) !== path ? undefined : path);
  for (const path of files) {
    const below = path.slice(root.length + 1);
    const name = below.split('/').at(-1) ?? below;
    for (const key of new Set([name, name.replace(/\.\w+$/, ''), below.replace(/\.\w+$/, '')])) know(key, path);
  }
  // A whole path is never ambiguous.
  for (const path of files) known.set(path.slice(root.length + 1), path);

  const seen = new Set<string>();
  const paths = fileColumn.map((file, row) => {
    const line = table.lines[row];
    const place = { at, where: { file: labels, line } };
    const path = known.get(file.replace(/^\.?\//, ''));
    if (path === undefined) throw new EpochbookError('data.labelFile', { labels, line, file, path: source.path }, place);
    if (seen.has(path)) throw new EpochbookError('data.labelTwice', { labels, line, file }, place);
    seen.add(path);
    if (isMissing(texts[row])) throw new EpochbookError('data.labelEmpty', { labels, line, file }, place);
    return path;
  });
  const besides = source.columns && { besides: besideInputs(table, columns, source.columns) };
  const weights = weightsIn(table, columns, source);
  const weightOf = (row: number) => weights && { weight: weights[row] };
  const distinct = new Set(texts);
  const numeric = texts.every((text) => Number.isFinite(numberIn(text)));
  const few =
    distinct.size <= mostNumericClasses && distinct.size * 2 <= texts.length && [...distinct].every((text) => /^-?\d+$/.test(text));
  if (source.kind === 'number' || (source.kind === undefined && numeric && !few)) {
    const odd = texts.findIndex((text) => !Number.isFinite(numberIn(text)));
    if (odd >= 0) {
      const values = { path: labels, unit: 'line', line: table.lines[odd], column: source.label ?? '', value: texts[odd].slice(0, 60) };
      throw new EpochbookError('data.notANumber', values, { at, where: { file: labels, line: table.lines[odd] } });
    }
    return { pictures: paths.map((path, row) => ({ path, label: numberIn(texts[row]), ...weightOf(row) })), ...besides };
  }
  const classes = [...distinct].sort(inOrder);
  if (classes.length < 2) throw new EpochbookError('data.oneLabel', { path: labels, value: classes[0] ?? '' }, { at });
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  return { pictures: paths.map((path, row) => ({ path, label: indexOf.get(texts[row]) ?? 0, ...weightOf(row) })), classes, ...besides };
}

/** Throws `data.missingValue` and `data.notANumber`. */
function besideInputs(
  table: TextTable,
  columns: readonly TypedColumn[],
  wanted: Readonly<Record<string, readonly string[]>>,
): BesideInput[] {
  const place = '/data/source/columns';
  const count = table.lines.length;
  return Object.entries(wanted).map(([name, names]) => {
    const values = new Float64Array(count * names.length);
    names.forEach((own, index) => {
      const column = columnNamed(columns, own, table.path, place);
      const texts = table.columns[column.index];
      const numbers = isLogical(texts) ? texts.map((text) => Number(/^true$/i.test(text))) : numbersOf(table, column, count, place);
      numbers.forEach((value, row) => (values[row * names.length + index] = value));
    });
    return { name, shape: [names.length], values };
  });
}

function weightsIn(table: TextTable, columns: readonly TypedColumn[], { labels, sampleWeight }: PictureSource): Float64Array | undefined {
  if (sampleWeight === undefined) return undefined;
  const place = '/data/source/sampleWeight';
  const column = columnNamed(columns, sampleWeight, labels ?? '', place);
  return readWeights(table, column, place);
}
