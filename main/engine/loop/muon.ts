/** Muon as Keras 3 has it: momentum whose matrices are made nearly orthogonal (Jordan, 2024; Liu et al., 2025). */
import { tf } from '../tfjs.ts';
import { adamRate, type Kind, number, type OptimizedWeight, type Options, updatedByAdam } from './optimizer-kind.ts';

/** Whether AdamW takes the weight: all that are no matrices, embeddings, and the layers that are excluded. */
function isAdams({ name, shape }: OptimizedWeight, options: Options): boolean {
  if (shape.length !== 2) return true;
  if (options['excludeEmbeddings'] === true && name.toLowerCase().includes('embedding')) return true;
  return (options['excludeLayers'] as readonly string[]).some((pattern) => new RegExp(pattern).test(name));
}

/** UVᵀ of a matrix's singular value decomposition, nearly: a quintic Newton–Schulz iteration that is steep at 0. */
function orthogonalized(matrix: tf.Tensor, options: Options): tf.Tensor {
  const [a, b, c] = ['muonA', 'muonB', 'muonC'].map((name) => number(options, name));
  const [rows = 0, columns = 0] = matrix.shape;
  const isTall = rows > columns;
  const wide = isTall ? tf.transpose(matrix) : matrix;
  let x: tf.Tensor = tf.div(wide, tf.add(tf.sqrt(tf.sum(tf.square(wide))), 1e-7));
  for (let step = 0; step < number(options, 'nsSteps'); step++) {
    const squared = tf.matMul(x, x, false, true);
    const change = tf.add(tf.mul(squared, b), tf.mul(tf.matMul(squared, squared), c));
    x = tf.add(tf.mul(x, a), tf.matMul(change, x));
  }
  return isTall ? tf.transpose(x) : x;
}

export const muon: Kind = {
  defaults: {
    learningRate: 0.001,
    adamBeta1: 0.9,
    adamBeta2: 0.999,
    adamWeightDecay: 0.004,
    epsilon: 1e-7,
    weightDecay: 0.004,
    excludeLayers: [],
    excludeEmbeddings: true,
    muonA: 3.4445,
    muonB: -4.775,
    muonC: 2.0315,
    adamLrRatio: 1,
    momentum: 0.95,
    nsSteps: 5,
    nesterov: true,
    rmsRate: 0.2,
  },
  nullable: ['weightDecay', 'adamWeightDecay', 'rmsRate'],
  make: (options) => {
    const [beta1, beta2] = [number(options, 'adamBeta1'), number(options, 'adamBeta2')];
    const momentum = number(options, 'momentum');
    const decays = { decay: number(options, 'weightDecay'), adamDecay: number(options, 'adamWeightDecay') };
    return {
      decays: true,
      slots: (weight) =>
        ['momentum', ...(isAdams(weight, options) ? ['velocity'] : [])].map((name) => ({ name, shape: weight.shape, start: 0 })),
      scalars: (iteration, rate) => ({
        rate,
        adamRate: adamRate(iteration, rate * number(options, 'adamLrRatio'), beta1, beta2),
        decay: decays.decay * rate,
        adamDecay: decays.adamDecay * rate,
      }),
      update: (weight, gradient, slots, scalars) => {
        if ('velocity' in slots) {
          const decayed = decays.adamDecay > 0 ? tf.sub(weight, tf.mul(weight, scalars.adamDecay)) : weight;
          return updatedByAdam(decayed, gradient, slots, { rate: scalars.adamRate, beta1, beta2, epsilon: number(options, 'epsilon') });
        }
        const speed = tf.add(tf.mul(slots.momentum, momentum), gradient);
        const ahead = options['nesterov'] === true ? tf.add(gradient, tf.mul(speed, momentum)) : speed;
        const direction = orthogonalized(ahead, options);
        const scale = options['rmsRate'] === null ? 1 : Math.sqrt(Math.max(...weight.shape)) * number(options, 'rmsRate');
        const decayed = decays.decay > 0 ? tf.sub(weight, tf.mul(weight, scalars.decay)) : weight;
        return { weight: tf.sub(decayed, tf.mul(direction, tf.mul(scalars.rate, scale))), slots: { momentum: speed } };
      },
    };
  },
};
