/**
 * The one place that loads tfjs, so that core, layers and the cpu backend share one engine. tfjs gives layers and
 * gradients; it computes nothing while training (see compile/).
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';

export { tf, tfl };

// The package for Node leaves the chained methods (`x.reshape(…)`) out, and some layers call them.
const { add, cast, div, expandDims, mean, mul, reshape, slice, squeeze, stridedSlice, sub, sum, transpose } = tf;
const flatten = (x: tf.Tensor) => tf.reshape(x, [x.size]);
const chained = { add, cast, div, expandDims, flatten, mean, mul, reshape, slice, squeeze, stridedSlice, sub, sum, transpose };
const prototype = tf.Tensor.prototype as unknown as Record<string, unknown>;
for (const [name, operation] of Object.entries(chained)) {
  if (name in prototype) continue;
  prototype[name] = function chainedMethod(this: tf.Tensor, ...rest: unknown[]): unknown {
    return (operation as (...all: unknown[]) => unknown)(this, ...rest);
  };
}

// Holds weights' initial values, and is the reference that compiled programs are tested against. Its factory is
// synchronous, so it is set when this returns.
tf.setBackend('cpu').catch(() => {});
// It prints an advertisement on its first use.
(tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
