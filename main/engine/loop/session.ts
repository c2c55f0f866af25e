/** A model being trained: its state, and the programs that change it, compiled when a batch size first comes up. */
import { EpochbookError } from '#contract/errors.ts';
import type { Confusion, WatchedEpoch } from '#contract/observations.ts';
import type { MetricSpec } from '#contract/spec.ts';
import type { Backend, Executable } from '../backends/backend.ts';
import { type HostTensor, type Program, type RandomInput, type Shape, sizeOf } from '../compile/graph.ts';
import { confusionMetric, confusionTable } from '../metrics/confusion.ts';
import { checkNumbers } from '../model/check-numbers.ts';
import { buildModel, type BuiltModel } from '../model/build.ts';
import type { Checkpoint, NamedTensor } from './checkpoint.ts';
import { classWeightsOf } from './class-weights.ts';
import type { TrainJob } from './events.ts';
import { type Head, makeHeads } from './heads.ts';
import { firstWrong } from './observe.ts';
import { makeOptimizer, type Optimizer, updatesAt } from './optimizers.ts';
import {
  evaluationProgram,
  inputsName,
  layerName,
  layersProgram,
  lossName,
  metricName,
  type Objective,
  otherTargetsName,
  otherWeightsName,
  scalarName,
  sharesName,
  slotName,
  stateName,
  stepProgram,
  targetsName,
  weightKey,
  weightName,
  weightsName,
} from './programs.ts';
import { fillRandom, randomStream } from './random.ts';
import { layerOf, watchedLayers } from './watch.ts';

/** Sums over a batch's samples by metric, loss included: what adds up over batches. */
export type Sums = ReadonlyMap<string, ArrayLike<number>>;

/** What went wrong first in a step whose loss is no number. */
export interface Wrong {
  /** Values that came in, a layer's weights or outputs, a target that takes more steps than its sample has, or the loss alone. */
  readonly what: 'inputs' | 'targets' | 'weights' | 'outputs' | 'steps' | 'loss';
  readonly layer?: string;
  /** Of `inputs`, `targets` and `steps`: the sample in the batch. */
  readonly sample?: number;
}

/** `gathering`: a step that only gathers gradients. `layers`: every layer's output. */
export type ProgramKind = 'step' | 'watched' | 'gathering' | 'gathering watched' | 'evaluation' | 'layers';

export interface Session {
  readonly model: BuiltModel;
  readonly optimizer: Optimizer;
  /** What an epoch reports of a part, without `val_`. */
  readonly metricNames: readonly string[];
  readonly parameters: number;
  /** Compiles what a batch of this size needs. */
  prepare(kind: ProgramKind, batchSize: number): Promise<void>;
  /** Iterations count from 1 over all epochs. A step whose loss is no finite number changes nothing. */
  step(batch: Batch, iteration: number, learningRate: number): Promise<Sums>;
  /** The same step, seen from near. */
  watchedStep(
    batch: Batch,
    iteration: number,
    learningRate: number,
    withHistograms: boolean,
  ): Promise<{ sums: Sums; watched: Omit<WatchedEpoch, 'epoch' | 'step'> }>;
  /** States that recurrent layers carry, of training or of evaluation, start from 0 again. */
  resetStates(of: 'step' | 'evaluation'): void;
  evaluate(batch: Batch): Promise<Sums>;
  /** Why the loss of this step is no number. */
  explain(batch: Batch, iteration: number): Promise<Wrong>;
  /** The layer of the first weight that is no finite number; null where all are. */
  wrongWeights(): Promise<string | null>;
  /** Loss and metrics from the sums over `samples` samples. */
  results(sums: ReadonlyMap<string, Float64Array>, samples: number): Record<string, number>;
  /** Brings weights and slots to where they can be read, if the backend holds them. */
  fetch(): Promise<void>;
  /** Samples by class and by what is said, where these sums are of a part it is counted on. */
  confusion(sums: ReadonlyMap<string, Float64Array>): Pick<Confusion, 'classes' | 'counts'> | null;
  weights(): ReadonlyMap<string, NamedTensor>;
  slots(): ReadonlyMap<string, NamedTensor>;
  setWeights(weights: ReadonlyMap<string, NamedTensor>): void;
  /** Lets those weights that the optimizer averages change places with their averages: to judge these, and back again. */
  swapAverages(): void;
  /** Gives the weights the values that the optimizer keeps for the end of training. */
  finish(): void;
  /** Frees the compiled programs and the model. */
  dispose(): Promise<void>;
}

