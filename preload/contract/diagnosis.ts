/** What a run's curves mean. */
import { z } from 'zod';
import { knobValue } from './spec.ts';

export const verdictCodes = [
  'diverging',
  'learningRateTooHigh',
  'learningRateTooLow',
  'underfitting',
  'overfitting',
  'plateau',
  'stillImproving',
] as const;
export const remedyCodes = [
  'lowerLearningRate',
  'raiseLearningRate',
  'fewerEpochs',
  'moreEpochs',
  'smallerModel',
  'largerModel',
  'moreDropout',
  'moreData',
  'clip',
] as const;

const values = z.record(z.string(), z.union([z.string(), z.number()]));

export const remedy = z.object({
  code: z.enum(remedyCodes),
  /** English; a screen shows the catalogue's `diagnosis.try.CODE` in its own language. */
  message: z.string(),
  values,
  /** Knobs of the run and what to set them to; empty where the notebook has none for it. */
  set: z.record(z.string(), knobValue),
});

export const verdict = z.object({
  code: z.enum(verdictCodes),
  /** The epoch it shows from, counting from 1. */
  fromEpoch: z.number().int(),
  /** 0…1. */
  confidence: z.number().min(0).max(1),
  /** English; a screen shows the catalogue's `diagnosis.CODE`. */
  message: z.string(),
  values,
  remedies: z.array(remedy),
});
export type Verdict = z.infer<typeof verdict>;

export const diagnosis = z.object({
  /** Empty where nothing is wrong, or too little is known. */
  verdicts: z.array(verdict),
});
export type Diagnosis = z.infer<typeof diagnosis>;
