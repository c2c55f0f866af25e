/** Whatever the tables offer trains: a name or an option that the engine lacks, or passes over, fails here. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, KerasObject, ModelSpec, MetricSpec, TrainSpec } from '#contract/spec.ts';
import { type Backend, openBackend } from '#engine/backends/index.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '#engine/testing/harness.ts';
import { activations, type Builder, type Builders } from './kinds.ts';
import { imageLayers } from './keras-layers.ts';
import { layers } from './layers.ts';
import type { Option, OptionType } from './option.ts';
import { constraints, initializers, regularizers } from './parts.ts';
import { callbacks, losses, metrics, optimizers, schedules } from './training.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('native', { threads: 1 });
});

type Config = { [option: string]: Json };
type Data = ReturnType<typeof makeData>;

/** Two steps, and what they came to: losses, metrics and weights. */
async function twoSteps(model: ModelSpec, data: Data, settings: Partial<TrainSpec> = {}): Promise<string> {
  const job = makeJob(model, data, { epochs: 2, batchSize: 8, shuffle: false, ...settings });
  const events = await collect(job, { backend });
  const rows = eventsOf(events, 'epochEnded').map(({ row }) => row.metrics);
  expect(rows.length).toBe(2);
  for (const row of rows) for (const [name, value] of Object.entries(row)) expect(Number.isFinite(value), `${name}: ${value}`).toBe(true);
  const { weights } = eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint;
  return JSON.stringify([rows, [...weights.values()].map(({ shape, values }) => [shape, Array.from(values)])]);
}

const defaults = ({ options, fixed }: Builder): Config => ({
  ...Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => (option.default === undefined ? [] : [[name, option.default]])),
  ),
  ...fixed,
});
const made = (builder: Builder, config: Config = {}): KerasObject => layer(builder.className, { ...defaults(builder), ...config });

/** Values of the type, of which one at least is not what a layer has without the option. */
function examples(type: OptionType): Json[] {
  switch (type.is) {
    case 'boolean':
      return [true, false];
    case 'name':
      // Each activation has a test of its own.
      return type.typeName === 'Activation' ? ['softsign', 'tanh'] : [...type.of];
    case 'integer':
      return [2, 3];
    case 'number':
      return [(type.max ?? type.below ?? 2) / 4];
    case 'size':
      return [3, Array.from({ length: type.rank }, (_, axis) => 2 - (axis % 2))];
    case 'built':
      if (type.family === 'regularizer') return [layer('L1L2', { l1: 0.1, l2: 0.1 })];
      if (type.family === 'constraint') return [layer('MaxNorm', { maxValue: 0.1, axis: 0 })];
      return [layer('RandomNormal', { mean: 0.3, stddev: 0.1 })];
    case 'either':
      return type.of.flatMap(examples);
    default:
      return [];
  }
}

