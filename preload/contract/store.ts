/** The workspace's store as a whole: its space, its health. */
import { z } from 'zod';

export const spaceReport = z.object({
  /** All that Epochbook keeps for the workspace. */
  totalBytes: z.number(),
  databaseBytes: z.number(),
  /** Of the database: removed, and not given back to the disk yet. */
  unusedBytes: z.number(),
  parts: z.array(z.object({ part: z.enum(['values', 'summaries', 'epochs', 'notebooks', 'lists']), bytes: z.number() })),
  checkpointBytes: z.number(),
  /** Of these: of runs that are gone. */
  orphanedBytes: z.number(),
  /** Copies made before the database's form changed. */
  backupBytes: z.number(),
  /** Decoded data that is made again when it is needed. */
  cacheBytes: z.number(),
  /** Checkpoints, and the share of the database by their number of values. */
  bin: z.object({ runs: z.number().int(), bytes: z.number() }),
  runs: z.number().int(),
  /** By the notebook of the runs, the largest first; empty for runs that other tools logged. */
  notebooks: z.array(z.object({ notebook: z.string(), runs: z.number().int(), bytes: z.number(), checkpointBytes: z.number() })),
  largest: z.array(z.object({ runId: z.string(), name: z.string(), bytes: z.number(), checkpointBytes: z.number(), inBin: z.boolean() })),
});
export type SpaceReport = z.infer<typeof spaceReport>;

export const storeBackup = z.object({ folder: z.string(), bytes: z.number(), runs: z.number().int(), notebooks: z.number().int() });
export type StoreBackup = z.infer<typeof storeBackup>;

/** What the check after a crash found, where there was one in this session. */
export const storeHealth = z.object({ problems: z.array(z.string()) });

export const storeCheck = z.object({
  /** SQLite's own words; empty where all is well. */
  problems: z.array(z.string()),
});

export const storeRescue = z.object({
  runs: z.number().int(),
  damaged: z.array(z.object({ name: z.string(), missing: z.array(z.enum(['epochs', 'values', 'notebook'])) })),
  lost: z.array(z.number().int()),
  /** Where the damaged file lies now; it is not touched. */
  damagedFile: z.string(),
});
export type StoreRescue = z.infer<typeof storeRescue>;
