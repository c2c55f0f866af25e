/** What the columns of a copied table hold: counted by the database, over the rows that filters leave. */
import type { ColumnProfile, LookColumn } from '#contract/look.ts';
import { identifier } from '../duck.ts';
import { type Imported, textOf } from './source.ts';

/** From this many rows on, distinct values are estimated, and so is all that a sample of the rows tells. */
export const estimatedFrom = 500_000;
const sampledRows = 200_000;
const hashes = 1_000_000;
const shares = [0.05, 0.25, 0.5, 0.75, 0.95];
const bins = 24;
const topCount = 12;
/** With more different values, a target is taken for a number. */
const mostClasses = 100;
/** Text with more different values says too little of each for an association to mean anything. */
const mostCategories = 1000;

export interface ProfileRequest {
  readonly columns: readonly LookColumn[];
  /** An SQL condition. */
  readonly condition: string;
  readonly target?: LookColumn | undefined;
}

type Row = readonly unknown[];
const toNumber = (value: unknown) => Number(value ?? Number.NaN);

/** What is asked of one column in the pass over all; how many answers that is depends on its type. */
function asked({ name, type }: LookColumn, estimated: boolean): string[] {
  const column = identifier(name);
  // Counted exactly one column after the other: all at once would need room for the values of all.
  const distinct = estimated ? `approx_count_distinct(${column})` : '0';
  if (type !== 'number') return [`count(${column})`, distinct, `min(${column})::VARCHAR`, `max(${column})::VARCHAR`];
  const value = `${column}::DOUBLE`;
  // A number that is none is rare, and then the least or the largest: only then are the others asked for again, without it.
  return [
    `count(${column})`,
    distinct,
    `min(${value})`,
    `max(${value})`,
    `avg(${value})`,
    `stddev_pop(CASE WHEN isfinite(${value}) THEN ${value} END)`,
  ];
}

/**
 * One pass over all columns, then for each one over its own values: of a table of millions of rows over a sample of them,
 * from which quantiles, frequent values, histograms and associations with the target are then estimated.
 */
export async function profileColumns({ connection }: Imported, { columns, condition, target }: ProfileRequest): Promise<ColumnProfile[]> {
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJS() as Row[];
  const all = condition === 'true' ? 'looked' : `(SELECT * FROM looked WHERE ${condition})`;
  const [[counted]] = await rowsOf(`SELECT count(*) FROM ${all}`);
  const rows = Number(counted);
  const estimated = rows >= estimatedFrom;
  let [from, weight] = [all, 1];
  if (estimated) {
    // Chosen before they are read.
    const chosen = `hash(rowid) % ${hashes} < ${Math.ceil((sampledRows / rows) * hashes)}`;
    await connection.run(`CREATE OR REPLACE TEMP TABLE sampled AS SELECT * FROM looked WHERE (${condition}) AND ${chosen}`);
    const [[sampled]] = await rowsOf('SELECT count(*) FROM sampled');
    [from, weight] = ['sampled', rows / Number(sampled)];
  }
  const questions = columns.map((column) => asked(column, estimated));
  const [answers] = await rowsOf(`SELECT ${questions.flat().join(', ')} FROM ${all}`);
  const associations = target ? await associate(columns, target, from, rowsOf) : new Map<string, ColumnProfile['withTarget']>();
  const profiles: ColumnProfile[] = [];
  let next = 0;
  for (const [index, column] of columns.entries()) {
    const found = answers.slice(next, (next += questions[index].length));
    const name = identifier(column.name);
    const withTarget = associations.get(column.name);
    const present = Number(found[0]);
    const different = Number(estimated ? found[1] : (await rowsOf(`SELECT count(DISTINCT ${name}) FROM ${all}`))[0][0]);
    // An estimate may be more than there are.
    const base = {
      ...column,
      rows,
      estimated,
      missing: rows - present,
      distinct: Math.min(different, present),
      ...(withTarget && { withTarget }),
    };
    if (column.type === 'number') profiles.push({ ...base, ...(await profileNumbers(name, found)) });
    else {
      const top = await rowsOf(
        `SELECT ${textOf(column)}, count(*) FROM ${from} WHERE ${name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${topCount}`,
      );
      const [first, last] = found.slice(2);
      profiles.push({
        ...base,
        top: top.map(([value, count]) => ({ value: String(value), count: Math.round(Number(count) * weight) })),
        ...(column.type === 'time' &&
          typeof first === 'string' &&
          typeof last === 'string' && { range: { from: withoutZone(first), to: withoutZone(last) } }),
      });
    }
  }
  return profiles;

  /** Whole numbers are shown with a step each where there are few of them. */
  async function stepsOf(value: string, min: number, max: number): Promise<number> {
    if (!(max > min)) return 1;
    if (max - min >= bins) return bins;
    const [[whole]] = await rowsOf(`SELECT bool_and(${value} = floor(${value})) FROM ${all} WHERE isfinite(${value})`);
    return whole === true ? max - min + 1 : bins;
  }

  async function profileNumbers(name: string, found: Row): Promise<Pick<ColumnProfile, 'numbers' | 'histogram'>> {
    const value = `${name}::DOUBLE`;
    const [present, , , , , deviation] = found.map(toNumber);
    let [min, max, mean] = [toNumber(found[2]), toNumber(found[3]), toNumber(found[4])];
    let finite = present;
    if (present > 0 && !(Number.isFinite(min) && Number.isFinite(max))) {
      const [again] = await rowsOf(`SELECT count(*), min(${value}), max(${value}), avg(${value}) FROM ${all} WHERE isfinite(${value})`);
      [finite, min, max, mean] = again.map(toNumber);
    }
    if (finite === 0) return {};
    const [[quantiles]] = await rowsOf(`SELECT quantile_cont(${value}, [${shares.join(', ')}]) FROM ${from} WHERE isfinite(${value})`);
    const steps = await stepsOf(value, min, max);
    const [edge, width] = steps > 1 && steps < bins ? [min - 0.5, 1] : [min, (max - min) / steps];
    const counts = Array.from({ length: steps }, () => 0);
    const place = width > 0 ? `least(floor((${value} - ${edge}) / ${width}), ${steps - 1})` : '0';
    for (const [step, count] of await rowsOf(`SELECT ${place}, count(*) FROM ${from} WHERE isfinite(${value}) GROUP BY 1`))
      counts[Math.max(0, Number(step))] += Math.round(Number(count) * weight);
    return {
      numbers: { min, max, mean, deviation, quantiles: quantilesOf(quantiles), notFinite: present - finite },
      histogram: { from: edge, to: edge + width * steps, counts },
    };
  }
}

