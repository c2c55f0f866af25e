/**
 * TensorFlow.js' layers format: `model.json` (Keras topology and a manifest of the weights) and `group1-shardNofM.bin`
 * beside it, as `tf.loadLayersModel` reads them.
 */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { Exported } from '#contract/runs.ts';
import type { Json, ModelSpec } from '#contract/spec.ts';
import type { Checkpoint, NamedTensor } from '#engine/loop/checkpoint.ts';
import { buildModel } from '#engine/model/build.ts';
import { ownActivations, ownLayers, trainingLayers } from '#engine/model/layers/index.ts';
import { tf, tfl } from '#engine/tfjs.ts';
import { replaceFolder } from './exported-folder.ts';
import { named, sequentialTopology, type Topology } from './topology.ts';

/** Real samples to compare predictions on. */
export interface ExportSamples {
  /** `[count, ...inputShape]`, prepared as for training. */
  readonly inputs: Float32Array;
  readonly count: number;
  /** Of one sample. */
  readonly inputShape: readonly number[];
}

export interface TfjsExport {
  /** Completed (see engine/model/complete.ts). */
  readonly model: ModelSpec;
  readonly checkpoint: Pick<Checkpoint, 'weights'>;
  readonly samples: ExportSamples;
  /** The engine's own prediction of the samples with the same weights: `[count, ...outputShape]`. */
  readonly predict: (inputs: Float32Array) => Promise<Float32Array>;
  /** Absolute. Made where it is missing; an earlier export in it is replaced. */
  readonly folder: string;
  /** What a program that uses the model needs to know; becomes `userDefinedMetadata`. */
  readonly metadata: { readonly [name: string]: Json };
}

const modelFile = 'model.json';
const shardPattern = /^group1-shard\d+of\d+\.bin$/;
const shardBytes = 4 * 1024 * 1024;
/** In `convertedBy`, by which an earlier export is known. */
const mark = 'Epochbook';
/**
 * Two implementations of the same sums in 32-bit floats differ by rounding alone, which is some 1e-6 of the largest
 * output; a wrong weight or layer differs by far more.
 */
const tolerance = 1e-4;

type Artifacts = tf.io.ModelArtifacts & { weightSpecs: tf.io.WeightsManifestEntry[]; weightData: ArrayBuffer };

/** The model as stock tfjs describes it, with the checkpoint's weights. */
async function artifactsOf(model: ModelSpec, weights: ReadonlyMap<string, NamedTensor>): Promise<Artifacts> {
  const built = buildModel(model, 0);
  try {
    for (const { name, variable } of built.weights) {
      const given = weights.get(name);
      if (!given || given.values.length !== variable.size) throw new EpochbookError('engine.checkpointFit', { name });
      tf.tidy(() => variable.assign(tf.tensor(given.values, variable.shape)));
    }
    let saved: tf.io.ModelArtifacts | undefined;
    await built.network.save({
      async save(artifacts) {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      },
    });
    if (!saved?.weightSpecs || !saved.weightData) throw new Error('tfjs saved a model without weights');
    const topology = named(saved.modelTopology as Topology, model.config['name']);
    reshapeVectors(topology, built.network);
    leaveOut(topology);
    if (built.states.length > 0)
      carryOn(topology, new Set(built.states.map(({ name }) => name.replace(/(\/(for|back)ward)?\/state_\d+$/, ''))));
    return {
      ...saved,
      modelTopology: model.class_name === 'Sequential' ? sequentialTopology(topology) : topology,
      weightSpecs: saved.weightSpecs,
      weightData: tf.io.CompositeArrayBuffer.join(saved.weightData),
    };
  } finally {
    built.dispose();
  }
}

/** In place of layers that only act while training, and that stock tfjs lacks: one that changes nothing. */
function leaveOut(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const described = value as { class_name?: string; config?: Record<string, unknown> };
  const { class_name: className, config } = described;
  if (className !== undefined && config && trainingLayers.has(className)) {
    described.class_name = 'Activation';
    described.config = { name: config.name, trainable: config.trainable, dtype: config.dtype, activation: 'linear' };
    return;
  }
  for (const inner of Object.values(value)) leaveOut(inner);
}

