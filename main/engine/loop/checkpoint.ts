/** All that a run needs to go on, and its file: safetensors, whose metadata holds everything that is not a tensor. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Checkpoint {
  readonly epoch: number;
  /** By Keras' weight name, e.g. `conv2d_1/kernel`, in the model's order. */
  readonly weights: ReadonlyMap<string, NamedTensor>;
  /** Optimizer slots by name; empty in a checkpoint kept for its weights alone. */
  readonly slots: ReadonlyMap<string, NamedTensor>;
  /** Random streams, place in the epoch, schedule and stopping state. */
  readonly state: Json;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const format = 'epochbook-checkpoint';
const version = '1';
/** Before the name of a tensor that is not one of the model's weights. */
const slotPrefix = 'slot:';
const headerStart = 8;

/** Numbers that JSON lacks: written as their name behind a hash. */
const spelled = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? `#${Object.is(value, -0) ? '-0' : value}` : value;
const unspelled = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && /^#(NaN|-?Infinity|-0)$/.test(value) ? Number(value.slice(1)) : value;

/**
 * The bytes of a safetensors file, one piece after another: a 64-bit length, that many bytes of JSON (padded to 8), then
 * the tensors as they lie in memory. Weights carry their own names, slots the same with `slot:` in front.
 */
export function checkpointPieces({ epoch, weights, slots, state }: Checkpoint): Uint8Array[] {
  const tensors: [string, NamedTensor][] = [
    ...weights,
    ...[...slots].map(([name, tensor]): [string, NamedTensor] => [slotPrefix + name, tensor]),
  ];
  const header: Record<string, Entry | Record<string, string>> = {
    __metadata__: { format, version, epoch: String(epoch), state: JSON.stringify(state, spelled) },
  };
  let size = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [size, size + values.byteLength] };
    size += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = headerStart + Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(start).fill(0x20, headerStart);
  new DataView(head.buffer).setBigUint64(0, BigInt(start - headerStart), true);
  head.set(text, headerStart);
  return [head, ...tensors.map(([, { values }]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength))];
}

/** `checkpointPieces` in one. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const pieces = checkpointPieces(checkpoint);
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.byteLength;
  }
  return bytes;
}

const foreign = () => new EpochbookError('engine.checkpointForeign');
const cut = () => new EpochbookError('engine.checkpointCut');

/** What a checkpoint's header says. */
export interface CheckpointHeader extends Pick<Checkpoint, 'epoch' | 'state'> {
  /** Where each tensor's bytes lie in the file. */
  readonly tensors: readonly {
    readonly name: string;
    readonly isSlot: boolean;
    readonly shape: readonly number[];
    readonly from: number;
    readonly to: number;
  }[];
}

/** Bytes to read for `readCheckpointHeader`, from the file's first eight. Throws as `decodeCheckpoint`. */
export function checkpointHeaderSize(first: Uint8Array): number {
  if (first.length < headerStart) throw cut();
  const length = new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true);
  // A file of another kind reads as an absurd length here; a header is never larger than 100 MB.
  if (length > 100_000_000n) throw foreign();
  return headerStart + Number(length);
}

/** `head` is the file's beginning, `fileSize` its number of bytes. Throws as `decodeCheckpoint`. */
export function readCheckpointHeader(head: Uint8Array, fileSize: number): CheckpointHeader {
  const start = checkpointHeaderSize(head);
  if (head.length < start) throw cut();
  const { __metadata__: metadata, ...entries } = parseHeader(head.subarray(headerStart, start));
  if (metadata?.format !== format) throw foreign();
  if (metadata.version !== version) throw new EpochbookError('engine.checkpointNewer', { version: metadata.version ?? '' });
  const tensors = Object.entries(entries as Record<string, Entry>).map(([stored, { dtype, shape, data_offsets: offsets }]) => {
    if (dtype !== 'F32') throw foreign();
    const [from, to] = offsets;
    if (start + to > fileSize) throw cut();
    const isSlot = stored.startsWith(slotPrefix);
    return { name: isSlot ? stored.slice(slotPrefix.length) : stored, isSlot, shape, from: start + from, to: start + to };
  });
  return { epoch: Number(metadata.epoch), state: JSON.parse(metadata.state ?? 'null', unspelled) as Json, tensors };
}

/** Throws engine.checkpointCut, engine.checkpointForeign or engine.checkpointNewer for what is not a whole file of ours. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { epoch, state, tensors } = readCheckpointHeader(bytes, bytes.length);
  const weights = new Map<string, NamedTensor>();
  const slots = new Map<string, NamedTensor>();
  for (const { name, isSlot, shape, from, to } of tensors) {
    // A copy of its own: where `bytes` is a Buffer, its slice would be a view of the whole file.
    const values = new Float32Array(new Uint8Array(bytes.subarray(from, to)).buffer);
    (isSlot ? slots : weights).set(name, { shape, values });
  }
  return { epoch, weights, slots, state };
}

function parseHeader(bytes: Uint8Array): { __metadata__?: Record<string, string> } & Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as { __metadata__?: Record<string, string> };
  } catch {
    throw foreign();
  }
}
