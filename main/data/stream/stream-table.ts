/**
 * From a table that is larger than memory to samples in a file of the cache: its columns go into a file, rows are chosen
 * and parted by their places, the preparation is fitted in passes over columns, and the samples are written part by part.
 * In memory are a few numbers for each row, never the rows. What comes out is what `prepareTable` gives, to the bit.
 */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { Column, DataPreview, Finding } from '#contract/notebook.ts';
import type { Dataset, Part, Preparation, StoredInputs } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { shapeParts } from '../array-steps.ts';
import { augmentationOf } from '../augmentation.ts';
import { isMissing, numberIn, type TypedColumn } from '../columns.ts';
import type { Folders } from '../files.ts';
import { checkTrainWeights, weightColumn } from '../sample-weights.ts';
import { drawnOf, type PlacedSeries } from '../placed-series.ts';
import type { Parts } from '../split.ts';
import { place, stepOf, stepsOf } from '../steps.ts';
import { folderOf, samplesFile } from '../stored-arrays.ts';
import {
  checkOutputs,
  checkTogether,
  chooseFeatures,
  knownFeatures,
  otherTargets,
  type PreparedTable,
  targetColumn,
  targetFacts,
} from '../table.ts';
import { findTableFaults } from '../table-findings.ts';
import { seriesOf } from '../windows.ts';
import { blockRows, type ColumnValues, createColumnStore, type StoredColumn } from './column-store.ts';
import { knownStreamedFeatures } from './known-features.ts';
import type { ColumnSurvey, LargeTable } from './large-table.ts';
import { shapeStored } from './shape-stored.ts';
import { chooseStored, type StoredTables } from './stream-choice.ts';
import { fitStreamedFeatures } from './stream-features.ts';
import { orderStored, partRows, placeStored } from './stream-parts.ts';
import { checkRows, gatherTexts, knownTarget, type LargePart, planColumns, type Survey } from './stream-plan.ts';
import { keptNumbers, type OriginOf, type StreamRows } from './stream-rows.ts';
import { sampleRows, type SamplesJob, writeSamples, type WrittenSamples } from './stream-samples.ts';
import { readStreamedTarget, readStreamedWeights, type StreamedTarget } from './stream-targets.ts';
import { tokenizeStored } from './stream-text.ts';
import { type Windowed, windowParts, writeRows } from './stream-windows.ts';

export interface StreamOptions {
  readonly folders: Folders;
  /** Of the samples' file: what they are made of and how. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  /** What was fitted on other data, to be done to this alike. */
  readonly known?: Preparation | undefined;
  /** Hears the share that is done. */
  readonly onProgress?: (share: number) => void;
}

const previewRows = 50;
/** Shares of the work, as measured. */
const shareOf = { survey: 0.35, pass: 0.35, fit: 0.15, write: 0.15 };

export async function prepareLargeTable(
  tables: readonly LargePart[],
  spec: DataSpec,
  { folders, name, signal, known, onProgress = () => {} }: StreamOptions,
): Promise<PreparedTable> {
  // Interpolated, a row is another in every window that it lies in.
  const isResized = stepOf(spec, 'window') !== undefined && stepOf(spec, 'resize') !== undefined;
  const rowsShare = isResized ? 0.6 : 1;
  const onRows = (share: number) => onProgress(rowsShare * share);
  const { file, writtenAtMs, write } = await samplesFile(folders, isResized ? `${name}-rows` : name);
  let made: Awaited<ReturnType<typeof prepareStored>>;
  try {
    const stored = await storeTables(tables, spec, `${file}.${process.pid}.columns`, { signal, known, onProgress: onRows });
    try {
      made = await prepareStored({ ...stored, folders, known, write, file, writtenAtMs, onProgress: onRows });
      await write.done(made.bytes);
    } finally {
      await stored.store.close();
    }
  } catch (error) {
    await write.fail();
    throw error;
  }
  const { prepared, rowShape } = made;
  if (!isResized) return prepared;
  try {
    const onlyShapes = { ...spec, steps: spec.steps.filter(({ op }) => op === 'reshape' || op === 'resize') };
    const onShaped = (share: number) => onProgress(rowsShare + (1 - rowsShare) * share);
    const dataset = await shapeStored(prepared.dataset, rowShape, onlyShapes, { folders, name, signal, onProgress: onShaped });
    return { ...prepared, dataset };
  } finally {
    await disk.rm(file, { force: true });
  }
}

