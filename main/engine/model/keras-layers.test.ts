/** Layers against what Keras 3 itself computes (testing/keras-layers.py), recorded so that no Python is needed. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { Json, KerasObject } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import { openNative } from '../backends/native.ts';
import type { HostTensor } from '../compile/graph.ts';
import { trace } from '../compile/trace.ts';
import { kerasModels } from '../testing/keras-figures.ts';
import { joined, modelOf } from '../testing/layer-gradients.ts';
import { tf } from '../tfjs.ts';
import { buildModel } from './build.ts';
import { kernelValues } from './layers/spectrum.ts';

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Recorded extends KerasObject {
  readonly config: { [option: string]: Json };
  readonly inputs: readonly Values[];
  readonly weights: readonly Values[];
  readonly training: boolean;
  readonly shape: readonly number[];
  readonly output: readonly number[];
  /** Of the trainable weights, in their order. */
  readonly weightGradients: readonly (readonly number[])[];
  readonly inputGradients?: readonly (readonly number[])[];
  readonly before?: KerasObject;
  readonly ids?: number;
  readonly reverse?: 'only' | 'too';
  readonly outputs?: number;
  /** What is drawn, in its order. */
  readonly drawn?: readonly (readonly number[])[];
}

const first = JSON.parse(readFileSync(new URL('../testing/keras-layers.json', import.meta.url), 'utf8')) as { cases: Recorded[] };
const cases = [...first.cases, ...(kerasModels.layers as readonly Recorded[])];

let backend: Backend;
beforeAll(async () => {
  backend = await openNative(1);
});

function expectClose(found: ArrayLike<number>, recorded: readonly number[], what: string): void {
  expect(found.length, what).toBe(recorded.length);
  const size = recorded.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0.1);
  for (let index = 0; index < recorded.length; index++) {
    expect(Math.abs(found[index] - recorded[index]) / size, `${what} ${index}: ${found[index]} for ${recorded[index]}`).toBeLessThan(1e-4);
  }
}

it.each(cases)('$class_name $config', async (recorded) => {
  const { class_name: className, config, before, ids, training, reverse, outputs } = recorded;
  const spec = modelOf({
    className,
    config,
    inputs: recorded.inputs.map(({ shape }) => shape),
    ...(before && { before }),
    ...(outputs && { outputs }),
    ...(reverse && { reverse }),
  });
  const model = buildModel(spec, 1);
  const count = recorded.inputs[0].values.length / recorded.inputs[0].shape.reduce((all, length) => all * length, 1);
  const x = tf.variable(tf.zeros([count, ...model.inputShape]), true, `keras ${Math.random()}`);
  try {
    expect(model.outputs[0].shape).toEqual(recorded.shape);
    expect(model.weights.map(({ variable }) => variable.shape)).toEqual(recorded.weights.map(({ shape }) => shape));
    const rows = recorded.inputs.map(({ values }) => values.length / count);
    const packed = Float32Array.from({ length: x.size }, (_, index) => {
      const width = x.size / count;
      let place = index % width;
      const input = rows.findIndex((size) => (place < size ? true : ((place -= size), false)));
      return recorded.inputs[input].values[Math.floor(index / width) * rows[input] + place];
    });
    const given = new Map<string, HostTensor>([['x', { data: packed, shape: x.shape, dtype: 'float32' }]]);
    model.weights.forEach(({ name, variable }, index) =>
      given.set(name, { data: Float32Array.from(recorded.weights[index].values), shape: variable.shape, dtype: 'float32' }),
    );
    const trained = model.weights.filter(({ trainable }) => trainable);
    const variables = [{ name: 'x', variable: x }, ...model.weights.map(({ name, variable }) => ({ name, variable }))];
    const program = trace({ inputs: new Map(), variables }, () => {
      let y: tf.Tensor | undefined;
      const sum = () => {
        y = joined(model.forward(x, training).outputs);
        const weights = tf.tensor(
          Float32Array.from({ length: y.size }, (_, index) => Math.sin(index + 1)),
          y.shape,
        );
        return tf.sum(tf.mul(y, weights)) as tf.Scalar;
      };
      const wanted = [...(ids ? [] : [x]), ...trained.map(({ variable }) => variable)];
      const { grads } = tf.variableGrads(sum, wanted);
      return new Map([
        ['y', y!],
        ...wanted.map((variable, index): [string, tf.Tensor] => [`g${index}`, grads[variable.name] ?? tf.zerosLike(variable)]),
      ]);
    });
    // Options make the outcome certain, whatever is drawn, but where Keras was given the same numbers.
    program.random.forEach(({ name, shape }, index) => {
      const drawn = recorded.drawn?.[index];
      const data = drawn ? Float32Array.from(drawn) : new Float32Array(shape.reduce((all, length) => all * length, 1)).fill(0.3);
      given.set(name, { data, shape, dtype: 'float32' });
    });
    const executable = await backend.compile(program);
    const results = await executable.run(given);
    await executable.release();
    expectClose(results.get('y')!.data, recorded.output, 'output');
    const gradients = Array.from({ length: trained.length + (ids ? 0 : 1) }, (_, index) => results.get(`g${index}`)!.data);
    if (!ids) {
      const own = gradients.shift()!;
      const width = x.size / count;
      let from = 0;
      recorded.inputGradients?.forEach((wanted, input) => {
        const part = Array.from(
          { length: wanted.length },
          (_, index) => own[Math.floor(index / rows[input]) * width + from + (index % rows[input])],
        );
        expectClose(part, wanted, `gradient by input ${input}`);
        from += rows[input];
      });
    }
    gradients.forEach((gradient, index) => expectClose(gradient, recorded.weightGradients[index], `gradient by ${trained[index].name}`));
  } finally {
    x.dispose();
    model.dispose();
  }
});

it.each(kerasModels.waves)('the waves of a spectrogram: $config', ({ config, shape, values }) => {
  const window = config.window ?? 'none';
  expectClose(kernelValues(shape, { ...config, window }), values, 'kernel');
});
