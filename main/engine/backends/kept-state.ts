/**
 * State that is changed where it lies: weights and slots in a WebAssembly memory, which ONNX Runtime reads and writes as
 * tensors of its own and sweeps change in place.
 */
import type { Tensor } from 'onnxruntime-node';
import { sizeOf, type Typed } from '../compile/graph.ts';
import { encodeSweep, sweepKey } from '../compile/sweeps/encode.ts';
import type { Sweep } from '../compile/sweeps/split.ts';
import type { Runtime } from './runtime.ts';

/** Arrays begin where cache lines and the widest vectors do; what is between them is swept as well. */
const alignment = 64;
const pageBytes = 65536;
/** What a 32-bit address reaches, less a page. */
export const mostBytes = 2 ** 32 - pageBytes;

/** Bytes from the beginning of an array to that of the next. */
export const roomFor = ({ shape }: Typed): number => Math.max(1, Math.ceil((sizeOf(shape) * 4) / alignment)) * alignment;

/** An array in the memory. The views change when the memory grows. */
export interface Place extends Typed {
  readonly state: KeptState;
  readonly offset: number;
  values: Float32Array;
  tensor: Tensor;
}

export interface KeptState {
  /** Makes room for arrays to come, in bytes. */
  reserve(bytes: number): void;
  /** The array of this name and type; zeros when it is first asked for. */
  place(name: string, type: Typed): Place;
  /** Computes the sweep: `places` are its arrays, then its results. */
  run(sweep: Sweep, places: readonly Place[], scalars: readonly number[]): void;
}

type Run = (bytes: number, ...pointersAndScalars: readonly number[]) => void;

/** Of this process: jobs alike share them. */
const modules = new Map<string, WebAssembly.Module>();

export function createKeptState({ Tensor: OwnTensor }: Runtime): KeptState {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const places = new Map<string, Place>();
  const runs = new Map<Sweep, Run>();
  let end = 0;
  const views = (offset: number, { shape, dtype }: Typed) => {
    const values = new Float32Array(memory.buffer, offset, sizeOf(shape));
    return { values, tensor: new OwnTensor(dtype, values, shape) };
  };
  const reserve = (bytes: number) => {
    const missing = end + bytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / pageBytes));
    for (const place of places.values()) Object.assign(place, views(place.offset, place));
  };
  const runOf = (sweep: Sweep): Run => {
    const known = runs.get(sweep);
    if (known) return known;
    const key = sweepKey(sweep);
    const module = modules.get(key) ?? new WebAssembly.Module(encodeSweep(sweep));
    modules.set(key, module);
    const run = new WebAssembly.Instance(module, { engine: { memory } }).exports.sweep as Run;
    runs.set(sweep, run);
    return run;
  };
  const state: KeptState = {
    reserve,
    place(name, type) {
      const key = `${name} ${type.shape.join()}`;
      const known = places.get(key);
      if (known) return known;
      const room = roomFor(type);
      reserve(room);
      const place: Place = { state, offset: end, shape: type.shape, dtype: type.dtype, ...views(end, type) };
      places.set(key, place);
      end += room;
      return place;
    },
    run(sweep, arrays, scalars) {
      runOf(sweep)(roomFor({ shape: [sweep.size], dtype: 'float32' }), ...arrays.map(({ offset }) => offset), ...scalars);
    },
  };
  return state;
}
