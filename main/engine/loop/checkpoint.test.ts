import { describe, expect, it } from 'vitest';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

const checkpoint: Checkpoint = {
  epoch: 3,
  weights: new Map([
    ['conv2d/kernel', { shape: [2, 3], values: Float32Array.of(1.5, -0, 1e-45, 3.4e38, Math.fround(0.1), 7) }],
    ['dense/bias', { shape: [], values: Float32Array.of(NaN) }],
  ]),
  slots: new Map([['momentum/conv2d/kernel', { shape: [2], values: Float32Array.of(1, 2) }]]),
  state: { iteration: 12, best: null, stoppings: [{ wait: 1 }] },
};

describe('a checkpoint’s file', () => {
  it('gives back every bit', () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('is safetensors: a header’s length, the header, aligned data', () => {
    const bytes = encodeCheckpoint(checkpoint);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header['conv2d/kernel']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(header['slot:momentum/conv2d/kernel'].data_offsets).toEqual([28, 36]);
    expect(bytes.length).toBe(8 + length + 36);
    expect(Object.values(header['__metadata__']).every((value) => typeof value === 'string')).toBe(true);
  });

  it('is read wherever it lies in memory', () => {
    const bytes = encodeCheckpoint(checkpoint);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeCheckpoint(shifted.subarray(3))).toEqual(checkpoint);
  });

  it('is refused when it is cut short anywhere', () => {
    const bytes = encodeCheckpoint(checkpoint);
    for (const length of [0, 4, 8, 40, bytes.length - 40, bytes.length - 1]) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length)), `${length} bytes`).toThrow(/cut short/);
    }
  });

  it('is refused when it is another kind of file', () => {
    const text = new TextEncoder().encode('{"this is": "some other JSON file, and long enough"}');
    expect(() => decodeCheckpoint(text)).toThrow(/not a checkpoint/);
    const foreign = encodeCheckpoint(checkpoint).slice();
    const at = new TextDecoder('latin1').decode(foreign).indexOf('epochbook-checkpoint');
    foreign[at] = 'x'.charCodeAt(0);
    expect(() => decodeCheckpoint(foreign)).toThrow(/not a checkpoint/);
  });
});
