/**
 * What a notebook says, as plain JSON: the only thing the trainer needs besides the data files.
 * Names are the ecosystem's own: the model is Keras model JSON, layers, optimizers and callbacks are
 * `{ class_name, config }` pairs.
 */
import { z } from 'zod';

export const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Keras' serialized object: `{ class_name: 'Dense', config: { units: 10 } }`. */
export const kerasObject = z.object({ class_name: z.string(), config: z.record(z.string(), json) });
export type KerasObject = z.infer<typeof kerasObject>;

const path = z.string().min(1);

/** What each stored value is multiplied with. Default 1/255 for bytes of images, so that values lie in 0…1; else 1. */
const scale = z.number().optional();
const classNames = z.array(z.string()).optional();
/** Default: classes for whole numbers and text, a number otherwise. */
const targetKind = z.enum(['classes', 'number']).optional();

/** Names of the Encoding standard. Latin-1 is windows-1252. */
export const textEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'gbk', 'gb18030', 'big5', 'shift_jis', 'euc-kr'] as const;
/** Default: found from the bytes. */
const encoding = z.enum(textEncodings).optional();
export type TextEncoding = (typeof textEncodings)[number];

export const dataSource = z.discriminatedUnion('format', [
  z.object({
    format: z.literal('csv'),
    path,
    /** Default: found from the first lines (comma, semicolon, tab or bar). */
    delimiter: z.string().length(1).optional(),
    /** Whether the first line names the columns. Default: true, unless it holds a number with a fraction above numbers. */
    header: z.boolean().optional(),
    encoding,
    /** What stands for a missing value, besides an empty field, NA, NaN, null, none, ? and -. */
    nulls: z.array(z.string()).optional(),
    /** What parts whole from fraction in numbers. Default: found. */
    decimal: z.enum(['.', ',']).optional(),
    /** Default ". */
    quote: z.string().length(1).optional(),
    /** Lines that begin with it are passed over. */
    comment: z.string().min(1).optional(),
    /** Lines before the first that counts. */
    skip: z.number().int().nonnegative().optional(),
  }),
  z.object({ format: z.literal('parquet'), path }),
  /** Arrow's file or stream format; Feather 2 is the former. */
  z.object({ format: z.literal('arrow'), path }),
  /** `table`: default the only one. */
  z.object({ format: z.literal('sqlite'), path, table: z.string().optional() }),
  /** An array of objects, or one object a line. */
  z.object({ format: z.literal('json'), path }),
  /** A query over other files, each a table under its name: `.csv`, `.tsv`, `.parquet`, `.json`, `.ndjson` or `.jsonl`. */
  z.object({ format: z.literal('sql'), query: z.string().min(1), tables: z.record(z.string(), path) }),
  /** `sampleWeight`: a NumPy file with a number a sample. */
  z.object({ format: z.literal('idx'), images: path, labels: path, classNames, scale, sampleWeight: path.optional() }),
  z.object({ format: z.literal('npy'), inputs: path, targets: path, kind: targetKind, classNames, scale, sampleWeight: path.optional() }),
  /** `inputs`, `targets` and `sampleWeight` name arrays of the file. Default: `x` and `y`, or `x_train` and `y_train`, or so; no weights. */
  z.object({
    format: z.literal('npz'),
    path,
    /** Of several inputs or targets: each one's array, by its name. */
    inputs: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
    targets: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
    sampleWeight: z.string().optional(),
    kind: targetKind,
    classNames,
    scale,
  }),
  /** A folder of folders; their names are the classes. */
  z.object({
    format: z.literal('imageFolder'),
    path,
    /** Height and width that every picture is brought to. Default: that of the pictures, which are then all of one size. */
    size: z.tuple([z.number().int().positive(), z.number().int().positive()]).optional(),
    /** Default: 1 where every picture is grey, else 3. */
    channels: z.union([z.literal(1), z.literal(3)]).optional(),
    /** Whether damaged pictures are an error or left out. Default refuse. */
    damaged: z.enum(['refuse', 'skip']).optional(),
    scale,
    /** A table (CSV) that says each picture's label, instead of the folders. */
    labels: path.optional(),
    /** Its columns: the picture's path below the folder, or its name; what is to be predicted. Default: the first two. */
    file: z.string().optional(),
    label: z.string().optional(),
    /** Its columns that are inputs besides the pictures, which are then the input `image`: by the inputs' names. */
    columns: z.record(z.string(), z.array(z.string()).min(1)).optional(),
    /** Its column that says how much each picture counts. */
    sampleWeight: z.string().optional(),
    kind: targetKind,
  }),
  /** One running text, whose next token is to be predicted. */
  z.object({ format: z.literal('text'), path, encoding }),
  /** A folder of folders with `.txt` files: a table of `text` and `label`. */
  z.object({ format: z.literal('textFolder'), path, encoding }),
]);
export type DataSource = z.infer<typeof dataSource>;

