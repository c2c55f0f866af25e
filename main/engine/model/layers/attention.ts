/** Attention as Keras has it: scores between the steps of two sequences decide how the second one's values are mixed. */
import { EpochbookError } from '#contract/errors.ts';
import { random } from '../../compile/kernels/random.ts';
import { tf } from '../../tfjs.ts';
import { shapeText } from '../names.ts';
import { type Config, defineLayer, type Given, type Lengths, type Mask, number, type WantedWeight } from './define.ts';

/** What stands for scores that a mask forbids: Keras' number. */
const forbidden = -1e9;

/** `rate` of the values are 0 while training, the others scaled up. */
export function dropped(x: tf.Tensor, rate: number, { training, name }: Pick<Given, 'training' | 'name'>): tf.Tensor {
  if (!training || rate === 0) return x;
  return tf.mul(x, random({ shape: x.shape, distribution: { kind: 'keep', rate }, stream: name }));
}

/** 1 where a step may see a source, which is none later than it: `[steps, sources]`. */
function causal(steps: number, sources: number): tf.Tensor {
  const values = Float32Array.from({ length: steps * sources }, (_, index) => (index % sources > Math.floor(index / sources) ? 0 : 1));
  return tf.tensor(values, [steps, sources]);
}

interface Masks {
  readonly query: Mask;
  readonly values: Mask;
  readonly key: Mask;
  /** `[batch, steps, sources]` */
  readonly given: Mask;
  readonly isCausal: boolean;
}

/**
 * Shares from scores `[batch, …heads, steps, sources]`: those that a mask forbids are replaced, not lowered, so that a
 * step that may see nothing sees all alike.
 */
function maskedShares(scores: tf.Tensor, { query, values, key, given, isCausal }: Masks): tf.Tensor {
  const [steps, sources] = scores.shape.slice(-2) as [number, number];
  const float = (mask: tf.Tensor) => tf.cast(mask, 'float32');
  const allowed = [
    ...(query ? [tf.expandDims(float(query), 2)] : []),
    ...[values, key].flatMap((mask) => (mask ? [tf.expandDims(float(mask), 1)] : [])),
    ...(given ? [float(given)] : []),
    ...(isCausal ? [tf.expandDims(causal(steps, sources), 0)] : []),
  ];
  if (allowed.length === 0) return tf.softmax(scores);
  const together = allowed.reduce((all, mask) => tf.mul(all, mask));
  const mask = scores.shape.length === 4 ? tf.expandDims(together, 1) : together;
  return tf.softmax(tf.add(tf.mul(scores, mask), tf.mul(tf.sub(1, mask), forbidden)));
}

/** Weights `[from, …to]` times rows of `[…, from]`. */
function projected(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | undefined): tf.Tensor {
  const from = x.shape[x.shape.length - 1];
  const to = kernel.size / from;
  const rows = tf.matMul(tf.reshape(x, [-1, from]), tf.reshape(kernel, [from, to]));
  return bias ? tf.add(rows, tf.reshape(bias, [to])) : rows;
}

interface Heads {
  readonly queryHeads: number;
  readonly keyHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
}

export function headWeights(
  config: Config,
  { queryHeads, keyHeads, keyLength, valueLength }: Heads,
  [query, value, key = value]: readonly Lengths[],
  outputName: string,
): WantedWeight[] {
  const weight = (name: string, shape: readonly number[], kind: 'kernel' | 'bias'): WantedWeight => ({
    name: `${name}_${kind}`,
    shape,
    options: kind,
    initializer: kind === 'kernel' ? 'glorotUniform' : 'zeros',
  });
  const last = (shape: Lengths) => shape[shape.length - 1]!;
  const output = outputLength(config, query);
  const all: [string, readonly number[], readonly number[]][] = [
    ['query', [last(query), queryHeads, keyLength], [queryHeads, keyLength]],
    ['key', [last(key), keyHeads, keyLength], [keyHeads, keyLength]],
    ['value', [last(value), keyHeads, valueLength], [keyHeads, valueLength]],
    [outputName, [queryHeads, valueLength, output], [output]],
  ];
  return all.flatMap(([name, kernel, bias]) => [
    weight(name, kernel, 'kernel'),
    ...(config.useBias === true ? [weight(name, bias, 'bias')] : []),
  ]);
}

