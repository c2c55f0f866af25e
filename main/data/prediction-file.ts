/** Predictions as a table in a file: CSV, JSON or Parquet, row after row. */
import { createWriteStream, promises as disk } from 'node:fs';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { PredictedRow, PredictionFormat, Predictions } from '#contract/predictions.ts';
import { identifier, loadDuck, quoted } from './duck.ts';

type Head = Pick<Predictions, 'outputs' | 'unit'>;
type Cell = string | number | undefined;

interface Column {
  readonly name: string;
  readonly type: 'VARCHAR' | 'BIGINT' | 'DOUBLE';
  readonly of: (row: PredictedRow) => Cell;
}

/** Beyond these only the class that is said gets a column for its share. */
const mostShares = 200;

/** `first` shows what each answer holds. */
function columnsOf({ outputs, unit }: Head, first: PredictedRow): Column[] {
  const columns: Column[] = [{ name: 'file', type: 'VARCHAR', of: ({ file }) => file }];
  if (unit !== 'file') columns.push({ name: unit, type: 'BIGINT', of: ({ place }) => place });
  outputs.forEach(({ name, classes = [] }, index) => {
    const prefix = outputs.length > 1 ? `${name} ` : '';
    const shown = first.answers[index];
    if (shown.class !== undefined) columns.push({ name: `${prefix}class`, type: 'VARCHAR', of: ({ answers }) => answers[index].class });
    if (shown.classes) columns.push({ name: `${prefix}classes`, type: 'VARCHAR', of: ({ answers }) => answers[index].classes?.join(' ') });
    if (shown.probabilities) {
      columns.push({
        name: `${prefix}probability`,
        type: 'DOUBLE',
        of: ({
          answers: {
            [index]: { probabilities = [] },
          },
        }) => probabilities.reduce((most, share) => Math.max(most, share), 0),
      });
      if (shown.probabilities.length <= mostShares)
        shown.probabilities.forEach((_, place) =>
          columns.push({
            name: `${prefix}p(${classes[place] ?? place})`,
            type: 'DOUBLE',
            of: ({ answers }) => answers[index].probabilities?.[place],
          }),
        );
    }
    shown.values?.forEach((_, place, { length }) =>
      columns.push({
        name: prefix + (length === 1 ? 'value' : `value ${place + 1}`),
        type: 'DOUBLE',
        of: ({ answers }) => answers[index].values?.[place],
      }),
    );
  });
  return columns;
}

const csvCell = (cell: Cell) => {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const jsonCell = (cell: Cell) => (typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell);

export interface PredictionFile {
  add(rows: readonly PredictedRow[]): Promise<void>;
  /** Puts the file in its place; its bytes. */
  done(): Promise<number>;
  /** Removes what was written. */
  fail(): Promise<void>;
}

/** The file is whole or not there. `file` is absolute. */
export async function openPredictionFile(file: string, format: PredictionFormat, head: () => Head): Promise<PredictionFile> {
  await disk.mkdir(dirname(file), { recursive: true });
  const part = `${file}.part`;
  const out = createWriteStream(part);
  await once(out, 'open');
  let columns: Column[] | undefined;
  let count = 0;
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  const close = () =>
    new Promise<void>((resolve, reject) => {
      out.once('error', reject);
      out.end(() => resolve());
    });
  const fail = async () => {
    out.destroy();
    await Promise.all([part, `${part}.parquet`].map((each) => disk.rm(each, { force: true })));
  };
  return {
    async add(rows) {
      if (rows.length === 0) return;
      const made = (columns ??= columnsOf(head(), rows[0]));
      if (format === 'json') {
        const lines = rows.map((row) => JSON.stringify(Object.fromEntries(made.map(({ name, of }) => [name, jsonCell(of(row))]))));
        await write((count === 0 ? '[\n' : ',\n') + lines.join(',\n'));
      } else {
        const lines = rows.map((row) => `${made.map(({ of }) => csvCell(of(row))).join(',')}\n`);
        await write((count === 0 ? `${made.map(({ name }) => csvCell(name)).join(',')}\n` : '') + lines.join(''));
      }
      count += rows.length;
    },
    async done() {
      if (format === 'json') await write(count === 0 ? '[]\n' : '\n]\n');
      await close();
      if (format === 'parquet') {
        await toParquet(part, `${part}.parquet`, columns ?? []);
        await disk.rename(`${part}.parquet`, file);
        await disk.rm(part);
      } else await disk.rename(part, file);
      return (await disk.stat(file)).size;
    },
    fail,
  };
}

async function toParquet(csv: string, parquet: string, columns: readonly Column[]): Promise<void> {
  const { DuckDBInstance } = await loadDuck('/data/source');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '500MB' });
  try {
    const connection = await instance.connect();
    const types = columns.map(({ name, type }) => `${quoted(name)}: '${type}'`).join(', ');
    const from = `read_csv(${quoted(csv)}, header = true, auto_detect = false, columns = {${types}}, delim = ',', quote = '"', escape = '"')`;
    const names = columns.map(({ name }) => identifier(name)).join(', ');
    await connection.run(`COPY (SELECT ${names} FROM ${from}) TO ${quoted(parquet)} (FORMAT parquet)`);
  } finally {
    instance.closeSync();
  }
}
