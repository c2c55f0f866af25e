/** The app is killed again and again while somebody types: at most a second is lost, and no file is damaged. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Shell } from '../fixtures/launch.ts';
import { missingMs, randomFrom, readKept, typedName, typedNotebook, typeUntilKilled } from '../fixtures/typing.ts';
import type { Campaign } from './campaign.ts';

export const kills: Campaign = {
  usual: 200,
  needsBrowser: true,
  async run(seed) {
    const random = randomFrom(seed);
    const folder = mkdtempSync(join(tmpdir(), 'epochbook-kill-'));
    let shell: Shell | undefined;
    try {
      writeFileSync(join(folder, typedName), typedNotebook);
      const launched = await launch('browser', { path: join(folder, typedName), userFolder: join(folder, '.user') });
      shell = launched;
      await launched.page.locator('.monaco-editor').first().waitFor();
      const typed = await typeUntilKilled(launched.page, () => launched.kill(), random, 800 + random() * 3000);
      const kept = readKept(folder);
      const missing = missingMs(typed, kept);
      return {
        good: kept.whole && missing <= 1000,
        told: `${kept.keys} of ${typed.keys.length} keys kept, ${missing} ms missing${kept.whole ? '' : ', damaged'}`,
        measured: missing,
      };
    } finally {
      // Where the page failed before, the app is still there.
      await shell?.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
