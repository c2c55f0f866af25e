/** A traced program in double precision: tfjs' cpu backend with 64-bit arrays wherever it makes 32-bit ones. */
import { evaluateEagerly } from '../backends/eager.ts';
import type { HostTensor, Program, Values } from '../compile/graph.ts';
import { tf } from '../tfjs.ts';

export interface DoubleTensor extends Omit<HostTensor, 'data'> {
  readonly data: Float64Array;
}

/** `inputs` of floats are doubles, and so are the results. */
export function runInDouble(program: Program, inputs: ReadonlyMap<string, DoubleTensor>): Map<string, DoubleTensor> {
  const single = globalThis.Float32Array;
  const { platform } = tf.env();
  const own = Object.getOwnPropertyDescriptor(platform, 'isTypedArray');
  const known = platform.isTypedArray.bind(platform);
  platform.isTypedArray = (value): value is Float32Array => value instanceof Float64Array || known(value);
  globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;
  try {
    const given = new Map([...inputs].map(([name, tensor]) => [name, { ...tensor, data: tensor.data as unknown as Values }]));
    return evaluateEagerly(program, given, 'cpu') as unknown as Map<string, DoubleTensor>;
  } finally {
    globalThis.Float32Array = single;
    if (own) Object.defineProperty(platform, 'isTypedArray', own);
    else Reflect.deleteProperty(platform, 'isTypedArray');
  }
}
