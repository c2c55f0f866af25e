import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Electron would load these with require(), and they are published as ES modules alone.
const onlyEsModules = ['intl-messageformat'];
// Of tfjs-node, which must find the very module that the tensorflow backend prepares.
const transitive = ['@mapbox/node-pre-gyp'];

/** Parts of Monaco’s modules that would bring along what is not used. */
const notOurs: readonly (readonly [module: string, part: RegExp])[] = [
  // Where a language's worker is started, every feature of its editors is registered too; ours are named in monaco.ts.
  ['vs/internal/common/workers.js', /^import '[^']+';\n/gm],
  // The worker is ours, by MonacoEnvironment; this one would be a copy of seven megabytes.
  ['vs/languages/features/typescript/workerManager.js', /^ *createWorker: .*ts\.worker\.js.*\n/gm],
];
const onlyWhatIsUsed = {
  name: 'only-what-is-used-of-monaco',
  transform(code: string, id: string) {
    const part = notOurs.find(([module]) => id.replaceAll('\\', '/').endsWith(`/monaco-editor/esm/${module}`))?.[1];
    if (!part) return undefined;
    const rest = code.replaceAll(part, '');
    if (rest === code) throw new Error(`Monaco’s module ${id} is another than it was.`);
    return { code: rest, map: null };
  },
};

// The oldest Electron the app is tested on is 22: Node 16.17, Chrome 108.
export default defineConfig({
  main: {
    build: {
      outDir: here('out/main'),
      target: 'node16.17',
      externalizeDeps: { exclude: onlyEsModules, include: transitive },
      rolldownOptions: {
        input: {
          app: here('main/app/main.ts'),
          trainer: here('main/trainer/worker.ts'),
          'batch-feed': here('main/engine/loop/feed-worker.ts'),
          'batch-part': here('main/engine/backends/part-worker.ts'),
          'notebook-sandbox': here('main/notebook/sandbox/worker.ts'),
          'store-maintenance': here('main/store/maintenance-worker.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
      sourcemap: true,
    },
  },
  preload: {
    build: {
      outDir: here('out/preload'),
      target: 'node16.17',
      rolldownOptions: {
        input: { index: here('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('renderer'),
    plugins: [react(), onlyWhatIsUsed],
    worker: { format: 'es' },
    build: {
      outDir: here('out/renderer'),
      emptyOutDir: true,
      target: 'chrome108',
      cssTarget: 'chrome108',
      minify: true,
      // The content security policy allows no data: URLs for fonts and scripts.
      assetsInlineLimit: 0,
      // Monaco's TypeScript worker alone is several megabytes, and all files are local.
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: here('renderer/index.html'), checks: { pluginTimings: false } },
    },
  },
});
