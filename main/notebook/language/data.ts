/** Data sources and the steps that follow them: `data.csv(…).target(…).split(…)`. */
import { type DataKind, type Json, textEncodings } from '#contract/spec.ts';
import { boolean, integer, name, number, option, text } from './kinds.ts';
import type { Options, OptionType } from './option.ts';

export interface DataSourceEntry {
  readonly doc: string;
  /** Whether there is a first argument: a path, or what `first` says. */
  readonly path: boolean;
  readonly first?: 'query';
  readonly options: Options;
  readonly fixed: Readonly<Record<string, Json>>;
}

const header = option(
  { is: 'boolean' },
  'Whether the first line names the columns; it does unless it holds a fraction above numbers if left out.',
);
const ofCsv = {
  nulls: option(
    { is: 'list', of: { is: 'text' }, min: 1 },
    'What stands for a missing value, besides an empty field, NA, NaN, null, none, ? and -.',
  ),
  decimal: name(['.', ','], 'What parts whole from fraction in numbers; found if left out.'),
  quote: text('The sign round fields that hold the delimiter.', { default: '"' }),
  comment: text('Lines that begin with it are passed over.'),
  skip: integer('Lines before the first that counts.', { min: 0, default: 0 }),
};
const encoding = name(textEncodings, 'How the bytes stand for signs; found from them if left out.');

const scale = number('What each stored value is multiplied with; 1/255 for bytes of images if left out, so that values lie in 0…1.');
const ofArrays = {
  kind: name(
    ['classes', 'number'],
    'Whether targets are classes or numbers; text and few whole numbers are classes if left out. Whole numbers at each step of a sequence or each pixel of a picture are classes there only where `classes` or classNames says so.',
  ),
  classNames: option({ is: 'list', of: { is: 'text' }, min: 1 }, 'Names of the classes, in the order of their numbers.'),
  scale,
};

const weightFile = text('Path of a NumPy file (.npy) with a number a sample: how much it counts in the loss.');

