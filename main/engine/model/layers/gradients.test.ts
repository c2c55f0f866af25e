/** Every layer, with shapes and options drawn from a seed: `npm run campaign -- layers` draws thousands. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../backends/backend.ts';
import { openNative } from '../../backends/native.ts';
import { trace } from '../../compile/trace.ts';
import { runInDouble } from '../../testing/double.ts';
import { layerCase, layerCaseCount } from '../../testing/layer-cases.ts';
import { checkLayer, tolerances } from '../../testing/layer-gradients.ts';
import { tf } from '../../tfjs.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openNative(1);
});

describe('a layer’s output and gradients', () => {
  const cases = [1, 2].flatMap((seed) => Array.from({ length: layerCaseCount }, (_, index) => ({ seed, layer: layerCase(index, seed) })));
  it.each(cases)('$seed $layer.className $layer.config on $layer.inputs', async ({ seed, layer }) => {
    const found = await checkLayer(layer, seed, backend);
    expect(found.output).toBeLessThan(tolerances.output);
    expect(found.slope, found.at).toBeLessThan(tolerances.slope);
  });

  it('the reference is in double precision', () => {
    const program = trace({ inputs: new Map([['x', { shape: [1], dtype: 'float32' }]]), variables: [] }, (given) => {
      const x = given.get('x')!;
      return new Map([['y', tf.sub(tf.add(x, 1), 1)]]);
    });
    const tiny = 2 ** -40;
    const { data } = runInDouble(program, new Map([['x', { data: Float64Array.of(tiny), shape: [1], dtype: 'float32' }]])).get('y')!;
    expect(data[0]).toBe(tiny);
    expect(Float32Array.of(tiny)[0]).toBe(tiny);
  });
});
