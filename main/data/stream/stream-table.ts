/**
 * From a table that is larger than memory to samples in a file of the cache: its columns go into a file, rows are chosen
 * and parted by their places, the preparation is fitted in passes over columns, and the samples are written part by part.
 * In memory are a few numbers for each row, never the rows. What comes out is what `prepareTable` gives, to the bit.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { Column, DataPreview, Finding } from '#contract/notebook.ts';
import type { Dataset, Part, Preparation, StoredInputs } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { applyArraySteps, shapeParts } from '../array-steps.ts';
import { augmentationOf } from '../augmentation.ts';
import { columnNamed, isMissing, numberIn, type TypedColumn } from '../columns.ts';
import type { TextTable } from '../csv.ts';
import type { Folders } from '../files.ts';
import { asksForText, type Columns, numbersIn, resultsIn, type Source } from './stream-columns.ts';
import { formulaOf, holds } from '../rows.ts';
import { checkTrainWeights, weightColumn } from '../sample-weights.ts';
import { type Parts, split } from '../split.ts';
import { place, splitOf, stepOf, stepsOf } from '../steps.ts';
import { samplesFile } from '../stored-arrays.ts';
import {
  areClasses,
  checkOutputs,
  checkTogether,
  checkWindowSplit,
  chooseFeatures,
  classesOf,
  knownFeatures,
  type KnownTarget,
  otherTargets,
  type PreparedTable,
  targetColumn,
} from '../table.ts';
import { findTableFaults } from '../table-findings.ts';
import { secondsOf } from '../times.ts';
import { placesInSeries, placeWindows, seriesOf, type WindowStep } from '../windows.ts';
import { blockRows, type ColumnStore, createColumnStore, type StoredColumn } from './column-store.ts';
import { isOfText, knownStreamedFeatures } from './known-features.ts';
import { type ColumnSurvey, type LargeTable, mostTexts, type WantedColumn } from './large-table.ts';
import { type PlacedStored, type WindowedPart, windowParts, writeRows } from './stream-windows.ts';
import { distinctStored } from './stream-distinct.ts';
import { finiteColumns, fitStreamedFeatures, keptNumbers, keptTexts, type StreamedFeature, type StreamRows } from './stream-features.ts';

/** One of the tables: the training data first, then others that are parts. */
export interface LargePart {
  readonly part?: 'validation' | 'test';
  readonly table: LargeTable;
  /** Where the notebook says it. */
  readonly at: string;
  /** What chooses its rows and makes its columns. */
  readonly steps: readonly { readonly step: DataSpec['steps'][number]; readonly at: string }[];
}

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

const done = ['select', 'drop', 'inputs', 'targets', 'replace', 'target', 'take', 'filter', 'where', 'cast', 'impute', 'clip', 'log'];
const alsoDone = [
  'bucketize',
  'normalize',
  'oneHot',
  'ordinal',
  'split',
  'kFold',
  'map',
  'reshape',
  'resize',
  'augment',
  'memory',
  'sampleWeight',
  'distinct',
  'window',
];
const streamed = new Set<string>([...done, ...alsoDone, 'withValidation', 'withTest']);

/** Whether all steps can be done without holding the rows. */
export const canStream = (spec: DataSpec) =>
  spec.steps.every(({ op }) => streamed.has(op)) &&
  // Interpolated, a row is another in every window that it lies in.
  !(stepOf(spec, 'window') && stepOf(spec, 'resize'));

/** Rows that are looked at for findings, evenly over the table. */
const mostSampled = 20_000;
const previewRows = 50;
/** A column of few different values may be one of classes; the count is estimated. */
const mayBeClasses = 40;

/** Shares of the work, as measured. */
const shareOf = { survey: 0.35, pass: 0.35, fit: 0.15, write: 0.15 };