/** What cannot be guessed from its type. */
const particular: Readonly<Record<string, Json[]>> = {
  sharedAxes: [[1]],
  'upSampling1d.size': [3],
  'upSampling2d.size': [[2, 3]],
  'upSampling3d.size': [[2, 1, 3]],
  'cropping1d.cropping': [[0, 2]],
  'cropping3d.cropping': [[1, [0, 1], 1]],
  'zeroPadding1d.padding': [[0, 2]],
  'zeroPadding3d.padding': [[1, [0, 2], 1]],
  binBoundaries: [[0.5]],
  valueRange: [[0, 0.8]],
  factor: [0.3, [0.1, 0.4]],
  heightFactor: [0.3, [0.1, 0.4]],
  widthFactor: [0.3, [0.1, 0.4]],
  'randomGaussianBlur.kernelSize': [5],
  'randomSharpness.valueRange': [[0, 0.1]],
  'randomGaussianBlur.valueRange': [[0, 0.1]],
  'randomElasticTransform.valueRange': [[0, 0.1]],
  fftLength: [12, 16],
  'melSpectrogram.sequenceLength': [5, 8],
  frameStep: [1, 3],
  bins: [5],
  'melSpectrogram.window': ['hamming', 'none', [1, 2, 3, 3, 2, 1]],
  'stftSpectrogram.window': ['hamming', 'boxcar', 'none', [1, 2, 2, 1]],
  frameLength: [3, 5],
  samplingRate: [80],
  minFreq: [12],
  maxFreq: [40],
  topDb: [0.5],
  minPower: [0.5],
  refPower: [3],
  keepdims: [],
  // Means something from batch to batch, and has tests of its own.
  stateful: [],
  // For models with branches.
  returnState: [],
  'softmax.axis': [1],
  'adaptiveAveragePooling1d.outputSize': [3],
  'adaptiveMaxPooling1d.outputSize': [3],
  // The batch, four inputs, and what is made of them.
  equation: ['ab,bd->ad'],
  'einsumDense.outputShape': [4, [2]],
  biasAxes: [],
  'discretization.outputMode': ['oneHot'],
  cropping: [
    [1, 2],
    [
      [1, 0],
      [0, 2],
    ],
  ],
  'zeroPadding2d.padding': [2, [1, 2]],
  noiseShape: [[8, 1]],
  axis: [1],
  theta: [0.2],
  targetShape: [[4, 1], [-1]],
  dims: [[1, 2]],
  numTokens: [9],
  'embedding.inputDim': [9],
  'reversibleEmbedding.inputDim': [9],
  inputLength: [4],
  batchInputShape: [],
  groups: [],
  'groupNormalization.groups': [3, -1],
  'multiHeadAttention.valueDim': [1, 3],
  'multiHeadAttention.outputShape': [3],
  numQueryHeads: [2, 6],
  numKeyValueHeads: [1, 4],
  sequenceLength: [7, 9],
  'transformerEncoder.numHeads': [1, 4],
  vocabularySize: [9],
  axes: [],
};
/** Options whose values may come to the same. */
const mayBeSame = [
  'equation',
  'fillValue',
  'mode',
  'identity',
  'concatenate.axis',
  'targetShape',
  'inputLength',
  'maskZero',
  'maskValue',
  'dims',
  'numTokens',
  'inputDim',
  // Of the way back, which is tested with the engine's layers.
  'logitSoftCap',
];
/** Values that are another way to write the default one. */
const mayRepeat = ['fillMode', 'kernelSize', 'poolSize', 'strides', 'dilationRate', 'activation'];

