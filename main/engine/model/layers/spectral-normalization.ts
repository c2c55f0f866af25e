/**
 * Keras' wrapper that divides a layer's kernel by its largest singular value before each step of training (Miyato et
 * al., 2018). As in Keras the kernel itself is changed, and the gradient is taken where it then is.
 */
import { EpochbookError } from '#contract/errors.ts';
import { tf, tfl } from '../../tfjs.ts';
import { ownLayers, readParts } from './define.ts';

type Lengths = (number | null)[];
interface Variable {
  read(): tf.Tensor;
  write(value: tf.Tensor): unknown;
}
interface Inner extends tfl.layers.Layer {
  readonly kernel?: Variable;
  readonly embeddings?: Variable;
}
interface Wrapper extends tfl.layers.Layer {
  readonly layer: Inner;
}
interface WithWeights {
  addWeight(name: string, shape: number[], dtype: string, initializer: unknown, regularizer: undefined, trainable: boolean): Variable;
}

const wrapped = tf.serialization.SerializationMap.getMap().classNameMap['TimeDistributed'] as unknown as [object];
// tfjs does not give out the class that its wrappers extend.
const Base = Object.getPrototypeOf(wrapped[0]) as new (config: object) => Wrapper;

/** Length 1; 0 stays. */
const unit = (x: tf.Tensor) => tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x)), 1e-14)));

/** The kernel divided, and the vector of the next step; a kernel of 0 stays as it is. */
function normalized(kernel: tf.Tensor, before: tf.Tensor, iterations: number): { kernel: tf.Tensor; vector: tf.Tensor } {
  const matrix = tf.reshape(kernel, [-1, kernel.shape[kernel.shape.length - 1]]);
  let vector = before;
  let other = before;
  for (let iteration = 0; iteration < iterations; iteration++) {
    other = unit(tf.matMul(vector, matrix, false, true));
    vector = unit(tf.matMul(other, matrix));
  }
  const value = tf.reshape(tf.matMul(tf.matMul(other, matrix), vector, false, true), []);
  const empty = tf.cast(tf.equal(tf.max(tf.abs(kernel)), 0), 'float32');
  const kept = tf.sub(1, empty);
  return {
    kernel: tf.div(kernel, tf.add(tf.mul(value, kept), empty)),
    vector: tf.add(tf.mul(vector, kept), tf.mul(before, empty)),
  };
}

class SpectralNormalization extends Base {
  static readonly className = 'SpectralNormalization';
  private readonly powerIterations: number;
  private vector: Variable | null = null;

  constructor(config: { powerIterations?: number }) {
    super(config);
    this.powerIterations = config.powerIterations ?? 1;
    Object.assign(this, { supportsMasking: this.layer.supportsMasking });
  }

  private get kernel(): Variable {
    const kernel = this.layer.kernel ?? this.layer.embeddings;
    if (!kernel) throw new EpochbookError('engine.noKernel', { layer: this.layer.getClassName() });
    return kernel;
  }

  override build(shape: Lengths | Lengths[]): void {
    if (!this.layer.built) {
      this.layer.build(shape);
      this.layer.built = true;
    }
    const { shape: kernelShape } = this.kernel.read();
    const { kernelInitializer } = readParts({ initializer: { className: 'TruncatedNormal', config: { stddev: 0.02 } } });
    const own = this as unknown as WithWeights;
    this.vector = own.addWeight('vector_u', [1, kernelShape[kernelShape.length - 1]], 'float32', kernelInitializer, undefined, false);
    super.build(shape);
  }

  override get nonTrainableWeights(): tfl.layers.Layer['nonTrainableWeights'] {
    const own = this.vector ? [this.vector as unknown as tfl.layers.Layer['nonTrainableWeights'][number]] : [];
    return [...super.nonTrainableWeights, ...own];
  }

  override computeOutputShape(shape: Lengths | Lengths[]): Lengths | Lengths[] {
    return this.layer.computeOutputShape(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: { training?: boolean }): tf.Tensor | tf.Tensor[] {
    if (options.training === true) {
      const made = normalized(this.kernel.read(), this.vector!.read(), this.powerIterations);
      this.vector!.write(made.vector);
      this.kernel.write(made.kernel);
    }
    return this.layer.call(inputs, options);
  }

  override computeMask(inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[] {
    return this.layer.computeMask(inputs, mask);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), powerIterations: this.powerIterations };
  }
}
tf.serialization.registerClass(SpectralNormalization as unknown as tf.serialization.SerializableConstructor<tfl.layers.Layer>);
ownLayers.add(SpectralNormalization.className);
