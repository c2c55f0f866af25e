/** Keras' ReversibleEmbedding: vectors of whole numbers, and backwards a score of every number for a vector. */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../../tfjs.ts';
import { defineLayer, number } from './define.ts';

export const reversible = 'ReversibleEmbedding';

/** A score of each number: products with its vector, or with weights of their own; capped softly where it is wished. */
function scores(x: tf.Tensor, weights: Readonly<Record<string, tf.Tensor>>, cap: number | null): tf.Tensor {
  const own = weights.reverse_embeddings as tf.Tensor | undefined;
  const length = x.shape[x.shape.length - 1];
  const rows = tf.reshape(x, [-1, length]);
  const products = own ? tf.matMul(rows, own) : tf.matMul(rows, weights.embeddings, false, true);
  const shaped = tf.reshape(products, [...x.shape.slice(0, -1), products.shape[1]!]);
  return cap === null ? shaped : tf.mul(tf.tanh(tf.div(shaped, cap)), cap);
}

defineLayer({
  className: reversible,
  defaults: { tieWeights: true, maskZero: false, logitSoftCap: null },
  weights(config) {
    const [count, length] = [number(config, 'inputDim'), number(config, 'outputDim')];
    const initializer = (config.embeddingsInitializer ?? 'randomUniform') as string;
    return [
      {
        name: 'embeddings',
        shape: [count, length],
        options: 'embeddings',
        initializer,
      },
      // As in Keras, regularizer and constraint are for the vectors alone.
      ...(config.tieWeights === false
        ? [
            {
              name: 'reverse_embeddings',
              shape: [length, count],
              options: 'reverse',
              initializer,
            },
          ]
        : []),
    ];
  },
  outputShape(config, [shape], reverse) {
    const length = number(config, 'outputDim');
    if (!reverse) return [...shape, length];
    const last = shape[shape.length - 1];
    if (last !== length)
      throw new EpochbookError('engine.reverseLength', {
        length,
        arrives: last ?? 0,
      });
    return [...shape.slice(0, -1), number(config, 'inputDim')];
  },
  call([x], { config, weights, reverse }) {
    if (reverse) return scores(x, weights, config.logitSoftCap as number | null);
    const ids = tf.reshape(tf.cast(x, 'int32'), [-1]);
    return tf.reshape(tf.gather(weights.embeddings, ids), [...x.shape, weights.embeddings.shape[1]!]);
  },
  mask: ([x], _, config) => (config.maskZero === true ? tf.notEqual(x, tf.zerosLike(x)) : null),
});
