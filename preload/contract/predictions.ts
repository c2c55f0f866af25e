/** What a trained model comes to on data, and what it says of samples. */
import { z } from 'zod';
import { plainError } from './errors.ts';
import { runId } from './ids.ts';
import { confusion } from './observations.ts';

const number = z.number().or(z.nan());

export const partName = z.enum(['train', 'validation', 'test']);
export type PartName = z.infer<typeof partName>;

export const evaluatedPart = z.object({
  /** `given`: files that are not the run's own. */
  part: z.enum(['train', 'validation', 'test', 'given']),
  samples: z.number().int(),
  /** By the names that training records, without `val_`. */
  metrics: z.record(z.string(), number),
  confusion: confusion.pick({ classes: true, counts: true }).optional(),
  /** Of the validation part: what the run recorded after the epoch, and whether that is the same to the bit. */
  recorded: z.record(z.string(), number).optional(),
  identical: z.boolean().optional(),
});
export type EvaluatedPart = z.infer<typeof evaluatedPart>;

export const evaluation = z.object({
  runId,
  name: z.string(),
  /** Of the model that was used. */
  epoch: z.number().int(),
  backend: z.string(),
  /** Whether the run's own data is what it was trained on, by its content; `given` where that was not read. */
  data: z.enum(['same', 'changed', 'given']),
  parts: z.array(evaluatedPart),
});
export type Evaluation = z.infer<typeof evaluation>;

/** What one output says of a sample. */
export const answer = z.object({
  /** Of classes: the one that is said, and the share of each in the order of the output's `classes`. */
  class: z.string().optional(),
  /** Of classes at each step or pixel: those that are said, in the order of the places. */
  classes: z.array(z.string()).optional(),
  probabilities: z.array(number).optional(),
  /** Numbers; of a class that was learnt with a hinge, how far on its side the sample lies. */
  values: z.array(number).optional(),
});
export type Answer = z.infer<typeof answer>;

export const predictedRow = z.object({
  file: z.string(),
  /** Line or row in the file, from 1; absent where the file is one sample. */
  place: z.number().int().optional(),
  /** In the order of the outputs. */
  answers: z.array(answer),
});
export type PredictedRow = z.infer<typeof predictedRow>;

export const predictions = z.object({
  runId,
  name: z.string(),
  epoch: z.number().int(),
  unit: z.enum(['line', 'row', 'file']),
  outputs: z.array(z.object({ name: z.string(), classes: z.array(z.string()).optional() })),
  /** Of all; `rows` may be only the first of them. */
  count: z.number().int(),
  rows: z.array(predictedRow),
  /** What the model does not know, at its first place. */
  findings: z.array(plainError),
  /** What was written. */
  out: z.object({ file: z.string(), bytes: z.number().int() }).optional(),
});
export type Predictions = z.infer<typeof predictions>;

export const predictionFormats = ['csv', 'json', 'parquet'] as const;
export type PredictionFormat = (typeof predictionFormats)[number];
