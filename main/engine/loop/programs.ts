/** A model's training, evaluation and prediction as programs for a batch of a given size. */
import type { Program, Shape, Typed } from '../compile/graph.ts';
import { trace } from '../compile/trace.ts';
import { type Loss, oneHotRows } from '../metrics/losses.ts';
import type { Metric } from '../metrics/metrics.ts';
import { outputsOf, predictionOf } from '../metrics/output.ts';
import type { BuiltModel } from '../model/build.ts';
import { tf } from '../tfjs.ts';
import type { Optimizer } from './optimizers.ts';

export interface Objective {
  readonly model: BuiltModel;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  readonly targetShape: Shape;
  /** How much each class' samples count while training; null where all count the same. */
  readonly classWeights: Float32Array | null;
  /** Whether training samples are mixed with others, whose targets then count as well. */
  readonly mixes: boolean;
}

/** Names of a program's inputs and outputs. Weights are both, under their own names. */
export const inputsName = 'inputs';
export const targetsName = 'targets';
/** Of mixed samples: the others' targets, and how much each sample's own counts. */
export const otherTargetsName = 'otherTargets';
export const sharesName = 'shares';
export const outputName = 'output';
export const lossName = 'loss';
export const weightName = (weight: string): string => `weight/${weight}`;
export const slotName = (slot: string, weight: string): string => `slot/${slot}/${weight}`;
export const scalarName = (scalar: string): string => `scalar/${scalar}`;
export const metricName = (metric: string): string => `metric/${metric}`;

const float = (shape: Shape): Typed => ({ shape, dtype: 'float32' });
const batchOf = (size: number, shape: Shape): Typed => float([size, ...shape]);
const tracedWeights = ({ weights }: BuiltModel) => weights.map(({ name, variable }) => ({ name: weightName(name), variable }));

/** What regularizers add to the loss. */
function penalties({ network }: BuiltModel): tf.Tensor[] {
  return network.calculateLosses();
}

/** The weight of each sample's class, `[batch]`. */
function weightsOf(targets: tf.Tensor, classWeights: Float32Array): tf.Tensor {
  return tf.sum(tf.mul(oneHotRows(targets, classWeights.length), tf.tensor1d(classWeights)), -1);
}

interface MixedTargets {
  readonly others: tf.Tensor;
  readonly shares: tf.Tensor;
}

function lossAndMetrics(
  objective: Objective,
  inputs: tf.Tensor,
  targets: tf.Tensor,
  training: boolean,
  mixed?: MixedTargets,
): Map<string, tf.Tensor> {
  const {
    outputs: [outputs],
    penalties: activities,
  } = outputsOf(objective.model, inputs, training);
  const lossOf = (wanted: tf.Tensor) => {
    const perSample = objective.loss.perSample(outputs, wanted);
    return training && objective.classWeights ? tf.mul(perSample, weightsOf(wanted, objective.classWeights)) : perSample;
  };
  const weighted = mixed
    ? tf.add(tf.mul(lossOf(targets), mixed.shares), tf.mul(lossOf(mixed.others), tf.sub(1, mixed.shares)))
    : lossOf(targets);
  const loss = [...penalties(objective.model), ...activities].reduce<tf.Tensor>(
    (total, penalty) => tf.add(total, penalty),
    tf.mean(weighted),
  );
  const results = new Map([[lossName, loss]]);
  for (const { key, sums } of objective.metrics) results.set(metricName(key), sums(outputs, targets));
  return results;
}

/** One step: forward, loss, gradients, update. Gives the batch's mean loss and the sums of its metrics as they were before the update. */
export function stepProgram(objective: Objective, optimizer: Optimizer, batchSize: number): Program {
  const { model } = objective;
  const trained = model.weights.filter(({ trainable }) => trainable);
  const scalars = Object.keys(optimizer.scalars(1, 1));
  const inputs = new Map([
    [inputsName, batchOf(batchSize, model.inputShape)],
    [targetsName, batchOf(batchSize, objective.targetShape)],
    ...(objective.mixes
      ? ([
          [otherTargetsName, batchOf(batchSize, objective.targetShape)],
          [sharesName, float([batchSize])],
        ] as const)
      : []),
    ...scalars.map((scalar): [string, Typed] => [scalarName(scalar), float([])]),
    ...trained.flatMap(({ name, variable }) =>
      optimizer.slots.map((slot): [string, Typed] => [slotName(slot, name), float(variable.shape)]),
    ),
  ]);
  return trace({ inputs, variables: tracedWeights(model) }, (given) => {
    let results = new Map<string, tf.Tensor>();
    const mixed = objective.mixes ? { others: given.get(otherTargetsName)!, shares: given.get(sharesName)! } : undefined;
    const differentiated = () => {
      results = lossAndMetrics(objective, given.get(inputsName)!, given.get(targetsName)!, true, mixed);
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
    const clipped = optimizer.clip(reached.map(({ variable }) => gradients[variable.name]));
    for (const [index, { name, variable, write }] of reached.entries()) {
      const gradient = clipped[index];
      const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, given.get(slotName(slot, name))!]));
      const next = optimizer.update(variable, gradient, slots, rates);
      write(next.weight);
      for (const slot of optimizer.slots) results.set(slotName(slot, name), next.slots[slot]);
    }
    return results;
  });
}

/** Mean loss and sums of the metrics of a batch, nothing changed. */
export function evaluationProgram(objective: Objective, batchSize: number): Program {
  const { model } = objective;
  const inputs = new Map([
    [inputsName, batchOf(batchSize, model.inputShape)],
    [targetsName, batchOf(batchSize, objective.targetShape)],
  ]);
  return trace({ inputs, variables: tracedWeights(model) }, (given) =>
    lossAndMetrics(objective, given.get(inputsName)!, given.get(targetsName)!, false),
  );
}

/** The model's output. */
export function predictionProgram(model: BuiltModel, batchSize: number): Program {
  const inputs = new Map([[inputsName, batchOf(batchSize, model.inputShape)]]);
  return trace(
    { inputs, variables: tracedWeights(model) },
    (given) => new Map([[outputName, predictionOf(model, given.get(inputsName)!)]]),
  );
}
