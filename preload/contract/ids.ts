/** Branded strings: an id of one kind cannot be passed where another is wanted. */
import { z } from 'zod';

export const runId = z
  .string()
  .regex(/^[0-9a-z]{12}$/)
  .brand<'RunId'>();
export type RunId = z.infer<typeof runId>;

/** A cell's id as written in the notebook: `ts model #network` has the id `network`. */
export const cellId = z.string().min(1).brand<'CellId'>();
export type CellId = z.infer<typeof cellId>;

/** A path inside the workspace, relative to it, with forward slashes. */
export const workspacePath = z.string().min(1).brand<'WorkspacePath'>();
export type WorkspacePath = z.infer<typeof workspacePath>;
