/**
 * Random numbers by name: a stream is a function of the run's seed and a path such as `['dropout', 'dropout_1', 63]`.
 * Streams are independent of each other and of the order in which they are asked for, so none has a state to save.
 */
import type { RandomInput } from '../compile/graph.ts';
export interface RandomStream {
  /** An integer of 0 … 2³² − 1. */
  integer(): number;
  /** Of [0, 1), 53 bits. */
  uniform(): number;
  /** Mean 0, deviation 1. */
  normal(): number;
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the output's. */
function mixed(value: number): number {
  let word = value | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) | 0;
}

/** 32 bits of the path's words under one of several salts. */
function hashed(words: readonly number[], salt: number): number {
  let state = mixed(salt);
  for (const word of words) state = mixed(Math.imul(state, 0x9e3779b1) + word + 0x6a09e667);
  return mixed(state ^ words.length);
}

function wordsOf(part: string | number): number[] {
  if (typeof part === 'number') return [1, part | 0, Math.floor(part / 2 ** 32) | 0];
  return [2, part.length, ...Array.from(part, (character) => character.codePointAt(0)!)];
}

/**
 * The stream of this name: xoshiro128** (Blackman and Vigna, 2018), its state set from a hash of the path.
 */
export function randomStream(seed: number, ...path: readonly (string | number)[]): RandomStream {
  const words = [seed, ...path].flatMap(wordsOf);
  let a = hashed(words, 0x243f6a88);
  let b = hashed(words, 0x85a308d3);
  let c = hashed(words, 0x13198a2e);
  let d = hashed(words, 0x03707344) || 1;
  let spare: number | null = null;

  const integer = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  const uniform = (): number => ((integer() >>> 5) * 2 ** 26 + (integer() >>> 6)) / 2 ** 53;
  /** Box and Muller's, whose second value is kept for the next call. */
  const normal = (): number => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { integer, uniform, normal };
}

/** A permutation of 0 … count − 1, each as likely as the others (Fisher and Yates). */
export function permutation(count: number, stream: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor((stream.integer() / 2 ** 32) * (last + 1));
    const kept = order[last];
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** 0 with probability `rate`, else 1 / (1 − rate): dropout that keeps the mean. */
export function fillKeepMask(target: Float32Array, rate: number, stream: RandomStream): void {
  const threshold = rate * 2 ** 32;
  const kept = rate < 1 ? 1 / (1 - rate) : 0;
  for (let index = 0; index < target.length; index++) target[index] = stream.integer() < threshold ? 0 : kept;
}

export function fillNormal(target: Float32Array, stream: RandomStream): void {
  for (let index = 0; index < target.length; index++) target[index] = stream.normal();
}

export function fillUniform(target: Float32Array, stream: RandomStream): void {
  for (let index = 0; index < target.length; index++) target[index] = (stream.integer() >>> 8) / 2 ** 24;
}

/** Gamma-distributed (Marsaglia and Tsang 2000; for a shape below 1 with their power of a uniform number). */
function gamma(shape: number, stream: RandomStream): number {
  if (shape < 1) return gamma(shape + 1, stream) * (1 - stream.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - stream.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta-distributed, with one parameter for both sides. */
export function beta(parameter: number, stream: RandomStream): number {
  const [one, two] = [gamma(parameter, stream), gamma(parameter, stream)];
  return one + two > 0 ? one / (one + two) : 1;
}

/** What a program wants of a stream, into all of `target`. */
export function fillRandom(target: Float32Array, distribution: RandomInput['distribution'], stream: RandomStream): void {
  switch (distribution.kind) {
    case 'keep':
      return fillKeepMask(target, distribution.rate, stream);
    case 'normal':
      return fillNormal(target, stream);
    case 'permutation':
      return target.set(permutation(target.length, stream));
    case 'beta': {
      const [least, most] = distribution.parameter;
      const parameter = least + (most - least) * stream.uniform();
      for (let index = 0; index < target.length; index++) target[index] = beta(parameter, stream);
      return;
    }
    case 'gamma':
      for (let index = 0; index < target.length; index++) target[index] = gamma(distribution.shape, stream);
      return;
    default:
      return fillUniform(target, stream);
  }
}
