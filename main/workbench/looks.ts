/** The one closer look at data that is open. */
import { join, posix } from 'node:path';
import type { Handlers } from '#contract/calls.ts';
import { EpochbookError, fromPlainError, toPlainError } from '#contract/errors.ts';
import type { DataSpec, ModelSpec } from '#contract/spec.ts';
import { tableFormatOf } from '#contract/table-format.ts';
import { evaluateNotebook } from '#notebook/evaluate.ts';
import type { Folders } from '#trainer/protocol.ts';
import type { Context } from './context.ts';
import { located } from './located.ts';
import { foldersOf } from './paths.ts';

export type Looks = Pick<
  Handlers,
  'data.look' | 'data.rows' | 'data.profile' | 'data.pictures' | 'data.series' | 'data.channels' | 'data.batch' | 'data.closeLook'
>;

interface Look {
  readonly id: string;
  readonly data: DataSpec;
  readonly folders: Folders;
  readonly cache: string;
}

/** An event for every progress of a fast copy would be more work than the copy. */
const progressMs = 100;

export function createLooks(context: Context): Looks {
  let open: Look | undefined;
  let count = 0;

  function look(id: string): Look {
    if (open?.id !== id) throw new EpochbookError('data.lookClosed');
    return open;
  }

  function teller(id: string): (share: number | undefined) => void {
    let last = 0;
    return (share) => {
      const now = Date.now();
      if (now - last < progressMs) return;
      last = now;
      context.emit('data.progressed', { id, ...(share !== undefined && { share }) });
    };
  }

  return {
    async 'data.look'({ path, blocks, knobs, cell }) {
      const evaluated = await evaluateNotebook(blocks, { knobs, file: path, until: cell });
      const data = evaluated.dataSpecOf(cell);
      const folders = foldersOf(context.folder(), path);
      const opening: Look = {
        id: `look ${(count += 1)}`,
        data,
        folders,
        cache: join(context.folder(), '.epochbook', 'look'),
      };
      // What an earlier look is still doing is of no use to anyone.
      if (open) await context.trainer.endLook();
      open = opening;
      try {
        const { id, ...question } = opening;
        return { id, ...(await context.trainer.look({ kind: 'open', ...question }, teller(id))) };
      } catch (error) {
        throw fromPlainError(located(toPlainError(error), evaluated, cell));
      }
    },
    async 'data.rows'({ id, selection, offset, limit }) {
      const { data, folders, cache } = look(id);
      return context.trainer.look({ kind: 'rows', data, folders, cache, selection, offset, limit }, teller(id));
    },
    async 'data.profile'({ id, columns, selection }) {
      const { data, folders, cache } = look(id);
      return context.trainer.look({ kind: 'profile', data, folders, cache, columns, selection }, teller(id));
    },
    async 'data.pictures'({ id, label, rows, offset, limit }) {
      const { data, folders, cache } = look(id);
      const which = { ...(label !== undefined && { label }), ...(rows && { rows }) };
      return context.trainer.look({ kind: 'pictures', data, folders, cache, ...which, offset, limit }, teller(id));
    },
    async 'data.series'({ id, group, window, range }) {
      const { data, folders, cache } = look(id);
      return context.trainer.look({ kind: 'series', data, folders, cache, group, window, ...(range && { range }) }, teller(id));
    },
    async 'data.channels'({ id }) {
      const { data, folders, cache } = look(id);
      return context.trainer.look({ kind: 'channels', data, folders, cache }, teller(id));
    },
    async 'data.batch'({ path, blocks, knobs, cell, epoch, step }) {
      const evaluated = await evaluateNotebook(blocks, { knobs, file: path });
      const data = evaluated.dataSpecOf(cell);
      // As the cell says it that trains on this; without one, as train() would by itself.
      const trainer = evaluated.cells.find(
        ({ id, kind, status }) => kind === 'train' && status === 'ok' && evaluated.sourcesOf(id).data === cell,
      );
      const train = trainer ? evaluated.specFor(trainer.id).train : { shuffle: true, seed: 0, batchSize: 32 };
      try {
        const folders = foldersOf(context.folder(), path);
        const batch = await context.trainer.batch({ data, train, epoch, step, folders });
        const changedBy = trainer ? changingLayers(evaluated.specFor(trainer.id).model) : [];
        return { ...batch, ...(changedBy.length > 0 && { changedBy }) };
      } catch (error) {
        throw fromPlainError(located(toPlainError(error), evaluated, cell));
      }
    },
    async 'data.closeLook'({ id }) {
      if (open?.id === id) {
        open = undefined;
        await context.trainer.endLook();
      }
      return {};
    },
  };
}

/** Layers that make other inputs of inputs, and learn nothing. */
const changing =
  /^(?:Random\w+|RandAugment|MixUp|CutMix|AugMix|AutoContrast|(?:ContrastLimitedAdaptiveHistogram)?Equalization|Solarization|Gaussian(?:Noise|Dropout)|AlphaDropout|(?:Spatial)?Dropout(?:[123]D)?|Rescaling|Normalization|Resizing|CenterCrop)$/;

/** The classes of those at the beginning of a model: of a graph, of those behind no layer of another kind. */
export function changingLayers({ config }: ModelSpec): string[] {
  const layers = (config['layers'] ?? []) as { class_name: string; name?: string; inbound_nodes?: unknown }[];
  // Layers stand in the order in which they come.
  const first = layers.findIndex(({ class_name: name }) => name !== 'InputLayer' && !changing.test(name));
  return layers.slice(0, first < 0 ? layers.length : first).flatMap(({ class_name: name }) => (name === 'InputLayer' ? [] : [name]));
}

/** The names of the columns of a table that no text editor shows; undefined where the file is no such table. */
export async function tableColumns(context: Context, path: string): Promise<string[] | undefined> {
  const format = tableFormatOf(path);
  if (!format) return undefined;
  const source = { format, path: posix.basename(path) };
  const question = {
    data: { source, steps: [] },
    folders: foldersOf(context.folder(), path),
    cache: join(context.folder(), '.epochbook', 'look'),
  };
  try {
    const { table } = await context.trainer.look({ kind: 'open', ...question }, () => undefined);
    return table?.columns.map(({ name }) => name);
  } catch {
    // What is wrong with it is said by the cell that reads it.
    return undefined;
  }
}
