/** The workspace's store as a whole: its space, its health, a copy of it. */
import { promises as disk } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { StoreBackup, StoreRescue } from '#contract/store.ts';
import { replaceFolder } from '#interchange/exported-folder.ts';
import { maintain } from '#store/maintenance.ts';
import { databaseFile, type Store } from '#store/store.ts';
import { stateFolder, stateFolderName } from '#store/workspace-folder.ts';
import type { Job } from './jobs.ts';
import { readWorkspace } from './workspace.ts';

/** Runs of the bin, one after another, then the room they took: what was purged before a stop stays purged. */
export async function purgeRuns(
  store: Store,
  runIds: readonly RunId[],
  job: Job,
  mayCompact: boolean,
): Promise<{ runs: number; freedBytes: number }> {
  const before = store.databaseBytes();
  let checkpointBytes = 0;
  let runs = 0;
  try {
    for (const id of runIds) {
      const { name } = store.summary(id);
      checkpointBytes += await store.purge(id);
      await job.step(++runs, runIds.length, name);
    }
  } finally {
    if (!(await store.giveBack(() => job.breathe())) && mayCompact) await store.compact();
  }
  return { runs, freedBytes: checkpointBytes + Math.max(0, before - store.databaseBytes()) };
}

/** Whether a folder holds nothing but a backup of ours. */
async function isBackup(folder: string): Promise<boolean> {
  const names = await disk.readdir(folder);
  return names.includes(stateFolderName) && names.every((name) => name === stateFolderName || name.endsWith('.epoch.md'));
}

/**
 * Writes a workspace that can be opened on another machine: the database, the checkpoints, the notebooks; not the data.
 * Throws interchange.folderInUse and what the disk answers; then nothing is left.
 */
export async function backUp(store: Store, workspace: string, folder: string, job: Job): Promise<StoreBackup> {
  const target = resolve(workspace, folder);
  const checkpoints = join(stateFolder(workspace), 'checkpoints');
  const { notebooks } = await readWorkspace(workspace);
  let bytes = 0;
  await replaceFolder({
    target,
    isOurs: isBackup,
    async write(into) {
      const state = join(into, stateFolderName);
      await disk.mkdir(state);
      await disk.writeFile(join(state, '.gitignore'), '*\n');
      const copy = join(state, basename(store.file));
      await store.copyTo(copy, (done, total) => job.tell(done, total, basename(store.file)));
      const problems = await maintain('check', { file: copy }, job.signal);
      if (problems.length > 0) throw new EpochbookError('store.damaged', { path: store.file });
      bytes += (await disk.stat(copy)).size;
      const files: string[] = [];
      for (const id of await disk.readdir(checkpoints).catch(() => [])) {
        for (const name of await disk.readdir(join(checkpoints, id)).catch(() => [])) files.push(join(id, name));
      }
      for (const [index, file] of files.entries()) {
        const to = join(state, 'checkpoints', file);
        await disk.mkdir(dirname(to), { recursive: true });
        await disk.copyFile(join(checkpoints, file), to);
        bytes += (await disk.stat(to)).size;
        await job.step(index + 1, files.length, file);
      }
      for (const { path } of notebooks) {
        const to = join(into, ...path.split('/'));
        await disk.mkdir(dirname(to), { recursive: true });
        await disk.copyFile(join(workspace, ...path.split('/')), to);
        bytes += (await disk.stat(to)).size;
      }
    },
  });
  return { folder: target, bytes, runs: store.list().length + store.list({ deleted: true }).length, notebooks: notebooks.length };
}

/** Puts a new database with all that can be read in the place of a damaged one, which is kept beside it. Nobody may have it open. */
export async function rescue(workspace: string, job: Job): Promise<StoreRescue> {
  const file = databaseFile(workspace);
  const rescued = `${file}.rescued`;
  const found = await maintain('rescue', { file, to: rescued }, job.signal);
  const damagedFile = join(dirname(file), `damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.sqlite`);
  for (const ending of ['', '-wal', '-shm']) {
    await disk.rename(file + ending, damagedFile + ending).catch((error: unknown) => {
      if (ending === '') throw error;
    });
  }
  for (const ending of ['-wal', '-shm']) await disk.rm(rescued + ending, { force: true });
  await disk.rename(rescued, file);
  return {
    ...found,
    damaged: found.damaged.map(({ name, missing }) => ({ name, missing: [...missing] })),
    lost: [...found.lost],
    damagedFile,
  };
}
