/** Samples to be predicted, from files that need not hold the target, made into what the model has learnt from. */
import { createHash } from 'node:crypto';
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import type { Preparation } from '#contract/samples.ts';
import { type DataSpec, kindOf } from '#contract/spec.ts';
import { applyArraySteps } from './array-steps.ts';
import { sizeOf } from './arrays.ts';
import { readArrow } from './arrow.ts';
import type { TextTable } from './csv.ts';
import { csvPieces } from './csv-pieces.ts';
import { detailOf, loadDuck, lockDown, tableReader } from './duck.ts';
import { decodeText } from './encoding.ts';
import { filesBelow, findFile, type Folders, inOrder, isFolder, placeDataFile, readDataFile } from './files.ts';
import { openGivenArray, type Values } from './given-arrays.ts';
import { endingOf, foldersOfGiven, type Given, isTable, tableSource } from './given-source.ts';
import { decode, endings, isGrey, loadSharp } from './pictures.ts';
import { openPagedRows, type PagedRows } from './paged-rows.ts';
import { preparePieces } from './preparation.ts';
import { rowsOf, rowTable, twiceIn } from './row-table.ts';
import { type SeriesPiece, seriesPieces } from './series-pieces.ts';
import { readSqlite } from './sqlite.ts';
import { withPlainEnds } from './text-files.ts';
import { encoderOf, placeTokens } from './tokenizer.ts';
import { endTokens } from './stream/large-running.ts';
import { storedBlocks } from './stream/shape-stored.ts';

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
/** Bytes of a text for each that is packed. */
const packedFactor = 4;

