/** ONNX Runtime's own binary, loaded. */
import { EpochbookError } from '#contract/errors.ts';
import { type Runtime, runtimeOf } from './runtime.ts';

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
