/** Keras' spectrograms: how strong each frequency is from moment to moment. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { tf } from '../../tfjs.ts';
import { type Config, defineLayer, type Lengths, number } from './define.ts';
import { melBands, type Side, waves, windowOf } from './spectrum.ts';

const refuse = (problem: 'transform' | 'step' | 'window' | 'silent' | 'short', given: number, wanted: number) =>
  new EpochbookError('engine.spectrogram', { problem, given, wanted });

function checkWindow(window: Json | undefined, length: number, periodic: boolean): void {
  if (Array.isArray(window) && window.length !== length) throw refuse('window', window.length, length);
  if (windowOf(window, length, periodic).every((value) => Math.abs(value) < 1e-9)) throw refuse('silent', length, length);
}

/** Rows of the signal's places that each transform sees: centred, what lies beyond an end being reflected there. */
function framesOf(samples: number, { transform, frame, step }: { transform: number; frame: number; step: number }): number[][] {
  const half = Math.floor(transform / 2);
  if (samples <= half) throw refuse('short', samples, half + 1);
  const reflected = (place: number) => (place < 0 ? -place : place >= samples ? 2 * (samples - 1) - place : place);
  const first = Math.floor((transform - frame) / 2) - half;
  const count = 1 + Math.floor((samples + 2 * half - transform) / step);
  return Array.from({ length: count }, (_, row) => Array.from({ length: frame }, (__, place) => reflected(first + row * step + place)));
}

function melOptions(config: Config) {
  const transform = number(config, 'fftLength');
  const frame = (config.sequenceLength as number | null) ?? transform;
  if (transform < frame) throw refuse('transform', transform, frame);
  checkWindow(config.window, frame, true);
  return { transform, frame, step: number(config, 'sequenceStride') };
}

/** Decibels against a reference, none further than so many below the loudest of the batch. */
function decibels(power: tf.Tensor, config: Config): tf.Tensor {
  const least = number(config, 'minPower');
  const level = (x: tf.Tensor) => tf.mul(tf.log(tf.maximum(x, least)), 10 / Math.LN10);
  const reference = 10 * Math.log10(Math.max(Math.abs(number(config, 'refPower')), least));
  const levels = tf.sub(level(power), reference);
  const floor = tf.sub(tf.max(levels), number(config, 'topDb'));
  return tf.maximum(levels, tf.add(tf.zerosLike(levels), floor));
}

/** Below this, there is no slope: a root has none at 0. */
const silence = 1e-20;

defineLayer({
  className: 'MelSpectrogram',
  defaults: {
    fftLength: 2048,
    sequenceStride: 512,
    sequenceLength: null,
    window: 'hann',
    samplingRate: 16_000,
    numMelBins: 128,
    minFreq: 20,
    maxFreq: null,
    powerToDb: true,
    topDb: 80,
    magExp: 2,
    minPower: 1e-10,
    refPower: 1,
  },
  outputShape: (config, [[samples]]) => [
    number(config, 'numMelBins'),
    samples === null ? null : framesOf(samples, melOptions(config)).length,
  ],
  call([x], { config }) {
    const options = melOptions(config);
    const { transform, frame } = options;
    const [batch, samples] = x.shape as [number, number];
    const places = framesOf(samples, options);
    const bins = Math.floor(transform / 2) + 1;
    const rows = tf.reshape(tf.gather(x, tf.tensor1d(places.flat(), 'int32'), 1), [batch * places.length, frame]);
    const window = windowOf(config.window, frame, true);
    // A shift of the frame within the transform turns its phases alone.
    const part = (side: Side) => tf.square(tf.matMul(rows, tf.tensor2d(waves(side, frame, transform, window), [frame, bins])));
    const power = tf.add(part('real'), part('imag'));
    const exponent = number(config, 'magExp');
    const strength = exponent === 2 ? power : tf.pow(tf.maximum(power, silence), exponent / 2);
    const bands = number(config, 'numMelBins');
    const rate = number(config, 'samplingRate');
    const highest = (config.maxFreq as number | null) ?? Math.trunc(rate / 2);
    const pitches = tf.tensor2d(melBands(bins, bands, rate, number(config, 'minFreq'), highest), [bins, bands]);
    const levels = tf.reshape(tf.matMul(strength as tf.Tensor2D, pitches), [batch, places.length, bands]);
    return tf.transpose(config.powerToDb === false ? levels : decibels(levels, config), [0, 2, 1]);
  },
});

interface Transform {
  readonly frame: number;
  readonly step: number;
  readonly bins: number;
}

function stftOptions(config: Config): Transform {
  const frame = number(config, 'frameLength');
  const step = (config.frameStep as number | null) ?? Math.floor(frame / 2);
  if (step > frame || step < 1) throw refuse('step', step, frame);
  const transform = (config.fftLength as number | null) ?? 2 ** Math.ceil(Math.log2(frame));
  if (transform < frame) throw refuse('transform', transform, frame);
  checkWindow(config.window, frame, config.periodic === true);
  return { frame, step, bins: Math.floor(transform / 2) + 1 };
}