/** What of a file is held at once where it cannot be taken row by row. */
export interface GivenLimits {
  /** Bytes of an Arrow file, a database or a text. */
  readonly bytes: number;
  /** Cells of a table that windows go over. */
  readonly cells: number;
}
const usualLimits: GivenLimits = { bytes: 64 * 2 ** 20, cells: 2 ** 21 };

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
  most = usualLimits,
): AsyncGenerator<GivenSamples> {
  for (const named of given.paths) {
    const folders = { ...foldersOfGiven(given, named), cache: workspace };
    for (const path of await expanded(named, folders, data)) {
      try {
        if (kindOf(data.source) === 'arrays') yield* arraySamples(preparation, data, path, folders);
        else if (preparation.text && /\.(?:txt|md)(?:\.gz)?$/i.test(path)) yield await textSample(preparation, path, folders, most);
        else if (isTable(data)) yield* tableSamples(preparation, data, path, folders, most);
        else yield await textSample(preparation, path, folders, most);
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

async function* tableSamples(
  preparation: Preparation,
  data: DataSpec,
  path: string,
  folders: Folders,
  most: GivenLimits,
): AsyncGenerator<GivenSamples> {
  const source = tableSource(path, data.source);
  const { series } = preparation;
  if (!series) {
    for await (const table of tablePieces(source, folders, most)) yield* samplesIn(preparation, data, { table, carried: 0 });
    return;
  }
  let [some, longest] = [false, 0];
  for await (const piece of seriesPieces(() => tablePieces(source, folders, most), series, folders, most.cells)) {
    try {
      for (const samples of samplesIn(preparation, data, piece)) {
        some = true;
        yield samples;
      }
    } catch (error) {
      if (!(error instanceof EpochbookError) || error.code !== 'data.givenWindow') throw error;
      longest = Math.max(longest, Number(error.values['longest']));
    }
  }
  if (!some) throw new EpochbookError('data.givenWindow', { path, length: series.length, longest }, { where: { file: path } });
}

function* samplesIn(preparation: Preparation, data: DataSpec, { table, carried }: SeriesPiece): Generator<GivenSamples> {
  const { path, unit, lines } = table;
  const unknown = new Map<string, { column: string; value: string; row: number; count: number }>();
  const pieces = preparePieces(preparation, table, {
    steps: data.steps,
    onUnknown(column, value, row) {
      // It was said with the piece before.
      if (row < carried) return;
      const key = JSON.stringify([column, value]);
      const before = unknown.get(key);
      if (before) before.count += 1;
      else unknown.set(key, { column, value, row, count: 1 });
    },
  });
  for (const { count, inputs, rows } of pieces) {
    const findings = [...unknown.values()].map(({ column, value, row, count: many }) => {
      const line = lines[row];
      const values = { path, unit, line, column, value: value.slice(0, 60), count: many };
      return toPlainError(new EpochbookError('data.unknownCategory', values, { where: { file: path, line } }));
    });
    unknown.clear();
    yield { path, unit, places: Array.from(rows, (row) => lines[row]), count, inputs, findings };
  }
}

async function* tablePieces(source: DataSpec['source'], folders: Folders, most: GivenLimits): AsyncGenerator<TextTable> {
  switch (source.format) {
    case 'csv':
      yield* csvPieces(source, folders);
      break;
    case 'arrow':
    case 'sqlite': {
      const paged = await openPagedRows(source, { folders, at: '/data/source/path', most: most.bytes });
      if (paged) yield* pagedPieces(source.path, paged);
      else
        yield* sliced(await (source.format === 'arrow' ? readArrow(source, folders, anyHash()) : readSqlite(source, folders, anyHash())));
      break;
    }
    case 'parquet':
    case 'json':
      yield* duckPieces(source, folders);
      break;
    default:
      throw new Error(`no table: ${source.format}`);
  }
}

function* sliced(table: TextTable): Generator<TextTable> {
  for (let from = 0; from < table.lines.length; from += rowsAtOnce) yield rowsOf(table, from, from + rowsAtOnce);
}

/** Throws `data.noRows` and `data.columnTwice`. */
async function* pagedPieces(path: string, { names, blocks, drop }: PagedRows): AsyncGenerator<TextTable> {
  let from = 0;
  try {
    for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
      const columns = next.value;
      if (columns[0]?.length === 0 && from > 0) continue;
      const table = rowTable(path, names, columns as readonly string[][], at);
      const first = from;
      from += table.lines.length;
      yield { ...table, lines: table.lines.map((line) => first + line), rows: table.rows.map((row) => first + row) };
    }
    if (from === 0) throw new EpochbookError('data.noRows', { path }, { at });
  } finally {
    await blocks.return?.();
    await drop?.();
  }
}

/** Rows as the database comes upon them. Throws `data.parquet`, `data.json`, `data.noRows`. */
async function* duckPieces(
  source: Extract<DataSpec['source'], { format: 'parquet' | 'json' }>,
  folders: Folders,
): AsyncGenerator<TextTable> {
  const { path, format } = source;
  const { drop, ...found } = await placeDataFile(path, folders, at, { plain: format === 'parquet' });
  const named = { path, ...found };
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
    await drop?.();
  }
}

/** A text is one sample: of a running text's model its last tokens, which the next is to follow. */
async function textSample(preparation: Preparation, path: string, folders: Folders, most: GivenLimits): Promise<GivenSamples> {
  const text = preparation.text!;
  const isRunning = text.column === undefined;
  const { bytes, gzipped } = await findFile(path, folders, at);
  const isLarge = bytes * (gzipped ? packedFactor : 1) > most.bytes;
  const read = async () => {
    const decoded = decodeText(await readDataFile(path, folders, at), at).text;
    return encoderOf(text)(isRunning ? withPlainEnds(decoded) : decoded);
  };
  const tokens = isLarge
    ? await endTokens(path, text, { folders, end: isRunning || text.padding === 'pre' ? 'last' : 'first' })
    : await read();
  if (isRunning && tokens.length < text.length)
    throw new EpochbookError('data.givenShort', { path, tokens: tokens.length, length: text.length }, { where: { file: path } });
  const inputs = new Float32Array(text.length);
  placeTokens(tokens, isRunning ? { ...text, padding: 'pre' } : text, inputs, 0);
  return { path, unit: 'file', places: [], count: 1, findings: [], inputs };
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
  const opened = await openGivenArray(path, data, folders, preparation.inputs);
  const { count, shape } = samplesOf(preparation, path, opened.shape);
  if ('stored' in opened) {
    const { stored } = opened;
    const part = { count, inputs: new Float32Array(0), stored: { ...stored, size: sizeOf(shape), scale: 1 } };
    if (scale !== 1 && stored.type !== 'uint8') for await (const { values } of storedBlocks(part)) checkScale(values);
    for await (const { values, from } of storedBlocks(part)) yield pieceOf(values, from, shape);
    return;
  }
  const { values } = opened;
  checkScale(values);
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
