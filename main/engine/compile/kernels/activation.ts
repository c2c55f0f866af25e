/** The activation that a fused kernel applies to its result. */
import { EpochbookError } from '#contract/errors.ts';
import type { Attributes } from '../graph.ts';
import type { OnnxBuilder, Value } from '../onnx-builder.ts';

const operators: Readonly<Record<string, string>> = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh', elu: 'Elu' };

export function activated(builder: OnnxBuilder, attributes: Attributes, value: Value): Value {
  const name = attributes.activation as string | undefined;
  if (!name || name === 'linear') return value;
  const op = operators[name];
  if (!op) throw new EpochbookError('engine.kernelUnknown', { kernel: `activation ${name}` });
  if (typeof value === 'string') return builder.op(op, [value]);
  return 'blocked' in value ? { blocked: builder.op(op, [value.blocked]) } : { channelsFirst: builder.op(op, [value.channelsFirst]) };
}
