/** Rows of a copied table, sorted and filtered, a page at a time. */
import type { LookCell, LookColumn, LookFilter, LookPage, LookSelection } from '#contract/look.ts';
import { EpochbookError } from '#contract/errors.ts';
import { identifier, quoted } from '../duck.ts';
import { type Imported, shownAs, textOf, toCell } from './source.ts';

/** Rows of the table in the order shown; undefined where that is the table's own. */
type Order = Uint32Array | undefined;

export interface Pages {
  page(selection: LookSelection, offset: number, limit: number): Promise<LookPage>;
  /** The condition that a selection puts on rows, for what is counted over them. */
  readonly condition: (filters: readonly LookFilter[]) => string;
}

/** Orders kept: the last few that were looked at. */
const keptCount = 4;

function columnNamed(columns: readonly LookColumn[], name: string): LookColumn {
  const found = columns.find((column) => column.name === name);
  if (!found) throw new EpochbookError('data.columnMissing', { path: '', column: name, names: columns.map((one) => one.name).join(', ') });
  return found;
}

function conditionOf(columns: readonly LookColumn[], filter: LookFilter): string {
  if (filter.is === 'rows') return filter.rows.length === 0 ? 'false' : `rowid IN (${filter.rows.join(', ')})`;
  const column = columnNamed(columns, filter.column);
  const name = identifier(column.name);
  switch (filter.is) {
    case 'equal':
      return `${textOf(column)} = ${quoted(filter.value)}`;
    case 'between':
      return `${name} >= ${filter.from} AND ${name} ${filter.closed ? '<=' : '<'} ${filter.to}`;
    case 'containing':
      return `contains(lower(${textOf(column)}), ${quoted(filter.text.toLowerCase())})`;
    default:
      return `${name} IS NULL`;
  }
}

export function createPages(columns: readonly LookColumn[], { connection, rows }: Imported): Pages {
  const kept = new Map<string, Order>();
  const condition = (filters: readonly LookFilter[]) =>
    filters.length === 0 ? 'true' : filters.map((filter) => `(${conditionOf(columns, filter)})`).join(' AND ');

  async function orderOf({ filters, order }: LookSelection): Promise<Order> {
    if (filters.length === 0 && !order) return undefined;
    const key = JSON.stringify([filters, order]);
    if (kept.has(key)) return kept.get(key);
    const by = order
      ? `${identifier(columnNamed(columns, order.column).name)} ${order.descending ? 'DESC' : 'ASC'} NULLS LAST, rowid`
      : 'rowid';
    const result = await connection.stream(`SELECT rowid::UINTEGER FROM looked WHERE ${condition(filters)} ORDER BY ${by}`);
    const found = new Uint32Array(rows);
    let count = 0;
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      found.set(chunk.getColumnValues(0) as number[], count);
      count += chunk.rowCount;
    }
    kept.set(key, found.slice(0, count));
    if (kept.size > keptCount) kept.delete([...kept.keys()][0]);
    return kept.get(key);
  }

  return {
    condition,
    async page(selection, offset, limit) {
      const order = await orderOf(selection);
      const total = order?.length ?? rows;
      const from = Math.min(offset, total);
      const to = Math.min(total, from + limit);
      const wanted = order ? [...order.subarray(from, to)] : Array.from({ length: to - from }, (_, index) => from + index);
      if (wanted.length === 0) return { total, offset: from, rows: [], cells: [] };
      const where = order ? `rowid IN (${wanted.join(', ')})` : `rowid >= ${from} AND rowid < ${to}`;
      const reader = await connection.runAndReadAll(
        `SELECT rowid::UINTEGER, ${columns.map(shownAs).join(', ')} FROM looked WHERE ${where}`,
      );
      const byRow = new Map<number, LookCell[]>();
      for (const [row, ...values] of reader.getRowsJS()) byRow.set(Number(row), values.map(toCell));
      return { total, offset: from, rows: wanted, cells: wanted.map((row) => byRow.get(row) ?? columns.map(() => null)) };
    },
  };
}
