import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const layers = [
  'conv2D',
  'convLSTM2D',
  'maxPooling2D',
  'averagePooling2D',
  'globalMaxPooling2D',
  'globalAveragePooling2D',
  'batchNormalization',
];

it.each([
  ['convolution2D', 'conv2D'],
  ['MaxPool2D', 'maxPooling2D'],
  ['avgPool2D', 'averagePooling2D'],
  ['globalAvgPool2D', 'globalAveragePooling2D'],
  ['batchNorm', 'batchNormalization'],
  ['cnov2D', 'conv2D'],
])('Keras’ other name or a slip: %s is %s', (name, meant) => expect(nearest(name, layers)).toBe(meant));

it('nothing is near what is another word', () => expect(nearest('embedding', layers)).toBeUndefined());
