/** Numbers behind spectrograms: windows, waves, and bands of pitch. */
import type { Json } from '#contract/spec.ts';

/** A window's values; periodic ones leave the last value, which equals the first, to the next window. */
export function windowOf(window: Json | undefined, length: number, periodic: boolean): readonly number[] {
  if (Array.isArray(window)) return window as number[];
  const span = periodic ? length : length - 1;
  const wave = (index: number, times: number) => Math.cos((2 * Math.PI * times * index) / Math.max(1, span));
  const shapes: Readonly<Record<string, (index: number) => number>> = {
    hann: (index) => 0.5 - 0.5 * wave(index, 1),
    hamming: (index) => 0.54 - 0.46 * wave(index, 1),
    blackman: (index) => 0.42 - 0.5 * wave(index, 1) + 0.08 * wave(index, 2),
  };
  const shape = length > 1 ? shapes[window as string] : undefined;
  return Array.from({ length }, (_, index) => shape?.(index) ?? 1);
}

export type Side = 'real' | 'imag';

/** Rows by time and columns by frequency: cosines, or negative sines, of a Fourier transform of `size` values. */
export function waves(side: Side, length: number, size: number, window: readonly number[]): Float32Array {
  const bins = Math.floor(size / 2) + 1;
  const wave = side === 'real' ? Math.cos : (angle: number) => -Math.sin(angle);
  return Float32Array.from({ length: length * bins }, (_, index) => {
    const [time, bin] = [Math.floor(index / bins), index % bins];
    return window[time] * wave((2 * Math.PI * ((time * bin) % size)) / size);
  });
}

/** Values of a kernel of STFTSpectrogram, as Keras' initializer STFT gives them. */
export function kernelValues(shape: readonly number[], config: Readonly<Record<string, unknown>>): Float32Array {
  const [length, , bins] = shape;
  const named = config.window as Json;
  const window = windowOf(named, length, config.periodic === true);
  const total = (of: (value: number) => number) => window.reduce((sum, value) => sum + of(value), 0);
  const scale =
    named === 'none'
      ? 1
      : config.scaling === 'density'
        ? Math.sqrt(total((value) => value * value))
        : config.scaling === 'spectrum'
          ? total(Math.abs)
          : 1;
  return waves(config.side as Side, length, 2 * (bins - 1), window).map((value) => value / scale);
}

const mel = (hertz: number) => 1127 * Math.log(1 + hertz / 700);

/** Rows by frequency and columns by band: triangles that are even in pitch (HTK's), without the mean of the signal. */
export function melBands(bins: number, bands: number, rate: number, low: number, high: number): Float32Array {
  const [from, to] = [mel(low), mel(high)];
  const edge = (index: number) => from + ((to - from) * index) / (bands + 1);
  return Float32Array.from({ length: bins * bands }, (_, index) => {
    const [bin, band] = [Math.floor(index / bands), index % bands];
    if (bin === 0) return 0;
    const pitch = mel((bin * rate) / 2 / (bins - 1));
    const up = (pitch - edge(band)) / (edge(band + 1) - edge(band));
    const down = (edge(band + 2) - pitch) / (edge(band + 2) - edge(band + 1));
    return Math.max(0, Math.min(up, down));
  });
}
