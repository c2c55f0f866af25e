/** Changes that are drawn for each sample: how often, and that samples keep their places. */
import { expect, it, onTestFinished } from 'vitest';
import { openNative } from '../../backends/native.ts';
import { trace } from '../../compile/trace.ts';
import { fillRandom, randomStream } from '../../loop/random.ts';
import { tf, type tfl } from '../../tfjs.ts';
import { ownLayers } from './index.ts';

const side = 5;
/** Images of one gray each, no two alike. */
const grays = (samples: number) => Array.from({ length: samples }, (_, sample) => 0.02 + (0.45 * sample) / samples);

/** The middle of each image after a training step, by the seed of what is drawn. */
async function middlesOf(className: string, config: object, samples: number): Promise<(seed: number) => Promise<number[]>> {
  expect(ownLayers).toContain(className);
  const [make] = tf.serialization.SerializationMap.getMap().classNameMap[className] as unknown as [
    new (config: object) => tfl.layers.Layer,
  ];
  const shape = [samples, side, side, 3];
  const program = trace({ inputs: new Map([['x', { shape, dtype: 'float32' }]]), variables: [] }, (given) => {
    const layer = new make({ ...config, name: 'changed' });
    return new Map([['y', layer.call(given.get('x')!, { training: true }) as tf.Tensor]]);
  });
  const data = Float32Array.from(grays(samples).flatMap((gray) => Array.from({ length: side * side * 3 }, () => gray)));
  const executable = await (await openNative(1)).compile(program);
  onTestFinished(() => executable.release());
  return async (seed) => {
    const given = new Map([['x', { data, shape, dtype: 'float32' as const }]]);
    for (const { name, shape: of, distribution } of program.random) {
      const drawn = new Float32Array(of.reduce((product, length) => product * length, 1));
      fillRandom(drawn, distribution, randomStream(seed, name));
      given.set(name, { data: drawn, shape: [...of], dtype: 'float32' });
    }
    const { data: found } = (await executable.run(given)).get('y')!;
    const middle = (Math.floor(side / 2) * side + Math.floor(side / 2)) * 3;
    return Array.from({ length: samples }, (_, sample) => found[sample * side * side * 3 + middle]);
  };
}

/** Without strength, one of the eleven ways makes a gray its opposite, one makes a dark one black, and the others leave it. */
const asItWas = (gray: number, found: number) => Math.abs(found - gray) < 1e-5;
const opposite = (gray: number, found: number) => Math.abs(found - (1 - gray)) < 1e-5;
const black = (_: number, found: number) => found === 0;

it('each sample is changed in one way, each way as often as the others', async () => {
  const middles = await middlesOf('RandAugment', { numOps: 1, factor: [0, 0] }, 22);
  for (const seed of [1, 2, 3]) {
    const found = await middles(seed);
    const count = (is: (gray: number, value: number) => boolean) => grays(22).filter((gray, sample) => is(gray, found[sample])).length;
    expect([count(asItWas), count(opposite), count(black)]).toEqual([18, 2, 2]);
  }
});

it('a single sample is changed in any of the ways', async () => {
  const middles = await middlesOf('RandAugment', { numOps: 1, factor: [0, 0] }, 1);
  const kinds = new Set<number>();
  for (let seed = 1; seed <= 40; seed++) {
    const [found] = await middles(seed);
    kinds.add([asItWas, opposite, black].findIndex((is) => is(grays(1)[0], found)));
  }
  expect([...kinds].sort((a, b) => a - b)).toEqual([0, 1, 2]);
});

it('an image is mixed with what becomes of itself alone', async () => {
  const middles = await middlesOf('AugMix', { factor: [0, 0], allOps: false, numChains: 2, chainDepth: 1 }, 9);
  for (const seed of [1, 2, 3]) {
    const found = await middles(seed);
    // Between black and its opposite, and as it was for most.
    grays(9).forEach((gray, sample) => expect(found[sample]).toBeLessThan(1 - gray + 1e-5));
    expect(grays(9).filter((gray, sample) => asItWas(gray, found[sample])).length).toBeGreaterThanOrEqual(4);
  }
});