function outputLength(config: Config, query: Lengths): number {
  const wanted = Array.isArray(config.outputShape) ? config.outputShape[0] : config.outputShape;
  return typeof wanted === 'number' ? wanted : query[query.length - 1]!;
}

function attentionShape(config: Config, inputs: readonly Lengths[]): Lengths {
  const [query, value = query, key = value] = inputs;
  const fits = [query, value, key].every((shape) => shape.length === 2) && value[0] === key[0];
  if (!fits || inputs.length > 4) {
    throw new EpochbookError('engine.attentionInputs', { arrives: inputs.map(shapeText).join(', ') });
  }
  return [query[0], outputLength(config, query)];
}

/** `[batch · steps, heads · length]` as `[batch, heads, steps, length]`. */
const byHead = (rows: tf.Tensor, batch: number, steps: number, heads: number) =>
  tf.transpose(tf.reshape(rows, [batch, steps, heads, -1]), [0, 2, 1, 3]);

/** Each head as often as queries share it. */
function repeated(heads: tf.Tensor, times: number): tf.Tensor {
  if (times === 1) return heads;
  const [batch, count, steps, length] = heads.shape as [number, number, number, number];
  const copies = tf.stack(
    Array.from({ length: times }, () => heads),
    2,
  );
  return tf.reshape(copies, [batch, count * times, steps, length]);
}

/** Scaled dot-product attention of several heads (Vaswani et al., 2017), the keys' heads shared by queries (Ainslie et al., 2023). */
export function attend(inputs: readonly tf.Tensor[], given: Given, heads: Heads, outputName: string): tf.Tensor {
  const { config, weights, masks } = given;
  const [query, value = query, key = value] = inputs;
  const [batch, steps] = query.shape as [number, number];
  const sources = value.shape[1]!;
  const part = (x: tf.Tensor, name: string, length: number, count: number) =>
    byHead(projected(x, weights[`${name}_kernel`], weights[`${name}_bias`]), batch, length, count);
  const times = heads.queryHeads / heads.keyHeads;
  const queries = part(query, 'query', steps, heads.queryHeads);
  const keys = repeated(part(key, 'key', sources, heads.keyHeads), times);
  const values = repeated(part(value, 'value', sources, heads.keyHeads), times);
  // The queries are scaled rather than the scores: there are fewer of them.
  const scores = tf.matMul(tf.mul(queries, 1 / Math.sqrt(heads.keyLength)), keys, false, true);
  const shares = maskedShares(scores, {
    query: masks[0],
    values: inputs.length > 1 ? masks[1] : masks[0],
    key: masks[2] ?? null,
    given: inputs[3] ?? null,
    isCausal: config.useCausalMask === true,
  });
  const mixed = tf.reshape(tf.transpose(tf.matMul(dropped(shares, number(config, 'dropout'), given), values), [0, 2, 1, 3]), [
    batch * steps,
    -1,
  ]);
  const output = weights[`${outputName}_kernel`];
  const length = output.shape[2]!;
  const rows = projected(mixed, tf.reshape(output, [-1, length]), weights[`${outputName}_bias`]);
  return tf.reshape(rows, [batch, steps, length]);
}

const headDefaults: Config = { dropout: 0, useBias: true, useCausalMask: false };

function multiHead(config: Config): Heads {
  const keyLength = number(config, 'keyDim');
  const heads = number(config, 'numHeads');
  return { queryHeads: heads, keyHeads: heads, keyLength, valueLength: (config.valueDim as number | undefined) ?? keyLength };
}

defineLayer({
  className: 'MultiHeadAttention',
  defaults: headDefaults,
  weights: (config, [query, value = query, key = value]) => headWeights(config, multiHead(config), [query, value, key], 'attention_output'),
  outputShape: attentionShape,
  call: (inputs, given) => attend(inputs, given, multiHead(given.config), 'attention_output'),
  mask: 'keep',
});

