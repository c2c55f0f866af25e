import { expect, it } from 'vitest';
import { makeData, layer, sequential } from '../testing/harness.ts';
import { buildModel } from './build.ts';
import { completeModel } from './complete.ts';

it('adaptive pooling takes images smaller than the window that other pooling has', () => {
  const model = completeModel(sequential(layer('AdaptiveMaxPooling2D', { outputSize: 1 })), makeData({ inputShape: [1, 3, 2] }));
  const built = buildModel(model, null);
  expect(built.outputShape).toEqual([1, 1, 2]);
  built.dispose();
});
