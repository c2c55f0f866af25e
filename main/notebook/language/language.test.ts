import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellKind } from '#contract/notebook.ts';
import { evaluateNotebook } from '../evaluate.ts';
import { initializerNames } from './kinds.ts';
import { anyLayer, layers } from './layers.ts';
import { check, found, Odd, type OptionType, wanted } from './option.ts';
import { initializers } from './parts.ts';
import { cellLanguageTypings, describedInTypings } from './typings.ts';
import { chinese } from './zh-CN.ts';

describe('the tables', () => {
  it('name every layer that tfjs has', () => {
    // Other names of layers listed under their full one, what is not a layer of its own, and what cannot be trained:
    // sizes of images that change from step to step, or that tfjs itself gets wrong.
    const others = ['Layer', 'RNN', 'RNNCell', 'input', 'globalMaxPool1d', 'globalMaxPool2d', 'maxPool1d', 'maxPool2d'];
    others.push('convLstm2dCell');
    const theirs = Object.keys(tf.layers).filter((name) => !name.startsWith('avgPool') && !others.includes(name));
    expect(theirs.filter((name) => !Object.hasOwn(layers, name))).toEqual([]);
  });

  /** A value that a required option may have. */
  const example = (type: OptionType): unknown => {
    switch (type.is) {
      case 'integer':
      case 'size':
        return 2;
      case 'number':
        return 0.5;
      case 'name':
        return type.of[0];
      case 'list':
        return [example(type.of), example(type.of)];
      case 'either':
        return example(type.of[0]);
      default:
        return undefined;
    }
  };
  const make = tf.layers as unknown as Record<string, (config: object) => tf.layers.Layer>;
  const inner: Record<string, () => object> = {
    bidirectional: () => ({ layer: tf.layers.lstm({ units: 2 }) }),
    timeDistributed: () => ({ layer: tf.layers.dense({ units: 2 }) }),
    rnn: () => ({ cell: tf.layers.lstmCell({ units: 2 }) }),
    stackedRNNCells: () => ({ cells: [tf.layers.lstmCell({ units: 2 })] }),
    dense: () => ({ units: 2 }),
    embedding: () => ({ inputDim: 2 }),
    activation: () => ({ activation: 'relu' }),
    inputLayer: () => ({ batchInputShape: [null, 2] }),
    flatten: () => ({ dataFormat: 'channelsLast' }),
    permute: () => ({ dims: [2, 1] }),
  };
  /** What tfjs takes but does not write into its own config. */
  const unwritten = [
    'dilationRate',
    'groups',
    'keepdims',
    'negativeSlope',
    'threshold',
    'resetAfter',
    'fillMode',
    'fillValue',
    'depthMultiplier',
    'noiseShape',
    'seed',
    'interpolation',
    'alphaRegularizer',
    'inputLength',
    'activityRegularizer',
  ];

  const theirs = Object.entries(layers).filter(([name]) => Object.hasOwn(make, name));
  it.each(theirs)('layers.%s is what tfjs calls so, with its options', (name, { className, options }) => {
    const needed = Object.entries(options).flatMap(([option, { required, type }]) => (required ? [[option, example(type)] as const] : []));
    const layer = make[name]({ ...Object.fromEntries(needed), ...inner[name]?.() });
    expect(layer.getClassName()).toBe(className);
    const written = Object.keys({ ...layer.getConfig(), ...(name === 'inputLayer' && { trainable: true }) });
    expect(Object.keys({ ...options, ...anyLayer }).filter((option) => ![...written, ...unwritten, 'inputShape'].includes(option))).toEqual(
      [],
    );
  });

  it.each(initializerNames)('the initializer %s is one of tfjs, under its builder’s class name', (name) => {
    const config = tf.layers.dense({ units: 1, kernelInitializer: name }).getConfig()['kernelInitializer'] as { className: string };
    // tfjs itself writes the scaled ones as the general one that they are a case of.
    expect([initializers[name].className, 'VarianceScaling']).toContain(config.className);
  });

  it.each<[name: string, className: string, config: object]>([
    ['sgd', 'SGD', { learningRate: 0.01, momentum: 0, nesterov: false }],
    ['momentum', 'SGD', { learningRate: 0.01, momentum: 0.9, nesterov: false }],
    ['rmsprop', 'RMSprop', { learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false }],
    ['adam', 'Adam', { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }],
  ])('optimizers.%s has Keras’ class name and defaults', async (name, class_name, config) => {
    const cell = (id: 'data' | 'model' | 'train', source: string) => ({ type: 'cell', id, kind: id, open: '', source, close: '' }) as const;
    const { specFor } = await evaluateNotebook([
      cell('data', `data.csv('a')`),
      cell('model', 'sequential([layers.dense()])'),
      cell('train', `train({ loss: 'mse', optimizer: optimizers.${name}() })`),
    ]);
    expect(specFor().train.optimizer).toEqual({ class_name, config });
  });
});

