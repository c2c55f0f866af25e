/** How much the samples of each class count in the loss while training (Keras' `class_weight`). */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset } from '#contract/samples.ts';
import type { TrainSpec } from '#contract/spec.ts';
import { nearest } from '../model/nearest.ts';

/** One weight a class; null where none are given. Throws, with `at`, where there are no classes, or not this one. */
export function classWeightsOf({ classWeight }: TrainSpec, { classes, train }: Pick<Dataset, 'classes' | 'train'>): Float32Array | null {
  if (classWeight === undefined) return null;
  const at = '/train/classWeight';
  if (!classes) throw new EpochbookError('engine.classWeightFit', { target: 'number' }, { at });
  if (classWeight === 'balanced') return balanced(classes.length, train.targets);
  const weights = new Float32Array(classes.length).fill(1);
  for (const [name, weight] of Object.entries(classWeight)) {
    const named = classes.indexOf(name);
    const index = named >= 0 ? named : classes.findIndex((_, position) => String(position) === name);
    if (index < 0) throw new EpochbookError('engine.classUnknown', { name, nearest: nearest(name, classes) }, { at: `${at}/${name}` });
    weights[index] = weight;
  }
  return weights;
}

/** samples / (classes · samples of the class), as scikit-learn's `compute_class_weight`; a class without samples counts 1. */
function balanced(classes: number, targets: Float32Array): Float32Array {
  const counts = new Float64Array(classes);
  for (const target of targets) counts[target]++;
  return Float32Array.from(counts, (count) => (count > 0 ? targets.length / (classes * count) : 1));
}
