/** A model's training, evaluation and prediction as programs for a batch of a given size. */
import type { Program, Shape, Typed } from '../compile/graph.ts';
import { trace } from '../compile/trace.ts';
import { oneHotRows } from '../metrics/one-hot.ts';
import { weighted } from '../metrics/metric-kind.ts';
import { outputsOf, predictionOf } from '../metrics/output.ts';
import type { BuiltModel } from '../model/build.ts';
import { type Mixing, withMixing } from '../model/mixing.ts';
import { tf } from '../tfjs.ts';
import type { Head, OutputMetric } from './heads.ts';
import { withLayerOutputs } from './layer-outputs.ts';
import { gathered, type Optimizer, updated } from './optimizers.ts';

export interface Objective {
  readonly model: BuiltModel;
  /** One for each output. */
  readonly heads: readonly Head[];
  /** Of training steps, and of evaluations. */
  readonly metrics: { readonly step: readonly OutputMetric[]; readonly evaluation: readonly OutputMetric[] };
  readonly targetShape: Shape;
  /** How much each class' samples count while training; null where all count the same. */
  readonly classWeights: Float32Array | null;
  /** Whether samples have weights of their own. */
  readonly hasWeights: boolean;
  /** Whether training samples are mixed with others, whose targets then count as well. */
  readonly mixes: boolean;
}

/** Names of a program's inputs and outputs. Weights are both, under their own names. */
export const inputsName = 'inputs';
export const targetsName = 'targets';
/** Of mixed samples: the others' targets, and how much each sample's own counts. */
export const otherTargetsName = 'otherTargets';
export const sharesName = 'shares';
/** How much samples count, and those that they are mixed with. */
export const weightsName = 'weights';
export const otherWeightsName = 'otherWeights';
/** The metric that weighted ones are divided by. */
export const weightKey = 'weight';
export const outputName = 'output';
export const lossName = 'loss';
export const weightName = (weight: string): string => `weight/${weight}`;
export const slotName = (slot: string, weight: string): string => `slot/${slot}/${weight}`;
export const scalarName = (scalar: string): string => `scalar/${scalar}`;
export const metricName = (metric: string): string => `metric/${metric}`;
export const gradientName = (weight: string): string => `gradient/${weight}`;
/** Of recurrent layers: both what a batch begins with and what it ends in. */
export const stateName = (state: string): string => `carried/${state}`;
export const layerName = (layer: string): string => `layer/${layer}`;

const float = (shape: Shape): Typed => ({ shape, dtype: 'float32' });
const batchOf = (size: number, shape: Shape): Typed => float([size, ...shape]);
const tracedWeights = ({ weights }: BuiltModel) => weights.map(({ name, variable }) => ({ name: weightName(name), variable }));

const stateInputs = ({ states }: BuiltModel, batchSize: number) =>
  states.map(({ name, shape }): [string, Typed] => [stateName(name), batchOf(batchSize, shape)]);

/** Runs `body`, in which the model is, with the given states; what they become goes into the results. */
function withStates(model: BuiltModel, given: Given, body: () => Map<string, tf.Tensor>): Map<string, tf.Tensor> {
  const states = new Map(model.states.map(({ name }) => [name, given.get(stateName(name))!]));
  const { result, next } = model.withStates(states, body);
  for (const [name, state] of next) result.set(stateName(name), state);
  return result;
}

/** What regularizers add to the loss. */
function penalties({ network }: BuiltModel): tf.Tensor[] {
  return network.calculateLosses();
}

/** The weight of each sample's class, `[batch]`; of classes at each position, of each. */
function weightsOf(targets: tf.Tensor, classWeights: Float32Array): tf.Tensor {
  return tf.sum(tf.mul(oneHotRows(targets, classWeights.length), tf.tensor1d(classWeights)), -1);
}

type Given = ReadonlyMap<string, tf.Tensor>;

/** How much each sample counts: by its own weight and, while training, by its class'; null where all count the same. */
function countOf({ targets: own }: Head, rows: tf.Tensor, weights: tf.Tensor | undefined, classWeights: Float32Array | null) {
  const ofClass = classWeights && weightsOf(own(rows), classWeights);
  return weights && ofClass ? weighted(ofClass, weights) : (weights ?? ofClass);
}

/** Targets that samples are to have by a share, null for all of it. */
interface Wanted {
  readonly targets: tf.Tensor;
  readonly count: tf.Tensor | null;
  readonly share: tf.Tensor | null;
}

