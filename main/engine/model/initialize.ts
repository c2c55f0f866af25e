/**
 * Initial values of weights, each from a stream of its own, with Keras 3's distributions. (tfjs' initializers draw
 * from one global generator, and its orthogonal one fails in the package for Node.)
 */
import { EpochbookError } from '#contract/errors.ts';
import type { RandomStream } from '../loop/random.ts';
import { type Shape, sizeOf } from '../compile/graph.ts';
import { kernelValues } from './layers/spectrum.ts';

/** A tfjs initializer, of whose classes only the fields are public. */
export interface InitializerLike {
  getClassName(): string;
  getConfig(): Record<string, unknown>;
}

/** Of a normal distribution cut off at two deviations. */
const truncatedDeviation = 0.87962566103423978;

function truncatedNormal(stream: RandomStream): number {
  for (;;) {
    const value = stream.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: shape[shape.length - 2] * field, fanOut: shape[shape.length - 1] * field };
}

function varianceScaling(shape: Shape, config: Record<string, unknown>, stream: RandomStream): () => number {
  const { fanIn, fanOut } = fans(shape);
  const fan = config.mode === 'fanIn' ? fanIn : config.mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
  const scale = (config.scale as number) / Math.max(1, fan);
  if (config.distribution === 'uniform') {
    const limit = Math.sqrt(3 * scale);
    return () => (2 * stream.uniform() - 1) * limit;
  }
  const deviation = Math.sqrt(scale) / truncatedDeviation;
  return () => truncatedNormal(stream) * deviation;
}

/** Rows or columns, whichever are fewer, are orthonormal: a normal matrix, orthogonalized (Saxe et al., 2013). */
function orthogonal(shape: Shape, gain: number, stream: RandomStream): Float32Array {
  const columns = shape[shape.length - 1];
  const rows = sizeOf(shape) / columns;
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let index = 0; index < count; index++) {
    const vector = Float64Array.from({ length }, () => stream.normal());
    // Twice is enough for vectors that are orthogonal to the last bits.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) {
        const along = other.reduce((sum, value, at) => sum + value * vector[at], 0);
        other.forEach((value, at) => (vector[at] -= along * value));
      }
    }
    const norm = Math.hypot(...vector);
    vectors.push(vector.map((value) => value / norm));
  }
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[row * columns + column] = gain * (rows < columns ? vectors[row][column] : vectors[column][row]);
    }
  }
  return values;
}

function valueSource(name: string, shape: Shape, config: Record<string, unknown>, stream: RandomStream): () => number {
  const number = (key: string, missing: number) => (config[key] as number | undefined) ?? missing;
  switch (name) {
    case 'Zeros':
      return () => 0;
    case 'Ones':
      return () => 1;
    case 'Constant':
      return () => number('value', 0);
    case 'RandomUniform': {
      const low = number('minval', -0.05);
      const high = number('maxval', 0.05);
      return () => low + (high - low) * stream.uniform();
    }
    case 'RandomNormal':
      return () => number('mean', 0) + number('stddev', 0.05) * stream.normal();
    case 'TruncatedNormal':
      return () => number('mean', 0) + number('stddev', 0.05) * truncatedNormal(stream);
    case 'VarianceScaling':
      return varianceScaling(shape, config, stream);
    default:
      throw new EpochbookError('engine.initializerUnknown', { name, nearest: 'none' });
  }
}

/** Fresh values for a weight of this shape. */
export function initialValues(initializer: InitializerLike, shape: Shape, stream: RandomStream): Float32Array {
  // Glorot's, He's and LeCun's initializers all say VarianceScaling, and their config tells them apart.
  const name = initializer.getClassName();
  const config = { ...initializer, ...initializer.getConfig() } as Record<string, unknown>;
  if (name === 'Orthogonal') return orthogonal(shape, (config.gain as number | undefined) ?? 1, stream);
  if (name === 'Identity') {
    const gain = (config.gain as number | undefined) ?? 1;
    const width = shape[1] ?? 1;
    return Float32Array.from({ length: sizeOf(shape) }, (_, index) => (Math.floor(index / width) === index % width ? gain : 0));
  }
  if (name === 'STFT') return kernelValues(shape, config);
  const next = valueSource(name, shape, config, stream);
  return Float32Array.from({ length: sizeOf(shape) }, next);
}
