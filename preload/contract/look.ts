/** A closer look at a data set: its rows, sorted and filtered, page by page; what its columns or pictures hold. */
import { z } from 'zod';
import { plainError } from './errors.ts';

/** One condition on the rows shown; all of them must hold. */
export const lookFilter = z.discriminatedUnion('is', [
  /** The value as it is shown. */
  z.object({ is: z.literal('equal'), column: z.string(), value: z.string() }),
  /** `from` ≤ value < `to`, or ≤ where `closed`. */
  z.object({ is: z.literal('between'), column: z.string(), from: z.number(), to: z.number(), closed: z.boolean() }),
  z.object({ is: z.literal('containing'), column: z.string(), text: z.string() }),
  z.object({ is: z.literal('missing'), column: z.string() }),
  /** Rows of the source, from 0: what a finding points at. */
  z.object({ is: z.literal('rows'), rows: z.array(z.number().int().nonnegative()).max(10_000) }),
]);
export type LookFilter = z.infer<typeof lookFilter>;

export const lookOrder = z.object({ column: z.string(), descending: z.boolean() });
export type LookOrder = z.infer<typeof lookOrder>;

/** What of a table is asked for. Without an order, rows are as they stand in the source. */
export const lookSelection = z.object({ filters: z.array(lookFilter).default([]), order: lookOrder.optional() });
export type LookSelection = z.infer<typeof lookSelection>;

export const lookColumn = z.object({
  name: z.string(),
  type: z.enum(['number', 'text', 'logical', 'time']),
});
export type LookColumn = z.infer<typeof lookColumn>;

/** Null where a value is missing. */
export const lookCell = z.union([z.string(), z.number().or(z.nan()), z.boolean(), z.null()]);
export type LookCell = z.infer<typeof lookCell>;

export const lookClass = z.object({ name: z.string(), count: z.number().int() });

export const openedLook = z.object({
  /** What the other calls name it by. */
  id: z.string(),
  /** The file or folder, as the notebook says it. */
  path: z.string(),
  /** The column to predict. */
  target: z.string().optional(),
  /** Whether the cell makes windows of its rows. */
  series: z.boolean().optional(),
  /** `firstRows` are there at once; the number of all of them comes with a page. */
  table: z.object({ columns: z.array(lookColumn), firstRows: z.array(z.array(lookCell)) }).optional(),
  pictures: z
    .object({
      count: z.number().int(),
      classes: z.array(lookClass),
      /** How many are of each size, most first. Of many files, of a sample. */
      sizes: z.array(z.object({ height: z.number().int(), width: z.number().int(), count: z.number().int() })),
      /** Files that could not be opened as pictures. */
      damaged: z.array(z.object({ path: z.string(), detail: z.string() })),
    })
    .optional(),
});
export type OpenedLook = z.infer<typeof openedLook>;

export const lookPage = z.object({
  /** Rows that the filters leave. */
  total: z.number().int(),
  offset: z.number().int(),
  /** Of each row, its place in the source, from 0. */
  rows: z.array(z.number().int()),
  cells: z.array(z.array(lookCell)),
});
export type LookPage = z.infer<typeof lookPage>;

const association = z.object({
  /** Pearson's r of two numbers; η of a number and classes (the correlation ratio); Cramér's V of two kinds of classes. */
  measure: z.enum(['correlation', 'correlationRatio', 'cramersV']),
  value: z.number(),
});

export const columnProfile = lookColumn.extend({
  /** Over the rows that the filters leave. */
  rows: z.number().int(),
  missing: z.number().int(),
  distinct: z.number().int(),
  /** Whether `distinct`, `quantiles` and `top` are estimates, as they are for large tables. */
  estimated: z.boolean(),
  /** Of a column of numbers; quantiles at 5, 25, 50, 75 and 95 %. */
  numbers: z
    .object({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      deviation: z.number(),
      quantiles: z.array(z.number()).length(5),
      /** NaN and infinities, which all else leaves out. */
      notFinite: z.number().int(),
    })
    .optional(),
  /** Counts in even steps from `from` to `to`, both included. */
  histogram: z.object({ from: z.number(), to: z.number(), counts: z.array(z.number().int()) }).optional(),
  /** Of other columns: the most frequent values, most first. */
  top: z.array(z.object({ value: z.string(), count: z.number().int() })).optional(),
  /** Of times. */
  range: z.object({ from: z.string(), to: z.string() }).optional(),
  /** How far it tells the target. */
  withTarget: association.optional(),
});
export type ColumnProfile = z.infer<typeof columnProfile>;

