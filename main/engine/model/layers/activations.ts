/** Keras' activations that tfjs lacks, and those it has under another name. */
import { tf } from '../../tfjs.ts';

type Compute = (x: tf.Tensor) => tf.Tensor;

const sixth = (x: tf.Tensor) => tf.div(tf.relu6(tf.add(x, 3)), 6);

/** Martins and Astudillo, 2016: shares of which many are 0. Which are not is found by comparing all with all, without sorting. */
function sparsemax(x: tf.Tensor): tf.Tensor {
  const own = tf.expandDims(x, -1);
  const others = tf.expandDims(x, -2);
  const least = tf.cast(tf.greaterEqual(others, own), 'float32');
  // Of those at least as large: how many, and what they add up to.
  const counts = tf.sum(least, -1);
  const sums = tf.sum(tf.mul(least, others), -1);
  const inside = tf.cast(tf.greater(tf.add(tf.mul(counts, x), 1), sums), 'float32');
  const above = tf.div(tf.sub(tf.sum(tf.mul(inside, x), -1, true), 1), tf.sum(inside, -1, true));
  return tf.relu(tf.sub(x, above));
}

/** By the name that configs give it. */
const computations: Readonly<Record<string, Compute>> = {
  celu: (x) => tf.elu(x),
  exponential: (x) => tf.exp(x),
  glu: (x) => {
    const [values, gates] = tf.split(x, 2, -1);
    return tf.mul(values, tf.sigmoid(gates));
  },
  hardShrink: (x) => tf.mul(x, tf.cast(tf.greater(tf.abs(x), 0.5), 'float32')),
  hardSilu: (x) => tf.mul(x, sixth(x)),
  hardSwish: (x) => tf.mul(x, sixth(x)),
  hardTanh: (x) => tf.clipByValue(x, -1, 1),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  // −softplus(−x), which stays right where the sigmoid is near 0.
  logSigmoid: (x) => tf.neg(tf.softplus(tf.neg(x))),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  softShrink: (x) => tf.sub(tf.relu(tf.sub(x, 0.5)), tf.relu(tf.sub(-0.5, x))),
  sparsePlus: (x) => {
    const middle = tf.clipByValue(x, -1, 1);
    return tf.add(tf.mul(tf.square(tf.add(middle, 1)), 0.25), tf.relu(tf.sub(x, 1)));
  },
  sparseSigmoid: (x) => tf.mul(tf.add(tf.clipByValue(x, -1, 1), 1), 0.5),
  sparsemax: (x) => sparsemax(x),
  squareplus: (x) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5),
  tanhShrink: (x) => tf.sub(x, tf.tanh(x)),
};

for (const [name, compute] of Object.entries(computations)) {
  tf.serialization.registerClass(
    class extends tf.serialization.Serializable {
      static readonly className = name;
      apply(x: tf.Tensor): tf.Tensor {
        return compute(x);
      }
      getConfig(): tf.serialization.ConfigDict {
        return {};
      }
    },
  );
}

/** Names of activations that stock tfjs does not have. */
export const ownActivations: readonly string[] = Object.keys(computations);
