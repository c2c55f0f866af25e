/** The inputs of a part's samples: in memory, or read from a file by blocks. */
import { closeSync, openSync, readSync } from 'node:fs';
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

export const inputSizeOf = ({ stored, inputs, count }: Part): number => stored?.size ?? inputs.length / count;

const bytesOf = ({ type, size }: StoredInputs) => size * (type === 'uint8' ? 1 : 4);
const samplesPerBlock = (stored: StoredInputs) => Math.max(1, Math.floor(blockBytes / bytesOf(stored)));

export function openInputs(part: Part): InputReader {
  const size = inputSizeOf(part);
  const { stored, inputs } = part;
  if (stored) return openStored(stored, part.count);
  return {
    size,
    copy: (index, into, offset) => into.set(inputs.subarray(index * size, (index + 1) * size), offset),
    close: () => {},
  };
}

interface Block {
  readonly bytes: Uint8Array;
  /** The first sample's place in the file. */
  readonly from: number;
}

function openStored(stored: StoredInputs, count: number): InputReader {
  const { file, offset: begin, type, size, scale, places } = stored;
  const sampleBytes = bytesOf(stored);
  const perBlock = samplesPerBlock(stored);
  const handle = openSync(file, 'r');
  /** The one used last is at the end. */
  const blocks = new Map<number, Block>();
  const blockOf = (number: number): Block => {
    const kept = blocks.get(number);
    if (kept) {
      blocks.delete(number);
      blocks.set(number, kept);
      return kept;
    }
    const from = places[number * perBlock];
    const last = places[Math.min(count, (number + 1) * perBlock) - 1];
    // Samples of other parts may lie between.
    const bytes = new Uint8Array((last - from + 1) * sampleBytes);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(handle, bytes, filled, bytes.length - filled, begin + from * sampleBytes + filled);
      if (read === 0) throw new Error(`${file} ends early`);
      filled += read;
    }
    const block = { bytes, from };
    blocks.set(number, block);
    if (blocks.size > windowBlocks + 1) blocks.delete([...blocks.keys()][0]);
    return block;
  };
  return {
    size,
    copy(index, into, offset) {
      const { bytes, from } = blockOf(Math.floor(index / perBlock));
      const start = (places[index] - from) * sampleBytes;
      const values =
        type === 'uint8' ? bytes.subarray(start, start + size) : new Float32Array(bytes.buffer, bytes.byteOffset + start, size);
      for (let place = 0; place < size; place++) into[offset + place] = values[place] * scale;
    },
    close: () => closeSync(handle),
  };
}

/**
 * The order of an epoch. In memory every order is as likely as the others. From a file, blocks of samples that lie
 * together (4 MB) are drawn in a random order, and samples shuffled within each 16 of them: exact where a part has no
 * more blocks than that.
 */
export function shuffledOrder({ stored, count }: Part, stream: RandomStream): Uint32Array {
  if (!stored || count <= samplesPerBlock(stored) * windowBlocks) return permutation(count, stream);
  const perBlock = samplesPerBlock(stored);
  const blocks = permutation(Math.ceil(count / perBlock), stream);
  const order = new Uint32Array(count);
  let filled = 0;
  for (let first = 0; first < blocks.length; first += windowBlocks) {
    const samples: number[] = [];
    for (const block of blocks.subarray(first, first + windowBlocks))
      for (let index = block * perBlock; index < Math.min(count, (block + 1) * perBlock); index++) samples.push(index);
    for (const place of permutation(samples.length, stream)) order[filled++] = samples[place];
  }
  return order;
}
