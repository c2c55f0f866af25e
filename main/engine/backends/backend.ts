/** Who runs a program. Everything the loop knows about it is here. */
import type { HostTensor, Program } from '../compile/graph.ts';

export type BackendName = 'native' | 'wasm' | 'webgpu' | 'tensorflow' | 'reference';
export const backendNames: readonly BackendName[] = ['native', 'webgpu', 'wasm', 'tensorflow', 'reference'];

/** A program made ready. */
export interface Executable {
  /**
   * Runs once. Inputs the program does not use may be given or not. Outputs are new arrays, but for what is held: that may
   * be changed in place, unless `accepts`, which sees the other outputs before, says no.
   */
  run(
    inputs: ReadonlyMap<string, HostTensor>,
    accepts?: (outputs: ReadonlyMap<string, HostTensor>) => boolean,
  ): Promise<Map<string, HostTensor>>;
  /** Frees its memory. */
  release(): Promise<void>;
}

export interface Backend {
  readonly name: BackendName;
  readonly version: string;
  readonly threads: number;
  /** Outputs named by `held` may stay where they are computed, to be given to the next run under the same names. */
  compile(program: Program, held?: ReadonlySet<string>): Promise<Executable>;
  /** The values of what is held. Where there is none, nothing is. */
  fetch?(tensors: ReadonlyMap<string, HostTensor>): Promise<Map<string, HostTensor>>;
  /** Lets go of what is held and not needed any more. */
  free?(tensor: HostTensor): void;
}