export const dataSources: Readonly<Record<string, DataSourceEntry>> = {
  csv: {
    doc: 'A table as text, one row a line.',
    path: true,
    options: { delimiter: text('The sign between fields; found from the first lines if left out.'), header, encoding, ...ofCsv },
    fixed: { format: 'csv' },
  },
  tsv: {
    doc: 'A table as text with tabs between fields.',
    path: true,
    options: { header, encoding, ...ofCsv },
    fixed: { format: 'csv', delimiter: '\t' },
  },
  idx: {
    doc: 'Images and labels in the IDX format of MNIST, plain or gzipped.',
    path: false,
    options: {
      images: text('Path of the images.', { required: true }),
      labels: text('Path of the labels.', { required: true }),
      classNames: option({ is: 'list', of: { is: 'text' }, min: 1 }, 'Names of the classes, in the order of their numbers.'),
      scale,
      sampleWeight: weightFile,
    },
    fixed: { format: 'idx' },
  },
  parquet: { doc: 'A table in a Parquet file.', path: true, options: {}, fixed: { format: 'parquet' } },
  json: { doc: 'A table as JSON: an array of objects, or one object a line.', path: true, options: {}, fixed: { format: 'json' } },
  ndjson: { doc: 'A table as JSON, one object a line.', path: true, options: {}, fixed: { format: 'json' } },
  arrow: { doc: 'A table in an Arrow or Feather file.', path: true, options: {}, fixed: { format: 'arrow' } },
  feather: { doc: 'A table in a Feather (Arrow) file.', path: true, options: {}, fixed: { format: 'arrow' } },
  sqlite: {
    doc: 'A table of an SQLite database, which is only read.',
    path: true,
    options: { table: text('Name of the table or view; the only one if left out.') },
    fixed: { format: 'sqlite' },
  },
  sql: {
    doc: 'What a query gives over other files (CSV, TSV, Parquet, JSON). It sees these files and nothing else.',
    first: 'query',
    path: true,
    options: { tables: option({ is: 'map', of: { is: 'text' } }, 'Files by the names that the query calls them.', { required: true }) },
    fixed: { format: 'sql' },
  },
  npy: {
    doc: 'Inputs and targets in NumPy files; the first dimension is the samples.',
    path: false,
    options: {
      inputs: text('Path of the inputs.', { required: true }),
      targets: text('Path of the targets.', { required: true }),
      sampleWeight: weightFile,
      ...ofArrays,
    },
    fixed: { format: 'npy' },
  },
  npz: {
    doc: 'Inputs and targets in one NumPy archive.',
    path: true,
    options: {
      inputs: option(
        { is: 'either', of: [{ is: 'text' }, { is: 'map', of: { is: 'text' } }] },
        'Name of the array with the inputs; x, x_train or so if left out. Of several inputs, that of each by its name: { image: "pictures", facts: "rows" }.',
      ),
      targets: option(
        { is: 'either', of: [{ is: 'text' }, { is: 'map', of: { is: 'text' } }] },
        'Name of the array with the targets; y, y_train or so if left out. Of several outputs, that of each by its name.',
      ),
      sampleWeight: text('Name of the array that says how much each sample counts in the loss.'),
      ...ofArrays,
    },
    fixed: { format: 'npz' },
  },
  imageFolder: {
    doc: 'Pictures (PNG, JPEG, WebP) in folders; the folders’ names are the classes.',
    path: true,
    options: {
      size: option({ is: 'pair' }, 'Height and width that every picture is brought to; their own if left out.'),
      channels: option({ is: 'choice', of: [1, 3] }, '1: grey, 3: colours; 1 where every picture is grey if left out.'),
      damaged: name(['refuse', 'skip'], 'Whether a picture that cannot be decoded is an error or left out.', { default: 'refuse' }),
      scale,
      labels: text('Path of a table (CSV) that says each picture’s label, instead of the folders.'),
      file: text('Its column with the picture’s path or name; the first if left out.'),
      label: text('Its column with what is to be predicted; the second if left out.'),
      columns: option(
        { is: 'map', of: { is: 'list', of: { is: 'text' }, min: 1 } },
        'Its columns that are inputs besides the pictures, which are then the input “image”: { facts: ["age", "height"] }.',
      ),
      sampleWeight: text('Its column that says how much each picture counts in the loss.'),
      kind: ofArrays.kind,
    },
    fixed: { format: 'imageFolder' },
  },
  text: {
    doc: 'One running text, to predict which token comes next. Cut it with .tokenize(…).',
    path: true,
    options: { encoding },
    fixed: { format: 'text' },
  },
  textFolder: {
    doc: 'Texts (.txt) in folders; the folders’ names are the classes. Cut them with .tokenize(…).',
    path: true,
    options: { encoding },
    fixed: { format: 'textFolder' },
  },
};

export interface DataMethodEntry {
  readonly doc: string;
  /** An argument before the options. `spread`: it may also be given as several arguments. */
  readonly positional?: { readonly name: string; readonly type: OptionType; readonly spread?: true };
  /** One more after it. */
  readonly second?: { readonly name: string; readonly type: OptionType };
  /** Whether the positional argument may be left out. */
  readonly optional?: true;
  readonly options: Options;
  /** The step it makes, where that has another name, and what it always says. */
  readonly makes?: { readonly op: string; readonly fixed: Readonly<Record<string, Json>> };
  /** Only for data of these kinds. */
  readonly of?: readonly DataKind[];
  /** At most one of it. */
  readonly once?: true;
}

const columns: OptionType = { is: 'list', of: { is: 'text' }, min: 1 };
/** By a column, values may stand alone. */
const partSize: OptionType = {
  is: 'either',
  of: [{ is: 'number', min: 0 }, { is: 'text' }, { is: 'list', of: { is: 'either', of: [{ is: 'text' }, { is: 'number' }] }, min: 1 }],
};
const values: OptionType = { is: 'list', of: { is: 'either', of: [{ is: 'number' }, { is: 'text' }] }, min: 1 };

