/** DuckDB, which reads tables and answers queries over them. It is native, and loaded when first needed. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { EpochbookError } from '#contract/errors.ts';

export interface NamedFile {
  /** As the notebook says it. */
  readonly path: string;
  /** Absolute, links followed. */
  readonly file: string;
  readonly gzipped: boolean;
}

export const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
/** Whether a text is one of these. Of more than a few, IN becomes a join, after which rows come in another order. */
export const isOneOf = (text: string, texts: Iterable<string>) =>
  `(${Array.from(texts, (one) => `${text} = ${quoted(one)}`).join(' OR ')})`;

/** Bytes of one row of JSON; the reader takes twice as many for each of its threads. */
const largestObject = 64 * 2 ** 20;

const json = ({ file, gzipped }: NamedFile) =>
  `read_json(${quoted(file)}, sample_size = -1, maximum_object_size = ${largestObject}, convert_strings_to_integers = false${gzipped ? ", compression = 'gzip'" : ''})`;
const parquet = ({ file }: NamedFile) => `read_parquet(${quoted(file)})`;
export const tableReader = (format: 'parquet' | 'json', named: NamedFile) => (format === 'json' ? json(named) : parquet(named));

/** DuckDB's first lines, with paths as the notebook says them. */
export function detailOf(cause: unknown, files: readonly NamedFile[]): string {
  let message = cause instanceof Error ? cause.message : String(cause);
  for (const { path, file } of files) message = message.replaceAll(file, path);
  return message
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 2)
    .join(' ')
    .slice(0, 400);
}

export async function loadDuck(at: string): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new EpochbookError('data.readerMissing', { package: '@duckdb/node-api', detail: String(cause).slice(0, 200) }, { at, cause });
  }
}

/** From here on the database opens these files alone. Views may still be made, and the settings must then be locked. */
export async function lockDown(connection: DuckDBConnection, files: readonly NamedFile[], more: readonly string[] = []): Promise<void> {
  for (const setting of [
    // What has a zone is written out alike on every computer.
    "TimeZone = 'UTC'",
    ...more,
    'autoinstall_known_extensions = false',
    'autoload_known_extensions = false',
    `allowed_paths = [${files.map(({ file }) => quoted(file)).join(', ')}]`,
    'enable_external_access = false',
  ])
    await connection.run(`SET ${setting}`);
}