const isFirst = ({ dataFormat }: Config) => dataFormat === 'channelsFirst';

function stftShape(config: Config, [shape]: readonly Lengths[]): Lengths {
  const { frame, step, bins } = stftOptions(config);
  const [channels, samples] = isFirst(config) ? [shape[0]!, shape[1]] : [shape[1]!, shape[0]];
  const whole = config.padding !== 'same';
  if (whole && samples !== null && samples < frame) throw refuse('short', samples, frame);
  const count = samples === null ? null : whole ? 1 + Math.floor((samples - frame) / step) : Math.ceil(samples / step);
  const values = config.mode === 'stft' ? 2 * bins : bins;
  if (config.expandDims === true) return isFirst(config) ? [channels, count, values] : [count, values, channels];
  return isFirst(config) ? [channels * values, count] : [count, channels * values];
}

/** The angle of a complex number, from −π to π. */
function angle(real: tf.Tensor, imaginary: tf.Tensor): tf.Tensor {
  const positive = tf.greater(real, 0);
  const steep = tf.equal(real, 0);
  const slope = tf.atan(tf.div(imaginary, tf.where(steep, tf.onesLike(real), real)));
  const half = tf.sub(tf.mul(tf.cast(tf.greaterEqual(imaginary, 0), 'float32'), 2), 1);
  const turned = tf.where(positive, slope, tf.add(slope, tf.mul(half, Math.PI)));
  return tf.where(steep, tf.mul(tf.sign(imaginary), Math.PI / 2), turned);
}

const epsilon = 1e-7;

/** `[batch, channels, steps, frequencies]` of the parts that the mode needs. */
function spectrum(mode: Json | undefined, part: (side: Side) => tf.Tensor): tf.Tensor {
  if (mode === 'real' || mode === 'imag') return part(mode);
  const [real, imaginary] = [part('real'), part('imag')];
  if (mode === 'stft') return tf.concat([real, imaginary], 3);
  if (mode === 'angle') return angle(real, imaginary);
  const power = tf.add(tf.square(real), tf.square(imaginary));
  if (mode === 'psd') {
    // Each frequency stands for its negative as well, but for the first and the last.
    const bins = power.shape[3]!;
    return tf.mul(power, tf.tensor1d(Float32Array.from({ length: bins }, (_, bin) => (bin === 0 || bin === bins - 1 ? 1 : 2))));
  }
  const magnitude = tf.sqrt(tf.maximum(power, epsilon));
  return mode === 'magnitude' ? magnitude : tf.log(tf.maximum(magnitude, epsilon));
}

defineLayer({
  className: 'STFTSpectrogram',
  defaults: {
    mode: 'log',
    frameLength: 256,
    frameStep: null,
    fftLength: null,
    window: 'hann',
    periodic: false,
    scaling: 'density',
    padding: 'valid',
    expandDims: false,
    dataFormat: 'channelsLast',
  },
  weights(config) {
    const { frame, bins } = stftOptions(config);
    const { window, periodic, scaling, mode } = config;
    const sides = (['real', 'imag'] as const).filter((side) => mode !== (side === 'real' ? 'imag' : 'real'));
    return sides.map((side) => {
      const initializer = { className: 'STFT', config: { side, window, periodic, scaling } };
      return { name: `${side}_kernel`, shape: [frame, 1, bins], options: 'own', initializer };
    });
  },
  outputShape: stftShape,
  call([x], { config, weights }) {
    const { step } = stftOptions(config);
    const signals = isFirst(config) ? x : tf.transpose(x, [0, 2, 1]);
    const [batch, channels, samples] = signals.shape as [number, number, number];
    const each = tf.reshape(signals, [batch * channels, samples, 1]) as tf.Tensor3D;
    const padding = config.padding === 'same' ? 'same' : 'valid';
    const part = (side: Side) => {
      const found = tf.conv1d(each, weights[`${side}_kernel`] as tf.Tensor3D, step, padding);
      return tf.reshape(found, [batch, channels, found.shape[1], found.shape[2]]);
    };
    const found = spectrum(config.mode, part);
    const [, , steps, values] = found.shape as [number, number, number, number];
    if (config.expandDims === true) return isFirst(config) ? found : tf.transpose(found, [0, 2, 3, 1]);
    if (isFirst(config)) return tf.reshape(tf.transpose(found, [0, 1, 3, 2]), [batch, channels * values, steps]);
    return tf.reshape(tf.transpose(found, [0, 2, 1, 3]), [batch, steps, channels * values]);
  },
});

/** See initialize.ts: its values follow from its config alone. */
class STFT extends tf.serialization.Serializable {
  static readonly className = 'STFT';
  private readonly config: tf.serialization.ConfigDict;

  constructor(config: tf.serialization.ConfigDict) {
    super();
    this.config = config;
  }

  getConfig(): tf.serialization.ConfigDict {
    return this.config;
  }
}
tf.serialization.registerClass(STFT);