/** Keras flattens vectors too, into themselves; stock tfjs refuses to, and must be given another layer that leaves them as they are. */
function reshapeVectors(value: unknown, network: tfl.LayersModel): void {
  if (typeof value !== 'object' || value === null) return;
  const described = value as { class_name?: string; config?: { name?: string; trainable?: boolean } & Record<string, unknown> };
  const { class_name: className, config } = described;
  if (className === 'Flatten' && config?.name !== undefined) {
    const shape = network.layers.find(({ name }) => name === config.name)?.inboundNodes[0]?.inputShapes[0];
    if (Array.isArray(shape) && shape.length === 2) {
      described.class_name = 'Reshape';
      const { data_format: _none, ...rest } = config;
      described.config = { ...rest, target_shape: [shape[1]] };
      return;
    }
  }
  for (const inner of Object.values(value)) reshapeVectors(inner, network);
}

/** Layers that carry their state are told so, for one sequence at a time: stock tfjs has to know how many. */
function carryOn(value: unknown, layers: ReadonlySet<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const {
    class_name: className,
    config,
    batch_input_shape: shape,
  } = value as {
    class_name?: string;
    config?: { name?: string; stateful?: boolean; layer?: { config: { stateful?: boolean } } };
    batch_input_shape?: (number | null)[];
  };
  if (Array.isArray(shape)) shape[0] = 1;
  if (config?.name !== undefined && layers.has(config.name))
    (className === 'Bidirectional' ? config.layer!.config : config).stateful = true;
  for (const inner of Object.values(value)) carryOn(inner, layers);
}

/** Layers, activations and options of the model that stock tfjs does not have. */
function beyondTfjs(model: ModelSpec): string[] {
  const inside = (spec: { class_name?: string; className?: string; config: object }): string[] => {
    const className = spec.class_name ?? spec.className ?? '';
    const config = spec.config as { [option: string]: Json };
    const nested = [config.layers, config.layer, config.cell, config.cells].flat().filter((one) => typeof one === 'object' && one !== null);
    const activations = ['activation', 'recurrentActivation'].flatMap((option) =>
      ownActivations.includes(config[option] as string) ? [config[option] as string] : [],
    );
    const options = Object.entries(beyondOptions).flatMap(([option, usual]) =>
      config[option] === undefined || usual.includes(config[option]) ? [] : [`${className}.${option}`],
    );
    const axis = className === 'Softmax' && config.axis !== undefined && config.axis !== -1 ? ['Softmax.axis'] : [];
    const named = ownLayers.has(className) && !trainingLayers.has(className) ? [className] : [];
    return [...named, ...activations, ...options, ...axis, ...nested.flatMap((one) => inside(one as { config: object }))];
  };
  return inside(model);
}
/** Options that tfjs passes over, and their values that make no difference. */
const beyondOptions: Readonly<Record<string, readonly Json[]>> = {
  groups: [1],
  resetAfter: [false],
  negativeSlope: [0],
  threshold: [0],
  keepdims: [false],
};

/** Returns the files' names, model.json first, and their bytes together. */
async function writeFiles(
  folder: string,
  artifacts: Artifacts,
  metadata: TfjsExport['metadata'],
): Promise<Pick<Exported, 'files' | 'bytes'>> {
  const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts;
  const weights = new Uint8Array(weightData);
  const count = Math.max(1, Math.ceil(weights.length / shardBytes));
  const shards = Array.from({ length: count }, (_, index) => ({
    name: `group1-shard${index + 1}of${count}.bin`,
    bytes: weights.subarray(index * shardBytes, (index + 1) * shardBytes),
  }));
  const text = new TextEncoder().encode(
    JSON.stringify({
      format,
      generatedBy,
      convertedBy: mark,
      modelTopology,
      weightsManifest: [{ paths: shards.map(({ name }) => name), weights: weightSpecs }],
      userDefinedMetadata: metadata,
    }),
  );
  const files = [{ name: modelFile, bytes: text }, ...shards];
  for (const { name, bytes } of files) await disk.writeFile(join(folder, name), bytes, { flush: true });
  return { files: files.map(({ name }) => name), bytes: files.reduce((total, { bytes }) => total + bytes.length, 0) };
}