export type DataKind = 'table' | 'arrays' | 'text';

/** What a source holds: rows with columns, arrays of numbers (pictures among them), or one running text. */
export function kindOf({ format }: DataSource): DataKind {
  if (format === 'text') return 'text';
  return format === 'npy' || format === 'npz' || format === 'idx' || format === 'imageFolder' ? 'arrays' : 'table';
}

/** The files and folders that a source reads, as the notebook says them. */
function sourcePaths(source: DataSource): string[] {
  switch (source.format) {
    case 'idx':
      return [source.images, source.labels, ...(source.sampleWeight === undefined ? [] : [source.sampleWeight])];
    case 'npy':
      return [source.inputs, source.targets, ...(source.sampleWeight === undefined ? [] : [source.sampleWeight])];
    case 'sql':
      return Object.values(source.tables).map((path) => databaseOf(path)?.file ?? path);
    case 'imageFolder':
      return [source.path, ...(source.labels === undefined ? [] : [source.labels])];
    default:
      return [source.path];
  }
}

/** A share below 1, or a count of samples. */
const share = z.number().nonnegative();

/** By a column: the values. */
const partSize = z.union([share, z.array(z.union([z.string(), z.number()])).min(1)]);

const columns = z.array(z.string()).min(1);

/** Training samples are changed at random, anew in every epoch; validation and test are not. */
const augmentation = z.object({
  op: z.literal('augment'),
  flip: z.enum(['horizontal', 'vertical', 'both']).optional(),
  /** The most by which a picture is shifted, as a share of its height and width. */
  shift: z.number().min(0).max(1).optional(),
  /** The most by which it is turned, in degrees. */
  rotate: z.number().min(0).max(180).optional(),
  /** The least share of height and width that is cut out at random and brought back to size. */
  crop: z.number().positive().max(1).optional(),
  /** The deviation of what is added to every value as the model sees it. */
  noise: z.number().nonnegative().optional(),
  /** The side of a square that is blanked, as a share of the shorter side. */
  cutout: z.number().min(0).max(1).optional(),
  /** Samples are mixed with another, by shares drawn from Beta(mixup, mixup). */
  mixup: z.number().positive().optional(),
  /** Default: the training's. */
  seed: z.number().int().optional(),
});

