/** Samples to be predicted, from files that need not hold the target, made into what the model has learnt from. */
import { createHash } from 'node:crypto';
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import type { Preparation } from '#contract/samples.ts';
import { type DataSpec, kindOf } from '#contract/spec.ts';
import { applyArraySteps } from './array-steps.ts';
import { sizeOf } from './arrays.ts';
import { readArrow } from './arrow.ts';
import { columnNamed, typeColumns } from './columns.ts';
import { parseCsv, type TextTable } from './csv.ts';
import { csvPieces } from './csv-pieces.ts';
import { detailOf, loadDuck, lockDown, tableReader } from './duck.ts';
import { decodeText } from './encoding.ts';
import { filesBelow, type Folders, inOrder, isFolder, isGzipped, locate, readDataFile } from './files.ts';
import { endingOf, foldersOfGiven, type Given, isTable, tableSource } from './given-source.ts';
import { parseIdx } from './idx.ts';
import { parseNpy } from './npy.ts';
import { inputNames } from './numpy.ts';
import { decode, endings, isGrey, loadSharp } from './pictures.ts';
import { preparePieces, prepareRows } from './preparation.ts';
import { readWithDuck } from './read-with-duck.ts';
import { readSqlite } from './sqlite.ts';
import { timesOf } from './times.ts';
import { encoderOf } from './tokenizer.ts';
import { type InputArray, packInputs } from './several-arrays.ts';
import { stepOf } from './steps.ts';
import { mostInMemory, type StoredSamples } from './stored-arrays.ts';
import { openLargeIdx, openLargeNpy } from './stream/large-arrays.ts';
import { storedBlocks } from './stream/shape-stored.ts';
import { openZip } from './zip.ts';
import { twiceIn } from './row-table.ts';

/** Some samples of one file. */
export interface GivenSamples {
  readonly path: string;
  /** What `places` counts, from 1; a file that is one sample has none. */
  readonly unit: 'line' | 'row' | 'file';
  readonly places: readonly number[];
  readonly count: number;
  /** `[count, ...inputShape]` */
  readonly inputs: Float32Array;
  /** Values that the model does not know, each at its first place with the number of rows. */
  readonly findings: readonly PlainError[];
}

const at = '/data/source';
/** Samples of arrays that are prepared at once, and pictures. */
const arraysAtOnce = 1024;
const picturesAtOnce = 32;
const rowsAtOnce = 8192;

const anyHash = () => createHash('sha256');

/**
 * The samples of all files, a piece at a time and in their order; a folder stands for the pictures or texts in it. What
 * a file may be follows from the run's data: any table for a table; for arrays IDX, NumPy or pictures; text for text.
 * `workspace`: the run's, in whose cache lies what is larger than memory. Throws `data.*` errors with the file, and the
 * row where it is one.
 */
export async function* givenSamples(
  preparation: Preparation,
  data: DataSpec,
  given: Given,
  workspace: string,
): AsyncGenerator<GivenSamples> {
  for (const named of given.paths) {
    const folders = { ...foldersOfGiven(given, named), cache: workspace };
    for (const path of await expanded(named, folders, data)) {
      try {
        if (kindOf(data.source) === 'arrays') yield* arraySamples(preparation, data, path, folders);
        else if (preparation.text && /\.(?:txt|md)(?:\.gz)?$/i.test(path)) yield await textSample(preparation, path, folders);
        else if (isTable(data)) yield* tableSamples(preparation, data, path, folders);
        else yield await textSample(preparation, path, folders);
      } catch (error) {
        throw placed(error, path);
      }
    }
  }
}

/** The place in the notebook says nothing about another file. */
function placed(error: unknown, path: string): unknown {
  if (!(error instanceof EpochbookError)) return error;
  return new EpochbookError(error.code, error.values, { where: error.where ?? { file: path }, cause: error });
}

async function expanded(path: string, folders: Folders, { source }: DataSpec): Promise<string[]> {
  if (endingOf(path) === 'npz' || !(await isFolder(path, folders, at))) return [path];
  const wanted = kindOf(source) === 'arrays' ? endings : /\.txt(?:\.gz)?$/i;
  const found = (await filesBelow(path.replace(/\/+$/, '') || '.', folders, at)).filter((file) => wanted.test(file)).sort(inOrder);
  if (found.length === 0) throw new EpochbookError('data.givenEmpty', { path }, { where: { file: path } });
  return found;
}