export const pictureTile = z.object({
  /** Place in the source, from 0. */
  row: z.number().int(),
  label: z.string(),
  /** The file, where it is one. */
  path: z.string().optional(),
  /** Of the picture itself. */
  height: z.number().int(),
  width: z.number().int(),
  /** As it is shown: at most 96 points a side, row-major bytes. */
  shown: z
    .object({ height: z.number().int(), width: z.number().int(), channels: z.number().int(), pixels: z.instanceof(Uint8Array) })
    .optional(),
  /** Why it cannot be shown. */
  error: plainError.optional(),
});
export type PictureTile = z.infer<typeof pictureTile>;

export const picturePage = z.object({ total: z.number().int(), offset: z.number().int(), pictures: z.array(pictureTile) });
export type PicturePage = z.infer<typeof picturePage>;

export const channelStatistics = z.object({
  /** How many pictures were measured. */
  measured: z.number().int(),
  /** Of bytes, 0 to 255, by channel; 32 counts. */
  channels: z.array(
    z.object({ mean: z.number(), deviation: z.number(), min: z.number(), max: z.number(), histogram: z.array(z.number().int()) }),
  ),
});
export type ChannelStatistics = z.infer<typeof channelStatistics>;

/** A batch as the model gets it in training, augmentation included. */
export const lookBatch = z.object({
  epoch: z.number().int(),
  /** From 1. */
  step: z.number().int(),
  steps: z.number().int(),
  /** Samples in the batch; the first of them are shown. */
  size: z.number().int(),
  inputShape: z.array(z.number().int()),
  /** Of a table, in the order of the inputs; of windows, with the steps to the last row seen. */
  features: z.array(z.string()).optional(),
  /** Layers at the beginning of the model that change it once more, some of them at random. */
  changedBy: z.array(z.string()).optional(),
  samples: z.array(
    z.object({
      /** In the source, from 0. */
      row: z.number().int(),
      label: z.string(),
      /** Of mixed samples: the other label, and the share of the first. */
      mixed: z.object({ label: z.string(), share: z.number() }).optional(),
      /** Of a text: what each of the values stands for; padding is empty. */
      tokens: z.array(z.string()).optional(),
      /** 32-bit floats, little-endian, row-major. */
      values: z.instanceof(Uint8Array),
    }),
  ),
});
export type LookBatch = z.infer<typeof lookBatch>;

const seriesPart = z.enum(['train', 'validation', 'test']);

/** Rows in order as lines, with the windows over them. Places are those of the column of times (seconds for dates), or rows. */
export const lookSeries = z.object({
  /** The series there are; one without a name where rows are of one series. */
  groups: z.array(z.string()),
  group: z.number().int(),
  /** The column of times. */
  time: z.string().optional(),
  isDate: z.boolean(),
  rows: z.number().int(),
  /** Of the whole series, and what is shown of it. */
  extent: z.object({ from: z.number(), to: z.number() }),
  shown: z.object({ from: z.number(), to: z.number() }),
  lines: z.array(
    z.object({
      name: z.string(),
      role: z.enum(['target', 'feature']),
      min: z.number(),
      max: z.number(),
      /** Between gaps. Where rows are more than can be drawn, the least and the largest value of those that share a place. */
      segments: z.array(z.object({ at: z.array(z.number()), low: z.array(z.number()), high: z.array(z.number()) })),
    }),
  ),
  /** Numeric columns beyond those drawn. */
  moreLines: z.number().int(),
  parts: z.array(z.object({ part: seriesPart, from: z.number(), to: z.number() })),
  /** From the last row before a gap to the first one after it. */
  gaps: z.array(z.object({ from: z.number(), to: z.number() })),
  windows: z.object({
    count: z.number().int(),
    /** Windows that follow one another without a gap, from the first row of the first to the last target of the last. */
    spans: z.array(z.object({ part: seriesPart, from: z.number(), to: z.number(), count: z.number().int() })),
    /** The one asked for, where there is any: the rows it sees, and those it is to predict; rows of the source from 0. */
    window: z
      .object({
        number: z.number().int(),
        part: seriesPart,
        from: z.number(),
        to: z.number(),
        targetFrom: z.number(),
        targetTo: z.number(),
        rows: z.tuple([z.number().int(), z.number().int()]),
        targetRows: z.tuple([z.number().int(), z.number().int()]),
      })
      .optional(),
  }),
});
export type LookSeries = z.infer<typeof lookSeries>;

/** `window`: the number of a window of the series, from 0. Without a range, all of the series. */
export const seriesAsk = z.object({
  group: z.number().int().nonnegative(),
  window: z.number().int().nonnegative(),
  range: z.object({ from: z.number(), to: z.number() }).optional(),
});
export type SeriesAsk = z.infer<typeof seriesAsk>;