/** Rows of a series and the windows over them, its columns in a file until it is closed. Throws what preparing them throws. */
export async function placeLargeSeries(
  tables: readonly LargePart[],
  spec: DataSpec,
  { folders, name, signal, onProgress = () => {} }: StreamOptions,
): Promise<PlacedSeries> {
  const found = stepOf(spec, 'window')!;
  const file = join(folderOf(folders), `${name}-series.${process.pid}.columns`);
  const stored = await storeTables(tables, spec, file, { signal, onProgress });
  try {
    const { rows, columns, target, parts } = await openRows({ ...stored, known: undefined });
    const { typed } = stored.plan;
    const { step, index: _, ...windows } = (await placeStored(rows, columns, typed, spec, parts, undefined))!;
    const chosen = chooseFeatures(tables[0].table, typed, spec, target.column);
    const { drawn, ...shown } = drawnOf({ step, typed, target: target.column, chosen });
    onProgress(1);
    return {
      ...shown,
      count: rows.kept.length,
      parts,
      step,
      windows,
      order: await orderStored(rows, columns, typed, spec, found),
      sourceRowOf: (row) => rows.originOf(row).row,
      async eachRows(most, take, onRows) {
        for (let block = 0; block < stored.store.blocks(); block += 1) {
          const values = drawn
            .slice(0, most)
            .map(({ name: column }) =>
              keptNumbers(rows, columns.get(column)!, block).map((value) => (value === Infinity ? Number.NaN : value)),
            );
          take(rows.firstKept[block], values);
          onRows((block + 1) / stored.store.blocks());
          await nextTurn();
        }
      },
      close: stored.store.close,
    };
  } catch (error) {
    await stored.store.close();
    throw error;
  }
}