async function* tableSamples(preparation: Preparation, data: DataSpec, path: string, folders: Folders): AsyncGenerator<GivenSamples> {
  const source = tableSource(path, data.source);
  for await (const table of tablePieces(source, folders, preparation.series !== undefined)) {
    const unknown = new Map<string, { column: string; value: string; row: number; count: number }>();
    const ordered = inSeries(preparation, table);
    const pieces = preparePieces(preparation, ordered, {
      steps: data.steps,
      onUnknown(column, value, row) {
        const key = JSON.stringify([column, value]);
        const before = unknown.get(key);
        if (before) before.count += 1;
        else unknown.set(key, { column, value, row, count: 1 });
      },
    });
    for (const { count, inputs, rows } of pieces) {
      const findings = [...unknown.values()].map(({ column, value, row, count: many }) => {
        const line = ordered.lines[row];
        const values = { path, unit: ordered.unit, line, column, value: value.slice(0, 60), count: many };
        return toPlainError(new EpochbookError('data.unknownCategory', values, { where: { file: path, line } }));
      });
      unknown.clear();
      yield { path, unit: ordered.unit, places: Array.from(rows, (row) => ordered.lines[row]), count, inputs, findings };
    }
  }
}

/** Windows go over neighbours of one series in the order of time. */
function inSeries({ series }: Preparation, table: TextTable): TextTable {
  if (!series || (series.time === undefined && series.group === undefined)) return table;
  const columns = typeColumns(table);
  const columnOf = (name: string) => columnNamed(columns, name, table.path, at);
  const groups = series.group === undefined ? undefined : table.columns[columnOf(series.group).index];
  const times = series.time === undefined ? undefined : timesOf(table, columnOf(series.time), at);
  const firstOf = new Map<string, number>();
  groups?.forEach((group, row) => firstOf.has(group) || firstOf.set(group, row));
  const order = [...table.lines.keys()].sort(
    (a, b) => (firstOf.get(groups?.[a] ?? '') ?? 0) - (firstOf.get(groups?.[b] ?? '') ?? 0) || (times ? times[a] - times[b] : 0) || a - b,
  );
  return {
    ...table,
    columns: table.columns.map((column) => order.map((row) => column[row])),
    lines: order.map((row) => table.lines[row]),
    rows: Uint32Array.from(order, (row) => table.rows[row]),
  };
}

/** `whole`: in one piece, as windows go across any cut. */
async function* tablePieces(source: DataSpec['source'], folders: Folders, whole: boolean): AsyncGenerator<TextTable> {
  switch (source.format) {
    case 'csv':
      if (whole) yield parseCsv(await readDataFile(source.path, folders, at), source, at);
      else yield* csvPieces(source, folders);
      break;
    case 'arrow':
      yield* sliced(await readArrow(source, folders, anyHash()), whole);
      break;
    case 'sqlite':
      yield* sliced(await readSqlite(source, folders, anyHash()), whole);
      break;
    case 'parquet':
    case 'json':
      if (whole) yield await readWithDuck(source, folders, anyHash());
      else yield* duckPieces(source, folders);
      break;
    default:
      throw new Error(`no table: ${source.format}`);
  }
}

function* sliced(table: TextTable, whole: boolean): Generator<TextTable> {
  const size = whole ? table.lines.length : rowsAtOnce;
  for (let from = 0; from < table.lines.length; from += size) {
    const cut = <T>(list: readonly T[]) => list.slice(from, from + size);
    yield { ...table, columns: table.columns.map(cut), lines: cut(table.lines), rows: table.rows.slice(from, from + size) };
  }
}

