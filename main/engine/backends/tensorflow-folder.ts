/** Where TensorFlow's library and tfjs-node's binding to it lie, once they were installed. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const tensorflowVersion = '2.18.1';

/** Shared by all of a user's workspaces; the versions are in the name, so that a newer one lies beside it. */
export function tensorflowFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['EPOCHBOOK_TENSORFLOW'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'epochbook');
  return join(base, `tensorflow-${tensorflowVersion}-tfjs-node-4.22`);
}

/** The binding finds the library by its own place: `../../deps/lib`. */
export const bindingFile = (folder: string) => join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
export const libraryFolder = (folder: string) => join(folder, 'deps', 'lib');
