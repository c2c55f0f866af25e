/** The core as a command uses it: a workbench without an app around it. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Request, Response } from '#contract/calls.ts';
import { EpochbookError, fromPlainError } from '#contract/errors.ts';
import type { CallName } from '#contract/names.ts';
import { userFolder } from '#shell/user-folder.ts';
import type { Workbench } from '#workbench/workbench.ts';
import { findWorkspace } from '#workbench/workspace.ts';
import type { Ground } from './failure.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

export interface Core {
  /** Throws what the handler throws. */
  call<K extends CallName>(name: K, request: Request<K>): Promise<Response<K>>;
  readonly subscribe: Workbench['subscribe'];
}

/** Ends training and its processes when `use` is done. */
export async function withCore<T>(folder: string, use: (core: Core) => Promise<T>): Promise<T> {
  // Loaded when it is needed: help and mistakes in the arguments are told at once.
  const [{ createWorkbench }, { forkTrainerOnNode }] = await Promise.all([
    import('#workbench/workbench.ts'),
    import('#trainer/fork-node.ts'),
  ]);
  const workbench = await createWorkbench({
    folder,
    fork: forkTrainerOnNode(),
    samplesFolder: join(root, 'resources', 'samples'),
    settingsFile: join(userFolder(), 'settings.json'),
    version,
    shell: { name: 'cli' },
  });
  try {
    return await use({
      subscribe: (listener) => workbench.subscribe(listener),
      async call<K extends CallName>(name: K, request: Request<K>) {
        const reply = await workbench.call(name, request);
        if (!reply.ok) throw fromPlainError(reply.error);
        return reply.value as Response<K>;
      },
    });
  } finally {
    await workbench.close();
  }
}

/** The workspace that a command on runs is about. Absolute. */
export function workspaceHere({ workspace }: { workspace?: string }): string {
  if (workspace === undefined) return findWorkspace(process.cwd());
  return folderNamed(workspace);
}

function folderNamed(folder: string): string {
  const found = resolve(folder);
  if (!statSync(found, { throwIfNoEntry: false })?.isDirectory()) throw new EpochbookError('workspace.missing', { folder });
  return found;
}

/** The workspace of a notebook that was typed, and the notebook's path in it. */
export function notebookHere(file: string, { workspace }: { workspace?: string }): Required<Ground> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new EpochbookError('cli.fileMissing', { path: file });
  if (found.isDirectory()) throw new EpochbookError('cli.isFolder', { path: file });
  const path = resolve(file);
  const folder = workspace === undefined ? findWorkspace(dirname(path)) : folderNamed(workspace);
  return { workspace: folder, notebook: relative(folder, path).replaceAll('\\', '/') };
}
