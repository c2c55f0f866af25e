/**
 * tfjs' cpu backend: slow and plain. It runs the program as it was traced, kernel by kernel, so that passes and
 * lowering can be tested against it.
 */
import { tf } from '../tfjs.ts';
import type { Backend } from './backend.ts';
import { runEagerly } from './eager.ts';

export function openReference(): Backend {
  return {
    name: 'reference',
    version: `tfjs ${tf.version_core}`,
    threads: 1,
    compile: (program) => Promise.resolve(runEagerly(program, 'cpu')),
  };
}
