/** What Keras puts before a metric's name, by the part of the data that it is of, as other tools call that part. */
export const metricPrefixes: Readonly<Record<string, string>> = {
  train: '',
  validation: 'val_',
  valid: 'val_',
  val: 'val_',
  eval: 'val_',
  test: 'test_',
};
