/** Layers that tfjs lacks, under Keras' class names and configs, as classes that tfjs' own models take. */
import type { Json } from '#contract/spec.ts';
import { tf, tfl } from '../../tfjs.ts';

export type Config = Readonly<Record<string, Json>>;
/** Of one sample; null where it may vary. */
export type Lengths = readonly (number | null)[];
export type Mask = tf.Tensor | null;

/** A weight that a layer wants. */
export interface WantedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** The config's options `…Initializer`, `…Regularizer` and `…Constraint` of this are the weight's. */
  readonly options: string;
  /** Where the config says none. */
  readonly initializer: Json;
  /** Default true. */
  readonly trainable?: boolean;
}

export interface Given {
  readonly config: Config;
  /** By name. */
  readonly weights: Readonly<Record<string, tf.Tensor>>;
  /** Of each input. */
  readonly masks: readonly Mask[];
  readonly training: boolean;
  /** The layer's, by which its random numbers are known. */
  readonly name: string;
  /** Whether it is applied backwards, of a layer that can be. */
  readonly reverse: boolean;
}

export interface LayerDefinition {
  readonly className: string;
  /** What the config means where it says nothing. */
  readonly defaults: Config;
  readonly weights?: (config: Config, inputs: readonly Lengths[]) => readonly WantedWeight[];
  /** Default: that of the first input. Throws where the layer cannot take the inputs. */
  readonly outputShape?: (config: Config, inputs: readonly Lengths[], reverse: boolean) => Lengths;
  readonly call: (inputs: readonly tf.Tensor[], given: Given) => tf.Tensor;
  /** Whether it leaves its input as it is but while training, when alone it is called. */
  readonly whileTraining?: boolean;
  /** What is added to the loss for the output. */
  readonly activityRegularizer?: (config: Config) => Json;
  /** `keep`: the first input's mask goes on; default: it ends here. */
  readonly mask?: 'keep' | ((inputs: readonly tf.Tensor[], masks: readonly Mask[], config: Config) => Mask);
}

interface Part {
  readonly kernelInitializer: unknown;
  readonly kernelRegularizer: unknown;
  readonly kernelConstraint: unknown;
  readonly activation: Activation;
}
export interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
}

/** tfjs reads initializers, regularizers, constraints and activations from names and configs in its layers alone. */
export function readParts(parts: { initializer?: Json; regularizer?: Json; constraint?: Json; activation?: Json }): Part {
  const layer = tfl.layers.dense({
    units: 1,
    ...(parts.initializer !== undefined && { kernelInitializer: parts.initializer as 'zeros' }),
    ...(parts.regularizer !== undefined && { kernelRegularizer: parts.regularizer as 'l1l2' }),
    ...(parts.constraint !== undefined && { kernelConstraint: parts.constraint as 'nonNeg' }),
    ...(parts.activation !== undefined && { activation: parts.activation as 'relu' }),
  });
  return layer as unknown as Part;
}

/** An activation by its name. */
export const activationOf = (name: Json | undefined): Activation => readParts({ activation: name ?? 'linear' }).activation;

interface Variable {
  read(): tf.Tensor;
}
interface Internals {
  addWeight(
    name: string,
    shape: number[],
    dtype: string,
    initializer: unknown,
    regularizer: unknown,
    trainable: boolean,
    constraint: unknown,
  ): Variable;
  readonly trainable: boolean;
}

type TfjsShape = (number | null)[];
const shapesOf = (shapes: TfjsShape | TfjsShape[]) => (Array.isArray(shapes[0]) ? (shapes as TfjsShape[]) : [shapes as TfjsShape]);
const listOf = (inputs: tf.Tensor | tf.Tensor[]) => (Array.isArray(inputs) ? inputs : [inputs]);

const definitions = new Map<string, LayerDefinition>();

/** What a layer of this class makes of its input within another one, whose random numbers it takes. */
export function applied(className: string, config: Config, x: tf.Tensor, given: Given): tf.Tensor {
  const { defaults, call } = definitions.get(className)!;
  return call([x], { ...given, config: { ...defaults, ...config } });
}

/** Makes a class of it that a topology may name, as tfjs makes its own. */
export function defineLayer(definition: LayerDefinition): void {
  definitions.set(definition.className, definition);
  class OwnLayer extends tfl.layers.Layer {
    static readonly className = definition.className;
    override readonly supportsMasking = definition.mask !== undefined;
    readonly takesMasks = true;
    /** Of the application that is being wired. */
    reverse = false;
    private readonly config: Config;
    private readonly variables = new Map<string, Variable>();

    constructor(config: Config) {
      super(config);
      this.config = { ...definition.defaults, ...config };
      const regularizer = definition.activityRegularizer?.(this.config) ?? config.activityRegularizer;
      if (regularizer) Object.assign(this, { activityRegularizer: readParts({ regularizer }).kernelRegularizer });
    }

    override build(shapes: TfjsShape | TfjsShape[]): void {
      const inputs = shapesOf(shapes).map((shape) => shape.slice(1));
      for (const wanted of definition.weights?.(this.config, inputs) ?? []) {
        const option = (kind: string) => this.config[`${wanted.options}${kind}`] ?? undefined;
        const parts = readParts({
          initializer: option('Initializer') ?? wanted.initializer,
          regularizer: option('Regularizer'),
          constraint: option('Constraint'),
        });
        const variable = (this as unknown as Internals).addWeight(
          wanted.name,
          [...wanted.shape],
          'float32',
          parts.kernelInitializer,
          parts.kernelRegularizer,
          wanted.trainable ?? true,
          parts.kernelConstraint,
        );
        this.variables.set(wanted.name, variable);
      }
      this.built = true;
    }

    override computeOutputShape(shapes: TfjsShape | TfjsShape[]): TfjsShape {
      const given = shapesOf(shapes);
      const inputs = given.map((shape) => shape.slice(1));
      return [given[0][0], ...(definition.outputShape?.(this.config, inputs, this.reverse) ?? inputs[0])];
    }

    override call(inputs: tf.Tensor | tf.Tensor[], options: { training?: boolean; mask?: Mask | Mask[]; reverse?: boolean }): tf.Tensor {
      const list = listOf(inputs);
      if (definition.whileTraining === true && options.training !== true) return tf.clone(list[0]);
      const masks = Array.isArray(options.mask) ? options.mask : [options.mask ?? null];
      return definition.call(list, {
        config: this.config,
        weights: Object.fromEntries([...this.variables].map(([name, variable]) => [name, variable.read()])),
        masks: list.map((_, index) => masks[index] ?? null),
        training: options.training === true,
        name: this.name,
        reverse: options.reverse === true,
      });
    }

    override computeMask(inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const masks: Mask[] = Array.isArray(mask) ? mask : [mask ?? null];
      if (typeof definition.mask === 'function') return definition.mask(listOf(inputs), masks, this.config) as tf.Tensor;
      return (definition.mask === 'keep' ? (masks[0] ?? null) : null) as tf.Tensor;
    }

    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), ...this.config };
    }
  }
  tf.serialization.registerClass(OwnLayer);
  ownLayers.add(definition.className);
  if (definition.whileTraining === true) trainingLayers.add(definition.className);
}

/** Class names of layers that stock tfjs does not have. */
export const ownLayers = new Set<string>();
/** Those of them that leave their input as it is but while training. */
export const trainingLayers = new Set<string>();

export const number = (config: Config, option: string): number => config[option] as number;
/** Axes counted from the end are counted from the start; the batch counts as axis 0, as in Keras. */
export const axisFrom = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
