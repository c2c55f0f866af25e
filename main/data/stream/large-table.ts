/** A table that is too large for memory, as the database reads it: counted, and passed through in blocks, never held. */
import { promises as disk } from 'node:fs';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource, TextEncoding } from '#contract/spec.ts';
import { hasCommas, parseCsv } from '../csv.ts';
import { detailOf, identifier, isOneOf, loadDuck, lockDown, type NamedFile, quoted, tableReader } from '../duck.ts';
import type { DuckTables } from '../duck-tables.ts';
import { asTold } from '../encoding.ts';
import { missing } from '../missing.ts';
import { explainNotUtf8 } from '../recoded.ts';
import { secondsOf } from '../times.ts';
import type { ColumnValues, StoredColumn } from './column-store.ts';
import type { Spill } from './spill.ts';
import { twiceIn } from '../row-table.ts';

export type LargeSource = Extract<DataSource, { format: 'csv' | 'parquet' | 'json' | 'sql' | 'sqlite' | 'arrow' }>;

/** What a column holds, over all rows. */
export interface ColumnSurvey {
  readonly missing: number;
  readonly numbers: number;
  /** Estimated. */
  readonly distinct: number;
  /** Of its numbers. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
}

export interface WantedColumn {
  readonly name: string;
  /** `times`: seconds, of dates. `texts`: as they are, where they are too many to be numbered. */
  readonly as: 'numbers' | 'codes' | 'times' | 'texts';
}

export interface LargeTable {
  readonly path: string;
  readonly names: readonly string[];
  readonly reading?: NonNullable<ReturnType<typeof parseCsv>['reading']>;
  readonly survey: () => Promise<{ readonly rows: number; readonly columns: readonly ColumnSurvey[] }>;
  /** The different texts of columns. */
  readonly texts: (names: readonly string[]) => Promise<Map<string, string[]>>;
  /** How many rows say each of these texts in a column. */
  readonly countsOf: (name: string, texts: readonly string[]) => Promise<Map<string, number>>;
  /** All rows in their order; `columns`: as they are kept. `take` hears of the values of a few thousand rows at a time. */
  readonly pass: (
    wanted: readonly WantedColumn[],
    columns: readonly StoredColumn[],
    take: (count: number, values: readonly ColumnValues[]) => void,
  ) => Promise<void>;
  readonly firstRows: (count: number) => Promise<string[][]>;
  readonly textAt: (name: string, row: number) => Promise<string>;
  readonly close: () => void;
}

const memoryLimit = '500MB';
/** Bytes that tell how a text is to be read. */
const headBytes = 1 << 18;
/** A column of more different texts says something else on every row. */
export const mostTexts = 4_000_000;

/** What `trim` takes away (ECMAScript's white space and line ends); the database's own takes spaces alone. */
const blanks =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

const isMissing = (text: string) => isOneOf(`lower(${text})`, missing);
/** What `numberIn` gives; NULL where that is NaN. The database also takes `inf`, `nan` and `1_000` for numbers. */
const numberOf = (text: string) =>
  `CASE WHEN NOT contains(${text}, '_') AND isfinite(TRY_CAST(${text} AS DOUBLE)) THEN TRY_CAST(${text} AS DOUBLE) END`;
/** Whole and double-precision numbers are what their texts say. */
const isExact = (type: string) => /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DOUBLE)$/.test(type);

type CsvSource = Extract<LargeSource, { format: 'csv' }>;

interface CsvReading {
  readonly relation: string;
  readonly names: readonly string[];
  readonly reading: NonNullable<ReturnType<typeof parseCsv>['reading']>;
  /** Of columns with a comma before fractions. */
  readonly commas: readonly boolean[];
}

