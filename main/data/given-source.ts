/** Files that are given to a trained model: which reader each needs, after the data that the model was trained on. */
import { parse, resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { type DataSource, type DataSpec, kindOf } from '#contract/spec.ts';
import type { Folders } from './files.ts';

/** Files as they were named, and the absolute folder that relative names start at. */
export interface Given {
  readonly paths: readonly string[];
  readonly folder: string;
}

const tableFormats: Readonly<Record<string, 'csv' | 'parquet' | 'arrow' | 'json' | 'sqlite'>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  tab: 'csv',
  data: 'csv',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  db: 'sqlite',
};

export const endingOf = (path: string): string => /\.([^./\\]+?)(?:\.gz)?$/.exec(path.toLowerCase())?.[1] ?? '';

/** A given file may lie anywhere on its disk: the user names it. */
export const foldersOfGiven = ({ folder }: Given, path: string): Folders => ({
  notebook: folder,
  workspace: parse(resolve(folder, path)).root,
});

const refused = (path: string, kinds: string) => new EpochbookError('data.givenKind', { path, kinds }, { where: { file: path } });

/** A table by its file's ending, whatever kind of file the model was trained on; read as that was where both are alike. */
export function tableSource(path: string, own: DataSource): DataSource {
  const ending = endingOf(path);
  const format = Object.hasOwn(tableFormats, ending) ? tableFormats[ending] : own.format === 'csv' && ending === '' ? 'csv' : undefined;
  if (!format) throw refused(path, Object.keys(tableFormats).join(', '));
  if (format !== own.format) return { format, path };
  // Another ending is another delimiter.
  if (own.format === 'csv' && endingOf(own.path) !== ending) return { ...own, path, delimiter: undefined };
  return { ...own, path };
}

/** `two`: what the second file is. */
function two(paths: readonly string[], kinds: string): readonly [string, string] {
  const [first, second, third] = paths;
  if (first === undefined || second === undefined || third !== undefined)
    throw new EpochbookError('data.givenTwo', { path: first ?? '', kinds }, first === undefined ? {} : { where: { file: first } });
  return [first, second];
}

function only(paths: readonly string[]): string {
  const [first, second] = paths;
  if (first === undefined || second !== undefined) throw new EpochbookError('data.givenOne', { path: second ?? '' });
  return first;
}

/** Given files with what is to be predicted, in the place of a run's own data. Throws `data.given*`. */
function labelledSource(own: DataSource, { paths }: Given): DataSource {
  switch (own.format) {
    case 'idx': {
      const [images, labels] = two(paths, 'IDX');
      return { ...own, images, labels };
    }
    case 'npy': {
      const [inputs, targets] = two(paths, 'NumPy');
      return { ...own, inputs, targets };
    }
    case 'npz':
    case 'text':
      return { ...own, path: only(paths) };
    case 'imageFolder': {
      if (own.labels === undefined) return { ...own, path: only(paths) };
      const [path, labels] = two(paths, 'CSV');
      return { ...own, path, labels };
    }
    case 'textFolder':
      return endingOf(only(paths)) in tableFormats ? tableSource(only(paths), own) : { ...own, path: only(paths) };
    default:
      return tableSource(only(paths), own);
  }
}

/** Steps that say which samples there are, not what becomes of them. */
const choosing: readonly string[] = ['split', 'kFold', 'withValidation', 'withTest', 'take', 'distinct', 'augment'];

/** The run's data with given files in its place, all of them one part. `workspace`: the run's. */
export function givenSpec(data: DataSpec, given: Given, workspace: string): { spec: DataSpec; folders: Folders } {
  const source = labelledSource(data.source, given);
  const steps = data.steps.filter(({ op }) => !choosing.includes(op));
  // A folder of texts says its columns by itself; a table in its place needs them said.
  if (data.source.format === 'textFolder' && source.format !== 'textFolder' && !steps.some(({ op }) => op === 'target'))
    steps.push({ op: 'target', column: 'label', kind: 'classes' });
  return { spec: { source, steps }, folders: { ...foldersOfGiven(given, given.paths[0] ?? '.'), cache: workspace } };
}

export const isTable = (data: DataSpec): boolean => kindOf(data.source) === 'table';