export interface Batch {
  readonly size: number;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  /** How much each sample counts. */
  readonly weights?: Float32Array;
  /** Where samples are mixed with others: the others' targets and weights, and how much each sample's own counts. */
  readonly mixed?: { readonly targets: Float32Array; readonly shares: Float32Array; readonly weights?: Float32Array };
}

/** One sample of a batch, as a batch. */
function sampleOf({ size, inputs, targets, weights }: Batch, sample: number): Batch {
  const one = (values: Float32Array) => values.slice((values.length / size) * sample, (values.length / size) * (sample + 1));
  return { size: 1, inputs: one(inputs), targets: one(targets), ...(weights && { weights: one(weights) }) };
}

interface Prepared {
  readonly executable: Executable;
  readonly random: readonly RandomInput[];
}

const stepsBefore = (from: Checkpoint | undefined) => (from?.state ?? {}) as ResumedSteps;

const float = (data: Float32Array, shape: Shape): HostTensor => ({ data, shape, dtype: 'float32' });

function checkTensor(name: string, wanted: Shape, given: NamedTensor | undefined): NamedTensor {
  const fits = given && given.values.length === sizeOf(wanted);
  if (!fits) throw new EpochbookError('engine.checkpointFit', { name });
  return given;
}

interface ResumedSteps {
  /** Steps before the optimizer's slots were new. */
  readonly optimizerSince?: number;
  /** Slots may be missing. */
  readonly isFork?: boolean;
}

/** Initial state: a checkpoint's, or fresh weights and empty slots. */
function initialState(model: BuiltModel, optimizer: Optimizer, from: Checkpoint | undefined): Map<string, HostTensor> {
  const state = new Map<string, HostTensor>();
  const { isFork = false } = stepsBefore(from);
  for (const { name, variable, trainable } of model.weights) {
    const values = from
      ? checkTensor(name, variable.shape, from.weights.get(name)).values.slice()
      : (variable.dataSync() as Float32Array).slice();
    state.set(weightName(name), float(values, variable.shape));
    if (!trainable) continue;
    for (const { name: slot, shape, start } of optimizer.slots({ name, shape: variable.shape })) {
      const stored = from?.slots.get(`${slot}/${name}`);
      const known = from && (stored || !isFork) ? checkTensor(`${slot}/${name}`, shape, stored) : undefined;
      const fresh = () => (start === 'weight' ? values.slice() : new Float32Array(sizeOf(shape)).fill(start));
      state.set(slotName(slot, name), float(known ? known.values.slice() : fresh(), shape));
    }
  }
  return state;
}

/** The error, with the model freed. */
function closing(model: BuiltModel, error: EpochbookError): EpochbookError {
  model.dispose();
  return error;
}

