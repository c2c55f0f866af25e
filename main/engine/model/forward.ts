/** A wired model on tensors, with the masks that layers pass on to each other. (tfjs' own run keeps a mask where there is none any more.) */
import { tf, type tfl } from '../tfjs.ts';
import { recurrentIn } from './states.ts';
import type { Call, Symbolic, Wiring } from './wire.ts';

type Mask = tf.Tensor | null;

interface Masked {
  readonly value: tf.Tensor;
  /** `[batch, steps]`, false where a step is padding. */
  readonly mask: Mask;
}

export interface Forward {
  readonly outputs: readonly tf.Tensor[];
  /** Of each output, `[batch, steps]`: false where a step is padding; null where there is none. */
  readonly masks: readonly Mask[];
  /** What regularizers of activities add to the loss. */
  readonly penalties: readonly tf.Tensor[];
}

interface CallOptions {
  readonly training: boolean;
  readonly mask?: Mask | Mask[];
  readonly initialState?: tf.Tensor[];
  readonly reverse?: true;
}

/** What is not public of tfjs' layers. */
interface Callable {
  call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor | tf.Tensor[];
  computeMask(inputs: tf.Tensor | tf.Tensor[], mask: Mask | Mask[]): Mask | Mask[];
  readonly supportsMasking: boolean;
  /** See add-options. */
  readonly activityPenalty?: { apply(x: tf.Tensor): tf.Tensor } | null;
  /** Of layers that want every input's mask. */
  readonly takesMasks?: boolean;
}

const one = <T>(items: readonly T[]): T | T[] => (items.length === 1 ? items[0] : [...items]);
const list = <T>(item: T | T[]): T[] => (Array.isArray(item) ? item : [item]);

function applied({ layer, reverse }: Call, given: readonly Masked[], training: boolean): Masked[] {
  const own = layer as unknown as Callable;
  // What follows the sequence at a recurrent layer are the states that it begins with.
  const begun = given.length > 1 && recurrentIn(layer).length > 0;
  const [first, ...rest] = given.map(({ value }) => value);
  const inputs = begun ? first : one([first, ...rest]);
  const masks = begun ? [given[0].mask] : given.map(({ mask }) => mask);
  const masked = masks.some((mask) => mask !== null);
  const options = {
    training,
    ...(masked && { mask: own.takesMasks ? masks : masks[0] }),
    ...(begun && { initialState: rest }),
    ...(reverse && { reverse }),
  };
  const outputs = list(own.call(inputs, options));
  const made = own.supportsMasking && !reverse ? list(own.computeMask(inputs, one(masks))) : [];
  return outputs.map((value, index) => ({ value, mask: made[index] ?? null }));
}

/** The outputs for these inputs, one for each of the wiring's. Each call's outputs are shown to `watch`. */
export function forward(
  { inputs, outputs, calls }: Wiring,
  values: readonly tf.Tensor[],
  training: boolean,
  watch?: (layer: tfl.layers.Layer, output: tf.Tensor) => void,
): Forward {
  const known = new Map<Symbolic, Masked>(inputs.map((input, index) => [input, { value: values[index], mask: null }]));
  const penalties: tf.Tensor[] = [];
  for (const call of calls) {
    const { layer, inputs: from, outputs: to } = call;
    const made = applied(
      call,
      from.map((input) => known.get(input)!),
      training,
    );
    to.forEach((output, index) => known.set(output, made[index]));
    watch?.(layer, made[0].value);
    const { activityPenalty } = layer as unknown as Callable;
    if (training && activityPenalty) penalties.push(tf.div(activityPenalty.apply(made[0].value), made[0].value.shape[0]));
  }
  const made = outputs.map((output) => known.get(output)!);
  return { outputs: made.map(({ value }) => value), masks: made.map(({ mask }) => mask), penalties };
}
