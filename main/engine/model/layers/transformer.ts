/** KerasHub's TransformerEncoder: self-attention and a two-layer perceptron, each normalized and added to what came in. */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../../tfjs.ts';
import { attend, dropped, headWeights } from './attention.ts';
import { activationOf, type Config, defineLayer, type Given, number, type WantedWeight } from './define.ts';
import { layerNormalization } from './normalization.ts';

const attentionPart = 'self_attention_';

/** The layer's width in heads of equal length. */
function heads(config: Config, width: number) {
  const count = number(config, 'numHeads');
  if (width % count !== 0) throw new EpochbookError('engine.groups', { groups: count, channels: width });
  const length = width / count;
  return { queryHeads: count, keyHeads: count, keyLength: length, valueLength: length };
}

function encoderWeights(config: Config, width: number): WantedWeight[] {
  const inner = number(config, 'intermediateDim');
  const norm = (name: string): WantedWeight[] => [
    { name: `${name}_gamma`, shape: [width], options: 'gamma', initializer: 'ones' },
    { name: `${name}_beta`, shape: [width], options: 'beta', initializer: 'zeros' },
  ];
  const dense = (name: string, from: number, to: number): WantedWeight[] => [
    { name: `${name}_kernel`, shape: [from, to], options: 'kernel', initializer: 'glorotUniform' },
    { name: `${name}_bias`, shape: [to], options: 'bias', initializer: 'zeros' },
  ];
  const attention = headWeights(
    { useBias: true },
    heads(config, width),
    Array.from({ length: 3 }, () => [null, width]),
    'attention_output',
  );
  return [
    ...attention.map((weight) => ({ ...weight, name: `${attentionPart}${weight.name}` })),
    ...norm('self_attention_layer_norm'),
    ...dense('feedforward_intermediate_dense', width, inner),
    ...dense('feedforward_output_dense', inner, width),
    ...norm('feedforward_layer_norm'),
  ];
}

defineLayer({
  className: 'TransformerEncoder',
  defaults: { dropout: 0, activation: 'relu', layerNormEpsilon: 1e-5, normalizeFirst: false, useCausalMask: false },
  weights: (config, [shape]) => encoderWeights(config, shape[1]!),
  call: ([x], given: Given) => {
    const { config, weights } = given;
    const [batch, steps, width] = x.shape as [number, number, number];
    const rate = number(config, 'dropout');
    const first = config.normalizeFirst === true;
    const norm = (name: string, value: tf.Tensor) =>
      layerNormalization(value, {
        axis: -1,
        epsilon: number(config, 'layerNormEpsilon'),
        gamma: weights[`${name}_gamma`],
        beta: weights[`${name}_beta`],
      });
    const dense = (name: string, value: tf.Tensor) =>
      tf.add(tf.matMul(value as tf.Tensor2D, weights[`${name}_kernel`] as tf.Tensor2D), weights[`${name}_bias`]);
    /** `x + part(x)`, normalized before or after. */
    const residual = (value: tf.Tensor, name: string, part: (inner: tf.Tensor) => tf.Tensor) => {
      const added = tf.add(value, dropped(part(first ? norm(name, value) : value), rate, given));
      return first ? added : norm(name, added);
    };
    const own = Object.fromEntries(
      Object.entries(weights)
        .filter(([name]) => name.startsWith(attentionPart))
        .map(([name, weight]) => [name.slice(attentionPart.length), weight]),
    );
    const attended = residual(x, 'self_attention_layer_norm', (inner) =>
      attend([inner], { ...given, weights: own, masks: [given.masks[0]] }, heads(config, width), 'attention_output'),
    );
    return residual(attended, 'feedforward_layer_norm', (inner) => {
      const hidden = activationOf(config.activation).apply(dense('feedforward_intermediate_dense', tf.reshape(inner, [-1, width])));
      return tf.reshape(dense('feedforward_output_dense', hidden), [batch, steps, width]);
    });
  },
  mask: 'keep',
});
