/** Runs lowered programs in ONNX Runtime; native and wasm differ in the package and its options alone. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EpochbookError } from '#contract/errors.ts';
import type { DataType, HostTensor, Program, Values } from '../compile/graph.ts';
import { lower, type Port } from '../compile/lower.ts';
import { optimize } from '../compile/optimize.ts';
import type { Executable } from './backend.ts';

export interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> };
  readonly Tensor: new (type: DataType, data: Values, shape: readonly number[]) => Tensor;
}

/** Session options common to both: steps are small, so operators run one after another, each on all threads. */
export const sessionOptions = { interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all' } as const;

/** A package as `import()` gives it: in the desktop app's CommonJS bundle under `default`. */
export function runtimeOf(loaded: object): Runtime {
  const found = ('InferenceSession' in loaded ? loaded : (loaded as { default: object }).default) as unknown;
  return found as Runtime;
}

export interface OnnxOptions {
  readonly options: InferenceSession.SessionOptions;
  /** Inputs or outputs that one operator may have. */
  readonly mostPorts?: number;
  /** Outputs that stay on the device. */
  readonly held?: ReadonlySet<string>;
}

const nothing = new Float32Array();

export async function compileOnnx(
  runtime: Runtime,
  program: Program,
  { options, mostPorts = Infinity, held = new Set() }: OnnxOptions,
): Promise<Executable> {
  const lowered = lower(optimize(program), mostPorts);
  const stays = lowered.outputs.some(({ name }) => held.has(name));
  const places = lowered.outputs.map(({ name, onnxName }) => [onnxName, held.has(name) ? 'gpu-buffer' : 'cpu'] as const);
  const session = await runtime.InferenceSession.create(lowered.bytes, {
    ...options,
    ...(stays && { preferredOutputLocation: Object.fromEntries(places) }),
  });
  const portNamed = new Map(lowered.outputs.map((port) => [port.onnxName, port]));
  const feed = ({ name, onnxName, shape, dtype }: Port, inputs: ReadonlyMap<string, HostTensor>): [string, Tensor] => {
    const given = inputs.get(name);
    if (!given) throw new EpochbookError('internal', { detail: `the input “${name}” is missing` });
    return [onnxName, (given.held as Tensor | undefined) ?? new runtime.Tensor(dtype, given.data, shape)];
  };
  return {
    run: async (inputs) => {
      const results = await session.run(Object.fromEntries(lowered.inputs.map((port) => feed(port, inputs))));
      return new Map(
        Object.entries(results).map(([onnxName, tensor]): [string, HostTensor] => {
          const { name, shape, dtype } = portNamed.get(onnxName)!;
          if (tensor.location !== 'cpu') return [name, { data: nothing, held: tensor, shape, dtype }];
          return [name, { data: tensor.data as Values, shape, dtype }];
        }),
      );
    },
    release: () => session.release(),
  };
}