export async function prepareLargeTable(
  tables: readonly LargePart[],
  spec: DataSpec,
  { folders, name, signal, known, onProgress = () => {} }: StreamOptions,
): Promise<PreparedTable> {
  const [{ table: main }] = tables;
  const { path } = main;
  for (const [index, { op }] of spec.steps.entries())
    if (!streamed.has(op)) throw new EpochbookError('data.stepTooLarge', { step: op, path }, { at: place({ index }) });
  const surveys: Awaited<ReturnType<LargeTable['survey']>>[] = [];
  for (const { table } of tables) surveys.push(await table.survey());
  onProgress(shareOf.survey);

  const plan = planColumns(tables, surveys, spec, known);
  const texts = await gatherTexts(tables, plan, path);
  const stored = plan.wanted.map(({ name: column, as }): StoredColumn => ({
    name: column,
    kind: as === 'codes' ? 'codes' : 'numbers',
    texts: texts.get(column) ?? [],
  }));
  const { file, writtenAtMs, write } = await samplesFile(folders, name);
  const store = createColumnStore(`${file}.${process.pid}.columns`, stored);
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
    const prepared = await prepareStored({
      tables,
      surveys,
      starts,
      store,
      spec,
      plan,
      known,
      signal,
      write: write.handle,
      file,
      writtenAtMs,
      onProgress,
    });
    await write.done(prepared.bytes);
    return prepared.prepared;
  } catch (error) {
    await write.fail();
    throw error;
  } finally {
    await store.close();
  }
}

/** Of a column that a table lacks: nothing on every row. */
function absent({ kind, texts }: StoredColumn, count: number): ArrayLike<number> {
  return kind === 'numbers' ? new Float64Array(count).fill(Number.NaN) : new Uint32Array(count).fill(texts.indexOf(''));
}

interface Plan {
  readonly wanted: readonly WantedColumn[];
  /** As the steps leave them, by name. */
  readonly typed: readonly TypedColumn[];
}

type Survey = Awaited<ReturnType<LargeTable['survey']>>;

const castsIn = (spec: DataSpec) =>
  new Map(stepsOf(spec, 'cast').flatMap(({ step }) => step.columns.map((column) => [column, step.to] as const)));

