/**
 * A sweep as WebAssembly, four floats at a time: one function over a memory that is imported. Its operators round as
 * IEEE 754 has it, so that every engine and processor gives the same bits. Results below the least normal number become 0:
 * what decays, as an optimizer's slots of a unit that no longer learns, would stay below it, where processors are ten times
 * as slow.
 */
import type { Sweep, SweepOp } from './split.ts';

/** https://webassembly.github.io/spec/core/binary/instructions.html#vector-instructions */
const vector = {
  load: 0,
  store: 11,
  splat: 19,
  less: 67,
  andNot: 79,
  Abs: 224,
  Neg: 225,
  Sqrt: 227,
  Add: 228,
  Sub: 229,
  Multiply: 230,
  RealDiv: 231,
  Minimum: 232,
  Maximum: 233,
} as const;
const leastNormal = 2 ** -126;
const localGet = 0x20;
const localSet = 0x21;
const [i32, f32, v128] = [0x7f, 0x7d, 0x7b];

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}
const vectorCode = (code: number) => [0xfd, ...unsigned(code)];
const floatBytes = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];
const counted = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];
const text = (value: string) => sized([...new TextEncoder().encode(value)]);
const access = (code: number) => [...vectorCode(code), ...unsigned(4), 0];

/** Where sweeps do the same with other arrays. */
export const sweepKey = ({ steps, results, arrays, scalars }: Sweep): string =>
  JSON.stringify([arrays.length, scalars.length, steps, results.map(({ step }) => step)], (_, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? String(value) : Object.is(value, -0) ? '-0' : value,
  );

/**
 * A module that imports `memory` and exports `sweep(bytes, ...arrays, ...results, ...scalars)`: addresses of the arrays
 * and results, of `bytes` bytes each, a multiple of 16 and not 0.
 */
export function encodeSweep({ steps, results, arrays, scalars }: Sweep): Uint8Array<ArrayBuffer> {
  const pointers = 1 + arrays.length + results.length;
  const parameters = pointers + scalars.length;
  const place = parameters;
  const local = (step: number) => parameters + 1 + step;
  const get = (index: number) => [localGet, ...unsigned(index)];
  const set = (index: number) => [localSet, ...unsigned(index)];
  const address = (pointer: number) => [...get(pointer), ...get(place), 0x6a];
  const binary = (op: SweepOp, [a, b = a]: readonly number[]) => {
    if (op === 'Square') return [...get(local(a)), ...get(local(a)), ...vectorCode(vector.Multiply)];
    const isUnary = op === 'Sqrt' || op === 'Abs' || op === 'Neg';
    return [...get(local(a)), ...(isUnary ? [] : get(local(b))), ...vectorCode(vector[op])];
  };
  const before: number[] = [];
  const loop: number[] = [];
  steps.forEach((step, index) => {
    if (step.op === 'constant') before.push(0x43, ...floatBytes(step.value), ...vectorCode(vector.splat), ...set(local(index)));
    else if (step.op === 'scalar') before.push(...get(pointers + step.index), ...vectorCode(vector.splat), ...set(local(index)));
    else if (step.op === 'array') loop.push(...address(1 + step.index), ...access(vector.load), ...set(local(index)));
    else loop.push(...binary(step.op, step.inputs), ...set(local(index)));
  });
  const least = local(steps.length);
  before.push(0x43, ...floatBytes(leastNormal), ...vectorCode(vector.splat), ...set(least));
  results.forEach(({ step }, index) => {
    const isSmall = [...get(local(step)), ...vectorCode(vector.Abs), ...get(least), ...vectorCode(vector.less)];
    const flushed = [...get(local(step)), ...isSmall, ...vectorCode(vector.andNot)];
    loop.push(...address(1 + arrays.length + index), ...flushed, ...access(vector.store));
  });
  // place += 16; again while place < bytes
  loop.push(...get(place), 0x41, 16, 0x6a, 0x22, ...unsigned(place), ...get(0), 0x49, 0x0d, 0);
  const body = [
    ...counted([
      [1, i32],
      [...unsigned(steps.length + 1), v128],
    ]),
    ...before,
    0x03,
    0x40,
    ...loop,
    0x0b,
    0x0b,
  ];
  const types = [...Array.from({ length: pointers }, () => [i32]), ...scalars.map(() => [f32])];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return Uint8Array.from([
    ...header,
    ...section(1, counted([[0x60, ...counted(types), 0]])),
    // At least one page, whatever it can grow to.
    ...section(2, counted([[...text('engine'), ...text('memory'), 2, 0, 1]])),
    ...section(3, counted([[0]])),
    ...section(7, counted([[...text('sweep'), 0, 0]])),
    ...section(10, counted([sized(body)])),
  ]);
}
