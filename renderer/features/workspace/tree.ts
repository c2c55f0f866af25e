/** The workspace's files as the rows of a tree. */
import type { Workspace } from '#contract/calls.ts';

export interface Row {
  readonly path: string;
  readonly name: string;
  readonly kind: 'folder' | 'notebook' | 'data';
  /** From 1. */
  readonly level: number;
  readonly open?: boolean;
  readonly bytes?: number;
  readonly title?: string;
}

/** What is seen with these folders open: folders first, then notebooks, then data, each by name. */
export function rowsOf(workspace: Workspace, isOpen: (folder: string) => boolean): Row[] {
  const rows: Row[] = [];
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  const inside = (folder: string) => (path: string) => parentOf(path) === folder;
  const byName = (one: { path: string }, other: { path: string }) => collator.compare(nameOf(one.path), nameOf(other.path));
  const walk = (folder: string, level: number) => {
    const isHere = inside(folder);
    const here = workspace.folders.filter(isHere).map((path) => ({ path }));
    for (const { path } of here.sort(byName)) {
      const open = isOpen(path);
      rows.push({ path, name: nameOf(path), kind: 'folder', level, open });
      if (open) walk(path, level + 1);
    }
    for (const { path, title } of workspace.notebooks.filter(({ path }) => isHere(path)).sort(byName)) {
      rows.push({ path, name: nameOf(path), kind: 'notebook', level, title });
    }
    for (const { path, bytes } of workspace.dataFiles.filter(({ path }) => isHere(path)).sort(byName)) {
      rows.push({ path, name: nameOf(path), kind: 'data', level, bytes });
    }
  };
  walk('', 1);
  return rows;
}

export function parentOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '' : path.slice(0, at);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
