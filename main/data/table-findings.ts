/** What is odd in a table's columns. */
import type { DataFix, Finding } from '#contract/notebook.ts';
import type { DataSpec } from '#contract/spec.ts';
import { isMissing, numberIn, type TypedColumn } from './columns.ts';
import type { TextTable } from './csv.ts';
import type { FittedFeature } from './features.ts';
import { beforeScaling, literal } from '#contract/cell-text.ts';
import { dropColumn, finding, quotedNames, rarer, spellAlike, spelledAlike } from './findings.ts';
import type { Parts } from './split.ts';

export interface TableFacts {
  readonly table: TextTable;
  readonly chosen: readonly TypedColumn[];
  readonly features: readonly FittedFeature[];
  readonly target: { readonly column: TypedColumn; readonly values: Float64Array; readonly classes?: readonly string[] };
  readonly parts: Parts;
  readonly spec: DataSpec;
}

/** Below this, chance alone separates and orders rows. */
const fewestRows = 20;
/** Ranges that are further apart than this make one learning rate too large for some weights or too small for others. */
const rangesApart = 100;
/** The chance of a false alarm about a shift, over all columns. */
const shiftAlarm = 1e-4;
/** Correlation with a number to predict from which on a column is that number in other words. */
const sameNumber = 0.99995;
/** From this likeness of neighbours in time on, a random split tests what it trained on. */
const likeBefore = 0.9;
/** Quartile ranges beyond the quartiles, and how many times further out than all others. */
const outlierReach = 20;
const outlierGap = 8;
/** What programs write where they have no value. */
const sentinels = [-99, -999, -9999, -99999, 9999, 99999, 999999];

export function findTableFaults(facts: TableFacts): Finding[] {
  const { table, chosen, parts } = facts;
  if (parts.train.length < fewestRows) return spellings(table, chosen);
  return [
    ...spellings(table, chosen),
    ...giveaways(facts),
    ...futures(facts),
    ...lookAheads(facts),
    ...outliers(facts),
    ...ids(facts),
    ...placeholders(facts),
    ...unscaled(facts),
    ...shifted(facts),
    ...untrained(facts),
  ];
}

function spellings(table: TextTable, chosen: readonly TypedColumn[]): Finding[] {
  return chosen.flatMap(({ name, index, type }) => {
    if (type !== 'text') return [];
    const values = [...new Set(table.columns[index])].filter((text) => !isMissing(text));
    // In free text and ids, small differences are no slips.
    if (values.length * 4 > table.lines.length) return [];
    return spelledAlike(values).map((names) => {
      const counts = names.map((one) => ({ name: one, count: table.columns[index].filter((text) => text === one).length }));
      const odd = new Set(rarer(counts));
      return finding(
        'data.categorySpelling',
        { column: name, names: quotedNames(names) },
        counts.map((one) => `${JSON.stringify(one.name)}: ${one.count}`).join(', '),
        { column: name, rows: rowsWhere(table, (row) => odd.has(table.columns[index][row])), fix: spellAlike(name, counts) },
      );
    });
  });
}

/** Rows of the source, those of other files left out. */
function rowsWhere({ lines, rows, below }: TextTable, holds: (row: number) => boolean): number[] {
  const own = below?.[0]?.from ?? lines.length;
  const found: number[] = [];
  for (let row = 0; row < own; row += 1) if (holds(row)) found.push(rows[row]);
  return found;
}

/** Whether a column's values, sorted, show the classes one after the other. */
function separates(values: readonly number[], classes: readonly number[], count: number): boolean {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  let changes = 0;
  for (let place = 1; place < order.length; place += 1) {
    const [before, here] = [order[place - 1], order[place]];
    if (classes[before] === classes[here]) continue;
    if (values[before] === values[here]) return false;
    changes += 1;
  }
  return changes === count - 1;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squareA, squareB] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    both += (a[index] - meanA) * (b[index] - meanB);
    squareA += (a[index] - meanA) ** 2;
    squareB += (b[index] - meanB) ** 2;
  }
  return squareA > 0 && squareB > 0 ? both / Math.sqrt(squareA * squareB) : 0;
}

