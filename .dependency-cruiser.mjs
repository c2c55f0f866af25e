// Who may import what, from the design. An area may always import from itself.

const contract = '^preload/contract/';
const npm = (/** @type {string[]} */ ...names) => `^node_modules/(${names.map((name) => name.replace('*', '[^/]+')).join('|')})(/|$)`;

/**
 * `local`: our own folders and files. `npm`: packages. `builtins`: whether Node's own modules may be imported; where
 * they may not, the code also runs in a page.
 */
const areas = [
  { name: 'contract', path: contract, npm: npm('zod', 'intl-messageformat', 'markdown-it') },
  { name: 'preload', path: '^preload/[^/]+$', local: [contract], npm: npm('electron') },
  // ONNX Runtime is for backends alone; tfjs, which is the reference, for all of the engine.
  {
    name: 'backends',
    path: '^main/engine/backends/',
    local: [contract, '^main/engine/'],
    npm: npm('@tensorflow/*', '@mapbox/node-pre-gyp', 'onnxruntime-*'),
    builtins: true,
  },
  { name: 'engine', path: '^main/engine/(?!backends/)', local: [contract, '^main/engine/'], npm: npm('@tensorflow/*'), builtins: true },
  { name: 'files', path: '^main/files/', local: [contract], builtins: true },
  {
    name: 'data',
    path: '^main/data/',
    local: [contract, '^main/files/'],
    npm: npm('csv-parse', '@duckdb/node-api', 'sharp', 'apache-arrow', 'better-sqlite3'),
    builtins: true,
  },
  {
    name: 'notebook',
    path: '^main/notebook/',
    // Its tests train with everything that the language offers.
    local: [contract, '^main/engine/testing/harness\\.ts$', '^main/engine/backends/index\\.ts$'],
    npm: npm('quickjs-emscripten-core', '@jitl/*', '@swc/wasm-typescript'),
    builtins: true,
  },
  { name: 'store', path: '^main/store/', local: [contract, '^main/files/'], npm: npm('better-sqlite3'), builtins: true },
  {
    name: 'interchange',
    path: '^main/interchange/',
    local: [contract, '^main/(engine|files)/'],
    npm: npm('@tensorflow/*', 'markdown-it', 'katex', 'better-sqlite3', 'csv-parse', 'yaml', '@duckdb/node-api'),
    builtins: true,
  },
  { name: 'trainer', path: '^main/trainer/', local: [contract, '^main/(engine|data|interchange|files)/'], builtins: true },
  {
    name: 'workbench',
    path: '^main/workbench/',
    // Its tests run real trainer processes, on the trainer's own test data.
    local: [
      contract,
      '^main/(notebook|store|interchange|files)/',
      '^main/trainer/(host|protocol|fork-node|checkpoint-files|testing/table)\\.ts$',
      '^main/engine/backends/tensorflow-folder\\.ts$',
      // Sweeps draw from the same streams as training.
      '^main/engine/loop/random\\.ts$',
    ],
    npm: npm('zod'),
    builtins: true,
  },
  { name: 'shell', path: '^main/shell/', local: [contract, '^main/workbench/'], builtins: true },
  {
    name: 'desktop',
    path: '^main/app/',
    local: [contract, '^main/(workbench|shell)/', '^main/trainer/(host|fork-node)\\.ts$'],
    npm: npm('electron'),
    builtins: true,
  },
  {
    name: 'browser',
    path: '^main/browser/',
    local: [contract, '^main/(workbench|shell)/', '^main/trainer/(host|fork-node)\\.ts$'],
    npm: npm('ws'),
    builtins: true,
  },
  {
    name: 'cli',
    path: '^main/cli/',
    local: [contract, '^main/(workbench|shell|browser)/', '^main/trainer/(host|fork-node)\\.ts$'],
    npm: npm('commander'),
    builtins: true,
  },
  {
    name: 'renderer',
    path: '^renderer/',
    local: [contract],
    npm: '^node_modules/(?!electron/|better-sqlite3/|onnxruntime|@tensorflow/|playwright/|vitest/)',
  },
  // Benchmarks, campaigns and what fills a store for a spec use the core's parts themselves, or drive the app as the specs do.
  {
    name: 'bench, campaign and stores',
    path: '^e2e/(bench|campaign|stores)/',
    local: [contract, '^main/(engine|data|notebook|interchange|store|trainer)/', '^main/cli/[^/]+\\.mjs$', '^e2e/'],
    npm: npm('playwright', 'sharp', '@duckdb/node-api'),
    builtins: true,
  },
  // The runners start what npm scripts start, and so know where the commands are.
  {
    name: 'e2e',
    path: '^e2e/(?!bench/|campaign/|stores/)',
    local: [contract, '^e2e/stores/', '^main/cli/[^/]+\\.mjs$', '^\\.dependency-cruiser'],
    npm: npm('playwright', 'playwright-core', '@axe-core/playwright', 'dependency-cruiser', '@types/*', 'electron', 'sharp'),
    builtins: true,
  },
];

/** @type {import('dependency-cruiser').DependencyType[]} */
const nodesOwn = ['core'];
/** @type {import('dependency-cruiser').SeverityType} */
const severity = 'error';
const tests = '\\.test\\.tsx?$|/testing/';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = areas.flatMap(({ name, path, local = [], npm: packages, builtins = false }) => [
  {
    name: `${name} may not import this part of Epochbook`,
    severity,
    from: { path },
    to: { pathNot: [path, ...local, '^node_modules/'], dependencyTypesNot: ['core', 'unknown'] },
  },
  {
    name: `${name} may not import this package`,
    severity,
    from: { path, pathNot: tests },
    to: { path: '^node_modules/', ...(packages && { pathNot: packages }) },
  },
  ...(builtins
    ? []
    : [
        {
          name: `${name} may not import Node's own modules`,
          severity,
          from: { path, pathNot: tests },
          to: { dependencyTypes: nodesOwn },
        },
      ]),
]);

/** @satisfies {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...forbidden,
    { name: 'cannot be found', severity, from: {}, to: { couldNotResolve: true, pathNot: '\\?worker$|^virtual:' } },
    {
      name: 'not part of any area',
      severity,
      from: { pathNot: areas.map(({ path }) => path) },
      to: { path: '^(main|preload|renderer|e2e)/' },
    },
  ],
  options: {
    // Under TypeScript 7 the default parser reads no module at all.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // The rig is an Electron app of its own.
    exclude: { path: '^e2e/electron-rig/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts', '.css'],
    },
  },
};
