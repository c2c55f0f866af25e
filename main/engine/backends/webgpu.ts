/**
 * The graphics processor, by the WebGPU provider that ONNX Runtime's binary carries. What is to be kept stays in its
 * memory from step to step: the runtime takes and gives its buffers.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EpochbookError } from '#contract/errors.ts';
import { type HostTensor, makeNode, type Program, type Typed } from '../compile/graph.ts';
import type { Backend } from './backend.ts';
import { compileOnnx, sessionOptions } from './onnx-runtime.ts';
import { type Runtime, runtimeOf } from './runtime.ts';
import { runtimeVersion } from './version.ts';

/** Buffers that a shader may be bound to, less some that the runtime wants for itself: wider operators are taken apart. */
const mostPorts = 8;

const options: InferenceSession.SessionOptions = { ...sessionOptions, executionProviders: ['webgpu'], logSeverityLevel: 4 };

/** Its inputs are its outputs. */
function copyProgram(types: ReadonlyMap<string, Typed>): Program {
  const inputs = new Map([...types].map(([name, type]) => [name, makeNode('input', [], type, { attributes: { name } })]));
  return { inputs, random: [], outputs: inputs };
}

/** The runtime's own words, without the place in its source. */
function detailOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (/Failed to get a WebGPU adapter[^\n]*/.exec(text)?.[0] ?? text.split('\n')[0]).trim();
}

/** Throws `engine.gpuMissing` where there is no graphics processor, or no driver for it. */
export async function openWebgpu(): Promise<Backend> {
  try {
    const runtime = runtimeOf(await import('onnxruntime-node'));
    await tryOut(runtime);
    return backendOf(runtime);
  } catch (error) {
    throw new EpochbookError('engine.gpuMissing', { detail: detailOf(error) });
  }
}

/** One small sum, which needs an adapter and a device. */
async function tryOut(runtime: Runtime): Promise<void> {
  const type: Typed = { shape: [2], dtype: 'float32' };
  const x = makeNode('input', [], type, { attributes: { name: 'x' } });
  const sum = makeNode('Add', [x, x], type, { keys: ['a', 'b'] });
  const executable = await compileOnnx(runtime, { inputs: new Map([['x', x]]), random: [], outputs: new Map([['y', sum]]) }, { options });
  const { data } = (await executable.run(new Map([['x', { ...type, data: Float32Array.of(1, 2) }]]))).get('y')!;
  await executable.release();
  if (data[0] !== 2 || data[1] !== 4) throw new Error(`1 + 1 was ${data[0]}`);
}

function backendOf(runtime: Runtime): Backend {
  return {
    name: 'webgpu',
    version: runtimeVersion(runtime, 'onnxruntime-node'),
    threads: 1,
    compile: (program, held = new Set()) => compileOnnx(runtime, program, { options, lowering: { mostPorts }, held }),
    // The runtime's own way to read a buffer ends the process: a graph that copies does it.
    async fetch(tensors) {
      const executable = await compileOnnx(runtime, copyProgram(tensors), { options: { ...options, graphOptimizationLevel: 'disabled' } });
      try {
        return await executable.run(tensors);
      } finally {
        await executable.release();
      }
    },
    free: ({ held }: HostTensor) => (held as Tensor | undefined)?.dispose(),
  };
}