describe('an option', () => {
  it.each<[type: OptionType, value: unknown, ok: boolean]>([
    [{ is: 'number', min: 0, below: 1 }, 0, true],
    [{ is: 'number', min: 0, below: 1 }, 1, false],
    [{ is: 'number', above: 0 }, 0, false],
    [{ is: 'integer', min: 1 }, 1.5, false],
    [{ is: 'integer', min: 1 }, '1', false],
    [{ is: 'either', of: [{ is: 'number' }, { is: 'null' }] }, null, true],
    [{ is: 'null' }, 0, false],
    [{ is: 'size', rank: 2 }, 3, true],
    [{ is: 'size', rank: 2 }, [3, 4], true],
    [{ is: 'size', rank: 2 }, [3], false],
    [{ is: 'size', rank: 2 }, 0, false],
    [{ is: 'shape' }, [28, null], true],
    [{ is: 'shape' }, [0], false],
    [{ is: 'list', of: { is: 'text' }, min: 1 }, [], false],
    [{ is: 'list', of: { is: 'text' } }, ['a', 1], false],
    [{ is: 'either', of: [{ is: 'number' }, { is: 'text' }] }, 'a', true],
    [{ is: 'either', of: [{ is: 'number' }, { is: 'text' }] }, true, false],
    [{ is: 'built', family: 'initializer', names: ['zeros'] }, 'zeros', true],
    [{ is: 'built', family: 'initializer', names: ['zeros'] }, 'zeroes', false],
  ])('%j given %j: %s', (type, value, ok) => {
    expect(check(type, value as never).ok).toBe(ok);
  });

  it('is told in signs that need no translation', () => {
    expect(wanted({ is: 'number', min: 0, below: 1 })).toBe('0 ≤ number < 1');
    expect(wanted({ is: 'integer', min: 1 })).toBe('integer ≥ 1');
    expect(wanted({ is: 'size', rank: 2 })).toBe('integer ≥ 1 | [integer, integer]');
    expect(found(new Odd('NaN'))).toBe('NaN');
    expect(found(['a', 1])).toBe(`['a', 1]`);
  });
});

