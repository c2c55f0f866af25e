/** Layers that make more inside than they give. */
import type { Json } from '#contract/spec.ts';
import type { Shape } from '../compile/graph.ts';

type Config = Readonly<Record<string, Json>>;

const number = (config: Config, ...names: string[]): number => {
  const found = names.map((name) => config[name]).find((value) => typeof value === 'number');
  return found ?? 1;
};

/**
 * Values of a sample: how much each step looks at each other, in every head, and the wide row inside of a transformer's
 * block. `outputShape`: steps × features. 0 of layers that make no more than they give.
 */
export function insideOf(className: string, config: Config, [steps = 0]: Shape): number {
  switch (className) {
    case 'TransformerEncoder': {
      const wide = steps * number(config, 'intermediateDim', 'intermediate_dim');
      return number(config, 'numHeads', 'num_heads') * steps * steps + wide;
    }
    case 'MultiHeadAttention':
    case 'GroupQueryAttention':
      return number(config, 'numHeads', 'num_heads', 'numQueryHeads', 'num_query_heads') * steps * steps;
    case 'Attention':
    case 'AdditiveAttention':
      return steps * steps;
    default:
      return 0;
  }
}
