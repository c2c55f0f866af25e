import { expect, it } from 'vitest';
import { openNative } from '../../backends/native.ts';
import { runOn, traced } from '../../testing/harness.ts';
import { activationOf } from './define.ts';
import './activations.ts';

it('sparsemax is the nearest point whose shares add up to 1', async () => {
  // Of Martins and Astudillo, 2016, proposition 1: 0.5 and 0.3 are inside, by τ = (0.8 − 1) / 2; of equal ones, all.
  const example = traced([[3, 3]], [Float32Array.of(0.5, 0.3, -1, 2, 2, 2, 5, 1, 0)], (x) => activationOf('sparsemax').apply(x));
  const shares = (await runOn(await openNative(1), example)).get('y0')!;
  [0.6, 0.4, 0, 1 / 3, 1 / 3, 1 / 3, 1, 0, 0].forEach((wanted, index) => expect(shares[index]).toBeCloseTo(wanted, 6));
});
