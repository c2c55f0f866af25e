/** ONNX Runtime's own binary: the default. */
import { EpochbookError } from '#contract/errors.ts';
import type { Backend } from './backend.ts';
import { compileOnnx, type Runtime, runtimeOf, sessionOptions } from './onnx-runtime.ts';
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
  return {
    name: 'native',
    version: runtimeVersion(runtime, 'onnxruntime-node'),
    threads,
    compile: (program) =>
      compileOnnx(runtime, program, { options: { ...sessionOptions, intraOpNumThreads: threads, executionProviders: ['cpu'] } }),
  };
}
