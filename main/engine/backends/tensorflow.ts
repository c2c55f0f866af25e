/** TensorFlow itself, through tfjs-node: the traced program, kernel by kernel. Installed on wish, being large. */
import { existsSync } from 'node:fs';
import util from 'node:util';
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../tfjs.ts';
import type { Backend } from './backend.ts';
import { runEagerly } from './eager.ts';
import { bindingFile, tensorflowFolder } from './tensorflow-folder.ts';

/** TensorFlow reads its number of threads once, when it is loaded. */
let loaded: { threads: number; version: string } | undefined;

async function load(threads: number): Promise<{ threads: number; version: string }> {
  const binding = bindingFile(tensorflowFolder());
  if (!existsSync(binding)) throw new EpochbookError('engine.tensorflowMissing');
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] = '1';
  // tfjs-node calls it while it loads, and Node 23 took it away.
  (util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) => value === null || value === undefined;
  // tfjs-node asks this package where its binding is, which would be inside of node_modules.
  const places = await import('@mapbox/node-pre-gyp/lib/pre-binding.js');
  places.default.find = () => binding;
  const home = tf.getBackend();
  try {
    await import('@tensorflow/tfjs-node');
    tf.setBackend('tensorflow').catch(() => {});
    const { binding: library } = tf.backend() as unknown as { binding: { TF_Version: string } };
    return { threads, version: `TensorFlow ${library.TF_Version}` };
  } catch (error) {
    throw new EpochbookError('engine.backendMissing', {
      backend: 'tensorflow',
      detail: error instanceof Error ? error.message : String(error),
    });
  } finally {
    // Layers' weights stay on the plain backend: TensorFlow computes programs alone.
    tf.setBackend(home).catch(() => {});
  }
}

/**
 * `threads` counts for the first one opened in a process. Throws `engine.tensorflowMissing` where it is not installed,
 * `engine.backendMissing` where it does not load.
 */
export async function openTensorflow(threads: number): Promise<Backend> {
  loaded ??= await load(threads);
  return { name: 'tensorflow', ...loaded, compile: (program) => Promise.resolve(runEagerly(program, 'tensorflow')) };
}
