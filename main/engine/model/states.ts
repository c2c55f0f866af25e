/**
 * Recurrent layers that carry their state (Keras' `stateful`): what a sample's sequence ends in is what the sample at
 * the same place of the next batch begins with. The state is an input and an output of each program, so that it is
 * exact, part of checkpoints, and starts from 0 whenever the loop says so. (tfjs would keep it inside of the layer.)
 */
import { EpochbookError } from '#contract/errors.ts';
import type { tf, tfl } from '../tfjs.ts';
import type { Config } from './layer-config.ts';
import { shapeText } from './names.ts';

/** One of a layer's states. */
export interface CarriedState {
  /** Of the layer and, where there are several, a number. */
  readonly name: string;
  /** Without the batch. */
  readonly shape: readonly number[];
}

interface Recurrent {
  returnState: boolean;
  returnSequences: boolean;
  readonly cell?: { readonly stateSize: number | number[] };
  getInitialState: (this: Recurrent, inputs: tf.Tensor) => tf.Tensor[];
  call: (this: Recurrent, inputs: tf.Tensor | tf.Tensor[], options: object) => tf.Tensor | tf.Tensor[];
  computeOutputShape(shape: readonly (number | null)[]): number[];
  readonly forwardLayer?: Recurrent;
  readonly backwardLayer?: Recurrent;
}

interface Carrier {
  readonly states: readonly CarriedState[];
  /** While a model is traced: what the layer begins with, then what it ended in. */
  current: readonly tf.Tensor[] | null;
}

const isStateful = (config: Config | undefined) => config?.stateful === true;

/** The recurrent layers that this one is: one, two where it reads in both directions, none where it is of another kind. */
export function recurrentIn(layer: tfl.layers.Layer): Recurrent[] {
  const own = layer as unknown as Recurrent;
  if (own.forwardLayer && own.backwardLayer) return [own.forwardLayer, own.backwardLayer];
  return own.cell ? [own] : [];
}

/** Those that are told to carry their state. */
function carryingIn(layer: tfl.layers.Layer, config: Config): Recurrent[] {
  const inner = (config.layer as { config?: Config } | undefined)?.config;
  return isStateful(inner) || isStateful(config) ? recurrentIn(layer) : [];
}

/** Throws `engine.initialState` where what follows the sequence is not what the layer can begin with. */
export function checkInitialState(
  layer: tfl.layers.Layer,
  [sequence, ...given]: readonly (readonly (number | null)[])[],
  at: string,
): void {
  const recurrent = recurrentIn(layer);
  if (recurrent.length === 0 || given.length === 0) return;
  const wanted = recurrent.flatMap((each) => shapesOf(each, sequence));
  if (JSON.stringify(wanted) === JSON.stringify(given)) return;
  const text = (shapes: readonly (readonly (number | null)[])[]) => shapes.map(shapeText).join(', ');
  throw new EpochbookError('engine.initialState', { layer: layer.name, wanted: text(wanted), given: text(given) }, { at });
}

/** Of one sample, for each number in the cell's `stateSize`. Those of convolutional cells are images. */
function shapesOf(layer: Recurrent, arrives: readonly (number | null)[]): number[][] {
  const { returnState, returnSequences } = layer;
  try {
    Object.assign(layer, { returnState: false, returnSequences: false });
    const last = layer.computeOutputShape([null, ...arrives]).slice(1, -1);
    return [layer.cell!.stateSize].flat().map((size) => [...last, size]);
  } finally {
    Object.assign(layer, { returnState, returnSequences });
  }
}

/** Makes each call begin with the carrier's state and leave there what it ends in. */
function carry(layer: Recurrent, carrier: Carrier): void {
  const { call, getInitialState } = layer;
  layer.call = (inputs, options) => {
    const { returnState } = layer;
    try {
      layer.getInitialState = (x) => (carrier.current ? [...carrier.current] : getInitialState.call(layer, x));
      layer.returnState = true;
      const [output, ...states] = call.call(layer, inputs, options) as tf.Tensor[];
      carrier.current = states;
      return returnState ? [output, ...states] : output;
    } finally {
      Object.assign(layer, { returnState, getInitialState });
    }
  };
}

/** The states of a model's layers. */
export class CarriedStates {
  private readonly carriers = new Map<Recurrent, Carrier>();

  /** `arrives`: the shape of a sample at the layer. A layer that is used several times has one state. */
  add(layer: tfl.layers.Layer, name: string, config: Config, arrives: readonly (number | null)[]): void {
    carryingIn(layer, config).forEach((recurrent, index, all) => {
      if (this.carriers.has(recurrent)) return;
      const side = all.length > 1 ? `/${['forward', 'backward'][index]}` : '';
      const states = shapesOf(recurrent, arrives).map((shape, place) => ({ name: `${name}${side}/state_${place}`, shape }));
      const carrier: Carrier = { states, current: null };
      this.carriers.set(recurrent, carrier);
      carry(recurrent, carrier);
    });
  }

  get all(): CarriedState[] {
    return [...this.carriers.values()].flatMap(({ states }) => states);
  }

  /** Runs `body` with the states given by name, each `[batch, …shape]`; without, they are 0. `next`: what they became. */
  around<T>(given: ReadonlyMap<string, tf.Tensor> | null, body: () => T): { result: T; next: Map<string, tf.Tensor> } {
    const carriers = [...this.carriers.values()];
    try {
      for (const carrier of carriers) carrier.current = given && carrier.states.map(({ name }) => given.get(name)!);
      const result = body();
      const next = carriers.flatMap(({ states, current }) => states.map(({ name }, index) => [name, current?.[index]] as const));
      return { result, next: new Map(next.flatMap(([name, state]) => (state ? [[name, state] as const] : []))) };
    } finally {
      for (const carrier of carriers) carrier.current = null;
    }
  }
}