/** Columns that give the target away. */
function giveaways({ table, chosen, target, parts }: TableFacts): Finding[] {
  return chosen.flatMap((column) => {
    const texts = table.columns[column.index];
    const rows = Array.from(parts.train).filter((row) => !isMissing(texts[row]));
    if (rows.length < fewestRows || rows.length * 2 < parts.train.length) return [];
    const targets = rows.map((row) => target.values[row]);
    const classes = new Set(targets).size;
    const values = rows.map((row) => numberIn(texts[row]));
    let tells = false;
    if (column.type === 'number') {
      if (values.some(Number.isNaN)) return [];
      tells = target.classes ? classes > 1 && separates(values, targets, classes) : Math.abs(correlation(values, targets)) > sameNumber;
    } else if (target.classes && classes > 1) {
      const seen = new Map<string, number>();
      tells = rows.every(
        (row, index) => (seen.get(texts[row]) ?? targets[index]) === targets[index] && seen.set(texts[row], targets[index]),
      );
      tells &&= seen.size * 4 <= rows.length;
    }
    return tells
      ? [
          finding(
            'data.givesAway',
            { column: column.name, target: target.column.name },
            `${column.name} → ${target.column.name}: ${rows.length} / ${rows.length}`,
            { column: column.name, fix: dropColumn(column.name) },
          ),
        ]
      : [];
  });
}

/** Numbers that are the target of the row that follows: in a series, nobody has them yet. */
function futures({ table, chosen, target }: TableFacts): Finding[] {
  const own = table.below?.[0]?.from ?? table.lines.length;
  if (target.classes || own < fewestRows * 2) return [];
  const next = Array.from(target.values.subarray(1, own));
  // A target that hardly moves is its own neighbour.
  if (Math.abs(correlation(next, Array.from(target.values.subarray(0, own - 1)))) > sameNumber) return [];
  return chosen.flatMap((column) => {
    if (column.type !== 'number') return [];
    const values = table.columns[column.index].slice(0, own - 1).map(numberIn);
    const known = values.flatMap((value, row) => (Number.isNaN(value) ? [] : [row]));
    if (known.length < next.length * 0.9) return [];
    const r = correlation(
      known.map((row) => values[row]),
      known.map((row) => next[row]),
    );
    return Math.abs(r) > sameNumber
      ? [
          finding(
            'data.future',
            { column: column.name, target: target.column.name },
            `r = ${r.toFixed(5)}, ${known.length} / ${next.length}`,
            {
              column: column.name,
              fix: dropColumn(column.name),
            },
          ),
        ]
      : [];
  });
}

const timeName = /(?:^|[_\s])(?:time|date|day|week|month|year|hour|minute|timestamp|datum|zeit)(?:$|[_\s])/i;

/** A series that is split at random: what is validated on lies between what was trained on. */
function lookAheads({ table, target, parts, spec }: TableFacts): Finding[] {
  const parting = spec.steps.find((step) => step.op === 'split' || step.op === 'kFold');
  if (!parting || parting.group !== undefined || spec.steps.some(({ op }) => op === 'window')) return [];
  if (parting.op === 'split' && (parting.time !== undefined || parting.column !== undefined)) return [];
  const own = table.below?.[0]?.from ?? table.lines.length;
  if (!parts.validation || own < fewestRows * 2) return [];
  for (const [index, name] of table.names.entries()) {
    const texts = table.columns[index].slice(0, own);
    const isDate = texts.every((text) => /^\d{4}-\d{2}/.test(text));
    const times = isDate ? texts.map((text) => Date.parse(text)) : timeName.test(name) ? texts.map(numberIn) : [];
    if (times.length === 0 || times.some(Number.isNaN) || new Set(times).size < own * 0.9 || name === target.column.name) continue;
    const order = times.map((_, row) => row).sort((a, b) => times[a] - times[b]);
    const ordered = order.map((row) => target.values[row]);
    const alike = target.classes ? likeNeighbours(ordered) : correlation(ordered.slice(1), ordered.slice(0, -1));
    if (alike < likeBefore) continue;
    const fix: DataFix =
      parting.op === 'split'
        ? { do: 'setOption', of: 'split', name: 'time', value: literal(name), without: ['stratify'] }
        : { do: 'setStep', of: 'kFold', step: `.split({ validation: ${1 / parting.folds}, time: ${literal(name)} })` };
    return [
      finding('data.lookAhead', { column: name, target: target.column.name }, `${name}: ${alike.toFixed(2)}`, {
        column: name,
        rows: rowsWhere(table, (row) => parts.validation?.includes(row) === true).slice(0, 100),
        fix,
      }),
    ];
  }
  return [];
}

/** How much more often neighbours are of one class than by chance; 1 is always (Cohen's κ). */
function likeNeighbours(classes: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1);
  const chance = [...counts.values()].reduce((sum, count) => sum + (count / classes.length) ** 2, 0);
  const same = classes.filter((one, place) => place > 0 && one === classes[place - 1]).length / (classes.length - 1);
  return (same - chance) / (1 - chance);
}

