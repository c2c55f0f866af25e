import { defineConfig } from 'playwright/test';

/**
 * What the shells have each their own part in: processes, files, windows, saving, rights. The page itself is the same in
 * both, and its other specs run in the browser alone, which the time on two cores is for.
 */
const desktop = ['desktop', 'keyboard', 'main-job', 'crash', 'journal', 'security', 'report', 'pictures', 'workspace', 'read-only'];

/** The same specs against both shells. Which binaries they run on is found by e2e/run/suite.mjs. */
export default defineConfig<{ shell: 'browser' | 'desktop' }>({
  testDir: 'specs',
  outputDir: '../test-results/specs',
  // Training uses all cores, and a machine may have two.
  workers: 2,
  // A machine may be slow, and a time that is not needed costs nothing.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ?? '../test-results/playwright.json' }]],
  use: {
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    // A trace costs a third of a spec's time: `--trace on` makes one of what fails.
    screenshot: 'only-on-failure',
    // What is waited for is named by the step that waits, not by the whole test's end.
    actionTimeout: 45_000,
  },
  projects: [
    { name: 'browser', testIgnore: 'desktop.spec.ts', use: { shell: 'browser' } },
    { name: 'desktop', testMatch: desktop.map((name) => `${name}.spec.ts`), use: { shell: 'desktop' } },
  ],
});
