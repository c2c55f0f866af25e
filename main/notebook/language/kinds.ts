/** The option types and shared options that the tables are written with. */
import type { Json } from '#contract/spec.ts';
import type { Option, Options, OptionType } from './option.ts';

type Bounds = { min?: number; max?: number; above?: number; below?: number };
type More = { required?: true; default?: Json };

export const number = (doc: string, more: Bounds & More = {}): Option => withBounds('number', doc, more);
export const integer = (doc: string, more: Bounds & More = {}): Option => withBounds('integer', doc, more);
export const boolean = (doc: string, value: boolean): Option => ({ type: { is: 'boolean' }, doc, default: value });
export const text = (doc: string, more: More = {}): Option => ({ type: { is: 'text' }, doc, ...more });
export const name = (of: readonly string[], doc: string, more: More & { typeName?: string } = {}): Option => {
  const { typeName, ...rest } = more;
  return { type: { is: 'name', of, ...(typeName !== undefined && { typeName }) }, doc, ...rest };
};
export const option = (type: OptionType, doc: string, more: More = {}): Option => ({ type, doc, ...more });

function withBounds(is: 'number' | 'integer', doc: string, { required, default: fallback, ...bounds }: Bounds & More): Option {
  return { type: { is, ...bounds }, doc, ...(required && { required }), ...(fallback !== undefined && { default: fallback }) };
}

/** A builder of the language: what it makes and from what. */
export interface Builder {
  /** Keras' class name. */
  readonly className: string;
  /** One sentence for the editor. */
  readonly doc: string;
  readonly options: Options;
  /** What its config always has. */
  readonly fixed?: Readonly<Record<string, Json>>;
}
export type Builders = Readonly<Record<string, Builder>>;

export const builder = (className: string, doc: string, options: Options = {}, fixed: Record<string, Json> = {}): Builder => ({
  className,
  doc,
  options,
  fixed,
});

export const activations = [
  'relu',
  'sigmoid',
  'tanh',
  'softmax',
  'linear',
  'elu',
  'selu',
  'relu6',
  'softplus',
  'softsign',
  'hardSigmoid',
  'swish',
  'mish',
  'gelu',
  'silu',
  'leakyRelu',
  'celu',
  'hardSwish',
  'hardSilu',
  'hardTanh',
  'hardShrink',
  'softShrink',
  'tanhShrink',
  'logSigmoid',
  'logSoftmax',
  'squareplus',
  'sparsePlus',
  'sparseSigmoid',
  'sparsemax',
  'exponential',
  'glu',
] as const;
export const initializerNames = [
  'glorotUniform',
  'glorotNormal',
  'heNormal',
  'heUniform',
  'leCunNormal',
  'leCunUniform',
  'zeros',
  'ones',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
  'varianceScaling',
  'orthogonal',
  'identity',
] as const;
export const regularizerNames = ['l1l2'] as const;
export const constraintNames = ['maxNorm', 'minMaxNorm', 'nonNeg', 'unitNorm'] as const;

export const activation = (doc: string, fallback?: string): Option =>
  name(activations, doc, { typeName: 'Activation', ...(fallback !== undefined && { default: fallback }) });
export const initializer = (of: string, fallback: string): Option =>
  option({ is: 'built', family: 'initializer', names: initializerNames }, `How ${of} start.`, { default: fallback });
export const regularizer = (of: string): Option =>
  option({ is: 'built', family: 'regularizer', names: regularizerNames }, `A penalty on ${of}, added to the loss.`);
export const constraint = (of: string): Option =>
  option({ is: 'built', family: 'constraint', names: constraintNames }, `A bound kept on ${of} after each update.`);
export const padding = name(['valid', 'same'], 'Whether the edges are padded so that the size stays (same) or not (valid).', {
  default: 'valid',
});
export const causalPadding = name(['valid', 'same', 'causal'], 'As for images; causal: an output sees no later step.', {
  default: 'valid',
});
export const dataFormat = name(['channelsLast', 'channelsFirst'], 'Where the channels stand in a sample’s shape.', {
  default: 'channelsLast',
});
