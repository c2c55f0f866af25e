/** Who runs a program. Everything the loop knows about it is here. */
import type { HostTensor, Program } from '../compile/graph.ts';

export type BackendName = 'native' | 'wasm' | 'tensorflow' | 'reference';
export const backendNames: readonly BackendName[] = ['native', 'wasm', 'tensorflow', 'reference'];

/** A program made ready. */
export interface Executable {
  /** Runs once. Inputs the program does not use may be given or not; outputs are new arrays. */
  run(inputs: ReadonlyMap<string, HostTensor>): Promise<Map<string, HostTensor>>;
  /** Frees its memory. */
  release(): Promise<void>;
}

export interface Backend {
  readonly name: BackendName;
  readonly version: string;
  readonly threads: number;
  compile(program: Program): Promise<Executable>;
}
