/** The cell that reads a file: what a user would write, with the last column to be predicted. */
import { tableFormatOf } from '#contract/table-format.ts';

/** From the notebook's folder to a file, both paths in the workspace. */
export function pathFrom(notebook: string, file: string): string {
  const from = notebook.split('/').slice(0, -1);
  const to = file.split('/');
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}

export type FileKind = 'delimited' | 'table' | 'npz' | 'npy' | 'idx' | 'text' | 'image' | 'notebook' | 'other';

export function kindOf(path: string): FileKind {
  const name = path.toLowerCase();
  if (name.endsWith('.epoch.md')) return 'notebook';
  if (/\.[ct]sv(\.gz)?$/.test(name)) return 'delimited';
  if (tableFormatOf(name)) return 'table';
  if (name.endsWith('.npz')) return 'npz';
  if (name.endsWith('.npy')) return 'npy';
  if (/-ubyte(\.gz)?$|\.idx(\.gz)?$/.test(name)) return 'idx';
  if (name.endsWith('.txt')) return 'text';
  return /\.(png|jpe?g|gif|webp|svg)$/.test(name) ? 'image' : 'other';
}

/** Undefined where no cell can read it. `columns` of a table; `others`: files of the workspace, among them its labels. */
export function dataCellText(path: string, columns: readonly string[] | undefined, others: readonly string[]): string | undefined {
  const split = '  .split({ validation: 0.2, seed: 1 })\n';
  const target = columns && columns.length > 1 ? `  .target(${quoted(columns.at(-1)!)})\n` : '';
  switch (kindOf(path)) {
    case 'delimited':
      return `data.${/\.tsv/i.test(path) ? 'tsv' : 'csv'}(${quoted(path)})\n${target}${split}`;
    case 'table':
      return `data.${tableFormatOf(path)}(${quoted(path)})\n${target}${split}`;
    case 'npz':
      return `data.npz(${quoted(path)})\n${split}`;
    case 'npy': {
      const [inputs, targets] = pairOf(path, others, [
        [/x(?=\.npy$)/i, 'y'],
        [/inputs(?=\.npy$)/i, 'targets'],
        [/images(?=\.npy$)/i, 'labels'],
      ]);
      return `data.npy({ inputs: ${quoted(inputs)}, targets: ${quoted(targets)} })\n${split}`;
    }
    case 'idx': {
      const [images, labels] = pairOf(path, others, [[/images([-.])idx3/i, 'labels$1idx1']]);
      return `data.idx({ images: ${quoted(images)}, labels: ${quoted(labels)} })\n${split}`;
    }
    case 'text':
      return `data.text(${quoted(path)})\n  .tokenize({ by: 'characters', length: 40 })\n  .split({ validation: 0.1 })\n`;
    default:
      return undefined;
  }
}

/**
 * The file that a new data cell reads, of those that one can: the first that no cell reads yet, from the notebook's own
 * folder if there is one. Paths as seen from the notebook; `texts`: of its data cells.
 */
export function fileForNewCell(paths: readonly string[], texts: readonly string[]): string | undefined {
  const isRead = (path: string) => texts.some((text) => text.includes(quoted(path)));
  const readable = paths.filter((path) => dataCellText(path, undefined, paths) !== undefined);
  const unread = readable.filter((path) => !isRead(path));
  return unread.find((path) => !path.includes('/')) ?? unread[0] ?? readable[0];
}

/**
 * A folder of pictures by class, or of texts; `files`: all that lie in it. Pictures that lie in no folders of their own
 * have their labels in the table beside them.
 */
export function folderCellText(path: string, files: readonly string[]): string | undefined {
  const split = '  .split({ validation: 0.2, seed: 1 })\n';
  const pictures = files.filter((file) => /\.(png|jpe?g|webp)$/i.test(file));
  if (pictures.length > 0) {
    const tables = files.filter((file) => /\.csv$/i.test(file));
    const folders = new Set(pictures.map((file) => file.slice(0, file.lastIndexOf('/'))));
    const labels = folders.size === 1 && tables.length === 1 ? `, { labels: ${quoted(tables[0])} }` : '';
    return `data.imageFolder(${quoted(path)}${labels})\n${split}`;
  }
  return files.some((file) => kindOf(file) === 'text') ? `data.textFolder(${quoted(path)})\n  .tokenize()\n${split}` : undefined;
}

/** Inputs and targets, whichever of them `path` is. The other one's name is guessed where it is not there. */
function pairOf(path: string, others: readonly string[], pairs: readonly (readonly [RegExp, string])[]): [string, string] {
  for (const [inputs, targets] of pairs) {
    if (inputs.test(path)) return [path, path.replace(inputs, targets)];
    const before = others.find((other) => inputs.test(other) && other.replace(inputs, targets) === path);
    if (before !== undefined) return [before, path];
  }
  return [path, path];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
