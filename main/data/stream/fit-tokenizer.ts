/** A vocabulary from any number of different words: what no longer fits into memory is counted in a database on the disk. */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Tokenizer } from '#contract/samples.ts';
import { loadDuck } from '../duck.ts';
import type { Folders } from '../files.ts';
import { createSpill, type Spill } from './spill.ts';
import { countsNeeded, startTokenizer } from '../tokenizer.ts';

/** Different words, or pieces of words, that are counted in memory. */
const mostCounted = 4_000_000;

export interface StreamedFit {
  readonly take: (text: string) => void;
  /** After some texts: makes room where too much is counted. */
  readonly rest: () => Promise<void>;
  readonly finish: () => Promise<Tokenizer>;
  /** Takes away what lies on the disk. */
  readonly close: () => Promise<void>;
}

/** The vocabulary that `fitTokenizer` makes. Throws what the disk answers. */
export function startStreamedFit(
  vocabulary: number,
  settings: Pick<Tokenizer, 'by' | 'lowercase'>,
  folders: Folders,
  most = mostCounted,
): StreamedFit {
  const fit = startTokenizer(vocabulary, settings);
  let spilled: { files: Spill; instance: DuckDBInstance; connection: DuckDBConnection } | undefined;

  async function open() {
    const { DuckDBInstance: Duck } = await loadDuck('/data/source');
    const files = await createSpill(folders);
    const instance = await Duck.create(files.database, { threads: '2', memory_limit: '500MB', temp_directory: files.folder });
    const connection = await instance.connect();
    await connection.run('CREATE TABLE counts (token BLOB, times BIGINT)');
    return { files, instance, connection };
  }

  async function spill(): Promise<DuckDBConnection> {
    spilled ??= await open();
    const appender = await spilled.connection.createAppender('counts');
    for (const [token, times] of fit.drain()) {
      // In the order of their bytes, such are the strings in theirs.
      appender.appendBlob(Buffer.from(token, 'utf16le').swap16());
      appender.appendBigInt(BigInt(times));
      appender.endRow();
    }
    appender.closeSync();
    return spilled.connection;
  }

  return {
    take: fit.take,
    async rest() {
      if (fit.counted() > most) await spill();
    },
    async finish() {
      if (!spilled) return fit.finish();
      const connection = await spill();
      const needed = countsNeeded(settings, vocabulary);
      const result = await connection.stream(
        `SELECT token, sum(times)::DOUBLE AS times FROM counts GROUP BY token ORDER BY times DESC, token ${Number.isFinite(needed) ? `LIMIT ${needed}` : ''}`,
      );
      const counts = new Map<string, number>();
      for await (const rows of result.yieldRowsJs())
        for (const [token, times] of rows as [Uint8Array, number][]) counts.set(Buffer.from(token).swap16().toString('utf16le'), times);
      return fit.finish(counts);
    },
    async close() {
      spilled?.instance.closeSync();
      await spilled?.files.drop();
    },
  };
}

/** The same from texts as they come. */
export async function fitStreamed(
  texts: AsyncIterable<string>,
  vocabulary: number,
  settings: Pick<Tokenizer, 'by' | 'lowercase'>,
  folders: Folders,
  most?: number,
): Promise<Tokenizer> {
  const fit = startStreamedFit(vocabulary, settings, folders, most);
  try {
    for await (const text of texts) {
      fit.take(text);
      await fit.rest();
    }
    return await fit.finish();
  } finally {
    await fit.close();
  }
}
