import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    // Many wait for processes of their own: a second worker fills the time, also on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A machine may be slow: by themselves hooks have ten seconds, and polls one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      // They keep nothing between files, and a process for each would load the engine and the database each time.
      { extends: true, test: { name: 'main', include: ['{main,preload}/**/*.test.ts'], isolate: false } },
      // The renderer's stores are there once for each page.
      { extends: true, test: { name: 'renderer', include: ['renderer/**/*.test.{ts,tsx}'] } },
    ],
  },
});