/** Puts the columns that are needed into a file, which the store holds until it is closed. */
async function storeTables(
  tables: readonly LargePart[],
  spec: DataSpec,
  file: string,
  { signal, known, onProgress }: Pick<StreamOptions, 'signal' | 'known'> & { readonly onProgress: (share: number) => void },
): Promise<StoredTables> {
  const [{ table: main }] = tables;
  const { path } = main;
  const surveys: Survey[] = [];
  for (const { table } of tables) surveys.push(await table.survey());
  onProgress(shareOf.survey);

  const plan = await planColumns(tables, surveys, spec, known);
  const texts = await gatherTexts(tables, plan, path);
  const stored = plan.wanted.map(({ name: column, as }): StoredColumn => ({
    name: column,
    kind: as === 'times' ? 'numbers' : as,
    texts: texts.get(column) ?? [],
  }));
  const store = createColumnStore(file, stored);
  try {
    const all = surveys.reduce((sum, { rows }) => sum + rows, 0);
    const starts: number[] = [];
    for (const [index, { table, at }] of tables.entries()) {
      starts.push(store.rows());
      const present = plan.wanted.filter(({ name: column }) => table.names.includes(column));
      const places = plan.wanted.map(({ name: column }) => present.findIndex((one) => one.name === column));
      const columns = present.map(({ name: column }) => stored.find((one) => one.name === column)!);
      await table.pass(present, columns, (count, values) => {
        store.append(
          count,
          places.map((at, index) => (at >= 0 ? values[at] : absent(stored[index], count))),
        );
        onProgress(shareOf.survey + shareOf.pass * (store.rows() / all));
      });
      if (store.rows() - starts[index] !== surveys[index].rows)
        throw new EpochbookError('data.changedMeanwhile', { path: table.path }, { at });
    }
    store.finish();
    return { tables, surveys, starts, store, spec, plan, signal };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Of a column that a table lacks: nothing on every row. */
function absent({ kind, texts }: StoredColumn, count: number): ColumnValues {
  if (kind === 'texts') return Array.from({ length: count }, () => '');
  return kind === 'numbers' ? new Float64Array(count).fill(Number.NaN) : new Uint32Array(count).fill(texts.indexOf(''));
}

interface StoredJob extends StoredTables {
  readonly folders: Folders;
  readonly known: Preparation | undefined;
  readonly write: SamplesJob['write'];
  readonly file: string;
  readonly writtenAtMs: number;
  readonly onProgress: (share: number) => void;
}

/** Chooses the rows, and tells what is to be predicted of them and which part each is of. */
async function openRows(job: StoredTables & Pick<StoredJob, 'known'>) {
  const { tables, starts, store, spec, plan, known, signal } = job;
  const [{ table: main }] = tables;
  const { path } = main;
  const { typed } = plan;

  const chosen = await chooseStored(job);
  const { columns } = chosen;
  const kept = chosen.kept;
  const own = chosen.ownCount;
  checkRows(path, kept.length);
  const firstKept = new Uint32Array(store.blocks() + 1);
  for (let block = 0, row = 0; block <= store.blocks(); block += 1) {
    while (row < kept.length && kept[row] < block * blockRows) row += 1;
    firstKept[block] = row;
  }
  const originOf: OriginOf = (row) => {
    const index = starts.findLastIndex((start) => start <= kept[row]);
    return { table: tables[index].table, row: kept[row] - starts[index] };
  };
  const notANumber = async (column: TypedColumn, row: number, at: string): Promise<EpochbookError> => {
    const { table, row: line } = originOf(row);
    const inTable = table.names.includes(column.name);
    const text = inTable ? await table.textAt(column.name, line) : '';
    const where = { at, where: { file: table.path, line: line + 1, column: column.index + 1 } };
    const values = { path: table.path, unit: 'row', line: line + 1, column: column.name };
    if (isMissing(text)) return new EpochbookError('data.missingValue', { ...values, count: Math.max(1, column.missing) }, where);
    return new EpochbookError('data.notANumber', { ...values, value: text.slice(0, 60) }, where);
  };
  const isTrained = new Uint8Array(kept.length);
  const rows: StreamRows = { store, path, kept, isTrained, firstKept, signal, originOf, notANumber };

  const readOne = (column: TypedColumn) => readStreamedTarget(rows, columns, column, spec, known && knownTarget(known, column.name, spec));
  const several: (StreamedTarget & { name: string })[] = [];
  for (const { name, column } of otherTargets(main, typed, spec)) several.push({ name, ...(await readOne(column)) });
  const target = (known && several[0]) ?? (await readOne(targetColumn(main, typed, spec)));
  const parts = await partRows(rows, columns, typed, spec, target, own);
  let next = own;
  for (const [index, { part, at }] of tables.entries()) {
    if (!part) continue;
    if (parts[part]) throw new EpochbookError('data.partTwice', { part }, { at });
    const from = next;
    next += chosen.counts[index];
    Object.assign(parts, { [part]: Uint32Array.from({ length: chosen.counts[index] }, (_, row) => from + row) });
  }
  for (const row of parts.train) isTrained[row] = 1;

  const weighing = weightColumn(main, typed, spec);
  const weights = weighing && (await readStreamedWeights(rows, columns, weighing, place(stepOf(spec, 'sampleWeight')!)));
  const weightsOf = (part: Uint32Array) => weights && { weights: Float32Array.from(part, (row) => weights[row]) };
  if (weights) checkTrainWeights(weightsOf(parts.train)!, place(stepOf(spec, 'sampleWeight')!));
  checkTogether(spec);
  return { rows, columns, own, several, target, parts, weighing, weightsOf };
}

interface PreparedStored {
  readonly prepared: PreparedTable;
  /** Of all samples. */
  readonly bytes: number;
  /** Of a sample before it is reshaped. */
  readonly rowShape: readonly number[];
}

async function prepareStored(job: StoredJob): Promise<PreparedStored> {
  const { tables, surveys, starts, spec, plan, known, signal, onProgress } = job;
  const [{ table: main }] = tables;
  const { path } = main;
  const { typed } = plan;
  const { rows, columns, own, several, target, parts, weighing, weightsOf } = await openRows(job);
  const { kept } = rows;

  const features = known ? knownFeatures(main, typed, known) : chooseFeatures(main, typed, spec, target.column);
  const isSeveral = several.length > 0;
  const read = isSeveral ? several : [target];
  const facts = targetFacts(target, several);
  const classes = !isSeveral && target.classes && { classes: target.classes };
  const targetsOf = (part: Uint32Array) => {
    const made = new Float32Array(part.length * read.length);
    let filled = 0;
    for (const row of part) for (const one of read) made[filled++] = one.values[row];
    return made;
  };
  /** The store's row at which the table of a part begins. */
  const startOf = (part: keyof Parts) => starts[tables.findIndex((one) => one.part === part)] ?? 0;
  /** `size`: numbers of a sample. */
  const partsOf = ({ offsets }: WrittenSamples, size: number, windowed?: Windowed) => {
    const partOf = (part: keyof Parts): Part => {
      const own = windowed?.[part];
      const seen = own?.told ?? parts[part]!;
      return {
        count: seen.length,
        ...(own && { windows: { size, starts: own.starts } }),
        targets: targetsOf(own?.wanted ?? seen),
        rows: seen.map((row) => kept[row] - startOf(part)),
        ...weightsOf(seen),
        inputs: new Float32Array(0),
        stored: {
          file: job.file,
          type: 'float32',
          offset: offsets[part]!,
          size,
          scale: 1,
          writtenAtMs: job.writtenAtMs,
        } satisfies StoredInputs,
      };
    };
    return {
      train: partOf('train'),
      ...(parts.validation && { validation: partOf('validation') }),
      ...(parts.test && { test: partOf('test') }),
    };
  };
  const roleOf = (column: TypedColumn): Column['role'] => {
    if (read.some((one) => one.column === column) || column === target.column) return 'target';
    return features.includes(column) ? 'feature' : column === weighing ? 'weight' : 'unused';
  };
  const shown = {
    columns: typed.map((column) => describe(column, main, surveys[0], roleOf(column))),
    rows: await firstRows(main, typed),
    totalRows: surveys[0].rows,
  };
  const fitting = (share: number) => onProgress(shareOf.survey + shareOf.pass + shareOf.fit * share);

  const tokenize = stepOf(spec, 'tokenize');
  if (tokenize) {
    const [{ name: column }] = features;
    const { text, preview, written } = await tokenizeStored(
      {
        ...tokenize,
        folders: job.folders,
        column,
        source: columns.get(column)!,
        parts,
        known: known?.text,
        labelOf: (row) => target.classes?.[target.values[row]] ?? String(target.values[row]),
        write: job.write,
        signal,
        onWritten: (share) => onProgress(1 - (shareOf.fit + shareOf.write) * (1 - share)),
      },
      rows,
    );
    return {
      bytes: written.bytes,
      rowShape: [text.length],
      prepared: {
        dataset: {
          ...facts,
          ...classes,
          inputShape: [text.length],
          ...augmentationOf(spec, [text.length], true),
          text,
          ...partsOf(written, text.length),
        },
        ...shown,
        findings: [],
        streamed: { samples: 0 },
        text: preview,
      },
    };
  }

  // First, so that what is wrong with the windows is said before what their columns lack.
  const placed = await placeStored(rows, columns, typed, spec, parts, known);
  const passes = 2 * features.length + 1;
  let passed = 0;
  const fit = () =>
    fitStreamedFeatures(
      rows,
      features.map((column) => ({ column, source: columns.get(column.name)! })),
      spec,
      {
        onPass: () => {
          passed += 1;
          fitting(Math.min(1, passed / passes));
        },
      },
    );
  const fitted = known?.features ? knownStreamedFeatures(rows, typed, columns, known.features) : await fit();
  const inputs = Object.entries(stepOf(spec, 'inputs')?.step.columns ?? {}).map(([name, names]) => ({
    name,
    features: names.flatMap((column) => fitted.filter((feature) => feature.column.name === column)),
  }));
  const ordered = inputs.length > 0 && !known ? inputs.flatMap((input) => input.features) : fitted;

  const empty: Part = { count: 0, inputs: new Float32Array(0), targets: new Float32Array(0), rows: new Uint32Array(0) };
  const rowShape = placed ? [placed.step.length, ordered.length] : [ordered.length];
  const { inputShape, arraySteps } = shapeParts(spec, rowShape, { train: empty }, ['reshape', 'resize']);
  const size = inputShape.reduce((product, one) => product * one, 1);
  if (placed) checkOutputs(placed, target);
  const windowed = placed && windowParts(placed, ordered.length, path);
  const writing = { ...job, onWritten: (share: number) => onProgress(1 - shareOf.write * (1 - share)) };
  const written = windowed
    ? await writeRows(writing, rows, ordered, windowed)
    : await writeSamples(writing, rows, ordered, parts, { arraySteps: arraySteps ?? [], size });
  const series = placed && seriesOf(placed.step, placed.gap);
  const derived = stepsOf(spec, 'map').map(({ step: { column, expression } }) => ({ column, expression }));
  const dataset: Omit<Dataset, 'hash'> = {
    ...facts,
    ...(placed && { targetShape: target.classes ? [] : [placed.step.outputs ?? 1] }),
    ...classes,
    ...(series && { series }),
    ...(derived.length > 0 && { derived }),
    features: ordered.map(({ feature }) => feature),
    ...(inputs.length > 0 && { inputs: known?.inputs ?? inputs.map((input) => ({ name: input.name, shape: [input.features.length] })) }),
    inputShape,
    ...(arraySteps && { arraySteps }),
    ...augmentationOf(spec, inputShape),
    // Windows are shaped when they are written out.
    ...partsOf(written, windowed ? rowShape.reduce((product, one) => product * one, 1) : size, windowed),
  };
  const sample = await sampleRows(rows, columns, typed, ordered, target, parts, own);
  const findings: Finding[] = findTableFaults({ ...sample, chosen: features.filter((column) => column !== target.column), spec });
  return {
    bytes: written.bytes,
    rowShape,
    prepared: {
      dataset,
      ...shown,
      findings,
      streamed: { samples: sample.table.lines.length },
      ...(placed && series && { series: { ...series, stride: placed.step.stride ?? 1, gap: placed.gap, gaps: placed.gaps } }),
    },
  };
}

function describe(column: TypedColumn, table: LargeTable, { columns }: Survey, role: Column['role']): Column {
  const { name, type } = column;
  const found = columns[table.names.indexOf(name)] as ColumnSurvey | undefined;
  const base = { name, type, role, missing: found?.missing ?? 0, distinct: found?.distinct ?? 0 };
  if (type === 'text' || !found) return base;
  const { min, max, mean, deviation } = found;
  return { ...base, min, max, mean, deviation };
}

async function firstRows(table: LargeTable, typed: readonly TypedColumn[]): Promise<NonNullable<DataPreview['table']>['rows']> {
  const rows = await table.firstRows(previewRows);
  return rows.map((row) =>
    typed.map(({ name, type }) => {
      const text = row[table.names.indexOf(name)] ?? '';
      if (isMissing(text)) return null;
      const number = numberIn(text);
      return type === 'number' && Number.isFinite(number) ? number : text;
    }),
  );
}
