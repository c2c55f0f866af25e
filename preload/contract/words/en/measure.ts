/** What is measured, and how long it took: on the screen and in reports. */
export const measure = {
  'measure.milliseconds': '{value} ms',
  'measure.seconds': '{value} s',
  'measure.minutes': '{minutes} min {seconds} s',
  'measure.hours': '{hours} h {minutes} min',
  'measure.loss': 'loss',
  'measure.accuracy': 'accuracy',
  'measure.meanAbsoluteError': 'mean absolute error',
  'measure.meanSquaredError': 'mean squared error',
  'measure.validationOf': 'val {metric}',
} as const;
