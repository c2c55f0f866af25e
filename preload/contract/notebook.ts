/** A notebook as the screen and the core pass it to each other. */
import { z } from 'zod';
import { plainError, where } from './errors.ts';
import { knob, knobValue } from './spec.ts';

export const cellKind = z.enum(['data', 'model', 'train', 'code']);
export type CellKind = z.infer<typeof cellKind>;

/**
 * A piece of the file. Blocks are in file order, and putting their texts one after another gives the file
 * byte for byte: front matter and prose are `text`; a cell is `open + source + close`.
 */
export const block = z.discriminatedUnion('type', [
  /** The front matter with its fences, first in the file. */
  z.object({ type: z.literal('front'), text: z.string() }),
  z.object({ type: z.literal('prose'), text: z.string() }),
  z.object({
    type: z.literal('cell'),
    id: z.string(),
    kind: cellKind,
    /** The opening fence's line with its line end. */
    open: z.string(),
    /** The cell's text as it stands in the file, its last line end included (empty for an empty cell). */
    source: z.string(),
    /** The closing fence's line with its line end, if it has one; empty if the file ends before it. */
    close: z.string(),
  }),
]);
export type Block = z.infer<typeof block>;
export type CellBlock = Extract<Block, { type: 'cell' }>;

/** Unsaved text that a crash left. */
export const notebookDraft = z.object({
  /** When it was last written, in milliseconds since 1970, UTC. */
  at: z.number(),
  blocks: z.array(block),
  /** SHA-256 of the file it was typed into, and that file's blocks where they are known. */
  baseHash: z.string(),
  base: z.array(block).optional(),
});
export type NotebookDraft = z.infer<typeof notebookDraft>;

/** What of a notebook is out of sight. It is not in the text: whoever else reads that sees all of it. */
export const notebookView = z.object({
  /** Ids of cells of which the first line is shown alone. */
  folded: z.array(z.string()),
  /** Headings of which what is under them is not shown: their texts, and which of those of the same text. */
  collapsed: z.array(z.object({ heading: z.string(), index: z.number().int() })),
});
export type NotebookView = z.infer<typeof notebookView>;

export const openedNotebook = z.object({
  path: z.string(),
  title: z.string(),
  blocks: z.array(block),
  /** SHA-256 of the file's bytes: given back on save to notice a change by another program. */
  hash: z.string(),
  /** What is odd in the file but not fatal, e.g. two cells of one id. */
  problems: z.array(plainError),
  /** Where an earlier session ended before it saved, and the file does not hold what was typed. */
  draft: notebookDraft.optional(),
  /** What its knobs were left at, where that is not what the text says. */
  knobs: z.record(z.string(), knobValue).optional(),
  /** As it was left, where something is out of sight. */
  view: notebookView.optional(),
});
export type OpenedNotebook = z.infer<typeof openedNotebook>;

/** A notebook's text as it is on the screen, saved or not, with the values its knobs are set to. */
export const notebookState = z.object({
  path: z.string(),
  blocks: z.array(block),
  knobs: z.record(z.string(), knobValue).default({}),
});
export type NotebookState = z.infer<typeof notebookState>;

/** A change to the notebook's text that mends a finding; `value` and `step` are code. */
export const dataFix = z.discriminatedUnion('do', [
  /** A step more, such as `.drop('id')`: before the first of those named that is there, else at the end. */
  z.object({ do: z.literal('addStep'), step: z.string(), before: z.array(z.string()).optional() }),
  /** Another step in the place of the call `of`. */
  z.object({ do: z.literal('setStep'), of: z.string(), step: z.string() }),
  /** An option of the call `of` (`split`, `idx`, …), instead of those in `without`. */
  z.object({ do: z.literal('setOption'), of: z.string(), name: z.string(), value: z.string(), without: z.array(z.string()).optional() }),
  /** An option of train(…) in the train cell below. */
  z.object({ do: z.literal('setTrainOption'), name: z.string(), value: z.string() }),
]);
export type DataFix = z.infer<typeof dataFix>;

export const finding = z.object({
  code: z.string(),
  message: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  evidence: z.string(),
  /** Rows of the source that show it, from 0; the first 1,000. */
  rows: z.array(z.number().int().nonnegative()).optional(),
  column: z.string().optional(),
  fix: dataFix.optional(),
});
export type Finding = z.infer<typeof finding>;

export const column = z.object({
  name: z.string(),
  type: z.enum(['number', 'text']),
  role: z.enum(['feature', 'target', 'weight', 'unused']),
  missing: z.number().int(),
  /** Of a numeric column, over all rows. */
  min: z.number().optional(),
  max: z.number().optional(),
  mean: z.number().optional(),
  deviation: z.number().optional(),
  /** Number of different values. */
  distinct: z.number().int().optional(),
});
export type Column = z.infer<typeof column>;