/** Rows as the database comes upon them. Throws `data.parquet`, `data.json`, `data.noRows`. */
async function* duckPieces(
  source: Extract<DataSpec['source'], { format: 'parquet' | 'json' }>,
  folders: Folders,
): AsyncGenerator<TextTable> {
  const { path, format } = source;
  const file = await locate(path, folders, at);
  const named = { path, file, gzipped: await isGzipped(file, path, at) };
  const { DuckDBInstance } = await loadDuck(at);
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  try {
    const connection = await instance.connect();
    await lockDown(connection, [named]);
    await connection.run('SET lock_configuration = true');
    const result = await connection.stream(`SELECT COLUMNS(*)::VARCHAR FROM ${tableReader(format, named)}`);
    const names = result.columnNames();
    const twice = twiceIn(names);
    if (twice !== undefined) throw new EpochbookError('data.columnTwice', { path, column: twice }, { at });
    let from = 0;
    for await (const rows of result.yieldRowsJs()) {
      if (rows.length === 0) continue;
      const first = from;
      from += rows.length;
      yield {
        path,
        unit: 'row',
        names,
        columns: names.map((_, column) => rows.map((row) => (row[column] as string | null)?.trim() ?? '')),
        lines: rows.map((_, row) => first + row + 1),
        rows: Uint32Array.from(rows, (_, row) => first + row),
      };
    }
    if (from === 0) throw new EpochbookError('data.noRows', { path }, { at });
  } catch (cause) {
    if (cause instanceof EpochbookError) throw cause;
    throw new EpochbookError(`data.${format}`, { path, detail: detailOf(cause, [named]) }, { at, cause });
  } finally {
    instance.closeSync();
  }
}

/** A text is one sample: of a running text's model its last tokens, which the next is to follow. */
async function textSample(preparation: Preparation, path: string, folders: Folders): Promise<GivenSamples> {
  const text = preparation.text!;
  const decoded = decodeText(await readDataFile(path, folders, at), at).text;
  const one = { path, unit: 'file', places: [], count: 1, findings: [] } as const;
  if (text.column !== undefined) {
    const table: TextTable = { path, unit: 'row', names: [text.column], columns: [[decoded]], lines: [1], rows: Uint32Array.of(0) };
    return { ...one, inputs: prepareRows(preparation, table).inputs };
  }
  const tokens = encoderOf(text)(decoded.replaceAll('\r\n', '\n'));
  if (tokens.length < text.length)
    throw new EpochbookError('data.givenShort', { path, tokens: tokens.length, length: text.length }, { where: { file: path } });
  return { ...one, inputs: Float32Array.from(tokens.slice(-text.length)) };
}

/** The shape that the steps make of a sample's; undefined where they cannot be done to it. */
function shapeAfter({ arraySteps = [] }: Preparation, start: readonly number[]): readonly number[] | undefined {
  let shape = start;
  for (const step of arraySteps) {
    if (step.op === 'reshape') {
      if (sizeOf(step.shape) !== sizeOf(shape)) return undefined;
      ({ shape } = step);
    } else if (step.op === 'resize') {
      if (shape.length !== 3) return undefined;
      shape = [...step.size, shape[2]];
    }
  }
  return shape;
}

const fits = (preparation: Preparation, shape: readonly number[]) =>
  shapeAfter(preparation, shape)?.join() === preparation.inputShape.join();

const otherShape = (path: string, found: readonly number[], preparation: Preparation) =>
  new EpochbookError(
    'data.givenShape',
    { path, found: found.join(' × '), wanted: preparation.inputShape.join(' × ') },
    { where: { file: path } },
  );

/** An array's samples and their shape: its rows, with a channel where that is wanted, or the whole where it is one sample. */
function samplesOf(preparation: Preparation, path: string, whole: readonly number[]): { count: number; shape: readonly number[] } {
  const [count = 0, ...rest] = whole;
  const ways = [
    { count, shape: rest.length === 0 ? [1] : rest },
    { count, shape: [...rest, 1] },
    { count: 1, shape: whole },
    { count: 1, shape: [...whole, 1] },
  ];
  const found = ways.find(({ shape }) => fits(preparation, shape));
  if (!found || found.count === 0) throw otherShape(path, whole, preparation);
  return found;
}

type Values = Uint8Array | Float32Array | Float64Array;