/** How a text is read, told from its first lines as when it is read whole. Throws what `parseCsv` throws of them. */
async function readCsvHead(told: CsvSource, named: NamedFile, at: string, encoding: TextEncoding): Promise<CsvReading> {
  const source: CsvSource = { ...told, encoding: 'utf-8' };
  const { path, file, gzipped } = named;
  const bytes = gzipped ? await firstUnpacked(file) : await firstBytes(file);
  const head = bytes.length < headBytes ? bytes : bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
  const { names, reading } = parseHead();
  if (!reading) throw new Error('a text is always read in some way');
  const { delimiter, header } = reading;
  const plain = parseCsv({ path, bytes: head }, { ...source, decimal: '.' }, at);
  const mayHaveCommas = source.decimal === ',' || (source.decimal === undefined && delimiter !== ',');
  const quote = source.quote ?? '"';
  const options = [
    'auto_detect = false',
    `columns = {${names.map((_, index) => `c${index}: 'VARCHAR'`).join(', ')}}`,
    `header = ${header}`,
    `delim = ${quoted(delimiter)}`,
    `quote = ${quoted(quote)}`,
    `escape = ${quoted(quote)}`,
    'max_line_size = 8388608',
    'buffer_size = 16777216',
    ...(source.comment === undefined ? [] : [`comment = ${quoted(source.comment)}`]),
    ...(source.skip === undefined ? [] : [`skip = ${source.skip}`]),
    ...(gzipped ? ["compression = 'gzip'"] : []),
  ];
  return {
    relation: `read_csv(${quoted(file)}, ${options.join(', ')})`,
    names,
    reading: { ...reading, encoding, told: reading.told.filter((one) => one !== 'encoding' || told.encoding !== undefined) },
    commas: plain.columns.map((texts) => mayHaveCommas && hasCommas(texts, source.decimal === ',')),
  };

  function parseHead() {
    try {
      return parseCsv({ path, bytes: head }, source, at);
    } catch (error) {
      throw asTold(error, told.encoding);
    }
  }
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await disk.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function firstUnpacked(file: string): Promise<Buffer> {
  const { createReadStream } = await import('node:fs');
  const { createGunzip } = await import('node:zlib');
  const stream = createReadStream(file, { end: headBytes }).pipe(createGunzip());
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length >= headBytes) break;
    }
  } catch {
    // The part that was read ends in the middle.
  }
  return Buffer.concat(pieces).subarray(0, headBytes);
}

/** The database's own words for a row that is longer or shorter than the others. */
const ragged = /CSV Error on Line: (\d+)[\s\S]*?Expected Number of Columns: (\d+) Found: (\d+)/;
const csvLine = /CSV Error on Line: (\d+)/;

export interface LargeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where the database may put down what does not fit into its memory. */
  readonly spill: Spill;
  readonly at: string;
  /** Of a delimited text that is given as UTF-8: what it was before. */
  readonly encoding?: TextEncoding | undefined;
  /** Of a query: what it reads. */
  readonly tables?: DuckTables;
  /** Rows that another reader gives, of formats that the database does not know. */
  readonly rows?: { readonly names: readonly string[]; readonly blocks: AsyncIterable<readonly (readonly string[])[]> };
}

