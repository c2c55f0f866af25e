/** Kernels that pick rows by index, and the sum that is their gradient. */
import { EpochbookError } from '#contract/errors.ts';
import { axesOf } from '../graph.ts';
import type { Kernels } from './kernel.ts';

export const gather: Kernels = {
  GatherV2: {
    shape: (inputs, attributes) => {
      const x = inputs.x;
      if (attributes.batchDims) throw new EpochbookError('engine.kernelUnknown', { kernel: 'GatherV2 (batchDims)' });
      const axis = axesOf(attributes.axis, x.shape.length)[0];
      return { shape: [...x.shape.slice(0, axis), ...inputs.indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype };
    },
    lower: (builder, node, { x, indices }) =>
      builder.op('Gather', [builder.get(x), builder.get(indices)], { axis: axesOf(node.attributes.axis, x.shape.length)[0] }),
  },
  UnsortedSegmentSum: {
    shape: (inputs, attributes) => ({ shape: [attributes.numSegments as number, ...inputs.x.shape.slice(1)], dtype: inputs.x.dtype }),
    lower: (builder, node, { x, segmentIds }) => {
      const index = builder.reshape(builder.cast(builder.get(segmentIds), 'int32', 'int64'), [x.shape[0], 1]);
      return builder.op('ScatterND', [builder.fill(0, node), index, builder.get(x)], { reduction: 'add' });
    },
  },
};
