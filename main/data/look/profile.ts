/** What the columns of a copied table hold: counted by the database, over the rows that filters leave. */
import type { ColumnProfile, LookColumn } from '#contract/look.ts';
import { identifier } from '../duck.ts';
import type { Imported } from './source.ts';

/** From this many rows on, distinct values and quantiles are estimated and frequent values are those of a sample. */
export const estimatedFrom = 2_000_000;
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

/** Whole numbers are shown with a step each where there are few of them. */
function stepsOf(min: number, max: number, whole: boolean): number {
  if (!(max > min)) return 1;
  return whole && max - min < bins ? max - min + 1 : bins;
}

/** One after the other; each column needs two passes over what is stored of it. */
export async function profileColumns({ connection }: Imported, { columns, condition, target }: ProfileRequest): Promise<ColumnProfile[]> {
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJS() as Row[];
  const from = condition === 'true' ? 'looked' : `(SELECT * FROM looked WHERE ${condition})`;
  const [[counted]] = await rowsOf(`SELECT count(*) FROM ${from}`);
  const rows = Number(counted);
  const estimated = rows >= estimatedFrom;
  const associations = target ? await associate(columns, target, from, rowsOf) : new Map<string, ColumnProfile['withTarget']>();
  const profiles: ColumnProfile[] = [];
  for (const column of columns) {
    const name = identifier(column.name);
    const distinct = estimated ? `approx_count_distinct(${name})` : `count(DISTINCT ${name})`;
    const withTarget = associations.get(column.name);
    const base = { ...column, rows, estimated, ...(withTarget && { withTarget }) };
    if (column.type === 'number') {
      const finite = `FILTER (isfinite(${name}::DOUBLE))`;
      const quantiles = `${estimated ? 'approx_quantile' : 'quantile_cont'}(${name}::DOUBLE, [${shares.join(', ')}]) ${finite}`;
      const [found] = await rowsOf(
        `SELECT count(${name}), ${distinct}, min(${name}::DOUBLE) ${finite}, max(${name}::DOUBLE) ${finite}, avg(${name}::DOUBLE) ${finite},
           stddev_pop(${name}::DOUBLE) ${finite}, ${quantiles}, count(${name}) ${finite}, bool_and(${name}::DOUBLE = floor(${name}::DOUBLE)) ${finite} FROM ${from}`,
      );
      const [present, different, min, max, mean, deviation] = found.slice(0, 6).map(toNumber);
      const finiteCount = toNumber(found[7]);
      const profile = { ...base, missing: rows - present, distinct: different };
      if (finiteCount === 0) {
        profiles.push(profile);
        continue;
      }
      const steps = stepsOf(min, max, found[8] === true);
      const [edge, width] = steps > 1 && steps < bins ? [min - 0.5, 1] : [min, (max - min) / steps];
      const counts = Array.from({ length: steps }, () => 0);
      const place = width > 0 ? `least(floor((${name}::DOUBLE - ${edge}) / ${width}), ${steps - 1})` : '0';
      for (const [step, count] of await rowsOf(`SELECT ${place}, count(*) FROM ${from} WHERE isfinite(${name}::DOUBLE) GROUP BY 1`))
        counts[Math.max(0, Number(step))] += Number(count);
      profiles.push({
        ...profile,
        numbers: {
          min,
          max,
          mean,
          deviation,
          quantiles: quantilesOf(found[6]),
          notFinite: present - finiteCount,
        },
        histogram: { from: edge, to: edge + width * steps, counts },
      });
      continue;
    }
    const [[present, different, first, last]] = await rowsOf(
      `SELECT count(${name}), ${distinct}, min(${name})::VARCHAR, max(${name})::VARCHAR FROM ${from}`,
    );
    const sampled = estimated ? `(SELECT ${name} FROM ${from} USING SAMPLE ${estimatedFrom / 10} ROWS)` : from;
    const top = await rowsOf(
      `SELECT ${name}::VARCHAR, count(*) FROM ${sampled} WHERE ${name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${topCount}`,
    );
    const weight = estimated ? rows / (estimatedFrom / 10) : 1;
    profiles.push({
      ...base,
      missing: rows - Number(present),
      distinct: Number(different),
      top: top.map(([value, count]) => ({ value: String(value), count: Math.round(Number(count) * weight) })),
      ...(column.type === 'time' && typeof first === 'string' && typeof last === 'string' && { range: { from: first, to: last } }),
    });
  }
  return profiles;
}

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
