/** How the table of runs is laid out, and views: layouts with a name, kept in the workspace. */
import { z } from 'zod';

/** What a group of runs says of its numbers. */
export const groupShows = z.enum(['mean', 'range', 'min', 'max', 'count']);
export type GroupShows = z.infer<typeof groupShows>;

export const shownColumn = z.object({
  /** `state`, `param:filters`, `metric:val_loss:best`, …: see the table's columns. One that no run has now is kept. */
  id: z.string().min(1),
  /** Pixels; absent: as wide as its text. */
  width: z.number().min(20).max(2000).optional(),
  /** Stays at the left while the others scroll. */
  pinned: z.boolean().optional(),
});
export type ShownColumn = z.infer<typeof shownColumn>;

export const tableLayout = z.object({
  query: z.string(),
  /** The first counts most. */
  sorts: z.array(z.object({ column: z.string(), descending: z.boolean() })),
  /** Ids of columns. */
  groupBy: z.array(z.string()),
  groupShows,
  /** In their order; absent: the usual ones. */
  columns: z.array(shownColumn).optional(),
});
export type TableLayout = z.infer<typeof tableLayout>;

export const runView = z.object({ name: z.string().trim().min(1).max(100), layout: tableLayout });
export type RunView = z.infer<typeof runView>;

export const runViews = z.object({
  /** By name. */
  views: z.array(runView),
  /** As the table was left. */
  last: tableLayout.optional(),
});
export type RunViews = z.infer<typeof runViews>;
