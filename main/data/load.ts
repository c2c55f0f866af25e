/** Reads what a data spec names into samples, and into what a person is shown of them. */
import { createHash, type Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { DataPreview, Finding } from '#contract/notebook.ts';
import type { Dataset, Preparation } from '#contract/samples.ts';
import type { DataSource, DataSpec } from '#contract/spec.ts';
import { isDiskFull } from '#files/disk-error.ts';
import { readArrow } from './arrow.ts';
import { augmentationOf } from './augmentation.ts';
import { type Arrays, checkKnownShape, prepareArrays } from './arrays.ts';
import { parseCsv, type TextTable } from './csv.ts';
import { type Folders, readDataFile } from './files.ts';
import { countClasses, type DatasetFacts, findFaults } from './findings.ts';
import { readWithDuck } from './read-with-duck.ts';
import { readIdx } from './images.ts';
import { labelColumn } from './label-steps.ts';
import { readNpy, readNpz } from './numpy.ts';
import { atOther, checkOther, forOther, type OtherSteps } from './other-data.ts';
import { readPictures } from './pictures.ts';
import { chooseRows } from './rows.ts';
import { readSqlite } from './sqlite.ts';
import { folderOf, mostInMemory as usualMost, type ReadOptions, samplesName } from './stored-arrays.ts';
import { isLargeRunning, loadLargeRunning } from './stream/large-running.ts';
import { isLarge, loadLargeSeries, loadLargeTable } from './stream/load-large.ts';
import { distinctSamples } from './stream/distinct-samples.ts';
import { shapeStored } from './stream/shape-stored.ts';
import { place, stepOf } from './steps.ts';
import type { PlacedSeries } from './placed-series.ts';
import { prepareTable } from './table.ts';
import { prepareRunningText, readRunningText, readTextFolder, type RunningText } from './text-files.ts';

export interface LoadedData {
  readonly dataset: Dataset;
  readonly preview: DataPreview;
  /** Of windows over ordered rows. */
  readonly placed?: PlacedSeries;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that the data may take, beyond which samples lie in the workspace’s cache; what the spec says comes first. */
  readonly mostInMemory?: number | undefined;
  /** Hears the share that is done, of what takes long. */
  readonly onProgress?: ((share: number) => void) | undefined;
  /** Hears of a file of the cache that was not as it was written, and is made again. */
  readonly onDamaged?: ((file: string) => void) | undefined;
  /** What was fitted on other data, to be done to this alike. */
  readonly known?: Preparation | undefined;
}

/**
 * Loads a data set. Throws `data.*` errors, and `store.diskFull` where what is larger than memory has no room in the
 * cache; `at` points into the spec (`/data/…`) and `where` names the data file's line and column where there is one.
 * `signal` ends it between two files or blocks of rows.
 */
export async function loadDataset(spec: DataSpec, folders: Folders, options: LoadOptions = {}): Promise<LoadedData> {
  try {
    return await load(spec, folders, options);
  } catch (error) {
    // What is larger than memory is brought into a file first.
    if (isDiskFull(error)) throw new EpochbookError('store.diskFull', { path: folderOf(folders) }, { at: '/data/source', cause: error });
    throw error;
  }
}

/** Of a series: its rows and windows, to be shown; what is larger than memory lies in a file until it is closed. Throws what `loadDataset` throws. */
export async function loadSeries(spec: DataSpec, folders: Folders, options: LoadOptions = {}): Promise<PlacedSeries | undefined> {
  if (!stepOf(spec, 'window')) return undefined;
  if (await isLarge(spec, folders, mostOf(spec, options.mostInMemory))) return loadLargeSeries(spec, folders, options);
  return (await loadDataset(spec, folders, options)).placed;
}

/** Bytes that the data may take: what the spec says comes first. */
function mostOf(spec: DataSpec, most = usualMost): number {
  const told = stepOf(spec, 'memory')?.step.megabytes;
  return told === undefined ? most : told * 2 ** 20;
}

/** Of what is shaped after it was read, about. */
const shareOfReading = 0.5;

async function load(
  spec: DataSpec,
  folders: Folders,
  { signal, mostInMemory: most, onProgress, onDamaged, known }: LoadOptions,
): Promise<LoadedData> {
  const hash = createHash('sha256').update(JSON.stringify(spec));
  const { source } = spec;
  const mostInMemory = mostOf(spec, most);
  signal?.throwIfAborted();
  if (await isLarge(spec, folders, mostInMemory)) {
    const { prepared, parts, reading } = await loadLargeTable(spec, folders, hash, { signal, known, onProgress });
    const { dataset, columns, rows, totalRows, findings } = prepared;
    const shown = {
      table: { columns, rows, totalRows },
      ...(reading && { reading }),
      streamed: { ...prepared.streamed },
      ...(prepared.series && { series: prepared.series }),
      ...(prepared.text && { text: prepared.text }),
    };
    const target = columns.find(({ role }) => role === 'target')?.name;
    return finish(dataset, hash.digest('hex'), shown, { columns, firstRow: rows[0], target, foreign: parts, spec }, findings);
  }
  if (await isLargeRunning(spec, folders, mostInMemory)) {
    const { dataset, text } = await loadLargeRunning(spec, folders, hash, { signal, known, onProgress });
    return finish(dataset, hash.digest('hex'), { text }, { spec });
  }
  // What does not fit may have to be shaped after it was read.
  const isShaped = spec.steps.some(({ op }) => op === 'reshape' || op === 'resize' || op === 'normalize');
  const isDistinct = stepOf(spec, 'distinct') !== undefined;
  const readShare = (isShaped ? shareOfReading : 1) * (isDistinct ? shareOfReading : 1);
  const shapedFrom = isShaped ? shareOfReading : 1;
  const onDistinct = (share: number) => onProgress?.(readShare + (shapedFrom - readShare) * share);
  const onRead = (share: number) => onProgress?.(readShare * share);
  const read = await readSource(source, folders, hash, { signal, most: mostInMemory, onProgress: onRead, onDamaged });
  signal?.throwIfAborted();
  const others: { part: 'validation' | 'test'; read: ReadData; at: string; steps: OtherSteps }[] = [];
  for (const [index, step] of spec.steps.entries()) {
    if (!('data' in step)) continue;
    const at = place({ index });
    others.push({
      part: step.op === 'withTest' ? 'test' : 'validation',
      read: await readOther(step.data, read, at),
      at,
      steps: step.data.steps,
    });
  }
  const foreign = others.map(({ part }) => part);
  if ('running' in read) {
    const parts = others.flatMap(({ read: text, part, at }) => ('running' in text ? [{ part, text, at }] : []));
    const { dataset, text } = prepareRunningText(read, spec, parts, known?.text);
    return finish(dataset, hash.digest('hex'), { text }, { spec });
  }
  if ('inputShape' in read) {
    const parts = others.flatMap(({ read: arrays, part, at, steps }) =>
      'inputShape' in arrays ? [{ part, arrays, at, steps: forOther(spec, steps) }] : [],
    );
    const { stored } = read;
    const distinct =
      stored && stepOf(spec, 'distinct') ? await distinctSamples({ ...read, stored }, spec, { signal, onProgress: onDistinct }) : undefined;
    const prepared = prepareArrays(read, spec, parts, known, distinct);
    const { images } = prepared;
    let { dataset } = prepared;
    if ([dataset.train, dataset.validation, dataset.test].some((part) => part?.stored)) {
      const { inputShape } = dataset;
      const name = samplesName(hash, known);
      if (isShaped)
        dataset = await shapeStored(dataset, inputShape, spec, {
          folders,
          name,
          known: known?.arraySteps,
          signal,
          onProgress: (share) => onProgress?.(shapedFrom + (1 - shapedFrom) * share),
        });
      checkKnownShape(dataset.inputShape, known, read.path);
      dataset = { ...dataset, ...augmentationOf(spec, dataset.inputShape) };
    }
    return finish(dataset, hash.digest('hex'), images && { images }, {
      ignored: read.ignored,
      skipped: read.skipped,
      skippedRows: read.skippedRows,
      target: labelColumn,
      foreign,
      spec,
    });
  }
  const parts = others.flatMap(({ read: table, part, at, steps }) =>
    'names' in table
      ? [
          {
            part,
            at,
            table: chooseRows(table, forOther(spec, steps), (index) => `${at}/data/steps/${index}`),
          },
        ]
      : [],
  );
  const { dataset, columns, rows, totalRows, findings, series, placed, text } = prepareTable(read, spec, parts, known);
  const { reading } = read;
  const shown = { table: { columns, rows, totalRows }, ...(reading && { reading }), ...(series && { series }), ...(text && { text }) };
  const target = columns.find(({ role }) => role === 'target')?.name;
  return {
    ...finish(dataset, hash.digest('hex'), shown, { columns, firstRow: rows[0], target, foreign, spec }, findings),
    ...(placed && { placed }),
  };

  /** Reads data that is a part. What it does not say for itself, it takes over from the training data. */
  async function readOther(other: { source: DataSource; steps: OtherSteps }, main: ReadData, at: string): Promise<ReadData> {
    checkOther(other, spec, at);
    let said = other.source;
    if (said.format === source.format && 'scale' in source) said = { ...pick(source, ['classNames', 'scale', 'kind']), ...said };
    if (said.format === 'imageFolder' && 'inputShape' in main) {
      const [height, width, channels] = main.inputShape;
      said = { size: [height, width], channels: channels === 1 ? 1 : 3, ...said };
    }
    try {
      return await readSource(said, folders, hash, { signal, most: mostInMemory, onDamaged });
    } catch (error) {
      throw atOther(error, at);
    }
  }
}

type ReadData = TextTable | Arrays | RunningText;

const pick = (from: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

async function readSource(source: DataSource, folders: Folders, hash: Hash, options: ReadOptions): Promise<ReadData> {
  switch (source.format) {
    case 'csv':
      return parseCsv(await readDataFile(source.path, folders, '/data/source/path', hash), source, '/data/source/path');
    case 'arrow':
      return readArrow(source, folders, hash);
    case 'sqlite':
      return readSqlite(source, folders, hash);
    case 'idx':
      return readIdx(source, folders, hash, options);
    case 'npy':
      return readNpy(source, folders, hash, options);
    case 'npz':
      return readNpz(source, folders, hash, options);
    case 'imageFolder':
      return readPictures(source, folders, hash, options);
    case 'text':
      return readRunningText(source, folders, hash);
    case 'textFolder':
      return readTextFolder(source, folders, hash, options.signal);
    default:
      return readWithDuck(source, folders, hash);
  }
}

function finish(
  dataset: Omit<Dataset, 'hash'>,
  hash: string,
  shown: Pick<DataPreview, 'table' | 'images' | 'series' | 'text' | 'reading' | 'streamed'> | undefined,
  facts: DatasetFacts,
  more: readonly Finding[] = [],
): LoadedData {
  return {
    dataset: { ...dataset, hash },
    preview: {
      samples: { train: dataset.train.count, validation: dataset.validation?.count ?? 0, test: dataset.test?.count ?? 0 },
      inputShape: [...dataset.inputShape],
      task: dataset.task,
      ...(dataset.classes && { classes: countClasses(dataset) }),
      hash,
      findings: [...findFaults(dataset, facts), ...more],
      ...shown,
    },
  };
}
