/** Batches in parts against batches as a whole, in double precision: every layer, and models, options drawn anew. */
import { drawModel } from '#engine/testing/drawn-cases.ts';
import { layerCase, layerCaseCount } from '#engine/testing/layer-cases.ts';
import { differenceOfLayer, differenceOfStep } from '#engine/testing/parts-check.ts';
import type { Campaign } from './campaign.ts';

const modelsEach = 20;
const tolerance = 1e-6;

/** A seed draws one case of each layer, in halves, and some models, a sample at a time. */
export const parts: Campaign = {
  usual: 40,
  async run(seed) {
    const wrong: string[] = [];
    const found: number[] = [];
    const look = (difference: number | null, what: string) => {
      if (difference === null) return;
      found.push(difference);
      if (!(difference < tolerance)) wrong.push(`${what}: ${difference}`);
    };
    for (let index = 0; index < layerCaseCount; index++) {
      const layer = layerCase(index, seed);
      look(differenceOfLayer(layer, seed, 2), JSON.stringify(layer));
    }
    for (let model = 0; model < modelsEach; model++) {
      const { label, job } = drawModel(seed * modelsEach + model);
      look(await differenceOfStep(job, 5, 5), label);
    }
    const told = `${found.length} of ${layerCaseCount + modelsEach} divided`;
    return { good: wrong.length === 0, told: [told, ...wrong].join('\n  '), measured: Math.max(...found) };
  },
};