/** Which columns are needed, and in which form. */
function planColumns(tables: readonly LargePart[], surveys: readonly Survey[], spec: DataSpec, known?: Preparation): Plan {
  const { names, path } = tables[0].table;
  const casts = castsIn(spec);
  const surveyOf = (column: string): ColumnSurvey[] =>
    tables.flatMap(({ table }, index) => {
      const found = table.names.indexOf(column);
      return found < 0 ? [] : [surveys[index].columns[found]];
    });
  const derived = stepsOf(spec, 'map').map(({ step }) => step.column);
  const all = [...new Set([...names, ...derived])];
  const typed = all.map((column, index): TypedColumn => {
    const told = surveyOf(column);
    const missing = told.reduce((sum, one) => sum + one.missing, 0);
    const numbers = told.reduce((sum, one) => sum + one.numbers, 0);
    const rows = surveys.reduce((sum, one) => sum + one.rows, 0);
    const type = casts.get(column) ?? (derived.includes(column) || numbers > (rows - missing) / 2 ? 'number' : 'text');
    return { name: column, index, type, missing };
  });
  for (const { step, index } of stepsOf(spec, 'cast'))
    for (const column of step.columns) columnNamed(typed, column, path, place({ index }));
  const asText = new Set<string>();
  const needed = new Set<string>();
  for (const { steps } of tables)
    for (const { step, at } of steps) {
      if (step.op === 'replace') asText.add(columnNamed(typed, step.column, path, at).name);
      if (step.op === 'filter') {
        needed.add(columnNamed(typed, step.column, path, at).name);
        if (asksForText(step)) asText.add(step.column);
      }
      if (step.op === 'map' || step.op === 'where') for (const column of columnsOf(step.expression, all, at)) needed.add(column);
    }
  const found = splitOf(spec);
  const { group } = found?.step ?? {};
  const { time, column: parted } = found?.step.op === 'split' ? found.step : {};
  const window = stepOf(spec, 'window');
  const times = new Set<string>();
  if (time !== undefined) times.add(time);
  if (window?.step.time !== undefined) times.add(columnNamed(typed, window.step.time, path, place(window)).name);
  if (window?.step.group !== undefined) asText.add(columnNamed(typed, window.step.group, path, place(window)).name);
  for (const key of [group, parted]) if (key !== undefined && found) asText.add(columnNamed(typed, key, path, place(found)).name);
  const target = targetColumn(tables[0].table, typed, spec);
  const targets = [target, ...otherTargets(tables[0].table, typed, spec).map(({ column }) => column)];
  const kind = stepOf(spec, 'target')?.step.kind;
  for (const one of targets) {
    needed.add(one.name);
    const few = surveyOf(one.name).every(({ distinct }) => distinct <= mayBeClasses);
    if (known) {
      if (knownTarget(known, one.name, spec).classes) asText.add(one.name);
    } else if (kind === 'classes' || (kind !== 'number' && few && !derived.includes(one.name))) asText.add(one.name);
  }
  const seen = known ? knownFeatures(tables[0].table, typed, known) : chooseFeatures(tables[0].table, typed, spec, target);
  for (const feature of seen) needed.add(feature.name);
  if (stepOf(spec, 'distinct')) for (const feature of chooseFeatures(tables[0].table, typed, spec, target)) needed.add(feature.name);
  for (const feature of known?.features ?? []) if (isOfText(feature)) asText.add(feature.column);
  const weighing = weightColumn(tables[0].table, typed, spec);
  if (weighing) needed.add(weighing.name);
  const own = all.filter((column) => names.includes(column) && (needed.has(column) || asText.has(column) || times.has(column)));
  const wanted = own.map((column): WantedColumn => {
    const { type } = typed.find((one) => one.name === column)!;
    if (times.has(column) && !asText.has(column) && !needed.has(column)) return { name: column, as: 'times' };
    return { name: column, as: type === 'text' || asText.has(column) ? 'codes' : 'numbers' };
  });
  for (const { name, as } of wanted)
    if (as === 'codes' && surveyOf(name).some(({ distinct }) => distinct > mostTexts))
      throw new EpochbookError('data.largeText', { path, column: name, most: mostTexts }, { at: '/data/source' });
  return { wanted, typed };
}

/** What a target is known to be; of several, by the output that the column is of. */
function knownTarget(known: Preparation, column: string, spec: DataSpec): KnownTarget {
  const [name] = Object.entries(stepOf(spec, 'targets')?.step.columns ?? {}).find(([, one]) => one === column) ?? [];
  return known.targets?.find((one) => one.name === name) ?? known;
}

/** The columns that a formula names. */
function columnsOf(expression: string, names: readonly string[], at: string): string[] {
  const used = new Set<string>();
  formulaOf(
    expression,
    names,
    at,
  )((column) => {
    used.add(column);
    return Number.NaN;
  });
  return [...used];
}

async function gatherTexts(tables: readonly LargePart[], { wanted }: Plan, path: string): Promise<Map<string, string[]>> {
  const names = wanted.flatMap(({ name, as }) => (as === 'codes' ? [name] : []));
  const found = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  for (const { table } of tables) {
    const own = await table.texts(names.filter((name) => table.names.includes(name)));
    for (const [name, one] of found) for (const text of own.get(name) ?? ['']) one.add(text);
  }
  for (const [name, { size }] of found)
    if (size > mostTexts) throw new EpochbookError('data.largeText', { path, column: name, most: mostTexts }, { at: '/data/source' });
  return new Map([...found].map(([name, texts]) => [name, [...texts]]));
}

