import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{main,preload,renderer}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    // Many wait for processes of their own: a second worker fills the time, also on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
  },
});