/** Builds the job's model and checks that model, loss, metrics, optimizer and data fit each other. */
export function openSession(job: TrainJob, backend: Backend): Session {
  const { train, data } = job;
  if (data.train.count === 0) throw new EpochbookError('engine.noSamples', {}, { at: '/data' });
  const optimizer = makeOptimizer(train.optimizer);
  const classWeights = classWeightsOf(train, data);
  const model = buildModel(job.model, train.seed);
  let state: Map<string, HostTensor>;
  let heads: Head[];
  try {
    heads = makeHeads(train, data, model);
    if (classWeights && heads.some(({ loss }) => loss.output === 'sequence'))
      throw new EpochbookError('engine.classWeightFit', { target: 'sequence' }, { at: '/train/classWeight' });
    for (const part of [data.train, data.validation]) if (part) checkNumbers(model, part);
    state = initialState(model, optimizer, job.from);
  } catch (error) {
    model.dispose();
    throw error;
  }
  const metrics = heads.flatMap((head) => head.metrics);
  const mixes = data.augmentation?.mixup !== undefined;
  // Of what the model has not learned from, where there is such a part.
  const table = heads.length === 1 ? confusionMetric(Object.values(train.metrics).flat() as MetricSpec[], heads[0].loss, data) : null;
  const evaluated = table ? [...metrics, { ...table, output: 0 }] : metrics;
  const objective: Objective = {
    model,
    heads,
    metrics: { step: data.validation ? metrics : evaluated, evaluation: evaluated },
    targetShape: data.targetShape,
    classWeights,
    hasWeights: data.train.weights !== undefined,
    mixes,
  };
  const { optimizerSince = 0 } = stepsBefore(job.from);
  const prepared = new Map<string, Promise<Prepared>>();
  const zeroStates = (size: number) =>
    new Map(model.states.map(({ name, shape }) => [stateName(name), float(new Float32Array(size * sizeOf(shape)), [size, ...shape])]));
  if (model.states.length > 0 && train.shuffle)
    throw closing(
      model,
      new EpochbookError('engine.statefulShuffle', { layer: model.states[0].name.split('/')[0] }, { at: '/train/shuffle' }),
    );
  const trainSize = Math.min(train.batchSize, data.train.count);
  for (const [name, zeros] of zeroStates(trainSize)) {
    const stored = job.from?.slots.get(name);
    state.set(name, stored?.values.length === zeros.data.length ? float(stored.values.slice(), zeros.shape) : zeros);
  }
  let evaluationStates: ReadonlyMap<string, HostTensor> = new Map();
  /** Of the first samples: a last batch may be smaller. */
  const firstOf = async (states: ReadonlyMap<string, HostTensor>, size: number): Promise<Map<string, HostTensor>> => {
    const first = new Map<string, HostTensor>();
    for (const { name, shape } of model.states) {
      const key = stateName(name);
      const given = states.get(key) ?? zeroStates(size).get(key)!;
      if (given.shape[0] === size) first.set(key, given);
      else {
        const read = given.held === undefined ? given : (await backend.fetch!(new Map([[key, given]]))).get(key)!;
        first.set(key, float((read.data as Float32Array).slice(0, size * sizeOf(shape)), [size, ...shape]));
      }
    }
    return first;
  };

  const programOf = (kind: ProgramKind, size: number): Program => {
    switch (kind) {
      case 'evaluation':
        return evaluationProgram(objective, size);
      case 'layers':
        return layersProgram(model, size);
      default:
        return stepProgram(objective, optimizer, size, { updates: !kind.startsWith('gathering'), watched: kind.endsWith('watched') });
    }
  };

  const prepare = (kind: ProgramKind, size: number): Promise<Prepared> => {
    const key = `${kind} ${size}`;
    let made = prepared.get(key);
    if (!made) {
      const program = programOf(kind, size);
      // What is looked at from near has to be read.
      const holds = kind === 'step' || kind === 'gathering';
      const compiled = holds ? backend.compile(program, new Set(state.keys())) : backend.compile(program);
      made = compiled.then((executable) => ({ executable, random: program.random }));
      prepared.set(key, made);
    }
    return made;
  };

  const masks = new Map<string, Float32Array>();
  const randomInput = (input: RandomInput, iteration: number): HostTensor => {
    const length = sizeOf(input.shape);
    const key = `${input.name} ${length}`;
    const values = masks.get(key) ?? new Float32Array(length);
    masks.set(key, values);
    const stream = randomStream(train.seed, 'dropout', input.name, iteration);
    fillRandom(values, input.distribution, stream);
    return float(values, input.shape);
  };

  const ones = (size: number) => new Float32Array(size).fill(1);
  /** A batch that is not mixed counts whole. */
  const mixedInputs = ({ size, targets, mixed }: Batch): [string, HostTensor][] => [
    [otherTargetsName, float(mixed?.targets ?? targets, [size, ...data.targetShape])],
    [sharesName, float(mixed?.shares ?? ones(size), [size])],
    ...(objective.hasWeights ? ([[otherWeightsName, float(mixed?.weights ?? ones(size), [size])]] as [string, HostTensor][]) : []),
  ];

  const isAccepted = (results: ReadonlyMap<string, HostTensor>) => Number.isFinite(results.get(lossName)?.data[0] ?? 0);
  const run = async (
    { executable }: Prepared,
    batch: Batch,
    more: Iterable<[string, HostTensor]>,
  ): Promise<ReadonlyMap<string, HostTensor>> => {
    const given = new Map(state);
    given.set(inputsName, float(batch.inputs, [batch.size, ...model.inputShape]));
    given.set(targetsName, float(batch.targets, [batch.size, ...data.targetShape]));
    if (objective.hasWeights) given.set(weightsName, float(batch.weights ?? ones(batch.size), [batch.size]));
    if (model.states.length > 0) for (const [name, value] of await firstOf(state, batch.size)) given.set(name, value);
    for (const [name, value] of more) given.set(name, value);
    return executable.run(given, isAccepted);
  };
  const sumsOf = (results: ReadonlyMap<string, HostTensor>, batch: Batch): Sums => {
    const sums = new Map<string, ArrayLike<number>>([['loss', [results.get(lossName)!.data[0] * batch.size]]]);
    for (const key of [weightKey, ...evaluated.map((metric) => metric.key)]) {
      const found = results.get(metricName(key));
      if (found) sums.set(key, found.data);
    }
    return sums;
  };
  const randomInputs = ({ random }: Prepared, iteration: number) =>
    random.map((input): [string, HostTensor] => [input.name, randomInput(input, iteration)]);
  /** Brings the state to where it can be read; what is held stays so besides. */
  const fetchState = async () => {
    const held = new Map([...state].filter(([, value]) => value.held !== undefined && value.data.length === 0));
    if (held.size === 0) return;
    for (const [name, { data }] of await backend.fetch!(held)) state.set(name, { ...held.get(name)!, data });
  };
  const free = (dropped: HostTensor | undefined, kept: HostTensor) => {
    if (dropped?.held !== undefined && dropped.held !== kept.held) backend.free?.(dropped);
  };
  const replace = (name: string, value: HostTensor) => {
    free(state.get(name), value);
    state.set(name, value);
  };
  const take = async (results: ReadonlyMap<string, HostTensor>, iteration: number) => {
    const accepted = isAccepted(results);
    for (const [name, value] of results) {
      if (!state.has(name)) continue;
      if (accepted) replace(name, value);
      else free(value, state.get(name)!);
    }
    if (!accepted || !optimizer.overwritesAt(iteration - optimizerSince)) return;
    await fetchState();
    takeFinalValues();
  };
  const takeFinalValues = () => {
    const { finalSlot } = optimizer;
    if (finalSlot === null) return;
    for (const { name } of model.weights) {
      const kept = state.get(slotName(finalSlot, name));
      if (kept) replace(weightName(name), float((kept.data as Float32Array).slice(), kept.shape));
    }
  };
  const step = async (batch: Batch, iteration: number, learningRate: number, watched: boolean) => {
    const updates = updatesAt(optimizer, iteration - optimizerSince);
    const program = await prepare(updates ? (watched ? 'watched' : 'step') : watched ? 'gathering watched' : 'gathering', batch.size);
    const scalars = Object.entries(optimizer.scalars(iteration - optimizerSince, learningRate)).map(
      ([name, value]): [string, HostTensor] => [scalarName(name), float(Float32Array.of(value), [])],
    );
    return run(program, batch, [...scalars, ...randomInputs(program, iteration), ...(mixes ? mixedInputs(batch) : [])]);
  };
  const values = (name: string) => state.get(weightName(name))!.data as Float32Array;
  const wrongWeights = (of: (layer: string) => boolean = () => true): string | null =>
    model.weights.find(({ name }) => of(layerOf(name)) && firstWrong(values(name)) >= 0)?.name ?? null;

  const tensors = (prefix: string): ReadonlyMap<string, NamedTensor> =>
    new Map(
      [...state]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { shape, data: values }]) => [name.slice(prefix.length), { shape, values: values as Float32Array }]),
    );

  const evaluate = async (batch: Batch): Promise<Sums> => {
    const results = await run(await prepare('evaluation', batch.size), batch, await firstOf(evaluationStates, batch.size));
    evaluationStates = new Map(model.states.map(({ name }) => [stateName(name), results.get(stateName(name))!]));
    return sumsOf(results, batch);
  };

  return {
    model,
    optimizer,
    metricNames: ['loss', ...metrics.flatMap(({ names }) => names)],
    parameters: model.weights.reduce((total, { variable }) => total + variable.size, 0),
    prepare: async (kind, size) => void (await prepare(kind, size)),
    step: async (batch, iteration, learningRate) => {
      const results = await step(batch, iteration, learningRate, false);
      await take(results, iteration);
      return sumsOf(results, batch);
    },
    watchedStep: async (batch, iteration, learningRate, withHistograms) => {
      await fetchState();
      const before = new Map(state);
      const results = await step(batch, iteration, learningRate, true);
      await take(results, iteration);
      return { sums: sumsOf(results, batch), watched: watchedLayers(model, { before, after: state, results, withHistograms }) };
    },
    resetStates: (of) => {
      if (of === 'evaluation') evaluationStates = new Map();
      else
        for (const [name, zeros] of zeroStates(trainSize)) {
          const before = state.get(name);
          if (before?.held !== undefined) backend.free?.(before);
          state.set(name, zeros);
        }
    },
    evaluate,
    explain: async (batch, iteration) => {
      for (const what of ['inputs', 'targets'] as const) {
        const wrong = firstWrong(batch[what]);
        if (wrong >= 0) return { what, sample: Math.floor(wrong / (batch[what].length / batch.size)) };
      }
      await fetchState();
      const program = await prepare('layers', batch.size);
      const results = await run(program, batch, randomInputs(program, iteration));
      for (const [name, { data: output }] of results) {
        const layer = name.slice(layerName('').length);
        if (wrongWeights((each) => each === layer) !== null) return { what: 'weights', layer };
        if (firstWrong(output) >= 0) return { what: 'outputs', layer };
      }
      if (heads.some(({ loss }) => loss.output === 'sequence')) {
        for (let sample = 0; sample < batch.size; sample++) {
          const sums = await evaluate(sampleOf(batch, sample));
          if (!Number.isFinite(sums.get('loss')![0])) return { what: 'steps', sample };
        }
      }
      return { what: 'loss' };
    },
    wrongWeights: async () => {
      await fetchState();
      const wrong = wrongWeights();
      return wrong === null ? null : layerOf(wrong);
    },
    results: (sums, samples) => ({
      loss: sums.get('loss')![0] / samples,
      ...Object.fromEntries(
        metrics.flatMap(({ key, names, results, isWeighted }) => {
          const found = results(sums.get(key)!, isWeighted === true ? (sums.get(weightKey)?.[0] ?? samples) : samples);
          return names.map((name, index) => [name, found[index]]);
        }),
      ),
    }),
    fetch: fetchState,
    confusion: (sums) => {
      const counts = table && sums.get(table.key);
      return counts ? confusionTable(counts, data.classes ?? []) : null;
    },
    weights: () => tensors(weightName('')),
    slots: () => new Map([...tensors('slot/'), ...[...tensors(stateName(''))].map(([name, value]) => [stateName(name), value] as const)]),
    setWeights: (weights) => {
      for (const [name, { shape, values }] of weights) replace(weightName(name), float(values.slice(), shape));
    },
    swapAverages: () => {
      const { finalSlot } = optimizer;
      if (finalSlot === null) return;
      for (const { name } of model.weights) {
        const [weight, slot] = [weightName(name), slotName(finalSlot, name)];
        const average = state.get(slot);
        if (!average) continue;
        state.set(slot, state.get(weight)!);
        state.set(weight, average);
      }
    },
    finish: takeFinalValues,
    dispose: async () => {
      model.dispose();
      for (const value of state.values()) if (value.held !== undefined) backend.free?.(value);
      await Promise.all([...prepared.values()].map(async (made) => (await made).executable.release()));
    },
  };
}
