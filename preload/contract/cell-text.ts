/** Pieces of the cell language, as mends write them. */

/** A text as the cell language writes it. */
export const literal = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

/** Steps that what changes values or their kind must come before. */
export const beforeScaling = [
  'impute',
  'clip',
  'log',
  'bucketize',
  'normalize',
  'standardize',
  'minMax',
  'oneHot',
  'ordinal',
  'split',
  'kFold',
];
