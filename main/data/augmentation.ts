/** What the training part is changed by, checked against its shape. */
import { EpochbookError } from '#contract/errors.ts';
import type { Augmentation } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { place, stepOf } from './steps.ts';

const ofPictures = ['flip', 'shift', 'rotate', 'crop', 'cutout'] as const;

/** Throws `data.notPictures` for what only pictures can be, and `data.augmentText`. */
export function augmentationOf(spec: DataSpec, inputShape: readonly number[], isText = false): { augmentation?: Augmentation } {
  const found = stepOf(spec, 'augment');
  if (!found) return {};
  const { op: _, ...augmentation } = found.step;
  if (isText) throw new EpochbookError('data.augmentText', {}, { at: place(found) });
  const pictures = ofPictures.find((name) => augmentation[name] !== undefined);
  if (pictures !== undefined && inputShape.length !== 3)
    throw new EpochbookError('data.notPictures', { step: `augment: ${pictures}`, found: inputShape.join(' × ') }, { at: place(found) });
  return { augmentation };
}