/** A sample's own targets; of those that are mixed, before the model or in it, the others' as well. */
function wantedOf(
  given: Given,
  head: Head,
  count: tf.Tensor | null,
  classWeights: Float32Array | null,
  mixings: readonly Mixing[],
): Wanted[] {
  const targets = given.get(targetsName)!;
  const others = given.get(otherTargetsName);
  const shares = given.get(sharesName);
  const otherCount = () => countOf(head, others!, given.get(otherWeightsName), classWeights);
  const start: Wanted[] =
    others && shares
      ? [
          { targets, count, share: shares },
          { targets: others, count: otherCount(), share: tf.sub(1, shares) },
        ]
      : [{ targets, count, share: null }];
  return mixings.reduce((all: Wanted[], { order, share }) => {
    const rest = tf.sub(1, share);
    const moved = (x: tf.Tensor | null) => x && tf.gather(x, order);
    return [
      ...all.map((one) => ({ ...one, share: one.share ? tf.mul(one.share, share) : share })),
      ...all.map((one) => ({
        targets: tf.gather(one.targets, order),
        count: moved(one.count),
        share: one.share ? tf.mul(tf.gather(one.share, order), rest) : rest,
      })),
    ];
  }, start);
}

function lossAndMetrics(objective: Objective, given: Given, training: boolean): Map<string, tf.Tensor> {
  return withStates(objective.model, given, () => judged(objective, given, training));
}

function judged(objective: Objective, given: Given, training: boolean): Map<string, tf.Tensor> {
  const { result, mixings } = withMixing(() => outputsOf(objective.model, given.get(inputsName)!, training));
  const { outputs, penalties: activities } = result;
  const targets = given.get(targetsName)!;
  const classWeights = training ? objective.classWeights : null;
  const counts = (head: Head) => countOf(head, targets, given.get(weightsName), classWeights);
  const lossOf = (head: Head, index: number, wanted: tf.Tensor, count: tf.Tensor | null) => {
    const perSample = head.loss.perSample(outputs[index], head.targets(wanted));
    return weighted(perSample, count ?? undefined);
  };
  const losses = objective.heads.map((head, index) => {
    const perSample = wantedOf(given, head, counts(head), classWeights, mixings).map((wanted) =>
      weighted(lossOf(head, index, wanted.targets, wanted.count), wanted.share ?? undefined),
    );
    const loss = tf.mean(perSample.reduce((total, each) => tf.add(total, each)));
    return head.weight === 1 ? loss : tf.mul(loss, head.weight);
  });
  const loss = [...losses, ...penalties(objective.model), ...activities].reduce((total: tf.Tensor, each) => tf.add(total, each));
  const results = new Map([[lossName, loss]]);
  for (const { key, sums, output, isWeighted } of objective.metrics[training ? 'step' : 'evaluation']) {
    const head = objective.heads[output];
    const count = isWeighted ? counts(head) : null;
    results.set(metricName(key), sums(outputs[output], head.targets(targets), count ?? undefined));
    if (count) results.set(metricName(weightKey), tf.reshape(tf.sum(count), [1]));
  }
  return results;
}

const weightInputs = ({ hasWeights }: Objective, batchSize: number): [string, Typed][] =>
  hasWeights ? [[weightsName, float([batchSize])]] : [];

/** What a step does besides: updates the weights, or only gathers gradients; tells all gradients and layers' outputs. */
export interface StepKind {
  readonly updates: boolean;
  readonly watched: boolean;
}

