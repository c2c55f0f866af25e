/** Rows of series in the order that windows go over them, a piece at a time; what does not fit into memory is sorted on the disk. */
import type { Series } from '#contract/samples.ts';
import { columnNamed, typeColumns } from './columns.ts';
import type { TextTable } from './csv.ts';
import { loadDuck } from './duck.ts';
import type { Folders } from './files.ts';
import { rowsOf } from './row-table.ts';
import { createSpill } from './stream/spill.ts';
import { timesOf } from './times.ts';

/** Rows, of which the first were there in the piece before, for windows to begin in. */
export interface SeriesPiece {
  readonly table: TextTable;
  readonly carried: number;
}

const at = '/data/source';
const leastRows = 8192;
/** Rows of a chunk: the database's own size of vectors. */
const chunkRows = 2048;

/** `open`: gives the rows as they lie in the file, as often as it is called. `mostCells`: what is held at once. Throws what that and `timesOf` throw. */
export async function* seriesPieces(
  open: () => AsyncGenerator<TextTable>,
  series: Series,
  folders: Folders,
  mostCells: number,
): AsyncGenerator<SeriesPiece> {
  const held: TextTable[] = [];
  let cells = 0;
  for await (const piece of open()) {
    held.push(piece);
    cells += piece.lines.length * piece.names.length;
    if (cells > mostCells) break;
  }
  if (cells <= mostCells) {
    yield { table: sorted(joined(held), series), carried: 0 };
    return;
  }
  held.length = 0;
  yield* overlapping((await isInOrder(open(), series)) ? open() : sortedOnDisk(open(), series, folders), series.length);
}

/** Pieces that each begin with the last rows of the one before. */
async function* overlapping(pieces: AsyncIterable<TextTable>, length: number): AsyncGenerator<SeriesPiece> {
  let before: TextTable | undefined;
  let [held, count]: [TextTable[], number] = [[], 0];
  const next = (): SeriesPiece => {
    const table = joined(before ? [before, ...held] : held);
    const carried = before?.lines.length ?? 0;
    before = rowsOf(table, Math.max(0, table.lines.length - length + 1), table.lines.length);
    [held, count] = [[], 0];
    return { table, carried };
  };
  for await (const piece of pieces) {
    held.push(piece);
    count += piece.lines.length;
    if (count >= Math.max(leastRows, 2 * length)) yield next();
  }
  if (count > 0) yield next();
}

function joined(pieces: readonly TextTable[]): TextTable {
  const [first] = pieces;
  if (pieces.length === 1) return first;
  return {
    ...first,
    columns: first.names.map((_, column) => pieces.flatMap(({ columns }) => columns[column])),
    lines: pieces.flatMap(({ lines }) => lines),
    rows: Uint32Array.from(pieces.flatMap(({ rows }) => [...rows])),
  };
}

interface Keys {
  readonly groupOf: (row: number) => string;
  readonly timeOf: (row: number) => number;
}

/** Of each row of a piece, its series and when it was. */
function keysOf(table: TextTable, { group, time }: Series): Keys {
  const columns = typeColumns(table);
  const groups = group === undefined ? undefined : table.columns[columnNamed(columns, group, table.path, at).index];
  const times = time === undefined ? undefined : timesOf(table, columnNamed(columns, time, table.path, at), at);
  return { groupOf: (row) => groups?.[row] ?? '', timeOf: (row) => times?.[row] ?? 0 };
}

/** Numbers series in the order in which they come up. */
function createNumbering(): (group: string) => number {
  const numbers = new Map<string, number>();
  return (group) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  };
}

/** One series after another, each by time. */
function sorted(table: TextTable, series: Series): TextTable {
  const { groupOf, timeOf } = keysOf(table, series);
  const numberOf = createNumbering();
  const places = table.lines.map((_, row) => numberOf(groupOf(row)));
  const order = [...table.lines.keys()].sort((a, b) => places[a] - places[b] || timeOf(a) - timeOf(b) || a - b);
  return {
    ...table,
    columns: table.columns.map((column) => order.map((row) => column[row])),
    lines: order.map((row) => table.lines[row]),
    rows: Uint32Array.from(order, (row) => table.rows[row]),
  };
}

async function isInOrder(pieces: AsyncIterable<TextTable>, series: Series): Promise<boolean> {
  const numberOf = createNumbering();
  let [last, lastTime] = [0, -Infinity];
  for await (const table of pieces) {
    const { groupOf, timeOf } = keysOf(table, series);
    for (let row = 0; row < table.lines.length; row += 1) {
      const [place, time] = [numberOf(groupOf(row)), timeOf(row)];
      if (place < last || (place === last && time < lastTime)) return false;
      [last, lastTime] = [place, time];
    }
  }
  return true;
}

async function* sortedOnDisk(pieces: AsyncIterable<TextTable>, series: Series, folders: Folders): AsyncGenerator<TextTable> {
  const { DuckDBDataChunk, DuckDBInstance, DOUBLE, VARCHAR } = await loadDuck(at);
  const spill = await createSpill(folders);
  const settings = { threads: '2', memory_limit: '500MB', temp_directory: spill.folder };
  const instance = await DuckDBInstance.create(spill.database, settings);
  try {
    const connection = await instance.connect();
    const numberOf = createNumbering();
    let first: TextTable | undefined;
    const keyNames = ['series', 'time', 'row', 'line'];
    for await (const table of pieces) {
      if (!first) {
        const texts = table.names.map((_, index) => `c${index} VARCHAR`);
        await connection.run(`CREATE TABLE sorted (${[...keyNames.map((name) => `${name} DOUBLE`), ...texts].join(', ')})`);
        first = rowsOf(table, 0, 0);
      }
      const appender = await connection.createAppender('sorted');
      const { groupOf, timeOf } = keysOf(table, series);
      for (let from = 0; from < table.lines.length; from += chunkRows) {
        const part = rowsOf(table, from, Math.min(table.lines.length, from + chunkRows));
        const chunk = DuckDBDataChunk.create([...keyNames.map(() => DOUBLE), ...table.names.map(() => VARCHAR)], part.lines.length);
        const places = part.lines.map((_, row) => numberOf(groupOf(from + row)));
        const times = part.lines.map((_, row) => timeOf(from + row));
        chunk.setColumns([places, times, [...part.rows], part.lines, ...part.columns]);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    }
    const result = await connection.stream('SELECT * EXCLUDE (series, time) FROM sorted ORDER BY series, time, row');
    for await (const rows of result.yieldRowsJs() as AsyncIterable<[number, number, ...string[]][]>)
      yield {
        ...first!,
        columns: first!.names.map((_, column) => rows.map((row) => row[column + 2] as string)),
        lines: rows.map(([, line]) => line),
        rows: Uint32Array.from(rows, ([row]) => row),
      };
  } finally {
    instance.closeSync();
    await spill.drop();
  }
}
