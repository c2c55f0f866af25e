/** Kernels whose output follows from a shape alone, and one-hot rows. */
import type { DataType, Shape } from '../graph.ts';
import { type Kernel, type Kernels, like } from './kernel.ts';

const filled = (value: number): Kernel => ({ shape: like, lower: (builder, node) => builder.fill(value, node) });

export const constants: Kernels = {
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill: {
    shape: (_, attributes) => ({ shape: attributes.shape as Shape, dtype: (attributes.dtype as DataType | undefined) ?? 'float32' }),
    lower: (builder, node) => builder.fill(node.attributes.value as number, node),
  },
  Range: {
    shape: (_, { start, stop, step, dtype }) => ({
      shape: [Math.max(0, Math.ceil(((stop as number) - (start as number)) / (step as number)))],
      dtype: (dtype as DataType | undefined) ?? 'float32',
    }),
    lower: (builder, { attributes, shape, dtype }) =>
      builder.constant(
        Array.from({ length: shape[0] }, (_, index) => (attributes.start as number) + index * (attributes.step as number)),
        shape,
        dtype,
      ),
  },
  OneHot: {
    shape: (inputs, attributes) => ({
      shape: [...inputs.indices.shape, attributes.depth as number],
      dtype: (attributes.dtype as DataType | undefined) ?? 'float32',
    }),
    lower: (builder, node) => {
      const { depth, offValue, onValue } = node.attributes as { depth: number; offValue: number; onValue: number };
      const indices = builder.cast(builder.get(node.inputs[0]), node.inputs[0].dtype, 'int64');
      // ONNX Runtime has it for 64-bit indices and floats.
      const rows = builder.op('OneHot', [indices, builder.scalar(depth, 'int64'), builder.constant([offValue, onValue], [2], 'float32')]);
      return builder.cast(rows, 'float32', node.dtype);
    },
  },
};
