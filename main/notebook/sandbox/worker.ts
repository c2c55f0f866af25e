/** Entry of the sandbox's thread: a thread, because some of JavaScript's own functions cannot be interrupted. */
import { parentPort } from 'node:worker_threads';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import type { Message, Request } from './messages.ts';
import { runCells } from './run-cells.ts';

const port = parentPort!;
const send = (message: Message): void => port.postMessage(message);
const detail = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// A promise rather than a top-level await, which the bundle's CommonJS does not have.
const loading = newQuickJSWASMModuleFromVariant(variant);
loading.then(
  () => send({ type: 'ready' }),
  (error: unknown) => send({ type: 'crashed', detail: detail(error) }),
);

port.on('message', (request: Request) => {
  void loading
    .then((quickjs) => {
      runCells(quickjs, request, send);
      send({ type: 'done' });
    })
    // Stack overflows of WebAssembly itself end up here; the module's state is not to be relied on any more.
    .catch((error: unknown) => send({ type: 'crashed', detail: detail(error) }));
});
