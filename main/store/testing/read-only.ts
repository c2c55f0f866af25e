/** A folder that nobody can write to, for tests. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function chmodAll(path: string, writable: boolean): void {
  const isFolder = statSync(path).isDirectory();
  if (writable) chmodSync(path, isFolder ? 0o755 : 0o644);
  if (isFolder) for (const name of readdirSync(path)) chmodAll(join(path, name), writable);
  if (!writable) chmodSync(path, isFolder ? 0o555 : 0o444);
}

function isWritable(folder: string): boolean {
  try {
    writeFileSync(join(folder, '.probe'), '');
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes away the right to write, or mounts the folder on itself where its user may write anywhere. Gives a function that
 * takes this back; undefined where neither works.
 */
export function makeReadOnly(folder: string): (() => void) | undefined {
  chmodAll(folder, false);
  if (!isWritable(folder)) return () => chmodAll(folder, true);
  chmodAll(folder, true);
  if (process.platform !== 'linux' || spawnSync('mount', ['--bind', folder, folder]).status !== 0) return undefined;
  const undo = (): void => void spawnSync('umount', [folder]);
  if (spawnSync('mount', ['-o', 'remount,bind,ro', folder]).status === 0 && !isWritable(folder)) return undo;
  undo();
  return undefined;
}