async function* arraySamples(preparation: Preparation, data: DataSpec, path: string, folders: Folders): AsyncGenerator<GivenSamples> {
  if (endings.test(path)) {
    // What the table said of each picture is not in its file.
    if (preparation.inputs) throw new EpochbookError('data.givenKind', { path, kinds: 'npz' }, { where: { file: path } });
    yield await picture(preparation, data, path, folders);
    return;
  }
  const { scale = 1 } = preparation;
  const checkScale = (values: Values): void => {
    // Fractions are scaled already: scaled again, they would all be nearly 0.
    if (scale !== 1 && !(values instanceof Uint8Array) && values.some((value) => !Number.isInteger(value)))
      throw new EpochbookError('data.givenScale', { path, scale: Number(scale.toPrecision(6)) }, { where: { file: path } });
  };
  const large = await openLarge(path, data, folders);
  if (large) {
    const { count, shape } = samplesOf(preparation, path, large.shape);
    const part = { count, inputs: new Float32Array(0), stored: { ...large.stored, size: sizeOf(shape), scale: 1 } };
    if (scale !== 1 && large.stored.type !== 'uint8') for await (const { values } of storedBlocks(part)) checkScale(values);
    for await (const { values, from } of storedBlocks(part)) yield pieceOf(values, from, shape);
    return;
  }
  const { shape: whole, values } = await readArray(path, data, folders, preparation.inputs);
  checkScale(values);
  const { count, shape } = samplesOf(preparation, path, whole);
  const size = sizeOf(shape);
  for (let from = 0; from < count; from += arraysAtOnce)
    yield pieceOf(values.subarray(from * size, Math.min(count, from + arraysAtOnce) * size), from, shape);

  /** `from`: the first one's place in the file. */
  function pieceOf(own: Values, from: number, shape: readonly number[]): GivenSamples {
    const size = sizeOf(shape);
    const many = own.length / size;
    const inputs = Float32Array.from(own, (value) => value * scale);
    const odd = inputs.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0)
      throw new EpochbookError(
        'data.notFinite',
        { path, sample: from + Math.floor(odd / size), value: String(inputs[odd]) },
        { where: { file: path, line: from + Math.floor(odd / size) + 1 } },
      );
    return {
      path,
      unit: 'row',
      places: Array.from({ length: many }, (_, index) => from + index + 1),
      count: many,
      inputs: applyArraySteps(preparation.arraySteps ?? [], { shape, count: many, values: inputs }),
      findings: [],
    };
  }
}

/** What does not fit into memory, by what the notebook says it may take. */
async function openLarge(
  path: string,
  data: DataSpec,
  folders: Folders,
): Promise<{ shape: readonly number[]; stored: StoredSamples } | undefined> {
  const told = stepOf(data, 'memory')?.step.megabytes;
  const most = told === undefined ? mostInMemory : told * 2 ** 20;
  if (endingOf(path) === 'npy') {
    const found = await openLargeNpy(path, folders, at, anyHash(), { most, scale: 1 });
    return found && { shape: found.header.shape, stored: found.stored };
  }
  return isIdx(path, data) ? await openLargeIdx(path, folders, at, anyHash(), { most }) : undefined;
}

const isIdx = (path: string, { source }: DataSpec) =>
  !['npy', 'npz'].includes(endingOf(path)) && (/idx\d?(?:-ubyte)?(?:\.gz)?$/i.test(path) || source.format === 'idx');

