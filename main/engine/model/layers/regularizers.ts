/** Keras' regularizer that tfjs lacks. */
import { tf } from '../../tfjs.ts';

/** How far rows, or columns, of a matrix are from being at right angles to each other (Brock et al., 2017), as in Keras. */
class OrthogonalRegularizer extends tf.serialization.Serializable {
  static readonly className = 'OrthogonalRegularizer';
  private readonly config: { readonly factor?: number; readonly mode?: string };

  constructor(config: { readonly factor?: number; readonly mode?: string }) {
    super();
    this.config = config;
  }

  apply(x: tf.Tensor): tf.Tensor {
    const { factor = 0.01, mode = 'rows' } = this.config;
    const matrix = tf.reshape(x, [-1, x.shape[x.shape.length - 1]]);
    const rows = mode === 'rows' ? matrix : tf.transpose(matrix);
    const [count] = rows.shape;
    const unit = tf.mul(rows, tf.rsqrt(tf.maximum(tf.sum(tf.square(rows), 1, true), 1e-12)));
    const angles = tf.mul(tf.matMul(unit as tf.Tensor2D, unit as tf.Tensor2D, false, true), tf.sub(1, tf.eye(count)));
    return tf.mul(tf.sum(tf.abs(angles)), (factor * 0.5) / Math.max(1, (count * (count - 1)) / 2));
  }

  getConfig(): tf.serialization.ConfigDict {
    return { ...this.config };
  }
}
tf.serialization.registerClass(OrthogonalRegularizer);
