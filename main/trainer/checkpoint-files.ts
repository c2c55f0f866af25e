/**
 * A run's checkpoints on the disk. `last` and `best` are models to use; `epoch-N` and `within` are what training goes on
 * from, `start` what a fork began with. Every file is whole or not there.
 */
import { existsSync, promises as disk } from 'node:fs';
import { basename, join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { EpochRow, StoredCheckpoint } from '#contract/runs.ts';
import {
  type Checkpoint,
  checkpointHeaderSize,
  type CheckpointHeader,
  checkpointPieces,
  type NamedTensor,
  readCheckpointHeader,
} from '#engine/loop/checkpoint.ts';
import type { CheckpointKind } from '#engine/loop/events.ts';
import { linkWhole, writeWhole } from '#files/write-whole.ts';

/** What the epochs' files of one run may take together; the newest stays in any case. */
const keptBytes = 64 * 2 ** 20;

const suffix = '.safetensors';
export const startFile = (folder: string): string => join(folder, `start${suffix}`);
export const namedFile = (folder: string, kind: 'last' | 'best'): string => join(folder, kind + suffix);
export const epochFile = (folder: string, epoch: number): string => join(folder, `epoch-${String(epoch).padStart(6, '0')}${suffix}`);
const withinFile = (folder: string): string => join(folder, `within${suffix}`);

export const checkpointFile = (folder: string, { kind, epoch }: StoredCheckpoint): string =>
  kind === 'epoch' ? epochFile(folder, epoch) : namedFile(folder, kind);

async function opened<T>(file: string, use: (handle: disk.FileHandle) => Promise<T>): Promise<T> {
  let handle: disk.FileHandle;
  try {
    handle = await disk.open(file);
  } catch (error) {
    throw new EpochbookError('training.checkpointMissing', { file: basename(file), path: file }, { cause: error });
  }
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function readBytes(handle: disk.FileHandle, from: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(size - done, 2 ** 30), from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done === size ? bytes : bytes.subarray(0, done);
}

async function headerOf(handle: disk.FileHandle): Promise<CheckpointHeader> {
  const { size } = await handle.stat();
  const length = checkpointHeaderSize(await readBytes(handle, 0, 8));
  return readCheckpointHeader(await readBytes(handle, 0, Math.min(size, length)), size);
}

/** Tensor by tensor, so that a large one is in memory once. Throws `training.checkpointMissing` and what `decodeCheckpoint` throws. */
export function readCheckpoint(file: string): Promise<Checkpoint> {
  return opened(file, async (handle) => {
    const { epoch, state, tensors } = await headerOf(handle);
    const weights = new Map<string, NamedTensor>();
    const slots = new Map<string, NamedTensor>();
    for (const { name, isSlot, shape, from, to } of tensors) {
      const bytes = await readBytes(handle, from, to - from);
      (isSlot ? slots : weights).set(name, { shape, values: new Float32Array(bytes.buffer, 0, bytes.byteLength / 4) });
    }
    return { epoch, state, weights, slots };
  });
}

/** What training can go on from. */
export interface ResumePoint {
  readonly file: string;
  /** Epochs done. */
  readonly epoch: number;
  /** The last of them, which may not have been told. */
  readonly row?: EpochRow;
}

interface ResumeState {
  readonly iteration?: number;
  readonly row?: EpochRow;
}

async function resumeFiles(folder: string): Promise<string[]> {
  const names = await disk.readdir(folder).catch(() => []);
  return names.filter((name) => /^(epoch-\d+|within|start)\.safetensors$/.test(name)).map((name) => join(folder, name));
}

/**
 * The furthest that training can go on from without leaving out an epoch after `known`; undefined where it must begin
 * anew. A damaged file is passed over where there is another; throws what is wrong with it where there is none.
 */
export async function findResumePoint(folder: string, known: number): Promise<ResumePoint | undefined> {
  let best: (ResumePoint & { readonly iteration: number }) | undefined;
  let problem: unknown;
  for (const file of await resumeFiles(folder)) {
    try {
      const { epoch, state } = await opened(file, headerOf);
      const { iteration = 0, row } = (state ?? {}) as ResumeState;
      const isTold = epoch <= known || (epoch === known + 1 && row !== undefined);
      const isFurther = !best || iteration > best.iteration || (iteration === best.iteration && epoch > best.epoch);
      if (isTold && isFurther) best = { file, epoch, iteration, ...(row && { row }) };
    } catch (error) {
      problem = error;
    }
  }
  if (!best && problem !== undefined) throw problem;
  return best;
}

/** What saving did: files that are there now, and epochs whose file made room. */
export interface Saved {
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly dropped: readonly number[];
}

export interface CheckpointKeeper {
  save(kind: CheckpointKind, checkpoint: Checkpoint): Promise<Saved>;
}

/** Epochs to let go so that the rest fits: every second, every fourth … stays, and the newest. */
export function epochsToDrop(sizes: ReadonlyMap<number, number>, limit = keptBytes): number[] {
  const newest = Math.max(...sizes.keys());
  for (let stride = 1; ; stride *= 2) {
    const stays = (epoch: number) => epoch === newest || epoch % stride === 0;
    const kept = [...sizes].filter(([epoch]) => stays(epoch));
    const size = kept.reduce((sum, [, bytes]) => sum + bytes, 0);
    if (size <= limit || kept.length === 1) return [...sizes.keys()].filter((epoch) => !stays(epoch));
  }
}

export async function createCheckpointKeeper(folder: string): Promise<CheckpointKeeper> {
  /** Bytes of each epoch's file. */
  const sizes = new Map<number, number>();
  for (const file of await resumeFiles(folder)) {
    const epoch = /epoch-(\d+)/.exec(file)?.[1];
    if (epoch !== undefined) sizes.set(Number(epoch), (await disk.stat(file)).size);
  }
  let hasWithin = existsSync(withinFile(folder));
  /** The epoch whose file is apart from `last`. */
  let trained: number | undefined;

  async function write(file: string, checkpoint: Checkpoint): Promise<number> {
    const pieces = checkpointPieces(checkpoint);
    await writeWhole(file, pieces);
    return pieces.reduce((size, { byteLength }) => size + byteLength, 0);
  }

  async function saveEpoch(checkpoint: Checkpoint): Promise<Saved> {
    const { epoch } = checkpoint;
    const bytes = await write(epochFile(folder, epoch), checkpoint);
    sizes.set(epoch, bytes);
    if (hasWithin) await disk.rm(withinFile(folder), { force: true });
    hasWithin = false;
    const dropped = epochsToDrop(sizes);
    for (const each of dropped) {
      await disk.rm(epochFile(folder, each), { force: true });
      sizes.delete(each);
    }
    return { checkpoints: [{ kind: 'epoch', epoch, bytes }], dropped };
  }

  return {
    async save(kind, checkpoint) {
      const { epoch } = checkpoint;
      switch (kind) {
        case 'within':
          await write(withinFile(folder), checkpoint);
          hasWithin = true;
          return { checkpoints: [], dropped: [] };
        case 'best':
          return { checkpoints: [{ kind, epoch, bytes: await write(namedFile(folder, 'best'), checkpoint) }], dropped: [] };
        case 'trained':
          trained = epoch;
          return saveEpoch(checkpoint);
        case 'last':
          break;
      }
      if (trained === epoch) {
        return { checkpoints: [{ kind, epoch, bytes: await write(namedFile(folder, 'last'), checkpoint) }], dropped: [] };
      }
      const { checkpoints, dropped } = await saveEpoch(checkpoint);
      await linkWhole(epochFile(folder, epoch), namedFile(folder, 'last'));
      return { checkpoints: [...checkpoints, { ...checkpoints[0], kind }], dropped };
    },
  };
}

interface StartState {
  readonly best?: { readonly epoch: number } | null;
}

/**
 * The start of a run that goes on from another's checkpoint, as the run's own file. The model that was the best until
 * then comes along where it is still there; where it is not, the best is looked for anew.
 */
export async function keepStart(folder: string, checkpoint: Checkpoint, otherFolder: string): Promise<{ checkpoint: Checkpoint } & Saved> {
  const state = (checkpoint.state ?? {}) as StartState & { [name: string]: never };
  const checkpoints: StoredCheckpoint[] = [];
  let start = checkpoint;
  if (state.best) {
    const { epoch } = state.best;
    const found = await bestFile(otherFolder, epoch);
    if (found) {
      await disk.mkdir(folder, { recursive: true });
      await linkWhole(found, namedFile(folder, 'best'));
      checkpoints.push({ kind: 'best', epoch, bytes: (await disk.stat(found)).size });
    } else start = { ...checkpoint, state: { ...state, best: null } };
  }
  await writeWhole(startFile(folder), checkpointPieces(start));
  return { checkpoint: start, checkpoints, dropped: [] };
}

async function bestFile(folder: string, epoch: number): Promise<string | undefined> {
  for (const file of [namedFile(folder, 'best'), epochFile(folder, epoch)]) {
    const header = await opened(file, headerOf).catch(() => undefined);
    if (header?.epoch === epoch) return file;
  }
  return undefined;
}