describe('the typings in Chinese', () => {
  it('say everything in Chinese, and nothing that is not described', () => {
    const described = describedInTypings();
    expect([...described].filter((description) => !Object.hasOwn(chinese, description))).toEqual([]);
    expect(Object.keys(chinese).filter((description) => !described.has(description))).toEqual([]);
    // Names in code letters are the language's own, the same in both.
    const names = (text: string) => [...text.matchAll(/`[^`]+`/g)].map(([name]) => name).sort();
    for (const [english, other] of Object.entries(chinese)) expect(names(other), english).toEqual(names(english));
  });

  it('have the same declarations', () => {
    const declared = (text: string) => text.replaceAll(/^ *\/\*\*.*?\*\/\n/gms, '');
    expect(declared(cellLanguageTypings('zh-CN'))).toBe(declared(cellLanguageTypings('en')));
    expect(cellLanguageTypings('zh-CN')).toContain(' * 每个输出都是所有输入的加权和。');
  });
});

describe('the typings', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'epochbook-typings-'));
    writeFileSync(join(folder, 'cells.d.ts'), cellLanguageTypings());
    const options = { strict: true, noEmit: true, types: [], lib: ['es2023'], skipLibCheck: false };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['cells.d.ts', 'cell.ts'] }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The compiler's complaints about a cell. */
  function complaints(source: string): string[] {
    writeFileSync(join(folder, 'cell.ts'), source);
    const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
    try {
      execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
      return [];
    } catch (error) {
      const { stdout } = error as { stdout: string };
      return stdout.split('\n').filter((line) => line.includes('error TS'));
    }
  }

  it('take what the sandbox takes', () => {
    expect(
      complaints(`
const table = data.csv('a.csv', { delimiter: ';' }).select('a', 'b').select(['a']).target('a', { kind: 'classes' })
  .normalize().normalize(['a']).normalize({ method: 'minMax' }).oneHot().take(10).split({ validation: 0.2, seed: 1 });
const images = data.idx({ images: 'i', labels: 'l' });
data.parquet('a.parquet').target('y').filter('a', { oneOf: ['x', 2], missing: false }).cast(['a'], { to: 'text' }).impute().impute('a', 'b').impute({ value: 0 })
  .clip('a', { min: 0 }).log('a').bucketize(['a'], { buckets: 4 }).ordinal('b', { order: ['low', 'high'] }).standardize().minMax('a')
  .split({ validation: 0, test: 0.1, group: 'patient' }).withValidation(data.csv('b.csv').take(3)).withTest(table);
data.json('a.json').target('y');
data.sql('SELECT * FROM a', { tables: { a: 'a.csv' } }).target('y');
data.npy({ inputs: 'x.npy', targets: 'y.npy', kind: 'number' }).split({ validation: 10 });
data.npz('a.npz', { inputs: 'x', scale: 1 }).take(3);
data.imageFolder('pictures', { size: [28, 28], channels: 1 });
data.csv('a.csv', { encoding: 'gbk' }).target('y').window({ length: 24, horizon: 2, outputs: 3, stride: 2, time: 'day', group: 'shop', gap: '3 days' });
data.textFolder('mails').tokenize().tokenize('text', { by: 'bytePairs', vocabulary: 500, length: 40, padding: 'pre', lowercase: true });
data.csv('a.csv').map('bmi', 'w / h ** 2').target('y').reshape([28, 28, 1]).resize([14, 14]).augment({ noise: 0.1 });
data.imageFolder('pictures').standardize().augment({ flip: 'horizontal', shift: 0.1, rotate: 10, crop: 0.8, cutout: 0.2, mixup: 0.2, seed: 1 });
data.text('poem.txt').tokenize({ length: 40, stride: 3 }).split({ validation: 0.1 });
const rate: number = param('learningRate', 1e-3, { min: 1e-5, max: 1, log: true });
const network = sequential([
  layers.conv2d({ filters: param('f', 8), kernelSize: [3, 3], activation: 'relu', kernelRegularizer: regularizers.l2({ l2: 0.1 }) }),
  layers.flatten(), layers.dense({ units: 3, inputShape: [3], kernelInitializer: initializers.heNormal() }), layers.dense({ activation: 'softmax' })]);
const x = input({ shape: [3] });
model({ inputs: x, outputs: layers.add().apply([x, layers.dense({ units: 3 }).apply(x)]) });
const [last, h, c] = layers.lstm({ units: 3, returnState: true }).apply(x);
const next = layers.bidirectional({ layer: layers.lstm({ units: 3 }) }).apply(last, { initialState: [h, c, h, c] });
layers.reversibleEmbedding({ inputDim: 5, outputDim: 3 }).apply(x, { reverse: true });
train({ data: table, model: network, loss: losses.meanSquaredError, metrics: ['accuracy', metrics.recall],
  optimizer: optimizers.adam({ learningRate: schedules.cosineDecay({ initialLearningRate: rate, decaySteps: 5 }) }),
  callbacks: [callbacks.earlyStopping({ patience: 3 })] });
train({ data: images, loss: 'mse', optimizer: 'sgd' });
`),
    ).toEqual([]);
  });

  it('refuse what the sandbox refuses', () => {
    const lines = [
      `layers.dense({ unit: 3 });`,
      `layers.conv2d({ filters: 3 });`,
      `layers.dense({ activation: 'rleu' });`,
      `data.cvs('a');`,
      `data.imageFolder('a', { channels: 2 });`,
      `data.csv('a').withTest('b.csv');`,
      `data.csv('a').cast('a', { to: 'date' });`,
      `data.sql('SELECT 1');`,
      `data.csv('a').split();`,
      `train({});`,
      `train({ loss: 'mse', optimizer: callbacks.earlyStopping() });`,
      `sequential([layers.dense]);`,
    ];
    const found = complaints(lines.join('\n')).map((line) => /cell\.ts\((\d+)/.exec(line)?.[1]);
    expect([...new Set(found)]).toEqual(lines.map((_, index) => String(index + 1)));
  });

  it('say what each kind of cell needs', () => {
    expect(cellKind.options).toEqual(['data', 'model', 'train', 'code']);
    for (const name of [
      'data',
      'sequential',
      'input',
      'model',
      'train',
      'param',
      'layers',
      'optimizers',
      'losses',
      'metrics',
      'callbacks',
      'schedules',
    ]) {
      expect(cellLanguageTypings()).toMatch(new RegExp(`declare (?:const|function) ${name}\\b`));
    }
  });
});
