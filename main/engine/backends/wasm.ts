/** ONNX Runtime in WebAssembly: the same graphs, where there is no binary for the machine. */
import { EpochbookError } from '#contract/errors.ts';
import type { Backend } from './backend.ts';
import { compileOnnx, sessionOptions } from './onnx-runtime.ts';
import { type Runtime, runtimeOf } from './runtime.ts';
import { runtimeVersion } from './version.ts';

/** The package keeps one number of threads for all of its sessions. */
interface WasmRuntime extends Runtime {
  readonly env: { readonly wasm: { numThreads?: number } };
}

export async function openWasm(threads: number): Promise<Backend> {
  let runtime: WasmRuntime;
  try {
    runtime = runtimeOf(await import('onnxruntime-web')) as WasmRuntime;
  } catch (error) {
    throw new EpochbookError('engine.backendMissing', { backend: 'wasm', detail: error instanceof Error ? error.message : String(error) });
  }
  runtime.env.wasm.numThreads = threads;
  return {
    name: 'wasm',
    version: runtimeVersion(runtime, 'onnxruntime-web'),
    threads,
    compile: (program) => compileOnnx(runtime, program, { options: { ...sessionOptions, executionProviders: ['wasm'] } }),
  };
}
