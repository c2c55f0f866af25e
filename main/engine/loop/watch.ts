/** A step seen from near: how large gradients, weights and steps are, and what the layers give. */
import type { WatchedEpoch, WatchedLayer } from '#contract/observations.ts';
import type { HostTensor } from '../compile/graph.ts';
import type { BuiltLayer, BuiltModel, Weight } from '../model/build.ts';
import { deadShare, histogramOf, squaredDistance, squaredSum } from './observe.ts';
import { gradientName, layerName, weightName } from './programs.ts';

type State = ReadonlyMap<string, HostTensor>;

/** The layer that a weight belongs to, by the weight's name. */
export const layerOf = (weight: string): string => weight.slice(0, weight.indexOf('/'));

export interface WatchedStep {
  readonly before: State;
  readonly after: State;
  readonly results: State;
  readonly withHistograms: boolean;
}

const values = (of: State, name: string) => of.get(name)!.data as Float32Array;
const total = (parts: readonly number[]) => parts.reduce((sum, part) => sum + part, 0);

/** Layers whose single output is a unit that can die: those that learn, and activations. */
const canDie = /^(Activation|ReLU|LeakyReLU|ThresholdedReLU|PReLU|ELU)$/;

interface Squares {
  readonly gradient: number;
  readonly weight: number;
  readonly update: number;
}

function squaresOf(weights: readonly Weight[], { before, after, results }: WatchedStep): Squares {
  const names = weights.map(({ name }) => name);
  return {
    gradient: total(names.map((name) => squaredSum(values(results, gradientName(name))))),
    weight: total(names.map((name) => squaredSum(values(before, weightName(name))))),
    update: total(names.map((name) => squaredDistance(values(after, weightName(name)), values(before, weightName(name))))),
  };
}

const norms = ({ gradient, weight, update }: Squares) => ({
  gradientNorm: Math.sqrt(gradient),
  weightNorm: Math.sqrt(weight),
  updateRatio: weight > 0 ? Math.sqrt(update / weight) : 0,
});

function watchedLayer(
  layer: BuiltLayer,
  weights: readonly Weight[],
  squares: Squares,
  { before, results, withHistograms }: WatchedStep,
): WatchedLayer {
  const output = results.get(layerName(layer.name));
  const unitAxis = output && (output.shape.length > 1 ? output.shape.length - 1 : undefined);
  const dies = weights.length > 0 || canDie.test(layer.className);
  const weightHistogram = withHistograms ? histogramOf(weights.map(({ name }) => values(before, weightName(name)))) : undefined;
  const gradientHistogram = withHistograms ? histogramOf(weights.map(({ name }) => values(results, gradientName(name)))) : undefined;
  const outputHistogram = withHistograms && output ? histogramOf([output.data as Float32Array]) : undefined;
  return {
    name: layer.name,
    className: layer.className,
    weights: total(weights.map(({ variable }) => variable.size)),
    ...(weights.length > 0 && norms(squares)),
    ...(dies && unitAxis !== undefined && { deadShare: deadShare(output!.data as Float32Array, output!.shape, unitAxis) }),
    ...(weightHistogram && { weightHistogram }),
    ...(gradientHistogram && { gradientHistogram }),
    ...(outputHistogram && { outputHistogram }),
  };
}

/** Of all layers, in the model's order. `before` and `after` hold the weights, `results` what the step gave besides. */
export function watchedLayers(model: BuiltModel, step: WatchedStep): Omit<WatchedEpoch, 'epoch' | 'step'> {
  // A weight that the loss does not depend on has no gradient.
  const reached = model.weights.filter(({ name }) => step.results.has(gradientName(name)));
  const all: Squares[] = [];
  const layers = model.layers.map((layer) => {
    const weights = reached.filter(({ name }) => layerOf(name) === layer.name);
    const squares = squaresOf(weights, step);
    all.push(squares);
    return watchedLayer(layer, weights, squares, step);
  });
  const together: Squares = {
    gradient: total(all.map(({ gradient }) => gradient)),
    weight: total(all.map(({ weight }) => weight)),
    update: total(all.map(({ update }) => update)),
  };
  return { ...norms(together), layers };
}