const recurrentCell = { cell: layer('LSTMCell', { units: 3 }) };
const required: Readonly<Record<string, Config>> = {
  ...Object.fromEntries(
    [1, 2, 3].flatMap((axes) => ['Average', 'Max'].map((kind) => [`adaptive${kind}Pooling${axes}d`, { outputSize: 2 }] as const)),
  ),
  einsumDense: { equation: 'ab,bc->ac', outputShape: 3, biasAxes: 'c' },
  activation: { activation: 'tanh' },
  alphaDropout: { rate: 0.3 },
  bidirectional: { layer: layer('LSTM', { units: 3 }) },
  categoryEncoding: { numTokens: 7 },
  conv1d: { filters: 2, kernelSize: 2 },
  centerCrop: { height: 3, width: 4 },
  conv1dTranspose: { filters: 2, kernelSize: 2 },
  conv2d: { filters: 2, kernelSize: 2 },
  conv2dTranspose: { filters: 2, kernelSize: 2 },
  conv3d: { filters: 2, kernelSize: 2 },
  conv3dTranspose: { filters: 2, kernelSize: 2 },
  convLstm1d: { filters: 2, kernelSize: 2 },
  convLstm2d: { filters: 2, kernelSize: 2 },
  convLstm3d: { filters: 2, kernelSize: 2 },
  cropping1d: { cropping: 1 },
  cropping2D: { cropping: 1 },
  cropping3d: { cropping: 1 },
  dense: { units: 4 },
  depthwiseConv1d: { kernelSize: 2 },
  depthwiseConv2d: { kernelSize: 2 },
  discretization: { binBoundaries: [0.3, 0.6] },
  dot: { axes: 1 },
  dropout: { rate: 0.4 },
  embedding: { inputDim: 7, outputDim: 3 },
  gaussianDropout: { rate: 0.3 },
  gaussianNoise: { stddev: 0.3 },
  groupNormalization: { groups: 2 },
  groupQueryAttention: { headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 },
  gru: { units: 4 },
  lstm: { units: 4 },
  multiHeadAttention: { numHeads: 2, keyDim: 2 },
  normalization: { mean: 0.2, variance: 2 },
  permute: { dims: [2, 1] },
  positionEmbedding: { sequenceLength: 8 },
  randomBrightness: { factor: 0.2 },
  randomColorDegeneration: { factor: 0.5 },
  randomContrast: { factor: 0.5 },
  randomCrop: { height: 4, width: 3 },
  randomHeight: { factor: 0.2 },
  randomHue: { factor: 0.4 },
  randomPosterization: { factor: 5 },
  randomRotation: { factor: 0.1 },
  randomSaturation: { factor: 0.4 },
  randomSharpness: { factor: 0.4 },
  randomShear: { xFactor: 0.3 },
  randomColorJitter: { brightnessFactor: 0.2, saturationFactor: 0.4 },
  solarization: { thresholdFactor: 0.5 },
  randomTranslation: { heightFactor: 0.2, widthFactor: 0.2 },
  randomWidth: { factor: 0.2 },
  randomZoom: { heightFactor: 0.2 },
  repeatVector: { n: 4 },
  rescaling: { scale: 0.7 },
  resizing: { height: 4, width: 9 },
  reshape: { targetShape: [2, 2] },
  reversibleEmbedding: { inputDim: 7, outputDim: 3 },
  melSpectrogram: { fftLength: 8, sequenceStride: 3, sequenceLength: 6, numMelBins: 3, samplingRate: 100, minFreq: 5 },
  stftSpectrogram: { frameLength: 4 },
  rnn: recurrentCell,
  separableConv1d: { filters: 2, kernelSize: 2 },
  separableConv2d: { filters: 2, kernelSize: 2 },
  simpleRNN: { units: 4 },
  spatialDropout1d: { rate: 0.4 },
  spatialDropout2d: { rate: 0.4 },
  spatialDropout3d: { rate: 0.4 },
  spectralNormalization: { layer: layer('Dense', { units: 3 }) },
  timeDistributed: { layer: layer('Dense', { units: 3 }) },
  tokenAndPositionEmbedding: { vocabularySize: 7, sequenceLength: 4, embeddingDim: 3 },
  transformerEncoder: { intermediateDim: 5, numHeads: 2 },
};
const cells = ['simpleRNNCell', 'lstmCell', 'gruCell', 'stackedRNNCells'];
const images = [
  'resizing',
  'centerCrop',
  'autoContrast',
  'equalization',
  'contrastLimitedAdaptiveHistogramEqualization',
  'solarization',
  'mixUp',
  'cutMix',
  'augMix',
  'randAugment',
  ...Object.keys(imageLayers).filter((name) => name.startsWith('random')),
];
const joining = ['add', 'subtract', 'average', 'maximum', 'minimum', 'multiply', 'concatenate', 'dot'];
const ofNumbers = ['embedding', 'categoryEncoding', 'discretization', 'tokenAndPositionEmbedding', 'reversibleEmbedding'];

function inputShapeFor(name: string): number[] {
  if (/3d/i.test(name) && name !== 'convLstm3d') return [5, 4, 5, 3];
  if (/attention|position|transformer/i.test(name) && !ofNumbers.includes(name)) return [6, 4];
  if (name === 'groupNormalization') return [6, 6];
  if (name === 'convLstm1d') return [3, 6, 5];
  if (name === 'convLstm2d') return [3, 5, 6, 5];
  if (name === 'convLstm3d') return [2, 4, 4, 5, 2];
  if (name === 'melSpectrogram') return [12];
  if (name === 'stftSpectrogram') return [7, 5];
  if (/^random(grayscale|hue|saturation|color)|^randAugment|^augMix/i.test(name)) return [7, 6, 3];
  if (/2d/i.test(name) || images.includes(name)) return [7, 6, 5];
  return /1d|rnn|lstm|gru|bidirectional|timeDistributed|masking|permute|ormalization|flatten|softmax/i.test(name) ? [7, 3] : [4];
}

/** Two branches that the layer joins. */
function joined(className: string, config: Config): ModelSpec {
  const from = (...names: string[]) => [names.map((name) => [name, 0, 0, {}])];
  const node = (kind: string, name: string, own: Config, ...names: string[]) => ({
    class_name: kind,
    name,
    config: { ...own, name },
    inbound_nodes: names.length > 0 ? from(...names) : [],
  });
  const nodes = [
    node('InputLayer', 'i', { batchInputShape: [null, 4] }),
    node('Dense', 'a', { units: 3, activation: 'tanh' }, 'i'),
    node('Dense', 'b', { units: 3 }, 'i'),
    node(className, 'joined', config, 'a', 'b'),
    node('Dense', 'out', { units: 3, activation: 'softmax' }, 'joined'),
  ];
  return {
    class_name: 'Functional',
    config: { name: 'm', layers: nodes, input_layers: [['i', 0, 0]], output_layers: [['out', 0, 0]] },
  };
}

