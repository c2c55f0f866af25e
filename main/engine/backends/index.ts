/** The backends by name. */
import os from 'node:os';
import { EpochbookError } from '#contract/errors.ts';
import { type Backend, type BackendName, backendNames } from './backend.ts';
import { openNative } from './native.ts';
import { openReference } from './reference.ts';
import { openTensorflow } from './tensorflow.ts';
import { openWebgpu } from './webgpu.ts';
import { openWasm } from './wasm.ts';
import { nearest } from '../model/nearest.ts';

export type { Backend, BackendName, Executable } from './backend.ts';

export interface BackendInfo {
  readonly name: BackendName;
  readonly available: boolean;
  /** Of the library that runs it; empty where it is not available. */
  readonly version: string;
  /** Why it is not available, in the library's own words. */
  readonly detail?: string;
}

/** `threads` of 0 means every core. */
export async function openBackend(name: string, options: { threads?: number } = {}): Promise<Backend> {
  const threads = options.threads && options.threads > 0 ? options.threads : Math.max(1, os.cpus().length);
  switch (name) {
    case 'native':
      return openNative(threads);
    case 'webgpu':
      return openWebgpu();
    case 'wasm':
      return openWasm(threads);
    case 'tensorflow':
      // A second thread makes small steps slower: it is used when asked for.
      return openTensorflow(options.threads && options.threads > 0 ? options.threads : 1);
    case 'reference':
      return openReference();
    default:
      throw new EpochbookError('engine.backendUnknown', { name, nearest: nearest(name, backendNames), names: backendNames.join(', ') });
  }
}

/** Every backend, best first, and whether it loads here. */
export async function availableBackends(): Promise<BackendInfo[]> {
  return Promise.all(
    backendNames.map(async (name): Promise<BackendInfo> => {
      try {
        const { version } = await openBackend(name, { threads: 1 });
        return { name, available: true, version };
      } catch (error) {
        return {
          name,
          available: false,
          version: '',
          detail: error instanceof EpochbookError ? String(error.values.detail ?? error.message) : String(error),
        };
      }
    }),
  );
}
