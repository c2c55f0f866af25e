/** Where in a sequence a step stands, as vectors to be added: the layers of KerasHub, under its names. */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../../tfjs.ts';
import { defineLayer, type Lengths, number } from './define.ts';

/** The first rows of learnt positions, for every sample. */
function placed(table: tf.Tensor, batch: number, steps: number): tf.Tensor {
  const [, length] = table.shape as [number, number];
  return tf.tile(tf.expandDims(tf.slice(table, [0, 0], [steps, length]), 0), [batch, 1, 1]);
}

function checkSteps(steps: number | null, longest: number): void {
  if (steps !== null && steps > longest) throw new EpochbookError('engine.positionsLength', { steps, longest });
}

defineLayer({
  className: 'PositionEmbedding',
  defaults: { initializer: 'glorotUniform' },
  weights: (config, [[steps, length]]) => {
    const longest = number(config, 'sequenceLength');
    checkSteps(steps, longest);
    return [{ name: 'position_embeddings', shape: [longest, length!], options: 'embeddings', initializer: config.initializer }];
  },
  call: ([x], { weights }) => placed(weights.position_embeddings, x.shape[0], x.shape[1]!),
});

/** Sines and cosines of falling frequency, side by side (Vaswani et al., 2017). */
function sines(steps: number, length: number, longestWave: number): tf.Tensor {
  const values = Float32Array.from({ length: steps * length }, (_, index) => {
    const step = Math.floor(index / length);
    const place = index % length;
    const angle = step * longestWave ** -((place - (place % 2)) / length);
    return place % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return tf.tensor(values, [1, steps, length]);
}

defineLayer({
  className: 'SinePositionEncoding',
  defaults: { maxWavelength: 10_000 },
  call: ([x], { config }) => {
    const [batch, steps, length] = x.shape as [number, number, number];
    return tf.tile(sines(steps, length, number(config, 'maxWavelength')), [batch, 1, 1]);
  },
});

const tokenShape = (inputs: readonly Lengths[], length: number): Lengths => [...inputs[0], length];

defineLayer({
  className: 'TokenAndPositionEmbedding',
  defaults: { maskZero: false },
  weights: (config, [[steps]]) => {
    const longest = number(config, 'sequenceLength');
    checkSteps(steps, longest);
    const length = number(config, 'embeddingDim');
    return [
      { name: 'token_embedding', shape: [number(config, 'vocabularySize'), length], options: 'embeddings', initializer: 'randomUniform' },
      { name: 'position_embedding', shape: [longest, length], options: 'embeddings', initializer: 'randomUniform' },
    ];
  },
  outputShape: (config, inputs) => tokenShape(inputs, number(config, 'embeddingDim')),
  call: ([x], { weights }) => {
    const [batch, steps] = x.shape as [number, number];
    const ids = tf.reshape(tf.cast(x, 'int32'), [-1]);
    const tokens = tf.reshape(tf.gather(weights.token_embedding, ids), [batch, steps, -1]);
    const [, length] = weights.position_embedding.shape as [number, number];
    return tf.add(tokens, tf.slice(weights.position_embedding, [0, 0], [steps, length]));
  },
  mask: ([x], _, config) => (config.maskZero === true ? tf.notEqual(x, tf.zerosLike(x)) : null),
});
