/** A run of 2,000 epochs, checkpoints and validation included: its memory at the end is that of its beginning. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Campaign } from './campaign.ts';

/** What may be more at the end, as a share. */
const growth = 0.02;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

export const memory: Campaign = {
  usual: 2,
  run(seed) {
    const script = fileURLToPath(new URL('memory-run.ts', import.meta.url));
    const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', script, String(seed)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`memory-run.ts ended with ${status}`);
    const bytes = JSON.parse(stdout) as number[];
    // The first fifth is for caches and compilers to settle: what they hold grows for some hundred epochs.
    const tenth = bytes.length / 10;
    const [early, late] = [median(bytes.slice(2 * tenth, 3 * tenth)), median(bytes.slice(9 * tenth))];
    const grown = late / early - 1;
    const told = `${Math.round(early / 2 ** 20)} MiB at epoch 500, ${Math.round(late / 2 ** 20)} MiB at the end: ${(grown * 100).toFixed(2)} %`;
    return Promise.resolve({ good: grown <= growth, told, measured: grown });
  },
};
