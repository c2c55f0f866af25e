/** Which columns of tables that are larger than memory are needed, and in which form. */
import { totalmem } from 'node:os';
import { EpochbookError } from '#contract/errors.ts';
import type { Preparation } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { columnNamed, isMissing, isNumber, type TypedColumn } from '../columns.ts';
import { isOfText } from '../features.ts';
import { formulaOf } from '../rows.ts';
import { weightColumn } from '../sample-weights.ts';
import { place, splitOf, stepOf, stepsOf } from '../steps.ts';
import { chooseFeatures, knownFeatures, type KnownTarget, otherTargets, targetColumn } from '../table.ts';
import { type ColumnSurvey, type LargeTable, mostTexts, type WantedColumn } from './large-table.ts';
import { asksForText, replacedBy } from './stream-columns.ts';

/** One of the tables: the training data first, then others that are parts. */
export interface LargePart {
  readonly part?: 'validation' | 'test';
  readonly table: LargeTable;
  /** Where the notebook says it. */
  readonly at: string;
  /** What chooses its rows and makes its columns. */
  readonly steps: readonly { readonly step: DataSpec['steps'][number]; readonly at: string }[];
}

/** A column of few different values may be one of classes; the count is estimated. */
const mayBeClasses = 40;
/** Of so many different numbers, those that are replaced are read as they are written, not numbered. */
const manyNumbers = 10_000;

export interface Plan {
  readonly wanted: readonly WantedColumn[];
  /** As the steps leave them, by name. */
  readonly typed: readonly TypedColumn[];
}

export type Survey = Awaited<ReturnType<LargeTable['survey']>>;

const castsIn = (spec: DataSpec) =>
  new Map(stepsOf(spec, 'cast').flatMap(({ step }) => step.columns.map((column) => [column, step.to] as const)));

/** How many more rows than were surveyed say a number, or nothing, where others are said instead of some texts. */
async function replacedIn(tables: readonly LargePart[], column: string): Promise<{ numbers: number; missing: number }> {
  let [numbers, missing] = [0, 0];
  for (const { table, steps } of tables) {
    const replaced = steps.flatMap(({ step }) => (step.op === 'replace' && step.column === column ? [step.values] : []));
    const texts = [...new Set(replaced.flatMap((values) => Object.keys(values)))];
    if (texts.length === 0 || !table.names.includes(column)) continue;
    for (const [text, many] of await table.countsOf(column, texts)) {
      const after = replacedBy(replaced, text);
      numbers += many * (Number(isNumber(after)) - Number(isNumber(text)));
      missing += many * (Number(isMissing(after)) - Number(isMissing(text)));
    }
  }
  return { numbers, missing };
}

/** Which columns are needed, and in which form. */
export async function planColumns(
  tables: readonly LargePart[],
  surveys: readonly Survey[],
  spec: DataSpec,
  known?: Preparation,
): Promise<Plan> {
  const { names, path } = tables[0].table;
  const casts = castsIn(spec);
  const surveyOf = (column: string): ColumnSurvey[] =>
    tables.flatMap(({ table }, index) => {
      const found = table.names.indexOf(column);
      return found < 0 ? [] : [surveys[index].columns[found]];
    });
  const derived = stepsOf(spec, 'map').map(({ step }) => step.column);
  const all = [...new Set([...names, ...derived])];
  const rows = surveys.reduce((sum, one) => sum + one.rows, 0);
  const typed: TypedColumn[] = [];
  for (const [index, column] of all.entries()) {
    const told = surveyOf(column);
    const replacing = await replacedIn(tables, column);
    const missing = told.reduce((sum, one) => sum + one.missing, replacing.missing);
    const numbers = told.reduce((sum, one) => sum + one.numbers, replacing.numbers);
    const type = casts.get(column) ?? (derived.includes(column) || numbers > (rows - missing) / 2 ? 'number' : 'text');
    typed.push({ name: column, index, type, missing });
  }
  for (const { step, index } of stepsOf(spec, 'cast'))
    for (const column of step.columns) columnNamed(typed, column, path, place({ index }));
  const asText = new Set<string>();
  const replaced = new Set<string>();
  const needed = new Set<string>();
  for (const { steps } of tables)
    for (const { step, at } of steps) {
      if (step.op === 'replace') replaced.add(columnNamed(typed, step.column, path, at).name);
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
  for (const column of replaced) {
    const isMany = surveyOf(column).some(({ distinct }) => distinct > manyNumbers);
    if (typed.find(({ name }) => name === column)!.type !== 'number' || !isMany || times.has(column)) asText.add(column);
  }
  const own = all.filter(
    (column) => names.includes(column) && (replaced.has(column) || needed.has(column) || asText.has(column) || times.has(column)),
  );
  // They would be as many as there are rows.
  const tokenized = stepOf(spec, 'tokenize') && seen[0].name;
  const wanted = own.map((column): WantedColumn => {
    if (column === tokenized) return { name: column, as: 'texts' };
    const { type } = typed.find((one) => one.name === column)!;
    if (type === 'text' && times.has(column) && !asText.has(column) && !needed.has(column)) return { name: column, as: 'times' };
    if (replaced.has(column) && !asText.has(column)) return { name: column, as: 'texts' };
    return { name: column, as: type === 'text' || asText.has(column) ? 'codes' : 'numbers' };
  });
  for (const { name, as } of wanted)
    if (as === 'codes' && surveyOf(name).some(({ distinct }) => distinct > mostTexts))
      throw new EpochbookError('data.largeText', { path, column: name, most: mostTexts }, { at: '/data/source' });
  return { wanted, typed };
}

/** What a target is known to be; of several, by the output that the column is of. */
export function knownTarget(known: Preparation, column: string, spec: DataSpec): KnownTarget {
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

export async function gatherTexts(tables: readonly LargePart[], { wanted }: Plan, path: string): Promise<Map<string, string[]>> {
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

/** Of each row, its place, its part and what is to be predicted of it are in memory, and in the making twice. */
const bytesOfRow = 50;

/** Throws `data.rowsBeyondMemory`. `memory`: bytes of the computer's. */
export function checkRows(path: string, rows: number, memory = totalmem()): void {
  if (rows * bytesOfRow <= memory) return;
  throw new EpochbookError(
    'data.rowsBeyondMemory',
    { path, rows, gigabytes: Math.ceil((rows * bytesOfRow) / 1e9) },
    { at: '/data/source' },
  );
}