/** Steps apply in order; what they fit, they fit on the training part alone. */
const ownStep = z.discriminatedUnion('op', [
  z.object({ op: z.literal('select'), columns }),
  z.object({ op: z.literal('drop'), columns }),
  /** The columns of each of several inputs. */
  z.object({ op: z.literal('inputs'), columns: z.record(z.string(), columns) }),
  /** The column of each of several targets. */
  z.object({ op: z.literal('targets'), columns: z.record(z.string(), z.string()) }),
  /** The column that says how much each sample counts. It is no feature unless selected. */
  z.object({ op: z.literal('sampleWeight'), column: z.string() }),
  /** Other words or numbers in the place of some; an empty text makes a value missing. */
  z.object({ op: z.literal('replace'), column: z.string(), values: z.record(z.string(), z.string()) }),
  /** Of samples with the same inputs the first is kept. */
  z.object({
    op: z.literal('distinct'),
    /** `drop`: none of them is, where their targets differ. Default first. */
    contrary: z.enum(['first', 'drop']).optional(),
  }),
  z.object({
    op: z.literal('target'),
    column: z.string(),
    /** Default: classes for text or few whole numbers, a number otherwise. */
    kind: z.enum(['classes', 'number']).optional(),
  }),
  z.object({ op: z.literal('take'), count: z.number().int().positive() }),
  /** What the data may take in memory; beyond it, samples lie in the cache and are shuffled by blocks. Default 3072. */
  z.object({ op: z.literal('memory'), megabytes: z.number().positive() }),
  /** Keeps the rows for which everything said holds. */
  z.object({
    op: z.literal('filter'),
    column: z.string(),
    /** A number compares as a number, text as text. */
    oneOf: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .optional(),
    noneOf: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    /** True keeps the rows without a value, false those with one. */
    missing: z.boolean().optional(),
  }),
  /** Keeps the rows for which a formula over the columns comes to anything but 0; a row that lacks a number is not kept. */
  z.object({ op: z.literal('where'), expression: z.string() }),
  /** What a column is taken for, whatever it looks like. */
  z.object({ op: z.literal('cast'), columns, to: z.enum(['number', 'text']) }),
  z.object({
    op: z.literal('impute'),
    /** Default: every feature. */
    columns: columns.optional(),
    /** Default: median for numbers, mostFrequent for text. */
    method: z.enum(['median', 'mean', 'mostFrequent']).optional(),
    /** This instead. */
    value: z.union([z.string(), z.number()]).optional(),
  }),
  z.object({ op: z.literal('clip'), columns, min: z.number().optional(), max: z.number().optional() }),
  /** ln(plus + x). Default 1. */
  z.object({ op: z.literal('log'), columns, plus: z.number().nonnegative().optional() }),
  /** The number of boundaries at or below the value: those given, or those that cut the training part into even shares. */
  z.object({
    op: z.literal('bucketize'),
    columns,
    boundaries: z.array(z.number()).min(1).optional(),
    /** Default 10. */
    buckets: z.number().int().min(2).optional(),
  }),
  z.object({
    op: z.literal('normalize'),
    /** Default: every numeric feature; of arrays, every place of their last dimension. */
    columns: z.array(z.string()).optional(),
    /** standard: (x − mean) / deviation; minMax: to 0…1. Fitted on the training part only. Default standard. */
    method: z.enum(['standard', 'minMax']).optional(),
  }),
  /** Text columns become one column a category. Default: every text feature. */
  z.object({ op: z.literal('oneHot'), columns: z.array(z.string()).optional() }),
  z.object({
    op: z.literal('ordinal'),
    /** Default: every text feature. */
    columns: columns.optional(),
    /** The categories from low to high. Default: those of the training part in natural order. */
    order: z.array(z.string()).min(1).optional(),
  }),
  z.object({
    op: z.literal('split'),
    /** A share or a count; by a column, the values that it has there. */
    validation: partSize,
    test: partSize.optional(),
    /** A column whose values say which part a row is in; what is neither validation nor test is trained on. It is no feature unless selected. */
    column: z.string().optional(),
    /** Keep each class' share in every part. Default false. */
    stratify: z.boolean().optional(),
    /** Rows that say the same in this column stay in one part. It is no feature unless selected. */
    group: z.string().optional(),
    /** The latest rows by this column (numbers, or dates; UTC where they name no zone) are the test, those before them the validation. It is no feature unless selected. */
    time: z.string().optional(),
    seed: z.number().int().optional(),
  }),
  /** One of `folds` even parts is the validation, the others are trained on. Drawn as in `split`. */
  z.object({
    op: z.literal('kFold'),
    folds: z.number().int().min(2),
    /** From 1 to `folds`. */
    fold: z.number().int().min(1),
    stratify: z.boolean().optional(),
    group: z.string().optional(),
    seed: z.number().int().optional(),
  }),
  /** A column computed of others, row by row; missing where one of them is, or where it is no number. */
  z.object({
    op: z.literal('map'),
    column: z.string().min(1),
    /** Numbers, columns (in backticks where they are no plain words), + − * / % ** comparisons and functions. */
    expression: z.string().min(1),
  }),
  /** Every sample gets this shape, its values in the same order. */
  z.object({ op: z.literal('reshape'), shape: z.array(z.number().int().positive()).min(1).max(4) }),
  /** Pictures are brought to this height and width. */
  z.object({ op: z.literal('resize'), size: z.tuple([z.number().int().positive(), z.number().int().positive()]) }),
  augmentation,
  /** Rows in order become samples of `length` rows, to predict what follows. A split then goes by time. */
  z.object({
    op: z.literal('window'),
    length: z.number().int().positive(),
    /** How many rows after its last the window's target stands. Default 1. */
    horizon: z.number().int().nonnegative().optional(),
    /** How many targets in a row are predicted. Default 1. */
    outputs: z.number().int().positive().optional(),
    /** Rows from the start of one window to that of the next. Default 1. */
    stride: z.number().int().positive().optional(),
    /** The column that orders the rows: numbers, or dates (ISO 8601; UTC where they name no zone). Default: as they stand. */
    time: z.string().optional(),
    /** The column that tells several series apart. */
    group: z.string().optional(),
    /**
     * The largest distance in time between neighbouring rows of a window: in the column's own unit, in seconds for
     * dates, or as a text such as `3 days`. Default: 1.5 times the usual distance.
     */
    gap: z.union([z.number().positive(), z.string()]).optional(),
  }),
  /** A column of text, or a running text, becomes numbers of tokens: 0 is padding, 1 what the vocabulary lacks. */
  z.object({
    op: z.literal('tokenize'),
    /** Of a table. Default: `text`. */
    column: z.string().optional(),
    /** Default: words for a column, characters for a running text. */
    by: z.enum(['characters', 'words', 'bytePairs']).optional(),
    /** The most tokens that are told apart, padding and unknown included. Default 10,000 words, 1,000 byte pairs, every character. */
    vocabulary: z.number().int().min(3).optional(),
    /** Tokens of a sample. Default: of a column, those of the longest text, 256 at most; of a running text, 64. */
    length: z.number().int().positive().optional(),
    /** Of a running text: tokens from the start of one sample to that of the next. Default 3. */
    stride: z.number().int().positive().optional(),
    /** On which side a short text is filled up; on the same, a long one is cut. Default post. */
    padding: z.enum(['pre', 'post']).optional(),
    /** Default: true for words. */
    lowercase: z.boolean().optional(),
  }),
]);

