import { expect, test } from 'vitest';
import { firstText } from './first-text.ts';

const classes = (count: number) => Array.from({ length: count }, (_, at) => ({ name: String(at), count: 1 }));

test('a new model has an output for each class of the data above, one for a number, and takes pictures apart', () => {
  expect(firstText('model')).toContain("units: 10, activation: 'softmax'");
  expect(firstText('model', { inputShape: [2], classes: classes(3) })).toMatch(
    /^sequential\(\[\n {2}layers\.dense.*\n.*units: 3, activation: 'softmax'/,
  );
  expect(firstText('model', { inputShape: [28, 28, 1], classes: classes(4) })).toContain('sequential([\n  layers.flatten(),\n');
  expect(firstText('model', { inputShape: [5] })).toContain('layers.dense({ units: 1 }),\n])');
});

test('a new train cell measures what the data above asks for', () => {
  expect(firstText('train')).toContain("loss: 'sparseCategoricalCrossentropy',\n  metrics: ['accuracy']");
  expect(firstText('train', { inputShape: [5] })).toContain("loss: 'meanSquaredError',\n  metrics: ['meanAbsoluteError']");
});