/** Opens what a source names; `files`: where they lie. Throws `data.*` errors. */
export async function openLargeTable(source: LargeSource, files: readonly NamedFile[], options: LargeOptions): Promise<LargeTable> {
  const { signal, spill, at, rows: foreign, tables } = options;
  const path = source.format === 'sql' ? 'SQL' : source.path;
  const { DuckDBInstance: Duck } = await loadDuck(at);
  // One thread for a query, so that rows without an order come in the same one every time.
  const threads = source.format === 'sql' ? '1' : '2';
  const instance: DuckDBInstance = await Duck.create(foreign ? spill.database : ':memory:', {
    threads,
    memory_limit: memoryLimit,
    temp_directory: spill.folder,
  });
  const failed = async (cause: unknown): Promise<unknown> => {
    if (cause instanceof EpochbookError) return cause;
    if (signal?.aborted) return signal.reason;
    const message = cause instanceof Error ? cause.message : String(cause);
    const [, line, wanted, found] = ragged.exec(message) ?? [];
    if (line !== undefined) {
      const facts = { path, line: Number(line), wanted: Number(wanted), found: Number(found) };
      return new EpochbookError('data.raggedRow', facts, { at, where: { file: path, line: Number(line) }, cause });
    }
    const odd = source.format === 'csv' && (await explainNotUtf8(cause, files[0], { at, told: source.encoding }));
    if (odd) return odd;
    const place = csvLine.exec(message)?.[1];
    const detail = detailOf(cause, files);
    if (source.format === 'csv')
      return place === undefined
        ? new EpochbookError('data.table', { path, detail }, { at, cause })
        : new EpochbookError('data.csv', { path, line: Number(place), detail }, { at, where: { file: path, line: Number(place) }, cause });
    return new EpochbookError(`data.${source.format}`, { path, detail }, { at, cause });
  };
  let connection: DuckDBConnection;
  const interrupt = () => connection?.interrupt();
  const close = () => {
    signal?.removeEventListener('abort', interrupt);
    instance.closeSync();
  };
  let names: readonly string[];
  let csv: CsvReading | undefined;
  let exact: readonly boolean[];
  try {
    connection = await instance.connect();
    signal?.addEventListener('abort', interrupt);
    if (foreign) await copyRows(connection, foreign);
    await lockDown(connection, files);
    let relation: string;
    if (foreign) relation = 'copied';
    else if (source.format === 'csv') {
      csv = await readCsvHead(source, files[0], at, options.encoding ?? 'utf-8');
      ({ relation } = csv);
    } else if (source.format === 'sql') {
      await tables!.make(connection);
      relation = tables!.relation(-1);
    } else relation = tableReader(source.format as 'parquet' | 'json', files[0]);
    const head = await connection.runAndReadAll(`FROM ${relation} LIMIT 0`);
    const found = head.columnNames();
    const types = head.columnTypes().map(String);
    names = csv?.names ?? foreign?.names ?? found;
    const twice = twiceIn(names);
    if (twice !== undefined) throw new EpochbookError('data.columnTwice', { path, column: twice }, { at });
    if (source.format === 'json' && names.length === 1 && names[0] === 'json') throw new EpochbookError('data.jsonShape', { path }, { at });
    exact = types.map(isExact);
    const nulls = source.format === 'csv' ? (source.nulls ?? []) : [];
    const texts = found.map((name, index) => {
      const own = `coalesce(${identifier(name)}::VARCHAR, '')`;
      // What begins and ends with a sign of ASCII that is no blank, as nearly all does, is told sooner than trimmed.
      let text = `CASE WHEN ascii(${own}) BETWEEN 33 AND 126 AND ascii(right(${own}, 1)) BETWEEN 33 AND 126 THEN ${own} ELSE trim(${own}, ${quoted(blanks)}) END`;
      if (nulls.length > 0) text = `CASE WHEN ${isOneOf(text, nulls)} THEN '' ELSE ${text} END`;
      if (csv?.commas[index])
        text = `CASE WHEN regexp_full_match(${text}, '[+-]?([0-9]+|[0-9]{1,3}(\\.[0-9]{3})+)(,[0-9]+)?') THEN replace(replace(${text}, '.', ''), ',', '.') ELSE ${text} END`;
      return `${text} AS t${index}, ${exact[index] ? `${identifier(name)}::DOUBLE` : 'NULL::DOUBLE'} AS n${index}`;
    });
    await connection.run(`CREATE TEMP VIEW large AS SELECT ${texts.join(', ')} FROM ${relation}`);
  } catch (cause) {
    close();
    throw await failed(cause);
  }

  const run = async (sql: string): Promise<unknown[][]> => {
    try {
      signal?.throwIfAborted();
      return (await connection.runAndReadAll(sql)).getRowsJS();
    } catch (cause) {
      throw await failed(cause);
    }
  };
  const number = (index: number) => (exact[index] ? `CASE WHEN isfinite(n${index}) THEN n${index} END` : numberOf(`t${index}`));
  const missingIn = (index: number) => (exact[index] ? `(n${index} IS NULL OR isnan(n${index}))` : isMissing(`t${index}`));
  const indexOf = (name: string) => names.indexOf(name);
  const enumerated = new Set<number>();
  const textsOf = async (index: number): Promise<string[]> => {
    if (!enumerated.has(index)) await run(`CREATE TYPE e${index} AS ENUM (SELECT DISTINCT t${index} FROM large ORDER BY 1)`);
    enumerated.add(index);
    return (await run(`SELECT unnest(enum_range(NULL::e${index}))::VARCHAR`)).map(([text]) => String(text));
  };

  return {
    path,
    names,
    ...(csv && { reading: csv.reading }),
    async survey() {
      const asked = names.map(
        (_, index) =>
          `count(*) FILTER (${missingIn(index)}), count(${number(index)}), approx_count_distinct(t${index}), min(${number(index)}), max(${number(index)}), avg(${number(index)}), stddev_pop(${number(index)})`,
      );
      const [[rows, ...found]] = await run(`SELECT count(*), ${asked.join(', ')} FROM large`);
      const told = found.map((value) => (value === null ? Number.NaN : Number(value)));
      const columns = names.map((_, index): ColumnSurvey => {
        const [absent, numbers, distinct, min, max, mean, deviation] = told.slice(index * 7, index * 7 + 7);
        // It is estimated.
        return { missing: absent, numbers, distinct: Math.min(distinct, Number(rows)), min, max, mean, deviation };
      });
      if (Number(rows) === 0) throw new EpochbookError('data.noRows', { path }, { at });
      return { rows: Number(rows), columns };
    },
    async texts(wanted) {
      const found = new Map<string, string[]>();
      for (const name of wanted) found.set(name, await textsOf(indexOf(name)));
      return found;
    },
    async countsOf(name, texts) {
      const text = `t${indexOf(name)}`;
      const found = await run(`SELECT ${text}, count(*) FROM large WHERE ${text} IN (${texts.map(quoted).join(', ')}) GROUP BY 1`);
      return new Map(found.map(([said, many]) => [String(said), Number(many)]));
    },
    async pass(wanted, columns, take) {
      const asked = wanted.map(({ name, as }) => {
        const index = indexOf(name);
        const text = `t${index}`;
        if (as === 'texts' || as === 'times') return text;
        if (as === 'codes') return `${text}::e${index}`;
        return `CASE WHEN ${missingIn(index)} THEN 'nan'::DOUBLE ELSE coalesce(${number(index)}, 'inf'::DOUBLE) END`;
      });
      /** From the database's codes to those of the column, which may hold texts of other tables, too. */
      const recoded = await Promise.all(
        wanted.map(async ({ name, as }, place) => {
          if (as !== 'codes') return undefined;
          const codes = new Map(columns[place].texts.map((text, code) => [text, code]));
          return Uint32Array.from((await textsOf(indexOf(name))).map((text) => codes.get(text)!));
        }),
      );
      try {
        signal?.throwIfAborted();
        const result = await connection.stream(`SELECT ${asked.join(', ')} FROM large`);
        for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
          signal?.throwIfAborted();
          const { rowCount } = chunk;
          take(
            rowCount,
            recoded.map((codes, place) => {
              const { as } = wanted[place];
              if (as === 'texts' || as === 'times') {
                const texts = chunk.getColumnValues(place) as string[];
                return as === 'texts' ? texts : Float64Array.from(texts, secondsOf);
              }
              const items = itemsOf(chunk, place);
              return codes ? Uint32Array.from(items, (code) => codes[code]) : items;
            }),
          );
        }
        // Interrupted, the rows just end.
        signal?.throwIfAborted();
      } catch (cause) {
        throw await failed(cause);
      }
    },
    firstRows: async (count) =>
      (await run(`SELECT ${names.map((_, index) => `t${index}`).join(', ')} FROM large LIMIT ${count}`)) as string[][],
    textAt: async (name, row) => ((await run(`SELECT t${indexOf(name)} FROM large LIMIT 1 OFFSET ${row}`)) as string[][])[0]?.[0] ?? '',
    close,
  };
}

/** A column's values as the database holds them. */
function itemsOf(chunk: DuckDBDataChunk, column: number): ArrayLike<number> & Iterable<number> {
  const { items } = chunk.getColumnVector(column) as unknown as { items: Float64Array | Uint8Array | Uint16Array | Uint32Array };
  return items.length === chunk.rowCount ? items : items.subarray(0, chunk.rowCount);
}

/** Puts rows into a table of the database's own, every value a text. */
async function copyRows(connection: DuckDBConnection, { names, blocks }: NonNullable<LargeOptions['rows']>): Promise<void> {
  await connection.run(`CREATE TABLE copied (${names.map((_, index) => `c${index} VARCHAR`).join(', ')})`);
  const appender = await connection.createAppender('copied');
  for await (const rows of blocks)
    for (const row of rows) {
      for (const text of row) appender.appendVarchar(text);
      appender.endRow();
    }
  appender.closeSync();
}
