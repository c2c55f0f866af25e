/** Rows that the database is given, as a table of its own whose columns have the types that their texts tell. */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { isMissing, isNumber } from './columns.ts';
import { identifier, loadDuck } from './duck.ts';
import type { Columns, PagedRows } from './paged-rows.ts';

export interface ForeignRows {
  readonly bytes: number;
  /** Makes the temporary table, in the order of the rows, or anew with those that were left out. `first`: of the first rows alone. */
  readonly put: (connection: DuckDBConnection, name: string, first: boolean) => Promise<void>;
  readonly isWhole: () => boolean;
  readonly close: () => Promise<void>;
}

/** Rows of a chunk: the database's own size of vectors. */
const chunkRows = 2048;

/** Columns that are held, some rows at a time. */
export async function* cut(columns: Columns): AsyncGenerator<Columns> {
  const count = columns[0]?.length ?? 0;
  for (let from = 0; from < count; from += chunkRows) yield columns.map((column) => column.slice(from, from + chunkRows));
}

const isDay = /^\d{4}-\d{2}-\d{2}$/;
const isMoment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;
const isWord = /^(?:true|false)$/i;

/** What all texts of a column may be. */
function startTyping() {
  const may = { number: true, whole: true, safe: true, logical: true, day: true, time: true };
  let some = false;
  return {
    take(text: string): void {
      if (isMissing(text)) return;
      some = true;
      may.number &&= isNumber(text);
      may.whole &&= may.number && /^-?\d+$/.test(text);
      may.safe &&= may.whole && Number.isSafeInteger(Number(text));
      may.logical &&= isWord.test(text);
      may.day &&= isDay.test(text);
      may.time &&= isDay.test(text) || isMoment.test(text);
    },
    type(): string {
      if (!some) return 'VARCHAR';
      // A number that a double cannot hold is a code, of which no digit may be lost.
      if (may.number) return may.whole ? (may.safe ? 'BIGINT' : 'VARCHAR') : 'DOUBLE';
      if (may.logical) return 'BOOLEAN';
      return may.day ? 'DATE' : may.time ? 'TIMESTAMP' : 'VARCHAR';
    },
  };
}

export function createForeignRows({ names, bytes, blocks }: Pick<PagedRows, 'names' | 'bytes' | 'blocks'>): ForeignRows {
  const typings = names.map(startTyping);
  let [started, whole] = [false, false];

  async function append(appender: DuckDBAppender, columns: Columns): Promise<void> {
    const { DuckDBDataChunk, VARCHAR } = await loadDuck('/data/source');
    const count = columns[0]?.length ?? 0;
    for (let from = 0; from < count; from += chunkRows) {
      const size = Math.min(chunkRows, count - from);
      const chunk = DuckDBDataChunk.create(
        names.map(() => VARCHAR),
        size,
      );
      const texts = columns.map((column) => column.slice(from, from + size));
      for (const [index, column] of texts.entries()) for (const text of column) typings[index].take(text);
      chunk.setColumns(texts.map((column) => column.map((text) => (isMissing(text) ? null : text))));
      appender.appendDataChunk(chunk);
    }
  }

  return {
    bytes,
    isWhole: () => whole,
    async put(connection, name, first) {
      const raw = `${name} as text`;
      if (!started)
        await connection.run(`CREATE TEMP TABLE ${identifier(raw)} (${names.map((one) => `${identifier(one)} VARCHAR`).join(', ')})`);
      started = true;
      const appender = await connection.createAppender(raw, 'main', 'temp');
      for (;;) {
        const next = await blocks.next();
        if (next.done) {
          whole = true;
          break;
        }
        await append(appender, next.value);
        if (first && bytes > 0) break;
      }
      appender.closeSync();
      const casts: string[] = [];
      for (const [index, one] of names.entries()) {
        const [column, type] = [identifier(one), typings[index].type()];
        // A column whose values do not fit its type stays text.
        const reader = await connection.runAndReadAll(
          `SELECT count(*)::INTEGER FROM ${identifier(raw)} WHERE ${column} IS NOT NULL AND TRY_CAST(${column} AS ${type}) IS NULL`,
        );
        const unfit = Number(reader.getRowsJS()[0]?.[0]);
        casts.push(`${column}::${unfit > 0 ? 'VARCHAR' : type} AS ${column}`);
      }
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${identifier(name)} AS SELECT ${casts.join(', ')} FROM ${identifier(raw)}`);
      if (whole) await connection.run(`DROP TABLE ${identifier(raw)}`);
    },
    async close() {
      await blocks.return?.();
    },
  };
}