async function readArray(
  path: string,
  data: DataSpec,
  folders: Folders,
  parts: Preparation['inputs'] = [],
): Promise<{ shape: readonly number[]; values: Values }> {
  const { source } = data;
  const numbers = (array: ReturnType<typeof parseNpy>) => {
    if (Array.isArray(array.values)) throw new EpochbookError('data.npyType', { path, type: 'text' }, { at });
    return { shape: array.shape, values: array.values as Values };
  };
  switch (endingOf(path)) {
    case 'npy':
      return numbers(parseNpy(await readDataFile(path, folders, at), at));
    case 'npz': {
      const entries = await openZip(await readDataFile(path, folders, at), at);
      const names = entries.map(({ name }) => name.replace(/\.npy$/, ''));
      if (source.format === 'npz' && typeof source.inputs === 'object') {
        const arrays: (InputArray & { readonly count: number })[] = [];
        for (const [index, name] of Object.values(source.inputs).entries()) {
          const entry = entries[names.indexOf(name)];
          if (!entry) throw new EpochbookError('data.npzArray', { path, what: 'inputs', name, names: names.join(', ') }, { at });
          const array = numbers(parseNpy({ path: `${path}:${name}`, bytes: await entry.read() }, at));
          arrays.push({
            name,
            path,
            values: array.values,
            inputShape: array.shape.slice(1),
            scale: parts[index]?.scale ?? 1,
            count: array.shape[0],
          });
        }
        const odd = arrays.find(({ count }) => count !== arrays[0].count);
        if (odd) {
          const counts = { inputs: arrays[0].name, inputCount: arrays[0].count, targets: odd.name, targetCount: odd.count };
          throw new EpochbookError('data.samplesDiffer', counts, { at });
        }
        const { values } = packInputs(arrays, arrays[0].count);
        return { shape: [arrays[0].count, values.length / arrays[0].count], values };
      }
      const wanted = [...(source.format === 'npz' && typeof source.inputs === 'string' ? [source.inputs] : []), ...inputNames];
      const index = names.length === 1 ? 0 : names.indexOf(wanted.find((name) => names.includes(name)) ?? '');
      if (index < 0) throw new EpochbookError('data.npzWhich', { path, what: 'inputs', name: '', names: names.join(', ') }, { at });
      return numbers(parseNpy({ path: `${path}:${names[index]}`, bytes: await entries[index].read() }, at));
    }
    default: {
      if (!isIdx(path, data))
        throw new EpochbookError('data.givenKind', { path, kinds: 'npy, npz, idx, png, jpg, webp' }, { where: { file: path } });
      return parseIdx(await readDataFile(path, folders, at), at);
    }
  }
}

async function picture(preparation: Preparation, { source }: DataSpec, path: string, folders: Folders): Promise<GivenSamples> {
  const { scale = 1, inputShape, arraySteps = [] } = preparation;
  // The model has seen numbers that nobody here can make of a picture's bytes.
  if (source.format !== 'imageFolder' && scale === 1)
    throw new EpochbookError('data.givenKind', { path, kinds: 'npy, npz, idx' }, { where: { file: path } });
  const sharp = await loadSharp();
  const { bytes } = await readDataFile(path, folders, at);
  const told = source.format === 'imageFolder' ? source : undefined;
  const isReshaped = arraySteps.some(({ op }) => op === 'reshape');
  try {
    const channels = told?.channels ?? (isReshaped ? ((await isGrey(sharp, bytes)) ? 1 : 3) : inputShape.at(-1) === 1 ? 1 : 3);
    const { width, height, pixels } = await decode(sharp, bytes, told?.size, channels);
    const shape = [height, width, channels];
    if (!fits(preparation, shape)) throw otherShape(path, shape, preparation);
    const values = Float32Array.from(pixels, (value) => value * scale);
    const inputs = applyArraySteps(arraySteps, { shape, count: 1, values });
    return { path, unit: 'file', places: [], count: 1, inputs, findings: [] };
  } catch (cause) {
    if (cause instanceof EpochbookError) throw cause;
    const values = { path, detail: (cause as Error).message.slice(0, 160), count: 1 };
    throw new EpochbookError('data.pictureDamaged', values, { at, where: { file: path }, cause });
  }
}

/** Pieces as large as a model likes them: small ones of neighbouring files together. */
export async function* together(pieces: AsyncIterable<GivenSamples>): AsyncGenerator<GivenSamples[]> {
  let held: GivenSamples[] = [];
  for await (const piece of pieces) {
    held.push(piece);
    if (piece.unit === 'file' && held.length < picturesAtOnce) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}

/** Each file as a whole, for a model whose layers carry their state from sample to sample. */
export async function* fileByFile(pieces: AsyncIterable<GivenSamples>): AsyncGenerator<GivenSamples[]> {
  let held: GivenSamples[] = [];
  for await (const piece of pieces) {
    if (held[0] && held[0].path !== piece.path) {
      yield held;
      held = [];
    }
    held.push(piece);
  }
  if (held.length > 0) yield held;
}
