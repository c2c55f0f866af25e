import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EpochbookError } from '#contract/errors.ts';
import type { Json, ModelSpec } from '#contract/spec.ts';
import { openSession } from '../loop/session.ts';
import { openReference } from '../backends/reference.ts';
import { layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { modelOf } from '../testing/layer-gradients.ts';
import { tf } from '../tfjs.ts';
import { buildModel } from './build.ts';
import { completeModel } from './complete.ts';
import { describeModel } from './describe.ts';

const images = makeData({ inputShape: [28, 28, 1], classes: 10, train: 4 });
const table = makeData({ inputShape: [4], classes: 3, train: 4 });
const numbers = makeData({ inputShape: [4], train: 4 });

const sample = sequential(
  layer('Conv2D', { filters: 8, kernelSize: 3, activation: 'relu' }),
  layer('MaxPooling2D', { poolSize: 2 }),
  layer('Flatten'),
  layer('Dropout', { rate: 0.2 }),
  layer('Dense', { units: 10, activation: 'softmax' }),
);

function errorOf(action: () => unknown): EpochbookError {
  try {
    action();
  } catch (error) {
    if (error instanceof EpochbookError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the model’s table', () => {
  it('has every layer with its shape and parameters', () => {
    expect(describeModel(completeModel(sample, images))).toEqual({
      layers: [
        { name: 'conv2d', className: 'Conv2D', outputShape: [26, 26, 8], parameters: 80 },
        { name: 'max_pooling2d', className: 'MaxPooling2D', outputShape: [13, 13, 8], parameters: 0 },
        { name: 'flatten', className: 'Flatten', outputShape: [1352], parameters: 0 },
        { name: 'dropout', className: 'Dropout', outputShape: [1352], parameters: 0 },
        { name: 'dense', className: 'Dense', outputShape: [10], parameters: 13530 },
      ],
      inputShape: [28, 28, 1],
      parameters: 13610,
      trainableParameters: 13610,
      trainable: [
        { name: 'conv2d/kernel', shape: [3, 3, 1, 8] },
        { name: 'conv2d/bias', shape: [8] },
        { name: 'dense/kernel', shape: [1352, 10] },
        { name: 'dense/bias', shape: [10] },
      ],
    });
  });

  it('tells trainable parameters from the others', () => {
    const model = sequential(layer('Dense', { units: 5, trainable: false }), layer('BatchNormalization'), layer('Dense', { units: 3 }));
    const described = describeModel(completeModel(model, table));
    expect(described.parameters).toBe(25 + 20 + 18);
    expect(described.trainableParameters).toBe(10 + 18);
  });

  it('reads functional models, with branches and a layer used twice', () => {
    const model: ModelSpec = {
      class_name: 'Functional',
      config: {
        layers: [
          { class_name: 'InputLayer', config: { name: 'in' }, name: 'in', inbound_nodes: [] },
          {
            class_name: 'Dense',
            config: { units: 4, name: 'twice' },
            name: 'twice',
            inbound_nodes: [[['in', 0, 0, {}]], [['twice', 0, 0, {}]]],
          },
          {
            class_name: 'Add',
            config: { name: 'sum' },
            name: 'sum',
            inbound_nodes: [
              [
                ['in', 0, 0, {}],
                ['twice', 1, 0, {}],
              ],
            ],
          },
          { class_name: 'Dense', config: { name: 'out', activation: 'softmax' }, name: 'out', inbound_nodes: [[['sum', 0, 0, {}]]] },
        ],
        input_layers: [['in', 0, 0]],
        output_layers: [['out', 0, 0]],
      },
    };
    const described = describeModel(completeModel(model, table));
    expect(described.layers.map(({ name, outputShape, parameters }) => [name, outputShape, parameters])).toEqual([
      ['twice', [4], 20],
      ['sum', [4], 0],
      ['out', [3], 15],
    ]);
  });
});

describe('completing a model', () => {
  const unitsOf = (model: ModelSpec) => (model.config.layers as { config: { units?: Json } }[]).map(({ config }) => config.units);

  it('takes input shape, names and output units from the data', () => {
    const completed = completeModel(sequential(layer('Dense', { units: 6 }), layer('Dense'), layer('Softmax')), table);
    expect(completed.config.layers).toMatchObject([
      { config: { name: 'dense', batchInputShape: [null, 4], units: 6 } },
      { config: { name: 'dense_1', units: 3 } },
      { config: { name: 'softmax' } },
    ]);
    expect(completeModel(completed, table)).toEqual(completed);
  });

  it('wants one output for numbers, and for two classes behind a sigmoid', () => {
    const two = makeData({ inputShape: [4], classes: 2, train: 4 });
    expect(unitsOf(completeModel(sequential(layer('Dense')), numbers))).toEqual([1]);
    expect(unitsOf(completeModel(sequential(layer('Dense', { activation: 'sigmoid' })), two))).toEqual([1]);
    expect(unitsOf(completeModel(sequential(layer('Dense', { activation: 'softmax' })), two))).toEqual([2]);
  });

  it('understands Keras’ spelling', () => {
    const keras = sequential(
      layer('Conv2D', {
        filters: 2,
        kernel_size: [3, 3],
        data_format: 'channels_last',
        kernel_initializer: 'glorot_uniform',
        bias_initializer: { class_name: 'Zeros', config: {} },
      }),
      layer('Flatten', { data_format: 'channels_last' }),
      layer('Dense', { units: 10, activation: 'softmax', use_bias: false, kernel_regularizer: { class_name: 'L2', config: { l2: 0.01 } } }),
    );
    expect(describeModel(completeModel(keras, images)).parameters).toBe(20 + 26 * 26 * 2 * 10);
  });
});

describe('initial weights', () => {
  const weightsOf = (model: ModelSpec, seed: number) => {
    const built = buildModel(model, seed);
    const weights = new Map(built.weights.map(({ name, variable }) => [name, Array.from(variable.dataSync())]));
    built.dispose();
    return weights;
  };
  const hash = (weights: Map<string, number[]>) =>
    createHash('sha256')
      .update(JSON.stringify([...weights]))
      .digest('hex');

  it('follow from the seed, and have Keras’ names', () => {
    const model = completeModel(
      sequential(layer('LSTM', { units: 3 }), layer('Dense')),
      makeData({ inputShape: [5, 4], classes: 3, train: 2 }),
    );
    expect([...weightsOf(model, 1).keys()]).toEqual(['lstm/kernel', 'lstm/recurrent_kernel', 'lstm/bias', 'dense/kernel', 'dense/bias']);
    expect(hash(weightsOf(model, 1))).toBe(hash(weightsOf(model, 1)));
    expect(hash(weightsOf(model, 2))).not.toBe(hash(weightsOf(model, 1)));
  });

  it('of a layer do not depend on the layers beside it', () => {
    const short = weightsOf(completeModel(sequential(layer('Dense', { units: 5, name: 'a' }), layer('Dense', { name: 'b' })), table), 1);
    const long = weightsOf(
      completeModel(
        sequential(layer('Dense', { units: 5, name: 'a' }), layer('Dense', { units: 9 }), layer('Dense', { name: 'b' })),
        table,
      ),
      1,
    );
    expect(long.get('a/kernel')).toEqual(short.get('a/kernel'));
  });

  it('have the distributions of Keras', () => {
    const kernel = (kernelInitializer: Json, units = 300) => {
      const model = completeModel(
        sequential(layer('Dense', { units, kernelInitializer })),
        makeData({ inputShape: [200], classes: 3, train: 2 }),
      );
      return weightsOf(model, 3).get('dense/kernel')!;
    };
    const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    const limit = Math.sqrt(6 / 500);
    const glorot = kernel('glorotUniform');
    expect(Math.max(...glorot.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...glorot)).toBeGreaterThan(0.999 * limit);
    expect(deviation(glorot)).toBeCloseTo(limit / Math.sqrt(3), 3);
    expect(deviation(kernel('heNormal'))).toBeCloseTo(Math.sqrt(2 / 200), 2);
    expect(Math.max(...kernel('leCunNormal').map(Math.abs))).toBeLessThan((2 * Math.sqrt(1 / 200)) / 0.8796);
    expect(deviation(kernel({ class_name: 'RandomNormal', config: { stddev: 0.3 } }))).toBeCloseTo(0.3, 2);
    expect(new Set(kernel({ class_name: 'Constant', config: { value: 0.25 } }))).toEqual(new Set([0.25]));
    const square = tf.tensor(kernel('orthogonal', 120), [200, 120]);
    const product = tf.matMul(square, square, true, false).dataSync();
    product.forEach((value, index) => expect(value).toBeCloseTo(Math.floor(index / 120) === index % 120 ? 1 : 0, 5));
  });

  it('set an LSTM’s forget gate open', () => {
    const model = completeModel(
      sequential(layer('LSTM', { units: 2 }), layer('Dense')),
      makeData({ inputShape: [5, 4], classes: 3, train: 2 }),
    );
    expect(weightsOf(model, 1).get('lstm/bias')).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    const random = completeModel(
      sequential(layer('LSTM', { units: 2, biasInitializer: 'randomNormal' }), layer('Dense')),
      makeData({ inputShape: [5, 4], classes: 3, train: 2 }),
    );
    const bias = weightsOf(random, 1).get('lstm/bias')!;
    expect(bias.filter((value) => value === 1).length).toBe(2);
    expect(weightsOf(random, 1).get('lstm/bias')).toEqual(bias);
  });
});

describe('a model that cannot be', () => {
  const failing = (model: ModelSpec, data = images) => errorOf(() => buildModel(completeModel(model, data), 1));

  it.each<[string, ModelSpec, string, RegExp]>([
    ['an unknown layer', sequential(layer('Con2D', {})), '/model/config/layers/0', /Did you mean “Conv2D”/],
    [
      'an unknown option',
      sequential(layer('Flatten'), layer('Dropout', { raet: 0.5 })),
      '/model/config/layers/1/config/raet',
      /Did you mean “rate”/,
    ],
    [
      'a missing option',
      sequential(layer('Conv2D', { filters: 3 }), layer('Flatten'), layer('Dense')),
      '/model/config/layers/0',
      /needs the option “kernelSize”/,
    ],
    ['an impossible rate', sequential(layer('Flatten'), layer('Dropout', { rate: 1.5 })), '/model/config/layers/1/config/rate', /1\.5/],
    ['half a unit', sequential(layer('Flatten'), layer('Dense', { units: 2.5 })), '/model/config/layers/1/config/units', /2\.5/],
    [
      'an unknown activation',
      sequential(layer('Flatten'), layer('Dense', { units: 3, activation: 'rellu' })),
      '/model/config/layers/1/config/activation',
      /Did you mean “relu”/,
    ],
    [
      'an image where a vector is wanted',
      sequential(layer('RepeatVector', { n: 3 })),
      '/model/config/layers/0',
      /28 × 28 × 1.*layers\.flatten/,
    ],
    [
      'a vector where an image is wanted',
      sequential(layer('Flatten'), layer('Conv2D', { filters: 3, kernelSize: 3 })),
      '/model/config/layers/1',
      /takes an image.*what arrives is 784/,
    ],
    [
      'a window larger than the image',
      sequential(layer('Conv2D', { filters: 3, kernelSize: 30 })),
      '/model/config/layers/0',
      /30 × 30.*28 × 28/,
    ],
    [
      'pooling until nothing is left',
      sequential(...Array.from({ length: 5 }, () => layer('MaxPooling2D', { poolSize: 2 }))),
      '/model/config/layers/4',
      /2 × 2.*1 × 1/,
    ],
    ['a reshape that does not fit', sequential(layer('Reshape', { targetShape: [20, 20] })), '/model/config/layers/0', /784/],
    [
      'another input shape',
      sequential(layer('Flatten', { inputShape: [32, 32, 3] })),
      '/model/config/layers/0',
      /32 × 32 × 3.*28 × 28 × 1/,
    ],
    ['a name used twice', sequential(layer('Flatten', { name: 'a' }), layer('Dense', { name: 'a' })), '/model/config/layers/1', /“a”/],
    ['nothing', sequential(), '/model', /no layers/],
  ])('says where and why: %s', (_, model, at, message) => {
    const error = failing(model);
    expect(error.at).toBe(at);
    expect(error.message).toMatch(message);
  });
});

describe('a job whose parts do not fit', () => {
  const softmax = sequential(layer('Dense', { units: 3, activation: 'softmax' }));
  const open = (model: ModelSpec, data: typeof table, settings: object) =>
    errorOf(() => openSession(makeJob(model, data, settings), openReference()));
  const optimizer = (className: string, config: { [key: string]: Json }) => ({ optimizer: { class_name: className, config } });
  const linear = sequential(layer('Dense', { units: 1 }));
  const sparse = 'sparseCategoricalCrossentropy';

  it.each<[string, ModelSpec, typeof table, object, string, RegExp]>([
    ['one unit for classes', linear, table, { loss: sparse }, '/train/loss', /one output a class.*“dense”/],
    [
      'too few units',
      sequential(layer('Dense', { units: 2, activation: 'softmax' })),
      table,
      { loss: sparse },
      '/train/loss',
      /3 classes.*2 values/,
    ],
    ['no softmax', sequential(layer('Dense', { units: 3 })), table, { loss: 'categoricalCrossentropy' }, '/train/loss', /ends in “linear”/],
    ['two classes’ loss for three', softmax, table, { loss: 'binaryCrossentropy' }, '/train/loss', /single output.*3 values/],
    ['numbers’ loss for classes', softmax, table, { loss: 'mse' }, '/train/loss', /target is a class/],
    ['classes’ loss for numbers', softmax, numbers, { loss: sparse }, '/train/loss', /target is a number/],
    [
      'three values for one number',
      sequential(layer('Dense', { units: 3 })),
      numbers,
      { loss: 'mse' },
      '/train/loss',
      /Set its units to 1/,
    ],
    [
      'an image for a row',
      sequential(layer('Dense', { units: 10, activation: 'softmax' })),
      images,
      { loss: sparse },
      '/train/loss',
      /28 × 28 × 10.*flatten/,
    ],
    [
      'a misspelt loss',
      softmax,
      table,
      { loss: 'sparseCategoricalCrossentrpy' },
      '/train/loss',
      /Did you mean “sparseCategoricalCrossentropy”/,
    ],
    ['a misspelt metric', softmax, table, { metrics: ['accurracy'] }, '/train/metrics/0', /Did you mean “accuracy”/],
    ['accuracy of numbers', linear, numbers, { metrics: ['accuracy'] }, '/train/metrics/0', /means nothing/],
    ['an unknown optimizer', softmax, table, optimizer('Adamm', {}), '/train/optimizer', /Did you mean “Adam”/],
    [
      'an unknown option of it',
      softmax,
      table,
      optimizer('Adam', { learningrat: 1 }),
      '/train/optimizer/config/learningrat',
      /Did you mean “learningRate”/,
    ],
    ['an impossible value of it', softmax, table, optimizer('SGD', { momentum: 1.5 }), '/train/optimizer/config/momentum', /1\.5/],
  ])('says where and why: %s', (_, model, data, settings, at, message) => {
    const error = open(model, data, settings);
    expect(error.at).toBe(at);
    expect(error.message).toMatch(message);
  });
});

describe('an embedding applied backwards', () => {
  it('wants vectors of its length', () => {
    const model = modelOf({ className: 'ReversibleEmbedding', config: { inputDim: 5, outputDim: 3 }, inputs: [[2, 4]], reverse: 'only' });
    expect(errorOf(() => buildModel(model, 1))).toMatchObject({
      code: 'engine.reverseLength',
      at: '/model/config/layers/1',
      values: { length: 3, arrives: 4 },
    });
  });
});

describe('a spectrogram', () => {
  it.each([
    ['MelSpectrogram', { fftLength: 8, sequenceLength: 9 }, [20], 'transform'],
    ['MelSpectrogram', { fftLength: 16 }, [8], 'short'],
    ['MelSpectrogram', { fftLength: 4, window: [1, 2] }, [8], 'window'],
    ['STFTSpectrogram', { frameLength: 4, frameStep: 5 }, [8, 1], 'step'],
    ['STFTSpectrogram', { frameLength: 9 }, [8, 1], 'short'],
    ['STFTSpectrogram', { frameLength: 2 }, [8, 1], 'silent'],
  ] as const)('of %s with %j on %j is refused: %s', (className, config, shape, problem) => {
    const model = modelOf({ className, config: config as { [option: string]: Json }, inputs: [[...shape]] });
    expect(errorOf(() => buildModel(model, 1))).toMatchObject({
      code: 'engine.spectrogram',
      at: '/model/config/layers/1',
      values: { problem },
    });
  });
});

describe('numbers that an embedding is to look up', () => {
  it('must be among those it has', () => {
    const data = makeData({ inputShape: [5], classes: 3, train: 8, ids: 7 });
    const model = (className: string, config: { [option: string]: Json }) =>
      makeJob(sequential(layer(className, config), layer('Flatten'), layer('Dense', { activation: 'softmax' })), data);
    const code = (job: ReturnType<typeof makeJob>) => errorOf(() => openSession(job, openReference()));
    const failed = code(model('Embedding', { inputDim: 3, outputDim: 2, name: 'words' }));
    expect(failed).toMatchObject({ code: 'engine.numberTooLarge', at: '/model/config/layers/0', values: { layer: 'words', largest: 2 } });
    expect(failed.message).toContain('“words” knows the numbers 0 to 2');
    expect(code(model('TokenAndPositionEmbedding', { vocabularySize: 2, sequenceLength: 5, embeddingDim: 2 })).code).toBe(
      'engine.numberTooLarge',
    );
    data.train.inputs[3] = -1;
    expect(code(model('Embedding', { inputDim: 7, outputDim: 2 })).code).toBe('engine.numberNegative');
  });
});
