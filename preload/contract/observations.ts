/** What is seen of a run beside its metrics: confusion, layers while they learn, the search for a learning rate. */
import { z } from 'zod';

const number = z.number().or(z.nan());

/** Samples by their class (rows) and by the class that the model says (columns), at the end of an epoch. */
export const confusion = z.object({
  epoch: z.number().int(),
  part: z.enum(['validation', 'training']),
  classes: z.array(z.string()),
  counts: z.array(z.array(z.number())),
});
export type Confusion = z.infer<typeof confusion>;

/** How many of the values lie in each of the even bins between `min` and `max`. */
export const histogram = z.object({ min: z.number(), max: z.number(), counts: z.array(z.number()) });
export type Histogram = z.infer<typeof histogram>;

/** A layer in one step. Norms are Euclidean, over all its trainable weights. */
export const watchedLayer = z.object({
  name: z.string(),
  className: z.string(),
  /** Trainable ones; the next four are absent where there are none. */
  weights: z.number().int(),
  gradientNorm: number.optional(),
  weightNorm: number.optional(),
  /** Length of the step over the length of the weights before it. */
  updateRatio: number.optional(),
  /** Share of units that are 0 for every sample of the batch; absent where a unit has no meaning. */
  deadShare: number.optional(),
  weightHistogram: histogram.optional(),
  gradientHistogram: histogram.optional(),
  outputHistogram: histogram.optional(),
});
export type WatchedLayer = z.infer<typeof watchedLayer>;

/** The last whole step of an epoch. */
export const watchedEpoch = z.object({
  epoch: z.number().int(),
  step: z.number().int(),
  gradientNorm: number,
  weightNorm: number,
  updateRatio: number,
  layers: z.array(watchedLayer),
});
export type WatchedEpoch = z.infer<typeof watchedEpoch>;

/** The loss while the learning rate rises from step to step. */
export const rateSearch = z.object({
  rates: z.array(z.number()),
  losses: z.array(number),
  /** Averaged over the steps before, each counting 0.9 times as much as the one after it. */
  smoothed: z.array(number),
  /** Where the loss falls the most; absent where it never falls. */
  suggested: z.number().optional(),
});
export type RateSearch = z.infer<typeof rateSearch>;

/** As training tells them. Of a confusion, only the newest of each kind is kept. */
export const observation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('confusionLast'), content: confusion }),
  z.object({ kind: z.literal('confusionBest'), content: confusion }),
  z.object({ kind: z.literal('watched'), content: watchedEpoch }),
  z.object({ kind: z.literal('rateSearch'), content: rateSearch }),
]);
export type Observation = z.infer<typeof observation>;

/** All that is kept of a run. */
export const observations = z.object({
  confusion: z.object({ last: confusion.optional(), best: confusion.optional() }),
  watched: z.array(watchedEpoch),
  rateSearch: rateSearch.optional(),
});
export type Observations = z.infer<typeof observations>;
