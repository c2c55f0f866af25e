/** The memory through which a thread is given its part of a batch and gives back what it computed: both sides look into it. */
import { type DataType, sizeOf, type Values } from '../compile/graph.ts';
import type { Port } from '../compile/lower.ts';

/** What lies at the beginning, each a number of 32 bits. */
export const places = {
  /** Runs asked for so far; below 0: the thread is to end. */
  asked: 0,
  /** Runs done so far; below 0: the thread failed, and has said how. */
  done: 1,
} as const;

const alignment = 64;

export const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const satisfies Record<DataType, unknown>;

const bytesOf = ({ shape, dtype }: Port) => Math.ceil((sizeOf(shape) * arrayTypes[dtype].BYTES_PER_ELEMENT) / alignment) * alignment;

export const memoryFor = (ports: readonly Port[]): SharedArrayBuffer =>
  new SharedArrayBuffer(ports.reduce((total, port) => total + bytesOf(port), alignment));

export const countersIn = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory, 0, alignment / 4);

/** A view for each port, in the order given. */
export function viewsIn(memory: SharedArrayBuffer, ports: readonly Port[]): Values[] {
  let end = alignment;
  return ports.map((port) => {
    const view = new arrayTypes[port.dtype](memory as unknown as ArrayBuffer, end, sizeOf(port.shape));
    end += bytesOf(port);
    return view;
  });
}