interface StoredJob {
  readonly tables: readonly LargePart[];
  readonly surveys: readonly Survey[];
  /** The first row of each table in the store. */
  readonly starts: readonly number[];
  readonly store: ColumnStore;
  readonly spec: DataSpec;
  readonly plan: Plan;
  readonly known: Preparation | undefined;
  readonly signal: AbortSignal | undefined;
  readonly write: { readonly fd: number; write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<unknown> };
  readonly file: string;
  readonly writtenAtMs: number;
  readonly onProgress: (share: number) => void;
}

async function prepareStored(job: StoredJob): Promise<{ prepared: PreparedTable; bytes: number }> {
  const { tables, surveys, starts, store, spec, plan, known, signal, onProgress } = job;
  const [{ table: main }] = tables;
  const { path } = main;
  const { typed } = plan;

  const chosen = await chooseStored(job);
  const { columns } = chosen;
  const kept = chosen.kept;
  const own = chosen.ownCount;
  const firstKept = new Uint32Array(store.blocks() + 1);
  for (let block = 0, row = 0; block <= store.blocks(); block += 1) {
    while (row < kept.length && kept[row] < block * blockRows) row += 1;
    firstKept[block] = row;
  }
  /** The table that a kept row is of, and its row there. */
  const originOf = (row: number) => {
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
  const rows: StreamRows = { store, path, kept, isTrained, firstKept, signal, notANumber };

  const readOne = (column: TypedColumn) =>
    readStreamedTarget(rows, columns, column, spec, originOf, known && knownTarget(known, column.name, spec));
  const several: (StreamedTarget & { name: string })[] = [];
  for (const { name, column } of otherTargets(main, typed, spec)) several.push({ name, ...(await readOne(column)) });
  const target = (known && several[0]) ?? (await readOne(targetColumn(main, typed, spec)));
  const parts = await partRows(rows, columns, typed, spec, target, own, originOf);
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
  const weights = weighing && (await readStreamedWeights(rows, columns, weighing, place(stepOf(spec, 'sampleWeight')!), originOf));
  const weightsOf = (part: Uint32Array) => weights && { weights: Float32Array.from(part, (row) => weights[row]) };
  if (weights) checkTrainWeights(weightsOf(parts.train)!, place(stepOf(spec, 'sampleWeight')!));
  checkTogether(spec);
  // First, so that what is wrong with the windows is said before what their columns lack.
  const placed = await placeStored(rows, columns, typed, spec, parts, { originOf, known });

  const features = known ? knownFeatures(main, typed, known) : chooseFeatures(main, typed, spec, target.column);
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
          onProgress(shareOf.survey + shareOf.pass + shareOf.fit * Math.min(1, passed / passes));
        },
      },
    );
  const fitted = known?.features ? knownStreamedFeatures(rows, typed, columns, known.features) : await fit();
  const inputs = Object.entries(stepOf(spec, 'inputs')?.step.columns ?? {}).map(([name, names]) => ({
    name,
    features: names.flatMap((column) => fitted.filter((feature) => feature.column.name === column)),
  }));
  const ordered = inputs.length > 0 && !known ? inputs.flatMap((input) => input.features) : fitted;

  const isSeveral = several.length > 0;
  const read = isSeveral ? several : [target];
  const factsOf = ({ classes }: StreamedTarget) =>
    ({ task: classes ? 'classification' : 'regression', ...(classes && { classes }) }) as const;
  const facts = isSeveral
    ? ({
        targetShape: [several.length],
        task: 'regression',
        targets: several.map((one) => ({ name: one.name, shape: one.classes ? [] : [1], ...factsOf(one) })),
      } as const)
    : ({ targetShape: target.classes ? [] : [1], task: factsOf(target).task } as const);
  const classes = !isSeveral && target.classes && { classes: target.classes };
  const empty: Part = { count: 0, inputs: new Float32Array(0), targets: new Float32Array(0), rows: new Uint32Array(0) };
  const rowShape = placed ? [placed.step.length, ordered.length] : [ordered.length];
  const { inputShape, arraySteps } = shapeParts(spec, rowShape, { train: empty }, ['reshape', 'resize']);
  const size = inputShape.reduce((product, one) => product * one, 1);
  if (placed) checkOutputs(placed, target);
  const windowed = placed && windowParts(placed, ordered.length, path);
  const written = windowed
    ? await writeRows({ ...job, onWritten: (share) => onProgress(1 - shareOf.write * (1 - share)) }, rows, ordered, windowed)
    : await writeSamples(job, rows, ordered, parts, { arraySteps: arraySteps ?? [], size });
  const targetsOf = (part: Uint32Array) => {
    const made = new Float32Array(part.length * read.length);
    let filled = 0;
    for (const row of part) for (const one of read) made[filled++] = one.values[row];
    return made;
  };
  /** The store's row at which the table of a part begins. */
  const startOf = (part: keyof Parts) => starts[tables.findIndex((one) => one.part === part)] ?? 0;
  const partOf = (part: keyof Parts): Part => ({
    ...samplesOf(part, windowed?.[part]),
    inputs: new Float32Array(0),
    stored: {
      file: job.file,
      type: 'float32',
      offset: written.offsets[part]!,
      size,
      scale: 1,
      writtenAtMs: job.writtenAtMs,
    } satisfies StoredInputs,
  });
  function samplesOf(part: keyof Parts, own?: WindowedPart): Omit<Part, 'inputs'> {
    const seen = own?.told ?? parts[part]!;
    return {
      count: seen.length,
      ...(own && { windows: { size, starts: own.starts } }),
      targets: targetsOf(own?.wanted ?? seen),
      rows: seen.map((row) => kept[row] - startOf(part)),
      ...weightsOf(seen),
    };
  }
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
    train: partOf('train'),
    ...(parts.validation && { validation: partOf('validation') }),
    ...(parts.test && { test: partOf('test') }),
  };
  const roleOf = (column: TypedColumn): Column['role'] => {
    if (read.some((one) => one.column === column) || column === target.column) return 'target';
    return features.includes(column) ? 'feature' : column === weighing ? 'weight' : 'unused';
  };
  const sample = await sampleRows(rows, columns, typed, ordered, target, parts, own, originOf);
  const findings: Finding[] = findTableFaults({ ...sample, chosen: features.filter((column) => column !== target.column), spec });
  return {
    bytes: written.bytes,
    prepared: {
      dataset,
      columns: typed.map((column) => describe(column, main, surveys[0], roleOf(column))),
      rows: await firstRows(main, typed),
      totalRows: surveys[0].rows,
      findings,
      streamed: { samples: sample.table.lines.length },
      ...(placed && series && { series: { ...series, stride: placed.step.stride ?? 1, gap: placed.gap, gaps: placed.gaps } }),
    },
  };
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
  const numbers = numbersIn(store, source, block);
  // A text that is no number is not missing, and lies within no bounds.
  return (row) => holds(step, numbers[row] === Infinity ? 'a text' : Number.isNaN(numbers[row]) ? '' : String(numbers[row]));
}