/** One step: forward, loss, gradients, update. Gives the batch's mean loss and the sums of its metrics as they were before the update. */
export function stepProgram(objective: Objective, optimizer: Optimizer, batchSize: number, { updates, watched }: StepKind): Program {
  const { model } = objective;
  const trained = model.weights.filter(({ trainable }) => trainable);
  const scalars = Object.keys(optimizer.scalars(1, 1));
  const slotsOf = ({ name, variable }: Pick<(typeof trained)[number], 'name' | 'variable'>) =>
    optimizer.slots({ name, shape: variable.shape });
  const inputs = new Map([
    [inputsName, batchOf(batchSize, model.inputShape)],
    [targetsName, batchOf(batchSize, objective.targetShape)],
    ...(objective.mixes
      ? ([
          [otherTargetsName, batchOf(batchSize, objective.targetShape)],
          [sharesName, float([batchSize])],
          ...(objective.hasWeights ? ([[otherWeightsName, float([batchSize])]] as const) : []),
        ] as const)
      : []),
    ...weightInputs(objective, batchSize),
    ...stateInputs(model, batchSize),
    ...scalars.map((scalar): [string, Typed] => [scalarName(scalar), float([])]),
    ...trained.flatMap(({ name, variable }) =>
      slotsOf({ name, variable }).map((slot): [string, Typed] => [slotName(slot.name, name), float(slot.shape)]),
    ),
  ]);
  return trace({ inputs, variables: tracedWeights(model), samples: batchSize }, (given) => {
    let results = new Map<string, tf.Tensor>();
    const measured = () => lossAndMetrics(objective, given, true);
    const differentiated = () => {
      if (watched) {
        const { result, outputs } = withLayerOutputs(model, measured);
        results = result;
        for (const [name, output] of outputs) results.set(layerName(name), output);
      } else results = measured();
      return results.get(lossName) as tf.Scalar;
    };
    const rates = Object.fromEntries(scalars.map((scalar) => [scalar, given.get(scalarName(scalar))!]));
    const gradients =
      trained.length > 0
        ? tf.variableGrads(
            differentiated,
            trained.map(({ variable }) => variable),
          ).grads
        : (differentiated(), {});
    const reached = trained.filter(({ variable }) => gradients[variable.name]);
    const all = reached.map(({ name, variable }) => ({
      weight: variable,
      gradient: gradients[variable.name],
      slots: Object.fromEntries(slotsOf({ name, variable }).map((slot) => [slot.name, given.get(slotName(slot.name, name))!])),
    }));
    const next = updates ? updated(optimizer, all, rates) : gathered(optimizer, all, rates).map((slots) => ({ slots }));
    for (const [index, { name, write }] of reached.entries()) {
      const made = next[index];
      if ('weight' in made) write(made.weight);
      for (const [slot, value] of Object.entries(made.slots)) results.set(slotName(slot, name), value);
      if (watched) results.set(gradientName(name), all[index].gradient);
    }
    return results;
  });
}

/** Every layer's output on a batch, as a step has it. */
export function layersProgram(model: BuiltModel, batchSize: number): Program {
  const inputs = new Map([[inputsName, batchOf(batchSize, model.inputShape)], ...stateInputs(model, batchSize)]);
  return trace({ inputs, variables: tracedWeights(model) }, (given) => {
    let layers = new Map<string, tf.Tensor>();
    withStates(model, given, () => {
      const { outputs } = withLayerOutputs(model, () => outputsOf(model, given.get(inputsName)!, true));
      layers = new Map([...outputs].map(([name, output]) => [layerName(name), output]));
      return new Map();
    });
    return layers;
  });
}

/** Mean loss and sums of the metrics of a batch, nothing changed. */
export function evaluationProgram(objective: Objective, batchSize: number): Program {
  const { model } = objective;
  const inputs = new Map([
    [inputsName, batchOf(batchSize, model.inputShape)],
    [targetsName, batchOf(batchSize, objective.targetShape)],
    ...weightInputs(objective, batchSize),
    ...stateInputs(model, batchSize),
  ]);
  return trace({ inputs, variables: tracedWeights(model) }, (given) => lossAndMetrics(objective, given, false));
}

/** The model's output. */
export function predictionProgram(model: BuiltModel, batchSize: number): Program {
  const inputs = new Map([[inputsName, batchOf(batchSize, model.inputShape)], ...stateInputs(model, batchSize)]);
  return trace({ inputs, variables: tracedWeights(model) }, (given) =>
    withStates(model, given, () => new Map([[outputName, predictionOf(model, given.get(inputsName)!)]])),
  );
}

/** Of what a state becomes, for programs in which no two values have one name. */
export const nextName = (state: string): string => `${state}/next`;

/** Each output by its name, from each input by its, states among both: for programs that know nothing of rows. */
export function inferenceProgram(model: BuiltModel, batchSize: number): Program {
  const states = stateInputs(model, batchSize);
  const inputs = new Map([...model.inputs.map(({ name, shape }) => [name, batchOf(batchSize, shape)] as const), ...states]);
  return trace({ inputs, variables: tracedWeights(model) }, (given) => {
    const results = withStates(model, given, () => {
      const { outputs } = model.forwardEach(
        model.inputs.map(({ name }) => given.get(name)!),
        false,
      );
      return new Map(outputs.map((output, index) => [model.outputs[index].name, output]));
    });
    const carried = new Set(states.map(([name]) => name));
    return new Map([...results].map(([name, value]) => [carried.has(name) ? nextName(name) : name, value]));
  });
}
