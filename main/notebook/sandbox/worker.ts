/** Entry of the sandbox's thread: a thread, because some of JavaScript's own functions cannot be interrupted. */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import * as quickjsVariant from '@jitl/quickjs-wasmfile-release-sync';
import { type EmscriptenModuleLoader, newQuickJSWASMModuleFromVariant, type QuickJSEmscriptenModule } from 'quickjs-emscripten-core';
import type { Message, Request } from './messages.ts';
import { runCells } from './run-cells.ts';

const port = parentPort!;
const send = (message: Message): void => port.postMessage(message);
const detail = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// With require(), as the package's own import() cannot read from an installed app's archive.
const require = createRequire(import.meta.url);
const importModuleLoader = (): Promise<EmscriptenModuleLoader<QuickJSEmscriptenModule>> =>
  Promise.resolve(require('@jitl/quickjs-wasmfile-release-sync/emscripten-module') as EmscriptenModuleLoader<QuickJSEmscriptenModule>);

/** The default export, also where a bundle's interoperation with CommonJS wraps it once more. */
function defaultOf<T extends object>(module: { default: T | { default: T } }): T {
  return 'default' in module.default ? module.default.default : module.default;
}

// A promise rather than a top-level await, which the bundle's CommonJS does not have.
const loading = newQuickJSWASMModuleFromVariant({ ...defaultOf(quickjsVariant), importModuleLoader });
loading.then(
  () => send({ type: 'ready' }),
  (error: unknown) => send({ type: 'unavailable', detail: detail(error) }),
);

port.on('message', (request: Request) => {
  void loading.then((quickjs) => {
    try {
      runCells(quickjs, request, send);
      send({ type: 'done' });
    } catch (error) {
      // Stack overflows of WebAssembly itself end up here; the module's state is not to be relied on any more.
      send({ type: 'crashed', detail: detail(error) });
    }
  });
});