function grouped(config: Config): Heads {
  const length = number(config, 'headDim');
  const queryHeads = number(config, 'numQueryHeads');
  const keyHeads = number(config, 'numKeyValueHeads');
  if (queryHeads % keyHeads !== 0) throw new EpochbookError('engine.attentionGroups', { query: queryHeads, key: keyHeads });
  return { queryHeads, keyHeads, keyLength: length, valueLength: length };
}

defineLayer({
  className: 'GroupQueryAttention',
  defaults: headDefaults,
  weights: (config, [query, value = query, key = value]) => headWeights(config, grouped(config), [query, value, key], 'attention_output'),
  outputShape: attentionShape,
  call: (inputs, given) => attend(inputs, given, grouped(given.config), 'attention_output'),
  mask: 'keep',
});

/** Keras' `Attention` and `AdditiveAttention`: [query, value] or [query, value, key], without projections. */
function plainShape(_: Config, inputs: readonly Lengths[]): Lengths {
  const [query, value = query, key = value] = inputs;
  const fits = [query, value, key].every((shape) => shape.length === 2) && value[0] === key[0] && query[1] === key[1];
  if (!fits || inputs.length > 3) throw new EpochbookError('engine.attentionInputs', { arrives: inputs.map(shapeText).join(', ') });
  return [query[0], value[1]];
}

function mixedBy(scores: tf.Tensor, inputs: readonly tf.Tensor[], given: Given): tf.Tensor {
  const { config, masks } = given;
  const [query, value = query] = inputs;
  const shares = maskedShares(scores, {
    query: null,
    values: inputs.length > 1 ? masks[1] : masks[0],
    key: null,
    given: null,
    isCausal: config.useCausalMask === true,
  });
  const mixed = tf.matMul(dropped(shares, number(config, 'dropout'), given), value);
  return masks[0] ? tf.mul(mixed, tf.expandDims(tf.cast(masks[0], 'float32'), 2)) : mixed;
}

/** Scores from sums of tanh: `sum(scale · tanh(query + key))` (Bahdanau et al., 2015). */
function additive(query: tf.Tensor, key: tf.Tensor, scale: tf.Tensor | undefined): tf.Tensor {
  const sums = tf.tanh(tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1)));
  return tf.sum(scale ? tf.mul(sums, scale) : sums, -1);
}

defineLayer({
  className: 'Attention',
  defaults: { useScale: false, scoreMode: 'dot', dropout: 0, useCausalMask: false },
  weights: ({ useScale, scoreMode }) => [
    ...(useScale === true ? [{ name: 'scale', shape: [], options: 'scale', initializer: 'ones' }] : []),
    ...(scoreMode === 'concat' ? [{ name: 'concat_score_weight', shape: [], options: 'concatScore', initializer: 'ones' }] : []),
  ],
  outputShape: plainShape,
  call: (inputs, given) => {
    const [query, value = query, key = value] = inputs;
    const { scale, concat_score_weight: concatWeight } = given.weights;
    if (given.config.scoreMode === 'concat') {
      const sums = tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1));
      const scores = tf.sum(tf.tanh(scale ? tf.mul(sums, scale) : sums), -1);
      return mixedBy(tf.mul(scores, concatWeight), inputs, given);
    }
    const scores = tf.matMul(query, key, false, true);
    return mixedBy(scale ? tf.mul(scores, scale) : scores, inputs, given);
  },
  mask: 'keep',
});

defineLayer({
  className: 'AdditiveAttention',
  defaults: { useScale: true, dropout: 0, useCausalMask: false },
  weights: ({ useScale }, [query]) =>
    useScale === true ? [{ name: 'scale', shape: [query[1]!], options: 'scale', initializer: 'glorotUniform' }] : [],
  outputShape: plainShape,
  call: (inputs, given) => {
    const [query, value = query, key = value] = inputs;
    return mixedBy(additive(query, key, given.weights.scale), inputs, given);
  },
  mask: 'keep',
});
