import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../testing/gpu-steps.ts', import.meta.url));
const run = (environment: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, [script], { env: { ...process.env, ...environment }, encoding: 'utf8' });

/** Where Chromium or Electron carry SwiftShader: Vulkan without a graphics processor. */
const software = [
  '/usr/lib/chromium',
  join(homedir(), '.cache', 'electron-rig', 'electron'),
  fileURLToPath(new URL('../../../node_modules/electron/dist', import.meta.url)),
].find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')) && existsSync(join(folder, 'libvulkan.so.1')));

describe('the graphics processor', () => {
  it.skipIf(software === undefined)(
    'gives the native backend’s weights, kept in its memory between steps',
    () => {
      const { stdout, stderr } = run({ VK_ICD_FILENAMES: join(software!, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: software });
      expect(stdout, stderr).toMatch(/^\{/);
      for (const difference of Object.values(JSON.parse(stdout) as Record<string, number>)) expect(difference).toBeLessThan(1e-5);
    },
    120_000,
  );

  it.skipIf(process.platform !== 'linux')('says what is missing where there is no driver', () => {
    const { status, stderr } = run({ VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json', LD_LIBRARY_PATH: '' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/graphics processor cannot be used: .*adapter/);
  });
});