export const dataPreview = z.object({
  samples: z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  inputShape: z.array(z.number().int()),
  task: z.enum(['classification', 'regression']),
  /** Class names with the number of samples of each over all parts. */
  classes: z.array(z.object({ name: z.string(), count: z.number().int() })).optional(),
  hash: z.string(),
  findings: z.array(finding),
  /** A table's columns and first rows, as they stand in the file. */
  table: z
    .object({
      columns: z.array(column),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
      totalRows: z.number().int(),
    })
    .optional(),
  /** Of a delimited text: how it was read, and what of that the notebook says itself. */
  reading: z
    .object({
      encoding: z.string(),
      delimiter: z.string(),
      header: z.boolean(),
      decimal: z.string(),
      /** What was found to stand for missing values, most frequent first. */
      nulls: z.array(z.string()),
      /** What the notebook says stands for missing values, besides the usual. */
      nullsTold: z.array(z.string()).optional(),
      told: z.array(z.string()),
    })
    .optional(),
  /** Of what does not fit into memory and is read from the disk while training. */
  streamed: z
    .object({
      /** Rows that findings were looked for in. */
      samples: z.number().int().optional(),
      /** Samples that lie together and are shuffled with each other; undefined where all are. */
      shuffled: z.number().int().optional(),
    })
    .optional(),
  /** Of windows over ordered rows. */
  series: z
    .object({
      length: z.number().int(),
      horizon: z.number().int(),
      outputs: z.number().int(),
      stride: z.number().int(),
      time: z.string().optional(),
      group: z.string().optional(),
      /** What counts as a gap, in seconds for dates, else in the column's unit; and how many there are. */
      gap: z.number(),
      gaps: z.number().int(),
    })
    .optional(),
  /** Of text: the first samples and how they are cut into tokens, padding left out. */
  text: z
    .object({
      by: z.enum(['characters', 'words', 'bytePairs']),
      vocabulary: z.number().int(),
      length: z.number().int(),
      /** Share of the training part's tokens that the vocabulary lacks, and of its texts that are cut. */
      unknown: z.number(),
      cut: z.number(),
      samples: z.array(z.object({ label: z.string(), tokens: z.array(z.string()) })),
    })
    .optional(),
  /** The first images; pixels are bytes, row-major, `height × width × channels`. */
  images: z
    .object({
      height: z.number().int(),
      width: z.number().int(),
      channels: z.number().int(),
      thumbnails: z.array(z.object({ label: z.string(), pixels: z.instanceof(Uint8Array) })),
    })
    .optional(),
});
export type DataPreview = z.infer<typeof dataPreview>;

export const modelTable = z.object({
  layers: z.array(
    z.object({
      name: z.string(),
      className: z.string(),
      /** Without the batch. */
      outputShape: z.array(z.number().int()),
      parameters: z.number().int(),
      /** Values of a sample that it makes inside, where they are many. */
      inside: z.number().int().optional(),
      /** Where the layer stands in the notebook. */
      where: where.optional(),
    }),
  ),
  inputShape: z.array(z.number().int()),
  parameters: z.number().int(),
  trainableParameters: z.number().int(),
  /** What an optimizer changes, by names as in `dense/kernel`. */
  trainable: z.array(z.object({ name: z.string(), shape: z.array(z.number().int()) })),
});
export type ModelTable = z.infer<typeof modelTable>;

/** What became of a cell. A cell after a failed one it needs is `blocked`. */
export const cellOutcome = z.object({
  id: z.string(),
  kind: cellKind,
  status: z.enum(['ok', 'failed', 'blocked']),
  error: plainError.optional(),
  data: dataPreview.optional(),
  model: modelTable.optional(),
  /** Of a train cell: what training is foreseen to take. */
  memoryBytes: z.number().optional(),
  /** The value of a code cell, printed; or what else a cell is worth showing as text. */
  text: z.string().optional(),
  /** SHA-256 over this cell's text, those above it, the knobs and the data files: equal means nothing changed. */
  inputHash: z.string(),
});
export type CellOutcome = z.infer<typeof cellOutcome>;

export const checkedNotebook = z.object({ cells: z.array(cellOutcome), knobs: z.array(knob) });
export type CheckedNotebook = z.infer<typeof checkedNotebook>;

/** Foreseen cost of training, measured by running a few steps. */
export const estimate = z.object({
  epochMs: z.number(),
  stepMs: z.number(),
  steps: z.number().int(),
  /** Time to trace and compile. */
  compileMs: z.number(),
  /** Memory while training, in round terms. */
  memoryBytes: z.number(),
});
export type Estimate = z.infer<typeof estimate>;