const otherData = z.object({ source: dataSource, steps: z.array(ownStep) });

export const dataStep = z.discriminatedUnion('op', [
  ...ownStep.options,
  /** Other data as a part; `take` and `filter` are its own, everything else is done to it as to the training part. */
  z.object({ op: z.literal('withValidation'), data: otherData }),
  z.object({ op: z.literal('withTest'), data: otherData }),
]);
export type DataStep = z.infer<typeof dataStep>;

export const dataSpec = z.object({ source: dataSource, steps: z.array(dataStep) });
export type DataSpec = z.infer<typeof dataSpec>;

/** A path into a zip archive: `archive.zip/folder/file.csv`. */
export function archiveOf(path: string): { archive: string; entry: string } | undefined {
  const found = /^(.*?\.zip)(?:\/(.*))?$/i.exec(path);
  return found ? { archive: found[1], entry: found[2] ?? '' } : undefined;
}

/** A table of an SQLite database among those of a query: `flats.sqlite/TABLE`, or the database alone. */
export function databaseOf(path: string): { file: string; table: string } | undefined {
  const found = /^(.*?\.(?:sqlite3?|db)(?:\.gz)?)(?:\/(.*))?$/i.exec(path);
  return found ? { file: found[1], table: found[2] ?? '' } : undefined;
}

/** The files and folders that data comes from, as the notebook says them; of what lies in an archive, the archive. */
export function dataPaths({ source, steps }: DataSpec): string[] {
  const paths = [...sourcePaths(source), ...steps.flatMap((step) => ('data' in step ? sourcePaths(step.data.source) : []))];
  return paths.map((path) => archiveOf(path)?.archive ?? path);
}

/** Keras model JSON. Input shape and the units of an output layer may be missing: the data gives them. */
export const modelSpec = z.object({ class_name: z.enum(['Sequential', 'Functional']), config: z.record(z.string(), json) });
export type ModelSpec = z.infer<typeof modelSpec>;

/** tfjs' name, or the object where it has options. */
export const lossSpec = z.union([z.string(), kerasObject]);
export type LossSpec = z.infer<typeof lossSpec>;
export const metricSpec = z.union([z.string(), kerasObject]);
export type MetricSpec = z.infer<typeof metricSpec>;

export const trainSpec = z.object({
  epochs: z.number().int().positive(),
  batchSize: z.number().int().positive(),
  optimizer: kerasObject,
  /** tfjs' name, e.g. `sparseCategoricalCrossentropy`; the object where it has options, e.g. `labelSmoothing`. */
  loss: z.union([lossSpec, z.record(z.string(), lossSpec)]),
  /** Names; the object where one has options, e.g. `k`. */
  metrics: z.union([z.array(metricSpec), z.record(z.string(), z.array(metricSpec))]),
  /** The same of samples that count by their weights and, while training, by those of their classes. */
  weightedMetrics: z.union([z.array(metricSpec), z.record(z.string(), z.array(metricSpec))]).optional(),
  /** How much each output's loss counts; 1 where it is left out. */
  lossWeights: z.record(z.string(), z.number().nonnegative()).optional(),
  callbacks: z.array(kerasObject),
  seed: z.number().int(),
  shuffle: z.boolean(),
  /** How much samples count in the loss, by class name or index; 1 where a class is left out. */
  classWeight: z.union([z.literal('balanced'), z.record(z.string(), z.number().nonnegative())]).optional(),
  /** Looks at layers' gradients, weights and outputs in the last whole step of every so many epochs. */
  watch: z.object({ every: z.number().int().positive(), histograms: z.boolean() }).optional(),
});
export type TrainSpec = z.infer<typeof trainSpec>;

export const spec = z.object({ version: z.literal(1), data: dataSpec, model: modelSpec, train: trainSpec });
export type Spec = z.infer<typeof spec>;

/** A value of a knob. */
export const knobValue = z.union([z.number(), z.string(), z.boolean()]);
export type KnobValue = z.infer<typeof knobValue>;

/** One `param(...)` of the notebook. */
export const knob = z.object({
  name: z.string(),
  /** What the run would use: the text's value, or the one set from outside. */
  value: knobValue,
  /** What the text says. */
  default: knobValue,
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
  log: z.boolean().optional(),
  choices: z.array(knobValue).optional(),
  cell: z.string(),
});
export type Knob = z.infer<typeof knob>;
