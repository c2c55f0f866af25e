/** Every layer's compiled output and gradients against double precision and central differences, options drawn anew. */
import { openNative } from '#engine/backends/native.ts';
import { layerCase, layerCaseCount } from '#engine/testing/layer-cases.ts';
import { checkLayer, tolerances } from '#engine/testing/layer-gradients.ts';
import type { Campaign } from './campaign.ts';

const backend = await openNative(1);

/** A seed draws one case of each. */
export const layers: Campaign = {
  usual: 40,
  async run(seed) {
    const wrong: string[] = [];
    let largest = 0;
    for (let index = 0; index < layerCaseCount; index++) {
      const layer = layerCase(index, seed);
      const { output, slope, at } = await checkLayer(layer, seed, backend);
      if (!(output < tolerances.output && slope < tolerances.slope)) wrong.push(`${JSON.stringify(layer)} at ${at}: ${output}, ${slope}`);
      largest = Math.max(largest, slope);
    }
    return { good: wrong.length === 0, told: [`${layerCaseCount} layers`, ...wrong].join('\n  '), measured: largest };
  },
};
