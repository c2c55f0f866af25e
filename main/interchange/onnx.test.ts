/** Models as ONNX files: loaded by ONNX Runtime, for any number of samples. */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EpochbookError } from '#contract/errors.ts';
import type { Backend } from '#engine/backends/index.ts';
import { loadNativeRuntime } from '#engine/backends/native-runtime.ts';
import { openNative } from '#engine/backends/native.ts';
import { createPredictor } from '#engine/loop/predict.ts';
import { buildModel } from '#engine/model/build.ts';
import { layerCase, layerCaseCount } from '#engine/testing/layer-cases.ts';
import { type LayerCase, modelOf } from '#engine/testing/layer-gradients.ts';
import { uniformValues } from '#engine/testing/harness.ts';
import { exportOnnx } from './onnx.ts';
import { exportTfjs, type TfjsExport } from './tfjs.ts';

let backend: Backend;
let folder: string;
beforeAll(async () => {
  backend = await openNative(1);
  folder = join(await mkdtemp(join(tmpdir(), 'epochbook-onnx-')), 'model');
});

const count = 5;

/** An export of the drawn layer with weights from a seed. */
async function requestFor(index: number, layer: LayerCase = layerCase(index, 1)): Promise<TfjsExport> {
  const model = modelOf(layer);
  const built = buildModel(model, 3);
  const weights = new Map(
    built.weights.map(({ name, variable }) => [name, { shape: variable.shape, values: variable.dataSync().slice() as Float32Array }]),
  );
  const { inputShape } = built;
  built.dispose();
  const width = inputShape.reduce((all, length) => all * length, 1);
  const inputs = uniformValues(count * width, index).map((value) => (layer.ids ? Math.floor(((value + 1) / 2) * layer.ids) : value));
  const predictor = await createPredictor(model, weights, backend);
  return {
    model,
    checkpoint: { weights },
    samples: { inputs, count, inputShape },
    predict: (rows) => predictor.predict(rows),
    folder,
    metadata: { classes: ['a', 'b'] },
  };
}

const cases = Array.from({ length: layerCaseCount }, (_, index) => ({ index, className: layerCase(index, 1).className })).filter(
  // Each class once; those that only act while training predict as if they were not there.
  ({ className, index }, place, all) =>
    !className.startsWith('Random') && all.findIndex((other) => other.className === className) === place && index >= 0,
);

describe('export to ONNX', () => {
  it.each(cases)('$className predicts the same in ONNX Runtime', async ({ index }) => {
    const request = await requestFor(index);
    const exported = await exportOnnx(request);
    expect(exported).toMatchObject({ verified: true, samples: count, files: ['model.onnx', 'metadata.json'] });
    expect(exported.maxAbsoluteDifference).toBeLessThan(1e-4);
  });

  it.each<LayerCase>([
    { className: 'LSTM', config: { units: 3, returnState: true }, inputs: [[4, 2], [3], [3]], outputs: 3 },
    {
      className: 'Bidirectional',
      config: { layer: { class_name: 'GRU', config: { units: 2, returnState: true } } },
      inputs: [[4, 2]],
      outputs: 3,
    },
  ])('of $className with the states that it begins with and ends in', async (layer) => {
    expect(await exportOnnx(await requestFor(1, layer))).toMatchObject({ verified: true });
    const runtime = await loadNativeRuntime();
    const session = await runtime.InferenceSession.create(await readFile(join(folder, 'model.onnx')), {});
    expect(session.outputNames).toEqual(['layer', 'layer_1', 'layer_2']);
    await session.release();
  });

  it('of layers that carry their state: it goes in and comes out', async () => {
    const config = { units: 3, stateful: true };
    const exported = await exportOnnx(await requestFor(1, { className: 'LSTM', config, inputs: [[4, 2]] }));
    expect(exported).toMatchObject({ verified: true });
    const runtime = await loadNativeRuntime();
    const session = await runtime.InferenceSession.create(await readFile(join(folder, 'model.onnx')), {});
    expect(session.inputNames).toContain('carried/layer/state_1');
    expect(session.outputNames).toContain('carried/layer/state_1/next');
    await session.release();
  });

  it('holds standard operators, all weights and a free number of samples', async () => {
    const index = cases.find(({ className }) => className === 'TransformerEncoder')!.index;
    const request = await requestFor(index);
    await exportOnnx(request);
    expect((await readdir(folder)).sort()).toEqual(['metadata.json', 'model.onnx']);
    const bytes = await readFile(join(folder, 'model.onnx'));
    expect(bytes.includes('com.microsoft')).toBe(false);
    expect(JSON.parse(await readFile(join(folder, 'metadata.json'), 'utf8'))).toMatchObject({ classes: ['a', 'b'] });
    const runtime = await loadNativeRuntime();
    const session = await runtime.InferenceSession.create(bytes, {});
    const { inputs, inputShape } = request.samples;
    for (const samples of [1, 2, 4]) {
      const rows = inputs.slice(0, (samples * inputs.length) / count);
      const { layer } = await session.run({ x0: new runtime.Tensor('float32', rows, [samples, ...inputShape]) });
      const ours = await request.predict(rows);
      expect(layer.dims).toEqual([samples, ...inputShape]);
      (layer.data as Float32Array).forEach((value, place) => expect(Math.abs(value - ours[place])).toBeLessThan(1e-5));
    }
    await session.release();
  });

  it('is what a model is sent to that stock TensorFlow.js cannot load', async () => {
    const index = cases.find(({ className }) => className === 'MultiHeadAttention')!.index;
    const refused = await exportTfjs(await requestFor(index)).catch((error: EpochbookError) => error);
    expect(refused).toMatchObject({ code: 'interchange.notInTfjs', values: { names: 'MultiHeadAttention' } });
  });
});
