/** What the packages of ONNX Runtime have in common. Threads that only compute load no more than this. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { DataType, Values } from '../compile/graph.ts';

export interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> };
  readonly Tensor: new (type: DataType, data: Values, shape: readonly number[]) => Tensor;
}

/** A package as `import()` gives it: in the desktop app's CommonJS bundle under `default`. */
export function runtimeOf(loaded: object): Runtime {
  const found = ('InferenceSession' in loaded ? loaded : (loaded as { default: object }).default) as unknown;
  return found as Runtime;
}

/** Newer than the oldest runtime that the app is tested on. */
interface Transferable {
  transfer(bytes: number): unknown;
}

/**
 * Frees a tensor's values at once. ONNX Runtime makes new ones at every run, even of what it wrote into tensors that were
 * there: as large as the weights, they would have the collector of garbage called again and again.
 */
export function discard({ location, data }: Tensor): void {
  if (location === 'cpu') ((data as Values).buffer as Partial<Transferable>).transfer?.(0);
}
