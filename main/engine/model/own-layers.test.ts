import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/spec.ts';
import { openNative } from '../backends/native.ts';
import { randomStream } from '../loop/random.ts';
import { largestDifference, runOn, traced, uniformValues } from '../testing/harness.ts';
import { sizeOf } from '../compile/graph.ts';
import { tf, tfl } from '../tfjs.ts';
import { replaceComputation } from './own-layers.ts';

type Config = { [option: string]: Json };

/** A layer of tfjs with weights from a seed. */
function made(className: string, config: Config, inputShape: readonly number[]): tfl.layers.Layer {
  const [type] = tf.serialization.SerializationMap.getMap().classNameMap[className] as unknown as [
    { fromConfig(type: unknown, config: object): tfl.layers.Layer },
  ];
  const layer = type.fromConfig(type, config);
  layer.build([null, ...inputShape]);
  const stream = randomStream(4, className);
  layer.setWeights(
    layer.getWeights().map((weight) =>
      tf.tensor(
        Array.from({ length: weight.size }, () => stream.normal()),
        weight.shape,
      ),
    ),
  );
  return layer;
}

/** Output, and gradients by input and weights of a weighted sum of it, as tfjs computes them. */
const outputs = (layer: tfl.layers.Layer, x: tf.Tensor): tf.Tensor => layer.call(x, { training: true }) as tf.Tensor;
const weighted = (y: tf.Tensor) => tf.sum(tf.mul(y, tf.reshape(tf.sin(tf.range(0, y.size)), y.shape)));

/** Ours, compiled, and tfjs' own where it has them. */
async function compared(
  className: string,
  config: Config,
  inputShape: readonly number[],
  theirs: (layer: tfl.layers.Layer, x: tf.Tensor) => tf.Tensor,
) {
  const shape = [2, ...inputShape];
  const values = uniformValues(sizeOf(shape), 8, className);
  const own = made(className, config, inputShape);
  replaceComputation(own, config);
  const example = traced([shape], [values], (x) => {
    const y = outputs(own, x);
    return [y, tf.grad((each: tf.Tensor) => weighted(outputs(own, each)))(x)];
  });
  const found = await runOn(await openNative(1), example);
  const original = made(className, config, inputShape);
  const input = tf.tensor(values, shape);
  const y = theirs(original, input);
  expect(found.get('y0')!.length).toBe(y.size);
  expect(y.shape).toEqual((own.computeOutputShape([2, ...inputShape]) as number[]).slice());
  expect(largestDifference(found.get('y0')!, y.dataSync())).toBeLessThan(1e-4);
  // The gradient by differences, in single precision: of the sum, along a direction drawn from a seed.
  const direction = tf.tensor(uniformValues(sizeOf(shape), 9, className), shape);
  const along = (step: number) => weighted(theirs(original, tf.add(input, tf.mul(direction, step)))).dataSync()[0];
  const slope = tf.sum(tf.mul(tf.tensor(found.get('y1')!, shape), direction)).dataSync()[0];
  const difference = (along(5e-3) - along(-5e-3)) / 1e-2;
  expect(Math.abs(slope - difference)).toBeLessThan(2e-2 * Math.max(1, Math.abs(difference)));
}

describe('layers of our own computation are tfjs’', () => {
  it.each<[string, Config, number[]]>([
    ['Conv3D', { filters: 3, kernelSize: 2 }, [4, 5, 4, 2]],
    ['Conv3D', { filters: 2, kernelSize: [3, 2, 2], strides: [2, 1, 2], padding: 'same', activation: 'tanh' }, [5, 4, 5, 3]],
    ['Conv3D', { filters: 2, kernelSize: [1, 2, 3], useBias: false }, [3, 4, 4, 1]],
    ['Conv3DTranspose', { filters: 2, kernelSize: 2, strides: 2 }, [2, 3, 2, 2]],
    ['Conv3DTranspose', { filters: 2, kernelSize: 3, strides: 2, padding: 'same' }, [3, 2, 3, 2]],
    ['Conv3DTranspose', { filters: 1, kernelSize: [1, 2, 2], strides: [1, 2, 1] }, [2, 2, 3, 2]],
    ['MaxPooling3D', { poolSize: 2 }, [4, 5, 4, 2]],
    ['MaxPooling3D', { poolSize: [3, 2, 2], strides: [2, 1, 2], padding: 'same' }, [5, 4, 5, 2]],
    ['AveragePooling3D', { poolSize: 2 }, [4, 4, 4, 2]],
    ['AveragePooling3D', { poolSize: [3, 2, 2], strides: [2, 2, 1], padding: 'same' }, [5, 5, 4, 2]],
    ['UpSampling2D', { size: [2, 3] }, [3, 4, 2]],
    ['UpSampling2D', { size: [3, 1], dataFormat: 'channelsFirst' }, [2, 3, 4]],
    ['Conv2D', { filters: 3, kernelSize: 2, dilationRate: 2 }, [6, 7, 2]],
    ['Conv2D', { filters: 3, kernelSize: [2, 3], dilationRate: [3, 1], padding: 'same' }, [6, 7, 2]],
    ['Conv1D', { filters: 3, kernelSize: 3, dilationRate: 2 }, [9, 2]],
    ['SeparableConv2D', { filters: 3, kernelSize: 2, dilationRate: 2 }, [6, 7, 2]],
  ])('%s %j on %j', async (className, config, shape) => {
    await compared(className, config, shape, outputs);
  });

  it('a batch normalization of any dimension', async () => {
    // tfjs' cpu backend does not broadcast, so not its own.
    await compared('BatchNormalization', { axis: 1 }, [3, 4, 2], (layer, x) => {
      const [gamma, beta] = layer.getWeights().map((weight) => tf.reshape(weight, [1, 3, 1, 1]));
      const { mean, variance } = tf.moments(x, [0, 2, 3], true);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), gamma), beta);
    });
  });

  it('a causal convolution sees no later step', async () => {
    const config = { filters: 2, kernelSize: 3, dilationRate: 2, padding: 'causal' };
    await compared('Conv1D', config, [7, 2], (layer, x) => {
      const [kernel, bias] = layer.getWeights() as [tf.Tensor3D, tf.Tensor1D];
      return tf.add(
        tf.conv1d(
          tf.pad(x, [
            [0, 0],
            [4, 0],
            [0, 0],
          ]) as tf.Tensor3D,
          kernel,
          1,
          'valid',
          'NWC',
          2,
        ),
        bias,
      );
    });
  });
});
