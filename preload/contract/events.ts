/** Every event, named in the past tense, and its payload. What an event tells is already stored. */
import { z } from 'zod';
import { runId } from './ids.ts';
import type { EventName } from './names.ts';
import { observation } from './observations.ts';
import { predictions } from './predictions.ts';
import { epochRow, runSummary } from './runs.ts';
import { storeCheck } from './store.ts';
import { sweep, trial } from './sweeps.ts';

export const events = {
  /** At most ten a second for a run. */
  'training.progressed': z.object({
    runId,
    /** `compiling` until the first step is done. */
    phase: z.enum(['loading', 'compiling', 'searching', 'training', 'validating']),
    epoch: z.number().int(),
    step: z.number().int(),
    steps: z.number().int(),
    /** Since the run began, pauses left out. */
    elapsedMs: z.number(),
    /** Until the planned end; absent before it can be foreseen. */
    remainingMs: z.number().optional(),
  }),
  /** Confusion and watched layers come before their epoch's end. */
  'training.observed': z.object({ runId, observation }),
  'training.epochEnded': z.object({ runId, row: epochRow, summary: runSummary }),
  /** A run was made, or its state, name, tags or note changed. */
  'runs.changed': z.object({ run: runSummary }),
  'runs.removed': z.object({ runIds: z.array(runId) }),
  /** Many runs changed at once: the list is worth fetching again. */
  'runs.listChanged': z.object({}),
  'sweeps.changed': z.object({ sweep }),
  /** A trial began, has one more epoch, or is over. */
  'sweeps.trialChanged': z.object({ sweepId: z.string(), trial }),
  /** Rows of a `runs.predict` that was asked to tell them, in their order. */
  'runs.predicted': predictions.pick({ unit: true, outputs: true, rows: true }).extend({ job: z.string() }),
  /** Of a call that was given a job: how far it is. At most some twenty a second. */
  'job.progressed': z.object({
    job: z.string(),
    done: z.number(),
    /** Absent where it is not known. */
    total: z.number().optional(),
    /** What it is at: a file or a run by its name. */
    item: z.string().optional(),
  }),
  /** After a crash the store was looked over, in the background. */
  'store.checked': storeCheck,
  'notebook.changedOnDisk': z.object({ path: z.string(), hash: z.string() }),
  'workspace.changed': z.object({}),
  /** What a check is doing, for a progress line: reading data, building the model. */
  'check.progressed': z.object({ path: z.string(), cell: z.string(), share: z.number().optional() }),
  /** A table is being copied for a look; the share that is done, where it is known. */
  'data.progressed': z.object({ id: z.string(), share: z.number().optional() }),
} satisfies Record<EventName, z.ZodType>;

export type Payload<E extends EventName> = z.infer<(typeof events)[E]>;
export type Emit = <E extends EventName>(name: E, payload: Payload<E>) => void;
