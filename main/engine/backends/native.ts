/** ONNX Runtime's own binary: the default. */
import type { InferenceSession } from 'onnxruntime-node';
import { blockedDomain, encodeOnnx } from '../compile/onnx.ts';
import type { Backend } from './backend.ts';
import { compileKeeping, compileReading, readKept } from './keeping.ts';
import { loadNativeRuntime } from './native-runtime.ts';
import { sessionOptions } from './onnx-runtime.ts';
import type { Runtime } from './runtime.ts';
import { runtimeVersion } from './version.ts';

/** Channels in a block of what the fast convolutions take; 0 where the processor has no such convolutions. */
async function channelBlockOf(runtime: Runtime, options: InferenceSession.SessionOptions): Promise<number> {
  const operator = (op: string, domain: string, from: string, to: string) => ({
    op,
    domain,
    inputs: [from],
    outputs: [to],
    attributes: {},
  });
  const bytes = encodeOnnx({
    nodes: [operator('ReorderInput', blockedDomain, 'image', 'blocks'), operator('Shape', '', 'blocks', 'shape')],
    inputs: [{ name: 'image', shape: [1, 4, 1, 1], dtype: 'float32' }],
    outputs: [{ name: 'shape', shape: [4], dtype: 'int64' }],
    constants: new Map(),
  });
  try {
    const session = await runtime.InferenceSession.create(bytes, { ...options, logSeverityLevel: 4 });
    const { shape } = await session.run({ image: new runtime.Tensor('float32', new Float32Array(4), [1, 4, 1, 1]) });
    await session.release();
    const channels = Number(shape.data[1]);
    return channels > 1 ? channels : 0;
  } catch {
    return 0;
  }
}

/**
 * ONNX Runtime's threads would go on looking for work after a step, and so take the processor from what comes between two:
 * sweeps and the next batch took twice their time.
 */
const restBetweenRuns = { force_spinning_stop: '1', intra_op: { spin_backoff_max: '8' } };

let channelBlock: Promise<number> | undefined;

export async function openNative(threads: number): Promise<Backend> {
  const runtime = await loadNativeRuntime();
  const session = {
    ...sessionOptions,
    intraOpNumThreads: threads,
    executionProviders: ['cpu'],
    extra: { ...sessionOptions.extra, session: restBetweenRuns },
  };
  channelBlock ??= channelBlockOf(runtime, session);
  const options = { options: session, lowering: { channelBlock: await channelBlock } };
  return {
    name: 'native',
    version: runtimeVersion(runtime, 'onnxruntime-node'),
    threads,
    compile: (program, held) =>
      held ? compileKeeping(runtime, program, held, { ...options, threads }) : compileReading(runtime, program, options),
    fetch: (tensors) => Promise.resolve(readKept(tensors)),
  };
}
