import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KerasObject, ModelSpec } from '#contract/spec.ts';
import { openBackend } from '#engine/backends/index.ts';
import type { NamedTensor } from '#engine/loop/checkpoint.ts';
import { createPredictor } from '#engine/loop/predict.ts';
import { buildModel } from '#engine/model/build.ts';
import { completeModel } from '#engine/model/complete.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential, uniformValues } from '#engine/testing/harness.ts';
import { exportTfjs, type TfjsExport } from './tfjs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(os.tmpdir(), 'epochbook-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const facts = (inputShape: number[], classes: number) => ({
  inputShape,
  targetShape: [],
  task: 'classification' as const,
  classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
});

/** Every weight of the model with seeded values near 0, variances above it. */
function someWeights(model: ModelSpec): Map<string, NamedTensor> {
  const built = buildModel(model, 0);
  try {
    return new Map(
      built.weights.map(({ name, variable }, index) => {
        const values = uniformValues(variable.size, index).map((value) => (name.includes('variance') ? 1 + value / 2 : value / 5));
        return [name, { shape: variable.shape, values }];
      }),
    );
  } finally {
    built.dispose();
  }
}

async function requestFor(given: ModelSpec, inputShape: number[], classes = 3, count = 5): Promise<TfjsExport> {
  const model = completeModel(given, facts(inputShape, classes));
  const weights = someWeights(model);
  const predictor = await createPredictor(model, weights, await openBackend('native', { threads: 1 }));
  const size = inputShape.reduce((product, length) => product * length, 1);
  return {
    model,
    checkpoint: { weights },
    samples: { inputs: uniformValues(count * size, 9), count, inputShape },
    predict: (inputs) => predictor.predict(inputs),
    folder: join(folder, 'model'),
    metadata: { classNames: facts(inputShape, classes).classes, inputShape },
  };
}

const small = () => sequential(layer('Dense', { units: 4, activation: 'relu' }), layer('Dense', { activation: 'softmax' }));
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, any>;

