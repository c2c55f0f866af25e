/** Runs lowered programs in ONNX Runtime; native and wasm differ in the package and its options alone. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EpochbookError } from '#contract/errors.ts';
import type { HostTensor, Program, Values } from '../compile/graph.ts';
import { lower, type Lowered, type Port } from '../compile/lower.ts';
import type { LowerOptions } from '../compile/onnx-builder.ts';
import { optimize } from '../compile/optimize.ts';
import type { Executable } from './backend.ts';
import { discard, type Runtime } from './runtime.ts';

/** Session options common to both: steps are small, so operators run one after another, each on all threads. */
export const sessionOptions = {
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // It gives a pooling the padding before it also where that is wider than the window, and then refuses the pooling.
  extra: { optimization: { disable_specified_optimizers: 'Pad_Fusion' } },
} as const;

export interface OnnxOptions {
  readonly options: InferenceSession.SessionOptions;
  readonly lowering?: LowerOptions;
  /** Outputs that stay on the device. */
  readonly held?: ReadonlySet<string>;
}

/** What stays where it is computed has no values here. */
export const noValues = new Float32Array();

/** A program in a session of ONNX Runtime's own. */
export interface OnnxProgram {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Tensors by the program's names. Outputs are written to those given in `into`, the others are new. */
  run(feed: (port: Port) => Tensor, into?: (port: Port) => Tensor | null): Promise<Map<string, Tensor>>;
  release(): Promise<void>;
}

/** The program as it is, without passes. */
export const openOnnx = (runtime: Runtime, program: Program, options: OnnxOptions): Promise<OnnxProgram> =>
  openLowered(runtime, lower(program, options.lowering), options);

export async function openLowered(
  runtime: Runtime,
  { bytes, inputs, outputs }: Lowered,
  { options, held = new Set() }: Omit<OnnxOptions, 'lowering'>,
): Promise<OnnxProgram> {
  const stays = outputs.some(({ name }) => held.has(name));
  const places = outputs.map(({ name, onnxName }) => [onnxName, held.has(name) ? 'gpu-buffer' : 'cpu'] as const);
  const session = await runtime.InferenceSession.create(bytes, {
    ...options,
    ...(stays && { preferredOutputLocation: Object.fromEntries(places) }),
  });
  return {
    inputs,
    outputs,
    run: async (feed, into = () => null) => {
      const feeds: Record<string, Tensor> = {};
      for (const port of inputs) feeds[port.onnxName] = feed(port);
      const fetches: Record<string, Tensor | null> = {};
      for (const port of outputs) fetches[port.onnxName] = into(port);
      const results = await session.run(feeds, fetches);
      const told = ({ onnxName }: Port): Tensor => {
        const written = fetches[onnxName];
        if (!written) return results[onnxName];
        if (results[onnxName] !== written) discard(results[onnxName]);
        return written;
      };
      return new Map(outputs.map((port) => [port.name, told(port)]));
    },
    release: () => session.release(),
  };
}

export function given(inputs: ReadonlyMap<string, HostTensor>, name: string): HostTensor {
  const found = inputs.get(name);
  if (!found) throw new EpochbookError('internal', { detail: `the input “${name}” is missing` });
  return found;
}

export const hostTensor = ({ shape, dtype }: Port, tensor: Tensor): HostTensor =>
  tensor.location === 'cpu' ? { data: tensor.data as Values, shape, dtype } : { data: noValues, held: tensor, shape, dtype };

export async function compileOnnx(runtime: Runtime, program: Program, options: OnnxOptions): Promise<Executable> {
  const onnx = await openOnnx(runtime, optimize(program), options);
  return {
    run: async (inputs) => {
      const results = await onnx.run(({ name, dtype, shape }) => {
        const { held, data } = given(inputs, name);
        return (held as Tensor | undefined) ?? new runtime.Tensor(dtype, data, shape);
      });
      return new Map(onnx.outputs.map((port) => [port.name, hostTensor(port, results.get(port.name)!)]));
    },
    release: () => onnx.release(),
  };
}