export const dataMethods: Readonly<Record<string, DataMethodEntry>> = {
  select: {
    doc: 'Keeps these columns alone.',
    positional: { name: 'columns', type: columns, spread: true },
    options: {},
    of: ['table'],
  },
  inputs: {
    doc: 'Which columns each input of a model with several takes, by the inputs’ names: { size: ["width", "height"], price: ["price"] }.',
    positional: { name: 'columns', type: { is: 'map', of: columns } },
    options: {},
    of: ['table'],
    once: true,
  },
  targets: {
    doc: 'The column that each output of a model with several is to predict, by the outputs’ names: { price: "price", kind: "kind" }.',
    positional: { name: 'columns', type: { is: 'map', of: { is: 'text' } } },
    options: {},
    of: ['table'],
    once: true,
  },
  drop: {
    doc: 'Leaves these columns out.',
    positional: { name: 'columns', type: columns, spread: true },
    options: {},
    of: ['table'],
  },
  replace: {
    doc: 'Puts other words or numbers in the place of some in a column; an empty text makes a value missing. Of pictures and arrays, the column “label” has the classes.',
    positional: { name: 'column', type: { is: 'text' } },
    second: { name: 'values', type: { is: 'map', of: { is: 'text' } } },
    options: {},
    of: ['table', 'arrays'],
  },
  distinct: {
    doc: 'Keeps the first of samples that have the same inputs.',
    options: {
      contrary: name(['first', 'drop'], 'drop: where their targets differ, none of them is kept.', { default: 'first' }),
    },
    of: ['table', 'arrays'],
    once: true,
  },
  target: {
    doc: 'The column to predict.',
    positional: { name: 'column', type: { is: 'text' } },
    options: {
      kind: name(['classes', 'number'], 'Whether its values are classes or numbers; text and few whole numbers are classes if left out.'),
    },
    of: ['table'],
    once: true,
  },
  sampleWeight: {
    doc: 'The column that says how much each sample counts in the loss, from 0 on; together with classWeight both are multiplied. It is no feature unless selected.',
    positional: { name: 'column', type: { is: 'text' } },
    options: {},
    of: ['table'],
    once: true,
  },
  memory: {
    doc: 'How much memory the data may take. What is larger is prepared into a file of the cache, read from there while training, and shuffled by blocks.',
    options: { megabytes: number('Megabytes; 3072 if left out of the notebook.', { required: true, min: 1 }) },
    of: ['table', 'arrays'],
    once: true,
  },
  take: {
    doc: 'Keeps the first samples.',
    positional: { name: 'count', type: { is: 'integer', min: 1 } },
    options: {},
    of: ['table', 'arrays'],
    once: true,
  },
  normalize: {
    doc: 'Brings numeric columns, or the channels of arrays, to a common scale, fitted on the training part alone.',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: {
      columns: option(columns, 'The columns; every numeric one if left out.'),
      method: name(['standard', 'minMax'], 'standard: mean 0 and deviation 1; minMax: from 0 to 1.', { default: 'standard' }),
    },
    of: ['table', 'arrays'],
  },
  standardize: {
    doc: 'Brings numeric columns, or the channels of arrays, to mean 0 and deviation 1, fitted on the training part alone.',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: { columns: option(columns, 'The columns; every numeric one if left out.') },
    makes: { op: 'normalize', fixed: { method: 'standard' } },
    of: ['table', 'arrays'],
  },
  minMax: {
    doc: 'Brings numeric columns, or the channels of arrays, to 0…1, fitted on the training part alone.',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: { columns: option(columns, 'The columns; every numeric one if left out.') },
    makes: { op: 'normalize', fixed: { method: 'minMax' } },
    of: ['table', 'arrays'],
  },
  filter: {
    doc: 'Keeps the rows for which all that is said of a column holds, or for which a formula does: .filter("price / size > 3 && rooms >= 2"). Of pictures and arrays, the column “label” has the classes: oneOf and noneOf choose among them.',
    positional: { name: 'column', type: { is: 'text' } },
    options: {
      oneOf: option(values, 'It says one of these.'),
      noneOf: option(values, 'It says none of these.'),
      min: number('It is at least this.'),
      max: number('It is at most this.'),
      missing: option({ is: 'boolean' }, 'true keeps the rows without a value, false those with one.'),
    },
    of: ['table', 'arrays'],
  },
  cast: {
    doc: 'Takes columns for numbers or for text, whatever they look like.',
    positional: { name: 'columns', type: columns, spread: true },
    options: { to: name(['number', 'text'], 'What they are taken for.', { required: true }) },
    of: ['table'],
  },
  impute: {
    doc: 'Fills gaps in columns, with values fitted on the training part alone.',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: {
      columns: option(columns, 'The columns; every feature if left out.'),
      method: name(['median', 'mean', 'mostFrequent'], 'median for numbers and mostFrequent for text if left out.'),
      value: option({ is: 'either', of: [{ is: 'number' }, { is: 'text' }] }, 'This instead.'),
    },
    of: ['table'],
  },
  clip: {
    doc: 'Brings values below min to min, and above max to max.',
    positional: { name: 'columns', type: columns, spread: true },
    options: { min: number('The least value.'), max: number('The largest value.') },
    of: ['table'],
  },
  log: {
    doc: 'Takes the natural logarithm of plus + x.',
    positional: { name: 'columns', type: columns, spread: true },
    options: { plus: number('What is added first.', { min: 0, default: 1 }) },
    of: ['table'],
  },
  bucketize: {
    doc: 'Turns numbers into the number of boundaries at or below them.',
    positional: { name: 'columns', type: columns, spread: true },
    options: {
      boundaries: option(
        { is: 'list', of: { is: 'number' }, min: 1 },
        'The boundaries; those that cut the training part evenly if left out.',
      ),
      buckets: integer('How many even buckets.', { min: 2, default: 10 }),
    },
    of: ['table'],
  },
  ordinal: {
    doc: 'Turns the categories of text columns into 0, 1, 2, …',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: {
      columns: option(columns, 'The columns; every text column if left out.'),
      order: option({ is: 'list', of: { is: 'text' }, min: 1 }, 'The categories from low to high; in natural order if left out.'),
    },
    of: ['table'],
  },
  oneHot: {
    doc: 'Turns text columns into one column of 0 and 1 for each category.',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: { columns: option(columns, 'The columns; every text column if left out.') },
    of: ['table'],
    once: true,
  },
  split: {
    doc: 'Sets samples aside for validation, and for a test at the end.',
    options: {
      validation: option(partSize, 'Share of the samples (below 1), or their count; with column, its values that mean validation.', {
        required: true,
      }),
      test: option(partSize, 'Share of the samples (below 1), or their count; with column, its values that mean test.'),
      column: text('A column whose values say which part a row is in. It is no feature unless selected.'),
      stratify: boolean('Whether every part gets the same share of each class.', false),
      group: text('A column: rows that say the same in it stay in one part. It is no feature unless selected.'),
      time: text(
        'A column of numbers or dates (UTC where they name no zone): the latest rows are the test, those before them the validation. It is no feature unless selected.',
      ),
      seed: integer('Which of the possible splits it is.', { min: 0 }),
    },
    once: true,
  },
  map: {
    doc: 'Adds a column computed of others, e.g. “weight / height ** 2”; where(…), log, exp, sqrt, abs, min, max, round, … are known.',
    positional: { name: 'column', type: { is: 'text' } },
    second: { name: 'expression', type: { is: 'text' } },
    options: {},
    of: ['table'],
  },
  reshape: {
    doc: 'Gives every sample this shape, its values in the same order.',
    positional: { name: 'shape', type: { is: 'list', of: { is: 'integer', min: 1 }, min: 1 } },
    options: {},
    of: ['table', 'arrays'],
  },
  resize: {
    doc: 'Brings pictures to this height and width.',
    positional: { name: 'size', type: { is: 'pair' } },
    options: {},
    of: ['table', 'arrays'],
  },
  augment: {
    doc: 'Changes training samples at random, anew in every epoch: drawn by the seed, the epoch and the sample’s own row.',
    options: {
      flip: name(['horizontal', 'vertical', 'both'], 'Pictures are turned over, every other one.'),
      shift: number('The most by which a picture is shifted, as a share of its height and width.', { min: 0, max: 1 }),
      rotate: number('The most by which a picture is turned, in degrees.', { min: 0, max: 180 }),
      crop: number('The least share of height and width that is cut out at random and brought back to size.', { above: 0, max: 1 }),
      noise: number('The deviation of what is added to every value as the model sees it.', { min: 0 }),
      cutout: number('The side of a square that is blanked, as a share of the shorter side.', { min: 0, max: 1 }),
      mixup: number('Samples and their targets are mixed with another’s, by shares drawn from Beta(mixup, mixup).', { above: 0 }),
      seed: integer('Which of the possible changes they are; the training’s if left out.', { min: 0 }),
    },
    of: ['table', 'arrays'],
    once: true,
  },
  window: {
    doc: 'Makes samples of rows in order, to predict what follows them. No window holds a gap or rows of two parts; a split goes by time.',
    options: {
      length: integer('How many rows a window holds.', { required: true, min: 1 }),
      horizon: integer('How many rows after the last one the target stands.', { min: 0, default: 1 }),
      outputs: integer('How many targets in a row are predicted.', { min: 1, default: 1 }),
      stride: integer('Rows from the start of one window to that of the next.', { min: 1, default: 1 }),
      time: text(
        'The column of numbers or dates (UTC where they name no zone) that orders the rows; as they stand if left out. It is no feature unless selected.',
      ),
      group: text('The column that tells several series apart. It is no feature unless selected.'),
      gap: option(
        { is: 'either', of: [{ is: 'number', above: 0 }, { is: 'text' }] },
        'The largest distance in time between neighbouring rows: a number in the column’s unit, or e.g. “3 days”; 1.5 times the usual one if left out.',
      ),
    },
    of: ['table'],
    once: true,
  },
  tokenize: {
    doc: 'Cuts text into tokens and numbers them, by a vocabulary made of the training part alone.',
    positional: { name: 'column', type: { is: 'text' } },
    optional: true,
    options: {
      by: name(['characters', 'words', 'bytePairs'], 'What a token is; words for a column, characters for a running text if left out.'),
      vocabulary: integer('The most tokens told apart; 10,000 words, 1,000 byte pairs or every character if left out.', { min: 3 }),
      length: integer('Tokens of a sample; those of the longest text (256 at most), or 64 of a running text if left out.', { min: 1 }),
      stride: integer('Of a running text: tokens from the start of one sample to that of the next.', { min: 1, default: 3 }),
      padding: name(['pre', 'post'], 'On which side short texts are filled up and long ones are cut.', { default: 'post' }),
      lowercase: option({ is: 'boolean' }, 'Whether capitals are made small; true for words if left out.'),
    },
    of: ['table', 'text'],
    once: true,
  },
  kFold: {
    doc: 'One of even folds is the validation, the others are trained on: a run for each tells how much the result depends on the split.',
    options: {
      folds: integer('How many folds.', { required: true, min: 2 }),
      fold: integer('Which of them is the validation, from 1; e.g. param("fold", 1, { min: 1, max: 5, step: 1 }).', {
        required: true,
        min: 1,
      }),
      stratify: boolean('Whether every fold gets the same share of each class.', false),
      group: text('A column: rows that say the same in it stay in one fold. It is no feature unless selected.'),
      seed: integer('Which of the possible splits it is.', { min: 0 }),
    },
    once: true,
  },
  withValidation: {
    doc: 'Takes other data for validation; what is done to the training data is done to it as well.',
    positional: { name: 'data', type: { is: 'data' } },
    options: {},
    once: true,
  },
  withTest: {
    doc: 'Takes other data for the test; what is done to the training data is done to it as well.',
    positional: { name: 'data', type: { is: 'data' } },
    options: {},
    once: true,
  },
};