/** Numbers far beyond all others: a slip of the unit, the decimal point or the line. */
function outliers({ table, chosen, features }: TableFacts): Finding[] {
  const tamed = new Set(
    features.flatMap(({ column, feature }) =>
      feature.before?.some(({ op }) => op === 'clip' || op === 'log' || op === 'bucketize') ? [column.name] : [],
    ),
  );
  return chosen.flatMap(({ name, index, type }) => {
    if (type !== 'number' || tamed.has(name)) return [];
    const numbers = table.columns[index].map(numberIn);
    const sorted = Float64Array.from(numbers.filter((value) => !Number.isNaN(value))).sort();
    if (sorted.length < fewestRows) return [];
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
    const [low, middle, high] = [at(0.25), at(0.5), at(0.75)];
    const reach = (high - low) * outlierReach;
    const isFar = (value: number) => (value < low - reach || value > high + reach) && !sentinels.includes(value);
    const rest = sorted.filter((value) => !isFar(value));
    const far = sorted.filter(isFar);
    if (high === low || far.length === 0 || far.length > Math.max(3, sorted.length * 0.01)) return [];
    const [min, max] = [rest[0], rest[rest.length - 1]];
    const usualReach = Math.max(middle - min, max - middle);
    // What goes on without a gap is a long tail.
    const nearest = far.reduce((least, value) => Math.min(least, Math.abs(value - middle)), Infinity);
    if (nearest < usualReach * outlierGap) return [];
    const values = { column: name, count: far.length, min, max, value: far[0] };
    return [
      finding('data.outlier', values, `${min} … ${max}; ${[...far].slice(0, 5).join(', ')}`, {
        column: name,
        rows: rowsWhere(table, (row) => isFar(numbers[row])),
        fix: { do: 'addStep', step: `.clip(${literal(name)}, { min: ${min}, max: ${max} })`, before: beforeScaling },
      }),
    ];
  });
}

/** Columns that only number or name the rows. */
function ids({ table, chosen }: TableFacts): Finding[] {
  return chosen.flatMap(({ name, index, type }) => {
    const texts = table.columns[index].filter((text) => !isMissing(text));
    if (texts.length < table.lines.length || new Set(texts).size < texts.length) return [];
    const numbers = type === 'number' ? texts.map(numberIn) : [];
    const whole = type === 'number' && numbers.every(Number.isInteger);
    const step = whole ? numbers[1] - numbers[0] : 0;
    const counts = step !== 0 && numbers.every((value, row) => value === numbers[0] + row * step);
    const named = /^(?:index|unnamed: 0|row|.*[_\s]?id)$/i.test(name) && /(?:^|[_\s])id$|^index$|^row$|unnamed|[a-z]I[dD]$/i.test(name);
    return type === 'text' || counts || (whole && named)
      ? [finding('data.idColumn', { column: name }, `${name}: ${texts.slice(0, 4).join(', ')}, …`, { column: name, fix: dropColumn(name) })]
      : [];
  });
}

/** Numbers that stand for a missing value: far beyond all others, and more than once. */
function placeholders({ table, chosen }: TableFacts): Finding[] {
  return chosen.flatMap(({ name, index, type }) => {
    if (type !== 'number') return [];
    const numbers = table.columns[index].map(numberIn).filter((value) => !Number.isNaN(value));
    return sentinels.flatMap((sentinel) => {
      const others = numbers.filter((value) => value !== sentinel);
      const count = numbers.length - others.length;
      if (count < 2 || others.length < fewestRows) return [];
      let [min, max] = [Infinity, -Infinity];
      for (const value of others) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      const away = sentinel < min ? min - sentinel : sentinel - max;
      return away > max - min
        ? [
            finding('data.placeholder', { column: name, value: sentinel, count }, `${min} … ${max}, ${count} × ${sentinel}`, {
              column: name,
              rows: rowsWhere(table, (row) => numberIn(table.columns[index][row]) === sentinel),
              fix: {
                do: 'addStep',
                step: `.replace(${literal(name)}, { ${[...new Set(table.columns[index].filter((text) => numberIn(text) === sentinel))].map((text) => `${literal(text)}: ''`).join(', ')} }).impute(${literal(name)})`,
                before: beforeScaling,
              },
            }),
          ]
        : [];
    });
  });
}

