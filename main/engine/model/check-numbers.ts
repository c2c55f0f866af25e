/** Whole numbers that an embedding looks up must be among those it has. */
import { EpochbookError } from '#contract/errors.ts';
import { inputStartOf } from '#contract/part-inputs.ts';
import type { Part } from '#contract/samples.ts';
import { sizeOf } from '../compile/graph.ts';
import type { BuiltModel } from './build.ts';
import { layerPointer } from './layer-config.ts';

/** Throws, at the layer, where it has no such number; NaN has a message of its own. */
export function checkNumbers({ numbered, inputShape }: BuiltModel, part: Pick<Part, 'inputs' | 'windows' | 'count'>): void {
  const width = sizeOf(inputShape);
  for (const { layer, index, from, length, below } of numbered) {
    // What lies in a file is not looked through.
    for (let row = 0; row < part.count && part.inputs.length > 0; row++) {
      const start = inputStartOf(part, row, width);
      for (let place = 0; place < length; place++) {
        const value = part.inputs[start + from + place];
        // As the layer does: what stands behind the point is cut off.
        if (Number.isNaN(value) || (Math.trunc(value) >= 0 && Math.trunc(value) < below)) continue;
        const values = { layer, value, largest: below - 1, sample: row + 1, wanted: Math.max(below, Math.trunc(value) + 1) };
        throw new EpochbookError(value < 0 ? 'engine.numberNegative' : 'engine.numberTooLarge', values, { at: layerPointer(index) });
      }
    }
  }
}
