import { describe, expect, it } from 'vitest';
import { bytesOf, numbersOf } from './curves/request.ts';
import { fromFrame, fromWire, toFrame, toWire } from './wire.ts';

/** As it comes out of a socket. */
const sent = (value: unknown): unknown => {
  const frame = toFrame(value);
  return fromFrame(typeof frame === 'string' ? frame : frame.buffer);
};

describe('the wire', () => {
  it('keeps NaN and the infinities, in text and in frames', () => {
    const odd = { loss: [Number.NaN, 1, -Infinity], text: '"$bytes" "$number"', deep: { least: Infinity } };
    expect(fromWire(toWire(odd))).toEqual(odd);
    expect(typeof toFrame(odd)).toBe('string');
    expect(sent(odd)).toEqual(odd);
  });

  it('gives numbers back bit for bit, and without copying them', () => {
    const numbers = Float64Array.of(0.1, -0, Number.NaN, Infinity, 5e-324);
    const value = { name: 'Größe 损失', first: Uint8Array.of(1, 2, 3), empty: new Uint8Array(), list: [{ y: bytesOf(numbers) }] };
    const received = sent(value) as typeof value;
    expect(received).toEqual(value);
    expect(received.list[0].y.byteOffset % 8).toBe(0);
    const again = numbersOf(received.list[0].y);
    expect(again.buffer).toBe(received.list[0].y.buffer);
    expect(again.every((number, index) => Object.is(number, numbers[index]))).toBe(true);
  });

  it('sends once what several name', () => {
    const x = bytesOf(Float64Array.from({ length: 1000 }, (_, index) => index));
    const value = [{ x }, { x: new Uint8Array(x.buffer) }, { x: x.subarray(0, 8) }];
    expect((toFrame(value) as Uint8Array).byteLength).toBeLessThan(8200);
    expect(sent(value)).toEqual(value);
  });

  it('takes what only looks like a byte array as it is', () => {
    const value = { params: { $bytes: [0, 8] } };
    expect(sent(value)).toEqual(value);
  });

  it('refuses what is no frame', () => {
    expect(() => fromFrame(new ArrayBuffer(2))).toThrow();
    expect(() => fromFrame(Uint8Array.of(255, 255, 255, 127, 0, 0, 0, 0).buffer)).toThrow();
  });
});
