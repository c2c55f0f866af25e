/** A step's program on several threads, each with its part of the batch from the first operator to the last. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Program, sizeOf, sorted, type Typed, type Values } from '../compile/graph.ts';
import { lower, type Port } from '../compile/lower.ts';
import { optimize } from '../compile/optimize.ts';
import { type BatchParts, splitBatch } from '../compile/parts/split-batch.ts';
import { dropCopies } from '../compile/passes/drop-copies.ts';
import { shareEqual } from '../compile/passes/share-equal.ts';
import { isSplittable, splitSweeps, type SplitProgram } from '../compile/sweeps/split.ts';
import { type OnnxOptions, type OnnxProgram, openLowered, openOnnx } from './onnx-runtime.ts';
import { openThread, threadEntry } from './part-thread.ts';
import type { Runtime } from './runtime.ts';

/** With fewer samples each, products of matrices would be too small to be fast. */
const leastSamples = 32;
/**
 * What all parts have alike is copied for each thread before every step, and what they computed is added up after. So each
 * has to compute this many times as many values: 2 or 3 times in a net of dense layers, hundreds of times in one that is
 * convolutional or recurrent.
 */
const leastWork = 16;

export interface Divided extends SplitProgram {
  readonly parts: BatchParts;
}

/** The largest number of equal parts for which there are threads. */
function countFor(samples: number, threads: number): number {
  for (let count = Math.min(threads, Math.floor(samples / leastSamples)); count > 1; count--) if (samples % count === 0) return count;
  return 1;
}

/** Null where one thread after another at each operator is better, or a part cannot be computed alone. */
export function divide(program: Program, kept: ReadonlySet<string>, threads: number): Divided | null {
  const { samples = 0 } = program;
  const count = countFor(samples, threads);
  if (count === 1 || threadEntry() === undefined || !isSplittable(program, kept)) return null;
  const split = splitSweeps(shareEqual(dropCopies(program)), kept);
  const parts = splitBatch(split.program, count, (name, { shape }) => !kept.has(name) && shape[0] === samples);
  if (!parts) return null;
  const copied = sizeOfAll([...parts.part.outputs.values()]);
  const computed = sizeOfAll(sorted(parts.part));
  return computed < leastWork * copied ? null : { ...split, parts };
}

const sizeOfAll = (nodes: readonly Typed[]) => nodes.reduce((total, { shape }) => total + sizeOf(shape), 0);

/** Copies what one part gets of an input's values. */
function copyShare(values: Values, into: Values, first: number): void {
  into.set(values.subarray(first, first + into.length));
}

function add(total: Values, more: Values): void {
  for (let index = 0; index < total.length; index++) total[index] += more[index];
}

/** The divided program as if it were one. The first part is computed on this thread. */
export async function openParts(
  runtime: Runtime,
  { program, parts }: Divided,
  options: OnnxOptions,
  threads: number,
): Promise<OnnxProgram> {
  const { count, divided, after } = parts;
  const session: InferenceSession.SessionOptions = { ...options.options, intraOpNumThreads: Math.max(1, Math.floor(threads / count)) };
  const lowered = lower(optimize(parts.part), options.lowering);
  const { bytes, inputs, outputs } = lowered;
  const others = Array.from({ length: count - 1 }, () => openThread({ bytes, options: session, inputs, outputs }));
  const own = await openLowered(runtime, lowered, { options: session });
  const rest = after && (await openOnnx(runtime, optimize(after), options));

  const whole = (name: string, onnxName: string, { shape, dtype }: Typed): Port => ({ name, onnxName, shape, dtype });
  const given = inputs.map((port) => whole(port.name, port.onnxName, program.inputs.get(port.name)!));
  const wanted = [...program.outputs].map(([name, node]) => whole(name, name, node));
  const more = rest?.inputs.filter(({ name }) => program.inputs.has(name)) ?? [];

  return {
    inputs: [...given, ...more.filter(({ name }) => !given.some((port) => port.name === name))],
    outputs: wanted,
    async run(feed, into = () => null) {
      const tensors = given.map(feed);
      others.forEach((thread, index) => {
        inputs.forEach(({ name }, input) => {
          const values = tensors[input].data as Values;
          const room = thread.inputs[input];
          copyShare(values, room, divided.has(name) ? (index + 1) * room.length : 0);
        });
        thread.ask();
      });
      const results = await own.run(({ name, dtype, shape }) => {
        const tensor = tensors[given.findIndex((port) => port.name === name)];
        return divided.has(name) ? new runtime.Tensor(dtype, (tensor.data as Values).subarray(0, sizeOf(shape)), shape) : tensor;
      }, into);
      for (const thread of others) {
        const answers = await thread.answer();
        outputs.forEach(({ name }, output) => add(results.get(name)!.data as Values, answers[output]));
      }
      if (!rest) return results;
      const found: Map<string, Tensor> = await rest.run((port) => results.get(port.name) ?? feed(port), into);
      return new Map([...results, ...found]);
    },
    async release() {
      await Promise.all([own.release(), rest?.release(), ...others.map((thread) => thread.close())]);
    },
  };
}