/** A model around the layer, whose gradient has to go through it where its input is not whole numbers. */
function around(name: string, { className }: Builder, config: Config): ModelSpec {
  if (joining.includes(name)) return joined(className, config);
  const [head, ...rest] = inputShapeFor(name).toReversed();
  // tfjs' dense layer takes no more than four dimensions a sample.
  const before = ofNumbers.includes(name) || rest.length > 3 ? [] : [layer('Dense', { units: head, activation: 'tanh' })];
  const inner = cells.includes(name)
    ? layer('RNN', { cell: layer(className, config) })
    : name === 'inputLayer'
      ? layer('Dropout', { rate: 0.1 })
      : layer(className, config);
  const after =
    rest.length > 0 || ofNumbers.includes(name) || ['repeatVector', 'reshape', 'melSpectrogram'].includes(name)
      ? [layer('Reshape', { targetShape: [-1] })]
      : [];
  return sequential(...before, inner, ...after, layer('Dense', { units: 3, activation: 'softmax' }));
}
const cellConfig: Readonly<Record<string, Config>> = {
  simpleRNNCell: { units: 4 },
  lstmCell: { units: 4 },
  gruCell: { units: 4 },
  stackedRNNCells: { cells: [layer('GRUCell', { units: 3 }), layer('SimpleRNNCell', { units: 4 })] },
};

describe('every layer trains, and every option of it changes something', () => {
  it.each(Object.entries(layers))('layers.%s', async (name, entry) => {
    const shape = inputShapeFor(name);
    const data = makeData({ inputShape: shape, classes: 3, train: 8, ...(ofNumbers.includes(name) && { ids: 7 }) });
    const base = required[name] ?? cellConfig[name] ?? {};
    const plain = await twoSteps(around(name, entry, base), data);
    for (const [option, { type, default: fallback }] of Object.entries(entry.options)) {
      const usual = base[option] ?? fallback;
      const values = (particular[`${name}.${option}`] ?? particular[option] ?? examples(type)).filter(
        (value) => JSON.stringify(value) !== JSON.stringify(usual),
      );
      let changed = 0;
      for (const value of values) {
        const found = await twoSteps(around(name, entry, { ...base, [option]: value }), data).catch((error: unknown) => {
          throw new Error(`${option}: ${JSON.stringify(value)}: ${(error as Error).message}`, { cause: error });
        });
        if (found !== plain) changed++;
      }
      if (mayBeSame.includes(option) || mayBeSame.includes(`${name}.${option}`) || values.length === 0) continue;
      expect(changed, `${option} of ${JSON.stringify(values)}`).toBeGreaterThanOrEqual(mayRepeat.includes(option) ? 1 : values.length);
    }
  });

  it('masks the steps that it is told are padding', async () => {
    const data = makeData({ inputShape: [5], classes: 3, train: 8, ids: 4 });
    const model = (maskZero: boolean) =>
      sequential(
        layer('Embedding', { inputDim: 4, outputDim: 3, maskZero }),
        layer('LSTM', { units: 3 }),
        layer('Dense', { activation: 'softmax' }),
      );
    expect(await twoSteps(model(true), data)).not.toBe(await twoSteps(model(false), data));
    const numbers = makeData({ inputShape: [5, 2], classes: 3, train: 8, ids: 2 });
    const masked = (maskValue: number) =>
      sequential(layer('Masking', { maskValue }), layer('GRU', { units: 3 }), layer('Dense', { activation: 'softmax' }));
    expect(await twoSteps(masked(0), numbers)).not.toBe(await twoSteps(masked(1), numbers));
  });
});

const small = makeData({ inputShape: [4], classes: 3, train: 8, validation: 8 });
const dense = (config: Config = {}) =>
  sequential(layer('Dense', { units: 5, activation: 'tanh', ...config }), layer('Dense', { units: 3, activation: 'softmax' }));

