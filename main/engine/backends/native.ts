/** ONNX Runtime's own binary: the default. */
import { EpochbookError } from '#contract/errors.ts';
import type { Backend } from './backend.ts';
import { compileKeeping, compileReading, readKept } from './keeping.ts';
import { type Runtime, runtimeOf, sessionOptions } from './onnx-runtime.ts';
import { runtimeVersion } from './version.ts';

export async function loadNativeRuntime(): Promise<Runtime> {
  try {
    return runtimeOf(await import('onnxruntime-node'));
  } catch (error) {
    throw new EpochbookError('engine.backendMissing', {
      backend: 'native',
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}

export async function openNative(threads: number): Promise<Backend> {
  const runtime = await loadNativeRuntime();
  const options = { options: { ...sessionOptions, intraOpNumThreads: threads, executionProviders: ['cpu'] } };
  return {
    name: 'native',
    version: runtimeVersion(runtime, 'onnxruntime-node'),
    threads,
    compile: (program, held) => (held ? compileKeeping(runtime, program, held, options) : compileReading(runtime, program, options)),
    fetch: (tensors) => Promise.resolve(readKept(tensors)),
  };
}
