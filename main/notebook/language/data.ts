/** Data sources and the steps that follow them: `data.csv(…).target(…).split(…)`. */
import type { Json } from '#contract/spec.ts';
import { boolean, integer, name, number, option, text } from './kinds.ts';
import type { Options, OptionType } from './option.ts';

export interface DataSourceEntry {
  readonly doc: string;
  /** Whether the first argument is a path. */
  readonly path: boolean;
  readonly options: Options;
  readonly fixed: Readonly<Record<string, Json>>;
}

const header = boolean('Whether the first line names the columns.', true);

export const dataSources: Readonly<Record<string, DataSourceEntry>> = {
  csv: {
    doc: 'A table as text, one row a line.',
    path: true,
    options: { delimiter: text('The sign between fields; found from the first lines if left out.'), header },
    fixed: { format: 'csv' },
  },
  tsv: { doc: 'A table as text with tabs between fields.', path: true, options: { header }, fixed: { format: 'csv', delimiter: '\t' } },
  idx: {
    doc: 'Images and labels in the IDX format of MNIST, plain or gzipped.',
    path: false,
    options: {
      images: text('Path of the images.', { required: true }),
      labels: text('Path of the labels.', { required: true }),
      classNames: option({ is: 'list', of: { is: 'text' }, min: 1 }, 'Names of the classes, in the order of their numbers.'),
      scale: number('What each byte is multiplied with; 1/255 if left out, so that values lie in 0…1.'),
    },
    fixed: { format: 'idx' },
  },
};

export interface DataMethodEntry {
  readonly doc: string;
  /** An argument before the options. `spread`: it may also be given as several arguments. */
  readonly positional?: { readonly name: string; readonly type: OptionType; readonly spread?: true };
  /** Whether the positional argument may be left out. */
  readonly optional?: true;
  readonly options: Options;
  /** Only for tables. */
  readonly tables?: true;
  /** At most one of it. */
  readonly once?: true;
}

const columns: OptionType = { is: 'list', of: { is: 'text' }, min: 1 };

export const dataMethods: Readonly<Record<string, DataMethodEntry>> = {
  select: {
    doc: 'Keeps these columns alone.',
    positional: { name: 'columns', type: columns, spread: true },
    options: {},
    tables: true,
  },
  target: {
    doc: 'The column to predict.',
    positional: { name: 'column', type: { is: 'text' } },
    options: {
      kind: name(['classes', 'number'], 'Whether its values are classes or numbers; text and few whole numbers are classes if left out.'),
    },
    tables: true,
    once: true,
  },
  take: {
    doc: 'Keeps the first samples.',
    positional: { name: 'count', type: { is: 'integer', min: 1 } },
    options: {},
    once: true,
  },
  normalize: {
    doc: 'Brings numeric columns to a common scale, fitted on the training part alone.',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: {
      columns: option(columns, 'The columns; every numeric one if left out.'),
      method: name(['standard', 'minMax'], 'standard: mean 0 and deviation 1; minMax: from 0 to 1.', { default: 'standard' }),
    },
    tables: true,
  },
  oneHot: {
    doc: 'Turns text columns into one column of 0 and 1 for each category.',
    positional: { name: 'columns', type: columns, spread: true },
    optional: true,
    options: { columns: option(columns, 'The columns; every text column if left out.') },
    tables: true,
    once: true,
  },
  split: {
    doc: 'Sets samples aside for validation, and for a test at the end.',
    options: {
      validation: number('Share of the samples (below 1), or their count.', { required: true, min: 0 }),
      test: number('Share of the samples (below 1), or their count.', { min: 0 }),
      stratify: boolean('Whether every part gets the same share of each class.', false),
      seed: integer('Which of the possible splits it is.', { min: 0 }),
    },
    once: true,
  },
};