/** Does the steps that make columns and choose rows; `kept`: rows of the store. */
async function chooseStored({ tables, surveys, starts, store, spec, plan, signal }: StoredJob) {
  const keptParts: Uint32Array[] = [];
  const counts: number[] = [];
  let columns: Columns = new Map();
  for (const [index, { table, steps }] of tables.entries()) {
    const sources = new Map<string, Source>(
      plan.wanted.map(({ name, as }, column) => [
        name,
        as === 'codes' ? { kind: 'codes', column, texts: store.columns[column].texts } : { kind: 'numbers', column },
      ]),
    );
    const names = [...table.names];
    const filters: ({ take: number } | (RowTest & { at: string; passed: number }))[] = [];
    for (const { step, at } of steps) {
      if (step.op === 'map') {
        const formula = formulaOf(step.expression, names, at);
        sources.set(step.column, { kind: 'formula', formula, of: new Map(sources) });
        if (!names.includes(step.column)) names.push(step.column);
      } else if (step.op === 'replace') {
        const source = sources.get(step.column)!;
        if (source.kind !== 'codes') throw new EpochbookError('data.stepTooLarge', { step: step.op, path: table.path }, { at });
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

interface StreamedTarget {
  readonly column: TypedColumn;
  /** Of the kept rows. */
  readonly values: Float64Array | Uint32Array;
  readonly classes?: readonly string[];
}

/** `known`: what it was in the data that was trained on. Throws `data.unknownClass` where a row says none of its classes. */
async function readStreamedTarget(
  rows: StreamRows,
  columns: Columns,
  column: TypedColumn,
  spec: DataSpec,
  originOf: (row: number) => { table: LargeTable; row: number },
  known?: KnownTarget,
): Promise<StreamedTarget> {
  const { store, kept } = rows;
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
async function readStreamedWeights(
  rows: StreamRows,
  columns: Columns,
  column: TypedColumn,
  at: string,
  originOf: (row: number) => { table: LargeTable; row: number },
): Promise<Float64Array> {
  const weights = await readNumbers(rows, columns.get(column.name)!, column, at);
  const odd = weights.findIndex((weight) => weight < 0);
  if (odd < 0) return weights;
  const { table, row } = originOf(odd);
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

/** What follows of texts, made anew only where they are others than the last time. */
function ofTexts<Made>(make: (texts: readonly string[]) => Made): (texts: readonly string[]) => Made {
  let last: { texts: readonly string[]; made: Made } | undefined;
  return (texts) => {
    if (last?.texts !== texts) last = { texts, made: make(texts) };
    return last.made;
  };
}

const mostClasses = 100_000;

type OriginOf = (row: number) => { table: LargeTable; row: number };

/** What a column says in each kept row. */
async function readGroups(rows: StreamRows, columns: Columns, { name }: TypedColumn): Promise<(row: number) => string> {
  const source = columns.get(name)!;
  const codeOf = new Uint32Array(rows.kept.length);
  const known = new Map<string, number>();
  const numbered = ofTexts((texts) =>
    Uint32Array.from(texts, (text) => {
      const before = known.get(text) ?? known.size;
      known.set(text, before);
      return before;
    }),
  );
  for (let block = 0; block < rows.store.blocks(); block += 1) {
    const { texts, codes } = keptTexts(rows, source, block);
    const own = numbered(texts);
    codeOf.set(
      codes.map((code) => own[code]),
      rows.firstKept[block],
    );
    await nextTurn();
  }
  const names = [...known.keys()];
  return (row) => names[codeOf[row]];
}

/** When each kept row was, in seconds for dates. Throws `data.notATime` where one of the first `upTo` rows says no time. */
async function readTimes(
  rows: StreamRows,
  columns: Columns,
  column: TypedColumn,
  at: string,
  { originOf, upTo }: { originOf: OriginOf; upTo: number },
): Promise<Float64Array> {
  const source = columns.get(column.name)!;
  const times = new Float64Array(rows.kept.length);
  const momentsIn = ofTexts((texts) => texts.map(secondsOf));
  for (let block = 0; block < rows.store.blocks(); block += 1) {
    let values: Float64Array;
    if (source.kind === 'codes' && column.type === 'text') {
      const { texts, codes } = keptTexts(rows, source, block);
      const moments = momentsIn(texts);
      values = Float64Array.from(codes, (code) => moments[code]);
    } else values = keptNumbers(rows, source, block);
    const odd = values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0 && rows.firstKept[block] + odd < upTo) {
      const { table, row } = originOf(rows.firstKept[block] + odd);
      const error = await rows.notANumber(column, rows.firstKept[block] + odd, at);
      const value = String(error.values['value'] ?? '');
      const where = { file: table.path, line: row + 1, column: column.index + 1 };
      throw new EpochbookError(
        'data.notATime',
        { path: table.path, unit: 'row', line: row + 1, column: column.name, value },
        { at, where },
      );
    }
    times.set(values, rows.firstKept[block]);
    await nextTurn();
  }
  return times;
}

async function partRows(
  rows: StreamRows,
  columns: Columns,
  typed: readonly TypedColumn[],
  spec: DataSpec,
  target: StreamedTarget,
  count: number,
  originOf: OriginOf,
): Promise<{ -readonly [Part in keyof Parts]: Parts[Part] }> {
  const found = splitOf(spec);
  if (!found) return { ...split(count, undefined, '/data') };
  const at = place(found);
  const { group } = found.step;
  const { time, column } = found.step.op === 'split' ? found.step : {};
  // The training data's rows lie before all others.
  const idOf = (row: number) => rows.kept[row];
  checkWindowSplit(spec);
  const window = stepOf(spec, 'window');
  const named = (name: string) => columnNamed(typed, name, rows.path, at);
  const groupOf = group === undefined ? undefined : await readGroups(rows, columns, named(group));
  const moments =
    time !== undefined
      ? await readTimes(rows, columns, named(time), at, { originOf, upTo: count })
      : window && group === undefined && column === undefined
        ? await windowTimes(window)
        : undefined;
  return {
    ...split(count, found.step, at, {
      ...(target.classes && { classOf: (row: number) => target.values[row] }),
      ...(groupOf && { groupOf }),
      ...(moments && { timeOf: (row: number) => moments[row] }),
      ...(column !== undefined && { partOf: await readGroups(rows, columns, named(column)) }),
      idOf,
    }),
  };

  /** When each row of a series was: by its column of times, else by its place in the series. */
  async function windowTimes({ step, index }: { readonly step: WindowStep; readonly index: number }): Promise<Float64Array> {
    const told = (name: string) => columnNamed(typed, name, rows.path, place({ index }));
    if (step.time !== undefined) return readTimes(rows, columns, told(step.time), place({ index }), { originOf, upTo: count });
    if (step.group === undefined) return Float64Array.from({ length: count }, (_, row) => row);
    return placesInSeries(count, await readGroups(rows, columns, told(step.group)));
  }
}

/** The windows over the kept rows, where there are any. Throws what `placeWindows` throws, and `data.notATime`. */
async function placeStored(
  rows: StreamRows,
  columns: Columns,
  typed: readonly TypedColumn[],
  spec: DataSpec,
  parts: Parts,
  { originOf, known }: { originOf: OriginOf; known: Preparation | undefined },
): Promise<PlacedStored | undefined> {
  const found = stepOf(spec, 'window');
  if (!found) return undefined;
  const { step, index } = found;
  const at = place(found);
  const named = (name: string) => columnNamed(typed, name, rows.path, at);
  const group = step.group ?? splitOf(spec)?.step.group;
  const groupOf = group === undefined ? () => '' : await readGroups(rows, columns, named(group));
  const times =
    step.time === undefined ? undefined : await readTimes(rows, columns, named(step.time), at, { originOf, upTo: rows.kept.length });
  const timeOf = (row: number) => (times ? times[row] : originOf(row).row);
  return { ...placeWindows(parts, step, { groupOf, timeOf }, at, known?.series?.gap), step, index };
}

/** Writes the samples of each part one after another; in one pass, whose parts are gathered and written in turn. */
async function writeSamples(
  { write, signal, onProgress }: StoredJob,
  rows: StreamRows,
  features: readonly StreamedFeature[],
  parts: Parts,
  { arraySteps, size }: { arraySteps: NonNullable<Dataset['arraySteps']>; size: number },
): Promise<{ bytes: number; offsets: { [Part in keyof Parts]?: number } }> {
  const { store, firstKept } = rows;
  const sampleBytes = size * 4;
  const names = (['train', 'validation', 'test'] as const).filter((part) => parts[part]);
  const offsets: Record<string, number> = {};
  let bytes = 0;
  for (const part of names) {
    offsets[part] = bytes;
    bytes += parts[part]!.length * sampleBytes;
  }
  const written: Record<string, number> = Object.fromEntries(names.map((part) => [part, 0]));
  for (let block = 0; block < store.blocks(); block += 1) {
    signal?.throwIfAborted();
    const [from, to] = [firstKept[block], firstKept[block + 1]];
    const columns = await finiteColumns(rows, features, block);
    for (const part of names) {
      const own = parts[part]!;
      const first = written[part];
      let last = first;
      while (last < own.length && own[last] < to) last += 1;
      if (last === first) continue;
      const values = new Float32Array((last - first) * columns.length);
      let filled = 0;
      for (let index = first; index < last; index += 1) for (const column of columns) values[filled++] = column[own[index] - from];
      const made = applyArraySteps(arraySteps, { shape: [columns.length], count: last - first, values });
      const out = new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
      await write.write(out, 0, out.length, offsets[part] + first * sampleBytes);
      written[part] = last;
    }
    onProgress(1 - shareOf.write * (1 - (block + 1) / store.blocks()));
  }
  return { bytes, offsets };
}

/** Rows evenly over the table, as the table they would be in memory. */
async function sampleRows(
  rows: StreamRows,
  columns: Columns,
  typed: readonly TypedColumn[],
  features: readonly StreamedFeature[],
  target: StreamedTarget,
  parts: Parts,
  own: number,
  originOf: (row: number) => { row: number },
) {
  const every = Math.max(1, Math.ceil(own / mostSampled));
  const { store, firstKept, path } = rows;
  const picked: number[] = [];
  for (let row = 0; row < own; row += every) picked.push(row);
  const texts: string[][] = typed.map(() => []);
  const values = features.map(() => new Float64Array(picked.length));
  let place = 0;
  for (let block = 0; block < store.blocks() && place < picked.length; block += 1) {
    const here: number[] = [];
    while (place + here.length < picked.length && picked[place + here.length] < firstKept[block + 1])
      here.push(picked[place + here.length] - firstKept[block]);
    if (here.length === 0) continue;
    for (const [index, { name }] of typed.entries()) {
      const source = columns.get(name);
      const all = source && keptTexts(rows, source, block);
      for (const row of here) texts[index].push(all ? all.texts[all.codes[row]] : '');
    }
    for (const [index, feature] of features.entries()) {
      const all = feature.valuesIn(block);
      here.forEach((row, number) => (values[index][place + number] = all[row]));
    }
    place += here.length;
    await nextTurn();
  }
  const indexOf = new Map(picked.map((row, index) => [row, index]));
  const partOf = (part: Uint32Array | undefined) => {
    if (!part) return undefined;
    const found: number[] = [];
    for (const row of part) {
      const index = row % every === 0 ? indexOf.get(row) : undefined;
      if (index !== undefined) found.push(index);
    }
    return Uint32Array.from(found);
  };
  const table: TextTable = {
    path,
    unit: 'row',
    names: typed.map(({ name }) => name),
    columns: texts,
    lines: picked.map((row) => originOf(row).row + 1),
    rows: Uint32Array.from(picked, (row) => originOf(row).row),
  };
  const [validation, test] = [partOf(parts.validation), partOf(parts.test)];
  return {
    table,
    features: features.map(({ feature, column }, index) => ({ feature, column, values: values[index] })),
    target: {
      column: target.column,
      values: Float64Array.from(picked, (row) => target.values[row]),
      ...(target.classes && { classes: target.classes }),
    },
    parts: {
      train: partOf(parts.train)!,
      ...(validation && validation.length > 0 && { validation }),
      ...(test && test.length > 0 && { test }),
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
