import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge', 'msedge'];
/** @type {Partial<Record<NodeJS.Platform, string[]>>} */
const elsewhere = {
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

function findChromium() {
  const named = process.env.EPOCHBOOK_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const own = chromium.executablePath();
  if (own && existsSync(own)) return own;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = (process.env.PATH ?? '').split(delimiter);
  const inPath = folders.flatMap((folder) => names.map((name) => join(folder, name + suffix)));
  return [...inPath, ...(elsewhere[process.platform] ?? [])].find((file) => existsSync(file));
}

/**
 * A Chromium for the browser specs: the one EPOCHBOOK_CHROMIUM names, Playwright's, the system's, or Debian's package
 * where that may be installed.
 *
 * @param {(text: string) => void} say
 * @returns {string | undefined}
 */
export function ensureChromium(say) {
  const found = findChromium();
  const mayInstall =
    process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && !process.env.EPOCHBOOK_CHROMIUM;
  if (found || !mayInstall) return found;
  say('Installing chromium …');
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-qq'];
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', [...wait, 'update'], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  spawnSync('apt-get', [...wait, 'install', '-y', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  return findChromium();
}