function unscaled({ features, parts }: TableFacts): Finding[] {
  const ranges = features.flatMap(({ feature, values }) => {
    if (feature.category !== undefined) return [];
    let [min, max] = [Infinity, -Infinity];
    for (const row of parts.train) {
      min = Math.min(min, values[row]);
      max = Math.max(max, values[row]);
    }
    return max > min ? [{ name: feature.column, range: max - min, most: Math.max(Math.abs(min), Math.abs(max)) }] : [];
  });
  if (ranges.length === 0) return [];
  const sorted = ranges.sort((a, b) => a.range - b.range);
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  if (most.range <= least.range * rangesApart && most.most < 1000) return [];
  // Scaled columns with an outlier: what was asked for has been done.
  if (
    features.filter(({ feature }) => feature.category === undefined).every(({ feature: { offset, scale } }) => offset !== 0 || scale !== 1)
  )
    return [];
  const number = (value: number) => Number(value.toPrecision(3));
  const values = { large: most.name, largeRange: number(most.range), small: least.name, smallRange: number(least.range) };
  const fix: DataFix = { do: 'addStep', step: '.standardize()', before: ['oneHot', 'split', 'kFold'] };
  const evidence = `${most.name}: ${number(most.range)}, ${least.name}: ${number(least.range)}`;
  return [finding('data.notScaled', values, evidence, { column: most.name, fix })];
}

/** The largest distance between two distributions (Kolmogorov and Smirnov's). Both sorted. */
export function distance(a: Float64Array, b: Float64Array): number {
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] <= value) i += 1;
    while (j < b.length && b[j] <= value) j += 1;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/** Parts that are not drawn from the same: the Kolmogorov–Smirnov test, corrected for the number of columns. */
function shifted({ table, features, parts, target }: TableFacts): Finding[] {
  const columns = features
    .filter(({ feature }) => feature.category === undefined)
    .map(({ feature, values }) => ({ name: feature.column, values }));
  // Of a series the target is a feature, too.
  if (!target.classes && columns.every(({ name }) => name !== target.column.name))
    columns.push({ name: target.column.name, values: target.values });
  const found: Finding[] = [];
  for (const part of ['validation', 'test'] as const) {
    const rows = parts[part];
    if (!rows || rows.length < fewestRows) continue;
    const [n, m] = [parts.train.length, rows.length];
    const limit = Math.sqrt((-Math.log(shiftAlarm / columns.length / 2) / 2) * ((n + m) / (n * m)));
    const sorted = (of: Uint32Array, values: Float64Array) => Float64Array.from(of, (row) => values[row]).sort();
    const apart = columns
      .map(({ name, values }) => ({ name, distance: distance(sorted(parts.train, values), sorted(rows, values)) }))
      .filter((column) => column.distance > limit)
      .sort((a, b) => b.distance - a.distance);
    if (apart.length === 0) continue;
    const inPart = new Set(rows);
    const names = apart
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ');
    found.push(
      finding(
        'data.shifted',
        { part, columns: names, count: apart.length },
        `${apart[0].name}: D = ${apart[0].distance.toFixed(2)} > ${limit.toFixed(2)}`,
        {
          column: apart[0].name,
          rows: rowsWhere(table, (row) => inPart.has(row)),
          ...(apart[0].name !== target.column.name && { fix: dropColumn(apart[0].name) }),
        },
      ),
    );
  }
  return found;
}

/** Categories that only the validation or the test has. */
function untrained({ table, features, parts }: TableFacts): Finding[] {
  const encoded = new Map<TypedColumn, boolean>();
  for (const { column, feature } of features)
    if (feature.category !== undefined || feature.before?.some(({ op }) => op === 'ordinal')) encoded.set(column, column.type === 'text');
  return [...encoded].flatMap(([{ name, index }, isText]) => {
    if (!isText) return [];
    const texts = table.columns[index];
    const trained = new Set(Array.from(parts.train, (row) => texts[row]));
    const rest = [...(parts.validation ?? []), ...(parts.test ?? [])].map((row) => texts[row]);
    const unseen = [...new Set(rest.filter((text) => !isMissing(text) && !trained.has(text)))];
    if (unseen.length === 0) return [];
    const values = { column: name, categories: unseen.slice(0, 3).join(', '), count: unseen.length };
    const odd = new Set(unseen);
    return [
      finding('data.categoryNotTrained', values, unseen.slice(0, 10).join(', '), {
        column: name,
        rows: rowsWhere(table, (row) => odd.has(texts[row])),
        fix: { do: 'addStep', step: `.filter(${literal(name)}, { noneOf: [${unseen.map(literal).join(', ')}] })`, before: beforeScaling },
      }),
    ];
  });
}