describe('every part of a layer works', () => {
  it.each(activations.filter((name) => name !== 'glu'))('activation %s', async (activation) => {
    await twoSteps(dense({ activation }), small);
  });

  const parts: readonly (readonly [string, Builders])[] = [
    ['kernelInitializer', initializers],
    ['kernelRegularizer', regularizers],
    ['kernelConstraint', constraints],
  ];
  const entries = parts.flatMap(([option, builders]) => Object.entries(builders).map(([name, entry]) => [option, name, entry] as const));
  it.each(entries)('%s %s', async (option, name, entry) => {
    const base: Config = name === 'constant' ? { value: 0.2 } : {};
    const plain = await twoSteps(dense({ [option]: made(entry, base) }), small);
    for (const [own, { type, default: fallback }] of Object.entries(entry.options)) {
      for (const value of own === 'axis' ? [1] : examples(type).filter((each) => each !== fallback)) {
        const found = await twoSteps(dense({ [option]: made(entry, { ...base, [own]: value }) }), small);
        // Bounds that nothing reaches change nothing, and a seed nothing where there is nothing random.
        if (!['constraint', 'Constraint'].some((word) => option.includes(word)) && value !== 'truncatedNormal')
          expect(found, own).not.toBe(plain);
      }
    }
  });
});

describe('every optimizer and schedule trains, with every option', () => {
  const value = (option: string, { type: all }: Option): Json => {
    if (option === 'learningRate') return 0.05;
    // Others let the iteration grow beyond all numbers.
    if (option.startsWith('muon')) return { muonA: 3, muonB: -5, muonC: 1.8 }[option] ?? 0;
    const type = all.is === 'either' ? all.of[0] : all;
    if (type.is === 'list') return ['dense'];
    return type.is === 'boolean'
      ? true
      : option === 'clipvalue' || /clip/i.test(option)
        ? 1e-3
        : type.is === 'number'
          ? (type.max ?? type.below ?? 1) / 2
          : 3;
  };
  it.each(Object.entries(optimizers))('optimizers.%s', async (_, entry) => {
    const plain = await twoSteps(dense(), small, { optimizer: made(entry) });
    for (const [option, about] of Object.entries(entry.options)) {
      if (about.default === true) continue;
      // An average's momentum means something with an average, Nesterov's with a momentum, and so on.
      const more: Config = option.startsWith('ema') ? { useEma: true } : option === 'nesterov' ? { momentum: 0.9 } : {};
      const found = await twoSteps(dense(), small, { optimizer: made(entry, { ...more, [option]: value(option, about) }) });
      // Lion's steps go by signs, which neither bounds nor two gradients turn.
      const sameSigns = entry.className === 'Lion' && /^beta|clip/i.test(option);
      // Two steps show nothing of what is small, nor of an option that is there for Keras' sake.
      const unseen = ['amsgrad', 'epsilon', 'beta2', 'adamBeta2', 'epsilon1', 'relativeStep'];
      if (!sameSigns && !unseen.includes(option)) expect(found, option).not.toBe(plain);
    }
  });

  const scheduleValues: Config = { boundaries: [0], values: [0.1, 0.01] };
  it.each(Object.entries(schedules))('schedules.%s', async (_, entry) => {
    const config: Config = {};
    for (const [option, about] of Object.entries(entry.options)) {
      if (about.required) config[option] = scheduleValues[option] ?? (about.type.is === 'integer' ? 5 : 0.1);
    }
    const all: Config = { ...config };
    for (const [option, about] of Object.entries(entry.options))
      if (!about.required) all[option] = about.type.is === 'integer' ? 5 : (about.default ?? 0.2);
    for (const each of [config, all]) {
      await twoSteps(dense(), small, { optimizer: layer('SGD', { learningRate: made(entry, each) }) });
    }
  });
});

/** Data and model that a loss takes. */
function fitting(loss: string): { model: ModelSpec; data: Data } {
  const last = (units: number, activation: string) =>
    sequential(layer('Dense', { units: 4, activation: 'tanh' }), layer('Dense', { units, activation }));
  const classes = (count: number) => makeData({ inputShape: [4], classes: count, train: 8 });
  if (loss.startsWith('binary')) return { model: last(1, 'sigmoid'), data: classes(2) };
  if (loss === 'hinge' || loss === 'squaredHinge') return { model: last(1, 'tanh'), data: classes(2) };
  if (loss === 'ctc') {
    const data = classes(3);
    const targets = new Float32Array(16).map((_, index) => (index % 3) * (index % 2 === 0 ? 1 : 0));
    const model = sequential(
      layer('RepeatVector', { n: 5 }),
      layer('SimpleRNN', { units: 4, returnSequences: true }),
      layer('Dense', { units: 3 }),
    );
    return {
      model,
      data: { ...data, targetShape: [2], train: { ...data.train, targets } },
    };
  }
  if (loss === 'circle') {
    const vectors = [layer('Dense', { units: 4, activation: 'tanh' }), layer('Dense', { units: 4 }), layer('UnitNormalization')];
    return { model: sequential(...vectors), data: classes(3) };
  }
  if (/ategorical|kullback|cosine|dice|tversky/.test(loss)) return { model: last(6, 'softmax'), data: classes(6) };
  return { model: last(1, 'softplus'), data: makeData({ inputShape: [4], train: 8 }) };
}

