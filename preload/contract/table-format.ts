/** Which reader a table's file is for. */

const endings = {
  parquet: ['parquet'],
  json: ['json', 'ndjson', 'jsonl'],
  arrow: ['arrow', 'feather'],
  sqlite: ['sqlite', 'sqlite3', 'db'],
} as const;

type TableFormat = keyof typeof endings;

/** Of a table's file that is not a delimited text, by its name. */
export function tableFormatOf(path: string): TableFormat | undefined {
  const ending = /\.([a-z\d]+)$/.exec(path.toLowerCase())?.[1] ?? '';
  const found = Object.entries(endings).find(([, all]) => (all as readonly string[]).includes(ending));
  return found?.[0] as TableFormat | undefined;
}
