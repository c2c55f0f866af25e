/** The inputs of a part's samples: in memory, or read from a file by blocks. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import { inputSizeOf, inputStartOf } from '#contract/part-inputs.ts';
import type { Part, StoredInputs } from '#contract/samples.ts';
import { permutation, type RandomStream } from './random.ts';

/** Bytes that are read at once. */
const blockBytes = 4 * 2 ** 20;
/** Blocks among which samples are shuffled, and that are kept in memory. */
const windowBlocks = 16;

export interface InputReader {
  /** Values a sample. */
  readonly size: number;
  /** Puts the inputs of a sample at `offset` of `into`. */
  readonly copy: (index: number, into: Float32Array, offset: number) => void;
  readonly close: () => void;
}

const bytesOf = ({ type, size }: StoredInputs) => size * (type === 'uint8' ? 1 : 4);
const samplesPerBlock = (stored: StoredInputs) => Math.max(1, Math.floor(blockBytes / bytesOf(stored)));

export function openInputs(part: Part): InputReader {
  const size = inputSizeOf(part);
  const { stored, inputs } = part;
  if (stored) return openStored(stored, part);
  return {
    size,
    copy(index, into, offset) {
      const start = inputStartOf(part, index, size);
      into.set(inputs.subarray(start, start + size), offset);
    },
    close: () => {},
  };
}

interface Block {
  readonly number: number;
  readonly values: Uint8Array | Float32Array;
  /** Which of the part's values in the file the first one is. */
  readonly from: number;
}

function openStored(stored: StoredInputs, { count, windows }: Pick<Part, 'count' | 'windows'>): InputReader {
  const { file, offset: begin, size, scale, places, writtenAtMs } = stored;
  const valueBytes = bytesOf(stored) / size;
  const perBlock = samplesPerBlock(stored);
  const handle = openSync(file, 'r');
  const changed = () => new EpochbookError('engine.samplesChanged', { file }, { at: '/data/source' });
  /** The one used last is at the end. */
  const blocks = new Map<number, Block>();
  let last: Block | undefined;
  const startOf = (index: number) => inputStartOf({ windows }, places ? places[index] : index, size);
  const readBlock = (number: number): Block => {
    const from = startOf(number * perBlock);
    const end = startOf(Math.min(count, (number + 1) * perBlock) - 1) + size;
    // Samples of other parts may lie between.
    const bytes = new Uint8Array((end - from) * valueBytes);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(handle, bytes, filled, bytes.length - filled, begin + from * valueBytes + filled);
      if (read === 0) throw changed();
      filled += read;
    }
    if (fstatSync(handle).mtimeMs !== writtenAtMs) throw changed();
    return { number, values: stored.type === 'uint8' ? bytes : new Float32Array(bytes.buffer), from };
  };
  const blockOf = (number: number): Block => {
    if (last?.number === number) return last;
    const block = blocks.get(number) ?? readBlock(number);
    blocks.delete(number);
    blocks.set(number, block);
    if (blocks.size > windowBlocks + 1) blocks.delete(blocks.keys().next().value!);
    last = block;
    return block;
  };
  return {
    size,
    copy(index, into, offset) {
      const { values, from } = blockOf(Math.floor(index / perBlock));
      const start = startOf(index) - from;
      if (scale === 1) for (let place = 0; place < size; place++) into[offset + place] = values[start + place];
      else for (let place = 0; place < size; place++) into[offset + place] = values[start + place] * scale;
    },
    close: () => closeSync(handle),
  };
}

/** Samples of a part that is in a file among which each is shuffled; undefined where it is among all. */
export function shuffledAmong({ stored, count }: Pick<Part, 'stored' | 'count'>): number | undefined {
  const among = stored && samplesPerBlock(stored) * windowBlocks;
  return among !== undefined && count > among ? among : undefined;
}

/**
 * The order of an epoch. In memory every order is as likely as the others. From a file, blocks of samples that lie
 * together (4 MB) are drawn in a random order, and samples shuffled within each 16 of them: exact where a part has no
 * more blocks than that.
 */
export function shuffledOrder({ stored, count }: Part, stream: RandomStream): Uint32Array {
  if (!stored || shuffledAmong({ stored, count }) === undefined) return permutation(count, stream);
  const perBlock = samplesPerBlock(stored);
  const blocks = permutation(Math.ceil(count / perBlock), stream);
  const order = new Uint32Array(count);
  let filled = 0;
  for (let first = 0; first < blocks.length; first += windowBlocks) {
    const samples = new Uint32Array(perBlock * windowBlocks);
    let held = 0;
    for (const block of blocks.subarray(first, first + windowBlocks))
      for (let index = block * perBlock; index < Math.min(count, (block + 1) * perBlock); index++) samples[held++] = index;
    for (const place of permutation(held, stream)) order[filled++] = samples[place];
  }
  return order;
}