describe('every loss and metric trains', () => {
  it.each(Object.entries(losses))('losses.%s', async (name, entry) => {
    const { model, data } = fitting(name);
    const plain = await twoSteps(model, data, { loss: name });
    expect(await twoSteps(model, data, { loss: made(entry) })).toBe(plain);
    for (const alias of entry.aliases ?? []) expect(await twoSteps(model, data, { loss: alias })).toBe(plain);
    for (const [option, { type }] of Object.entries(entry.options)) {
      const value = type.is === 'boolean' ? option !== 'removeDiagonal' : option === 'axis' ? 1 : option === 'delta' ? 0.1 : 0.3;
      const more: Config = name === 'binaryFocalCrossentropy' && option === 'alpha' ? { applyClassBalancing: true } : {};
      const base = await twoSteps(model, data, { loss: made(entry, more) });
      expect(await twoSteps(model, data, { loss: made(entry, { ...more, [option]: value }) }), option).not.toBe(base);
    }
  });

  const optionValues: Config = {
    name: 'mine',
    thresholds: 0.3,
    threshold: 0.3,
    k: 1,
    topK: 1,
    classId: 'class 1',
    perClass: true,
    average: 'micro',
    curve: 'PR',
    numThresholds: 5,
    summationMethod: 'majoring',
    multiLabel: true,
    beta: 2,
    delta: 0.1,
    applyClassBalancing: true,
    axis: 1,
    targetClassIds: ['class 1'],
  };
  // A confusion matrix is no number, and has tests of its own.
  it.each(Object.entries(metrics).filter(([name]) => name !== 'confusionMatrix'))('metrics.%s', async (name, entry) => {
    const { aliases = [], options } = entry;
    const loss = Object.hasOwn(losses, name)
      ? name
      : name === 'characterErrorRate'
        ? 'ctc'
        : /binary/.test(name)
          ? 'binaryCrossentropy'
          : /root|r2|cosine|Correlation/.test(name)
            ? 'meanSquaredError'
            : 'categoricalCrossentropy';
    const { model, data } = fitting(loss);
    const required: Config = Object.fromEntries(
      Object.entries(options).flatMap(([option, about]) => (about.required ? [[option, 0.5]] : [])),
    );
    const plain = Object.keys(required).length > 0 ? made(entry, required) : name;
    const results = async (...wanted: MetricSpec[]) => {
      const [[{ loss: _, ...values }]] = JSON.parse(await twoSteps(model, data, { loss, metrics: wanted })) as [Record<string, number>[]];
      return values;
    };
    const found = await results(plain, ...aliases);
    // It again under each other name (of which two may differ in capitals alone: the second of them has a number).
    expect(Object.keys(found)).toHaveLength(1 + aliases.length);
    expect(new Set(Object.values(found)).size).toBe(1);
    for (const option of Object.keys(options)) {
      if (option in required) continue;
      // Of a loss that is a metric, too, beta is a share.
      const value = name === 'tversky' && option === 'beta' ? 0.3 : (optionValues[option] ?? 0.5);
      const values = await results(made(entry, { ...required, [option]: value }));
      expect(Object.keys(values).length, option).toBe(option === 'perClass' ? data.classes!.length : 1);
      if (option === 'name') expect(values).toHaveProperty('mine');
      expect(Object.values(values).every(Number.isFinite), option).toBe(true);
    }
  });
});

describe('every callback works', () => {
  const values: Config = { mode: 'min', baseline: 100, restoreBestWeights: true, seconds: 1000, factor: 0.5 };
  it.each(Object.entries(callbacks))('callbacks.%s', async (_, entry) => {
    const config = Object.fromEntries(
      Object.entries(entry.options).map(([option, { default: fallback }]) => [option, values[option] ?? fallback ?? null]),
    );
    const optimizer = layer('SGD', { useEma: entry.className === 'SwapEMAWeights' });
    const callback = layer(entry.className, { ...config, ...('patience' in config && { patience: 5 }) });
    await twoSteps(dense(), small, { optimizer, callbacks: [callback] });
  });
});