interface ModelFile {
  readonly format?: string;
  readonly generatedBy?: string;
  readonly convertedBy?: string;
  readonly modelTopology: Record<string, never>;
  readonly weightsManifest: readonly { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
}

/** Reads a folder as a web page's `loadLayersModel` would fetch it: model.json, then the files that it names. */
async function loadStock(folder: string): Promise<tfl.LayersModel> {
  return tfl.loadLayersModel({
    async load() {
      const { modelTopology, weightsManifest, format } = JSON.parse(await disk.readFile(join(folder, modelFile), 'utf8')) as ModelFile;
      const parts = await Promise.all(weightsManifest.flatMap(({ paths }) => paths).map((path) => disk.readFile(join(folder, path))));
      const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
      let offset = 0;
      for (const part of parts) {
        whole.set(part, offset);
        offset += part.length;
      }
      return { modelTopology, format, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData: whole.buffer };
    },
  });
}

/** Largest difference between two predictions; NaN where a value of either is not a number. */
function largestDifference(ours: Float32Array, theirs: Float32Array): number {
  if (ours.length !== theirs.length) return Number.NaN;
  let largest = 0;
  for (let index = 0; index < ours.length; index++) {
    const difference = Math.abs(ours[index] - theirs[index]);
    if (Number.isNaN(difference)) return Number.NaN;
    if (difference > largest) largest = difference;
  }
  return largest;
}

/** The inputs that lie one after another in each row. */
function partsOf(rows: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
  const [count] = rows.shape;
  let from = 0;
  return shapes.map((shape) => {
    const length = shape.reduce((all, each) => all * each, 1);
    const part = tf.reshape(tf.slice(rows, [0, from], [count, length]), [count, ...shape]);
    from += length;
    return part;
  });
}

async function verify(folder: string, { samples, predict }: TfjsExport): Promise<number> {
  const { inputs, count, inputShape } = samples;
  const ours = await predict(inputs);
  if (!ours.every(Number.isFinite)) throw new EpochbookError('interchange.notFinite');
  let theirs: Float32Array;
  try {
    await tf.setBackend('cpu');
    const stock = await loadStock(folder);
    try {
      theirs = tf.tidy(() => {
        const rows = tf.tensor(inputs, [count, ...inputShape]);
        const given = stock.inputs.map(({ shape }) => shape.slice(1) as number[]);
        // Of one whose layers carry their state, one sample after another.
        const output = stock.predict(given.length === 1 ? rows : partsOf(rows, given), stock.stateful ? { batchSize: 1 } : {});
        const flat = [output].flat().map((each) => tf.reshape(each, [count, -1]));
        return tf.concat(flat, 1).dataSync().slice() as Float32Array;
      });
    } finally {
      stock.dispose();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new EpochbookError('interchange.loadFailed', { format: 'TensorFlow.js', detail }, { cause: error });
  }
  const difference = largestDifference(ours, theirs);
  const scale = ours.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  if (!(difference <= tolerance * scale)) {
    throw new EpochbookError('interchange.predictionsDiffer', {
      format: 'TensorFlow.js',
      difference: Number.isNaN(difference) ? 'NaN' : difference.toPrecision(3),
      tolerance: (tolerance * scale).toPrecision(3),
    });
  }
  return difference;
}

async function isTfjsExport(folder: string, files: readonly string[]): Promise<boolean> {
  if (!files.every((file) => file === modelFile || shardPattern.test(file))) return false;
  try {
    const { convertedBy } = JSON.parse(await disk.readFile(join(folder, modelFile), 'utf8')) as ModelFile;
    return convertedBy === mark;
  } catch {
    return false;
  }
}

/**
 * Writes the model and loads it again with stock tfjs on its own cpu backend: predictions on the samples must agree
 * with the engine's. Where they do not, or loading fails, nothing is left and it throws (interchange.predictionsDiffer,
 * interchange.loadFailed, interchange.notFinite). Also throws interchange.folderInUse where the folder holds anything
 * but an earlier export, and interchange.notInTfjs where stock tfjs lacks a layer of the model.
 */
export async function exportTfjs(request: TfjsExport): Promise<Exported> {
  const { model, checkpoint, samples, folder, metadata } = request;
  const own = beyondTfjs(model);
  if (own.length > 0) throw new EpochbookError('interchange.notInTfjs', { names: [...new Set(own)].join(', ') });
  let written: Pick<Exported, 'files' | 'bytes'> = { files: [], bytes: 0 };
  let maxAbsoluteDifference = Number.NaN;
  await replaceFolder({
    target: folder,
    isOurs: isTfjsExport,
    async write(into) {
      written = await writeFiles(into, await artifactsOf(model, checkpoint.weights), metadata);
      maxAbsoluteDifference = await verify(into, request);
    },
  });
  return { folder, ...written, verified: true, samples: samples.count, maxAbsoluteDifference };
}