describe('export to TensorFlow.js', () => {
  const models: Record<string, { model: ModelSpec; inputShape: number[] }> = {
    'a convolutional chain': {
      model: sequential(
        layer('Conv2D', { filters: 4, kernelSize: 3, activation: 'relu', padding: 'same' }),
        layer('BatchNormalization'),
        layer('MaxPooling2D', { poolSize: 2 }),
        layer('Dropout', { rate: 0.5 }),
        layer('AveragePooling2D', { poolSize: 2 }),
        layer('Flatten'),
        layer('Dense', { activation: 'softmax' }),
      ),
      inputShape: [12, 10, 2],
    },
    'images that are changed while training': {
      model: sequential(
        layer('RandomFlip'),
        layer('RandomRotation', { factor: 0.2 }),
        layer('RandAugment'),
        layer('Conv2D', { filters: 4, kernelSize: 3, activation: 'relu' }),
        layer('SpatialDropout2D', { rate: 0.5 }),
        layer('Flatten'),
        layer('Dense', { activation: 'softmax' }),
      ),
      inputShape: [8, 7, 3],
    },
    'layers that carry their state': {
      model: sequential(
        layer('Bidirectional', { layer: layer('LSTM', { units: 3, returnSequences: true, stateful: true }) }),
        layer('GRU', { units: 3, stateful: true }),
        layer('Dense', { activation: 'softmax' }),
      ),
      inputShape: [4, 2],
    },
    'a normalization without scale': {
      model: sequential(
        layer('Dense', { units: 4 }),
        layer('BatchNormalization', { scale: false }),
        layer('Dense', { activation: 'softmax' }),
      ),
      inputShape: [6],
    },
    'a chain that begins with its input': {
      model: sequential(layer('InputLayer', { shape: [6] }), layer('Dense', { activation: 'softmax', name: 'out' })),
      inputShape: [6],
    },
    'a layer that begins with what another ended in': {
      model: {
        class_name: 'Functional',
        config: {
          layers: [
            { class_name: 'InputLayer', name: 'start', config: { name: 'start' }, inbound_nodes: [] },
            {
              class_name: 'LSTM',
              name: 'reader',
              config: { name: 'reader', units: 3, returnState: true },
              inbound_nodes: [[['start', 0, 0]]],
            },
            {
              class_name: 'LSTM',
              name: 'writer',
              config: { name: 'writer', units: 3 },
              inbound_nodes: [
                [
                  ['start', 0, 0],
                  ['reader', 0, 1],
                  ['reader', 0, 2],
                ],
              ],
            },
            {
              class_name: 'Dense',
              name: 'end',
              config: { name: 'end', units: 3, activation: 'softmax' },
              inbound_nodes: [[['writer', 0, 0]]],
            },
          ],
          input_layers: [['start', 0, 0]],
          output_layers: [['end', 0, 0]],
        },
      },
      inputShape: [5, 2],
    },
    'a graph with two branches': {
      model: {
        class_name: 'Functional',
        config: {
          layers: [
            { class_name: 'InputLayer', name: 'start', config: { name: 'start' }, inbound_nodes: [] },
            {
              class_name: 'Dense',
              name: 'left',
              config: { name: 'left', units: 3, activation: 'tanh' },
              inbound_nodes: [[['start', 0, 0]]],
            },
            { class_name: 'Dense', name: 'right', config: { name: 'right', units: 2 }, inbound_nodes: [[['start', 0, 0]]] },
            {
              class_name: 'Concatenate',
              name: 'both',
              config: { name: 'both' },
              inbound_nodes: [
                [
                  ['left', 0, 0],
                  ['right', 0, 0],
                ],
              ],
            },
            {
              class_name: 'Dense',
              name: 'end',
              config: { name: 'end', units: 3, activation: 'softmax' },
              inbound_nodes: [[['both', 0, 0]]],
            },
          ],
          input_layers: [['start', 0, 0]],
          output_layers: [['end', 0, 0]],
        },
      },
      inputShape: [6],
    },
  };

  it.each(Object.entries(models))('loads %s again with the same predictions', async (_name, { model, inputShape }) => {
    const request = await requestFor(model, inputShape);
    const exported = await exportTfjs(request);
    expect(exported).toMatchObject({ verified: true, samples: 5, files: ['model.json', 'group1-shard1of1.bin'] });
    expect(exported.maxAbsoluteDifference).toBeLessThan(1e-5);
    expect(readdirSync(folder)).toEqual(['model']);
    expect(exported.bytes).toBe(exported.files.reduce((total, file) => total + statSync(join(request.folder, file)).size, 0));
    const { modelTopology, format, userDefinedMetadata } = read(join(request.folder, 'model.json'));
    expect(format).toBe('layers-model');
    expect(userDefinedMetadata).toEqual(request.metadata);
    expect(modelTopology['class_name']).toBe(model.class_name);
    const names = (request.model.config['layers'] as unknown as KerasObject[]).map((each) => each.config['name']);
    const written = (modelTopology['config']['layers'] as KerasObject[]).map((each) => each.config['name']);
    expect(written).toEqual(model.class_name === 'Sequential' ? names.filter((name) => name !== 'input_layer') : names);
  });

  it('exports what a run learned', async () => {
    const data = makeData({ inputShape: [6], classes: 3, validation: 32 });
    const job = makeJob(small(), data);
    const { checkpoint } = eventsOf(await collect(job), 'checkpoint').at(-1)!;
    const predictor = await createPredictor(job.model, checkpoint.weights, await openBackend('native', { threads: 1 }));
    const exported = await exportTfjs({
      model: job.model,
      checkpoint,
      samples: { ...data.validation!, inputShape: data.inputShape },
      predict: (inputs) => predictor.predict(inputs),
      folder: join(folder, 'a', 'b'),
      metadata: {},
    });
    expect(exported).toMatchObject({ verified: true, samples: 32 });
  });

  it('splits the weights into files of at most 4 MiB', async () => {
    const request = await requestFor(sequential(layer('Dense', { units: 1500 }), layer('Dense', { activation: 'softmax' })), [1000]);
    const { files, verified } = await exportTfjs(request);
    expect(files).toEqual(['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin']);
    expect(statSync(join(request.folder, files[1])).size).toBe(4 * 1024 * 1024);
    expect(verified).toBe(true);
  });

  it('writes the same bytes for the same model', async () => {
    const request = await requestFor(small(), [6]);
    await exportTfjs(request);
    const first = readFileSync(join(request.folder, 'model.json'), 'utf8');
    await exportTfjs({ ...request, folder: join(folder, 'again') });
    expect(readFileSync(join(folder, 'again', 'model.json'), 'utf8')).toBe(first);
  });

  it('replaces an earlier export, and nothing else', async () => {
    const wide = await requestFor(sequential(layer('Dense', { units: 1500 }), layer('Dense', { activation: 'softmax' })), [1000]);
    await exportTfjs(wide);
    const request = await requestFor(small(), [6]);
    await exportTfjs(request);
    expect(readdirSync(request.folder).sort()).toEqual(['group1-shard1of1.bin', 'model.json']);
    writeFileSync(join(request.folder, 'notes.txt'), 'mine');
    await expect(exportTfjs(request)).rejects.toMatchObject({ code: 'interchange.folderInUse' });
    expect(readdirSync(request.folder)).toContain('notes.txt');
    rmSync(join(request.folder, 'notes.txt'));
    writeFileSync(join(request.folder, 'model.json'), '{"format":"layers-model","convertedBy":"someone"}');
    await expect(exportTfjs(request)).rejects.toMatchObject({ code: 'interchange.folderInUse' });
    expect(readdirSync(folder)).toEqual(['model']);
  });

  it('refuses a file in the place of a folder', async () => {
    const request = await requestFor(small(), [6]);
    writeFileSync(request.folder, 'text');
    await expect(exportTfjs(request)).rejects.toMatchObject({ code: 'interchange.notAFolder' });
    await expect(exportTfjs({ ...request, folder: join(request.folder, 'inside') })).rejects.toMatchObject({
      code: 'interchange.notAFolder',
    });
    expect(readFileSync(request.folder, 'utf8')).toBe('text');
  });

  it('leaves nothing of a model that predicts differently, and the earlier export as it was', async () => {
    const request = await requestFor(small(), [6]);
    const off = async (inputs: Float32Array) => (await request.predict(inputs)).map((value) => value + 0.01);
    await expect(exportTfjs({ ...request, predict: off })).rejects.toMatchObject({ code: 'interchange.predictionsDiffer' });
    expect(readdirSync(folder)).toEqual([]);
    await exportTfjs(request);
    const before = readFileSync(join(request.folder, 'model.json'), 'utf8');
    await expect(exportTfjs({ ...request, predict: off, metadata: { other: 1 } })).rejects.toThrow();
    expect(readFileSync(join(request.folder, 'model.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['model']);
  });

  it('refuses weights that are not numbers', async () => {
    const request = await requestFor(small(), [6]);
    const predict = async (inputs: Float32Array) => (await request.predict(inputs)).fill(Number.NaN, 0, 1);
    await expect(exportTfjs({ ...request, predict })).rejects.toMatchObject({ code: 'interchange.notFinite' });
  });

  it('refuses a checkpoint of another model', async () => {
    const request = await requestFor(small(), [6]);
    await expect(exportTfjs({ ...request, checkpoint: { weights: new Map() } })).rejects.toMatchObject({ code: 'engine.checkpointFit' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
