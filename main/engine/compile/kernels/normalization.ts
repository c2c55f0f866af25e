/** Batch normalization with given mean and variance; tfjs composes its gradient from other kernels. */
import type { Kernels } from './kernel.ts';
import { typeOf } from './kernel.ts';

export const normalization: Kernels = {
  FusedBatchNorm: {
    shape: (inputs) => typeOf(inputs.x),
    lower: (builder, node, { x, mean, variance, offset, scale }) => {
      const epsilon = builder.scalar(node.attributes.varianceEpsilon as number);
      const deviation = builder.op('Sqrt', [builder.op('Add', [builder.get(variance), epsilon])]);
      const factor = scale ? builder.op('Div', [builder.get(scale), deviation]) : builder.op('Reciprocal', [deviation]);
      return builder.elementwise(node, [x, mean, ...(offset ? [offset] : [])], ({ operands, perChannel }) => {
        const scaled = builder.op('Mul', [builder.op('Sub', [operands[0], operands[1]]), perChannel(factor)]);
        return offset ? builder.op('Add', [scaled, operands[2]]) : scaled;
      });
    },
  },
};
