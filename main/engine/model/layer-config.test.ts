import { expect, it } from 'vitest';
import { readLayer } from './layer-config.ts';

const refusal = (className: string) => {
  try {
    readLayer({ class_name: className, config: {} }, '/layers/2');
  } catch (error) {
    return error;
  }
  throw new Error(`${className} was taken`);
};

it.each([
  ['TextVectorization', 'tokenize'],
  ['StringLookup', 'ordinal'],
  ['Hashing', 'ordinal'],
  ['Pipeline', 'layers'],
])('%s is sent to where its work is done: %s', (className, way) =>
  expect(refusal(className)).toMatchObject({ code: 'engine.layerElsewhere', values: { name: className, way }, at: '/layers/2' }),
);

it('a slip is told the right name', () =>
  expect(refusal('Desne')).toMatchObject({ code: 'engine.layerUnknown', values: { nearest: 'Dense' }, at: '/layers/2' }));
