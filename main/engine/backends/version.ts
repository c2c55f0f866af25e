import type { Runtime } from './runtime.ts';

/** `onnxruntime-node 1.30.0`; packages that load in several pieces all know their common version. */
export function runtimeVersion(runtime: Runtime, packageName: string): string {
  const { env } = runtime as Runtime & { env?: { versions?: Record<string, string | undefined> } };
  const version = env?.versions?.[packageName === 'onnxruntime-node' ? 'node' : 'web'] ?? env?.versions?.common ?? '';
  return `${packageName} ${version}`.trim();
}