const withoutZone = (time: string) => time.replace(/\+00$/, '');

function quantilesOf(value: unknown): number[] {
  return Array.isArray(value) ? value.map(toNumber) : shares.map(() => Number.NaN);
}

/** How far each column tells the target; columns for which that means nothing are left out. */
async function associate(
  columns: readonly LookColumn[],
  target: LookColumn,
  from: string,
  rowsOf: (sql: string) => Promise<Row[]>,
): Promise<Map<string, ColumnProfile['withTarget']>> {
  const found = new Map<string, ColumnProfile['withTarget']>();
  const goal = identifier(target.name);
  const others = columns.filter(({ name, type }) => name !== target.name && type !== 'time');
  if (others.length === 0 || target.type === 'time') return found;
  const [[different]] = await rowsOf(`SELECT approx_count_distinct(${goal}) FROM ${from}`);
  const isClasses = target.type !== 'number' || Number(different) <= 20;
  if (isClasses && Number(different) > mostClasses) return found;
  for (const { name: column, type } of others) {
    const name = identifier(column);
    let value: number;
    let measure: 'correlation' | 'correlationRatio' | 'cramersV';
    if (type === 'number' && !isClasses) {
      measure = 'correlation';
      const finite = `isfinite(${name}::DOUBLE) AND isfinite(${goal}::DOUBLE)`;
      value = toNumber((await rowsOf(`SELECT corr(${name}::DOUBLE, ${goal}::DOUBLE) FROM ${from} WHERE ${finite}`))[0][0]);
    } else if (type === 'number' || !isClasses) {
      measure = 'correlationRatio';
      const [classes, number] = type === 'number' ? [goal, name] : [name, goal];
      if (type !== 'number' && (await tooMany(name))) continue;
      value = correlationRatio(
        await rowsOf(
          `SELECT count(*), avg(${number}::DOUBLE), var_pop(${number}::DOUBLE) FROM ${from} WHERE ${classes} IS NOT NULL AND isfinite(${number}::DOUBLE) GROUP BY ${classes}`,
        ),
      );
    } else {
      measure = 'cramersV';
      if (await tooMany(name)) continue;
      value = cramersV(
        await rowsOf(
          `SELECT ${name}::VARCHAR, ${goal}::VARCHAR, count(*) FROM ${from} WHERE ${name} IS NOT NULL AND ${goal} IS NOT NULL GROUP BY 1, 2`,
        ),
      );
    }
    if (Number.isFinite(value)) found.set(column, { measure, value });
  }
  return found;

  async function tooMany(name: string): Promise<boolean> {
    const [[count]] = await rowsOf(`SELECT approx_count_distinct(${name}) FROM ${from}`);
    return Number(count) > mostCategories;
  }
}

/** η: the root of the share of the variance that lies between the classes (Pearson 1905). Rows: count, mean, variance. */
export function correlationRatio(groups: readonly Row[]): number {
  const all = groups.reduce((sum, [count]) => sum + Number(count), 0);
  const mean = groups.reduce((sum, [count, average]) => sum + Number(count) * Number(average), 0) / all;
  const between = groups.reduce((sum, [count, average]) => sum + Number(count) * (Number(average) - mean) ** 2, 0);
  const within = groups.reduce((sum, [count, , variance]) => sum + Number(count) * Number(variance), 0);
  return Math.sqrt(between / (between + within));
}

/** Cramér's V of a table of counts, with Bergsma's correction for chance (2013). Rows: one's value, the other's, count. */
export function cramersV(cells: readonly Row[]): number {
  const [left, right] = [new Map<string, number>(), new Map<string, number>()];
  let all = 0;
  for (const [a, b, count] of cells) {
    left.set(String(a), (left.get(String(a)) ?? 0) + Number(count));
    right.set(String(b), (right.get(String(b)) ?? 0) + Number(count));
    all += Number(count);
  }
  if (left.size < 2 || right.size < 2) return Number.NaN;
  // χ²/n = Σ observed² / (row × column) − 1
  let squares = 0;
  for (const [a, b, count] of cells) squares += Number(count) ** 2 / ((left.get(String(a)) ?? 1) * (right.get(String(b)) ?? 1));
  const [k, r] = [left.size, right.size];
  const corrected = Math.max(0, squares - 1 - ((k - 1) * (r - 1)) / (all - 1));
  const [rows, columns] = [k - (k - 1) ** 2 / (all - 1), r - (r - 1) ** 2 / (all - 1)];
  const least = Math.min(rows, columns) - 1;
  return least > 0 ? Math.sqrt(corrected / least) : 0;
}
