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

/**
 * The bytes of a safetensors file: a 64-bit length, that many bytes of JSON (padded to 8), then the tensors. Weights
 * carry their own names, slots the same with `slot:` in front.
 */
export function encodeCheckpoint({ epoch, weights, slots, state }: Checkpoint): Uint8Array {
  const tensors: [string, NamedTensor][] = [
    ...weights,
    ...[...slots].map(([name, tensor]): [string, NamedTensor] => [slotPrefix + name, tensor]),
  ];
  const header: Record<string, Entry | Record<string, string>> = {
    __metadata__: { format, version, epoch: String(epoch), state: JSON.stringify(state) },
  };
  let size = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [size, size + values.byteLength] };
    size += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = headerStart + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + size).fill(0x20, headerStart, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - headerStart), true);
  bytes.set(text, headerStart);
  let offset = start;
  for (const [, { values }] of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

const foreign = () => new EpochbookError('engine.checkpointForeign');
const cut = () => new EpochbookError('engine.checkpointCut');

/** Throws engine.checkpointCut, engine.checkpointForeign or engine.checkpointNewer for what is not a whole file of ours. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  if (bytes.length < headerStart) throw cut();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  // A file of another kind reads as an absurd length here; a header is never larger than 100 MB.
  if (length > 100_000_000n) throw foreign();
  const start = headerStart + Number(length);
  if (bytes.length < start) throw cut();
  const { __metadata__: metadata, ...entries } = parseHeader(bytes.subarray(headerStart, start));
  if (metadata?.format !== format) throw foreign();
  if (metadata.version !== version) throw new EpochbookError('engine.checkpointNewer', { version: metadata.version ?? '' });
  const weights = new Map<string, NamedTensor>();
  const slots = new Map<string, NamedTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries as Record<string, Entry>)) {
    if (dtype !== 'F32') throw foreign();
    const [from, to] = offsets;
    if (start + to > bytes.length) throw cut();
    // A copy of its own: where `bytes` is a Buffer, its slice would be a view of the whole file.
    const values = new Float32Array(new Uint8Array(bytes.subarray(start + from, start + to)).buffer);
    if (name.startsWith(slotPrefix)) slots.set(name.slice(slotPrefix.length), { shape, values });
    else weights.set(name, { shape, values });
  }
  return { epoch: Number(metadata.epoch), weights, slots, state: JSON.parse(metadata.state ?? 'null') as Json };
}

function parseHeader(bytes: Uint8Array): { __metadata__?: Record<string, string> } & Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as { __metadata__?: Record<string, string> };
  } catch {
    throw foreign();
  }
}
