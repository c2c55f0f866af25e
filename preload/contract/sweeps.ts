/** Searches over the knobs of a notebook; each trial is a run like any other. */
import { z } from 'zod';
import { plainError } from './errors.ts';
import { runId } from './ids.ts';
import { endReason, runStatus } from './runs.ts';
import { knobValue } from './spec.ts';

export const samplerNames = ['tpe', 'random', 'sobol', 'latin', 'grid'] as const;
export type SamplerName = (typeof samplerNames)[number];
export const prunerNames = ['none', 'median', 'asha', 'hyperband'] as const;
export type PrunerName = (typeof prunerNames)[number];

/** Where a knob's values are looked for: among `choices`, else from `min` to `max`. */
export const knobRange = z.object({
  name: z.string().min(1),
  min: z.number().optional(),
  max: z.number().optional(),
  /** From `min` on. */
  step: z.number().positive().optional(),
  log: z.boolean().optional(),
  /** Only whole numbers. */
  whole: z.boolean().optional(),
  choices: z.array(knobValue).min(1).optional(),
});
export type KnobRange = z.infer<typeof knobRange>;

export const sweepSettings = z.object({
  trials: z.number().int().positive().max(100_000),
  sampler: z.enum(samplerNames),
  pruner: z.enum(prunerNames),
  /** What each trial's best epoch is judged by. */
  metric: z.string(),
  direction: z.enum(['min', 'max']),
  seed: z.number().int(),
  /** Trials that are trained at once, each in a process of its own. */
  workers: z.number().int().min(1).max(64),
  /** After it no trial is begun, and those that go on are stopped. */
  budgetMs: z.number().positive().optional(),
  ranges: z.array(knobRange).min(1),
  /** Values of the other knobs that are not the text's. */
  fixed: z.record(z.string(), knobValue),
  backend: z.string(),
  /** Of each trial. */
  threads: z.number().int().min(1),
});
export type SweepSettings = z.infer<typeof sweepSettings>;

export const trial = z.object({
  /** From 1. */
  number: z.number().int().positive(),
  /** Absent where the notebook could not be evaluated with these values. */
  runId: runId.optional(),
  name: z.string(),
  params: z.record(z.string(), knobValue),
  status: runStatus,
  reason: endReason.optional(),
  /** At its best epoch so far, by the sweep's metric. */
  value: z.number().optional(),
  epoch: z.number().int().optional(),
  epochs: z.number().int(),
  error: plainError.optional(),
});
export type Trial = z.infer<typeof trial>;

export const sweepStatus = z.enum(['running', 'completed', 'stopped', 'failed', 'interrupted']);
/** `exhausted`: a grid has no more points. */
export const sweepReason = z.enum(['trials', 'exhausted', 'budget', 'user', 'error']);

export const sweep = z.object({
  id: z.string(),
  name: z.string(),
  notebook: z.string(),
  cell: z.string().optional(),
  status: sweepStatus,
  reason: sweepReason.optional(),
  error: plainError.optional(),
  /** Milliseconds since 1970, UTC. */
  startedAt: z.number().int(),
  endedAt: z.number().int().optional(),
  settings: sweepSettings,
  trials: z.object({
    running: z.number().int(),
    completed: z.number().int(),
    pruned: z.number().int(),
    /** Failed, diverged, or stopped by hand. */
    failed: z.number().int(),
  }),
  best: trial.optional(),
});
export type Sweep = z.infer<typeof sweep>;

/** By this tag the trials are found among the runs. */
export const sweepTag = (name: string): string => `sweep-${name}`;
