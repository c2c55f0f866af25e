/** Four processes write and read one store: nobody meets a lock, and no row is lost. EPOCHBOOK_STORE_SECONDS: how long, else 600. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunId } from '#contract/ids.ts';
import { openStore } from '#store/store.ts';
import type { Campaign } from './campaign.ts';
import { campaignValues } from './store-values.ts';

interface Told {
  readonly runs: readonly { readonly id: RunId; readonly epochs: number }[];
  readonly values: number;
  readonly reads: number;
  readonly errors: readonly string[];
  readonly errorCount: number;
}

const processes = 4;
const entry = fileURLToPath(new URL('store-process.ts', import.meta.url));

function worker(folder: string, seconds: number, seed: number): Promise<Told> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, folder, String(seconds), String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(text) as Told) : reject(new Error(`ended with ${code}`))));
  });
}

export const store: Campaign = {
  usual: 1,
  async run(seed) {
    const seconds = Number(process.env['EPOCHBOOK_STORE_SECONDS'] ?? 600);
    const folder = mkdtempSync(join(tmpdir(), 'epochbook-store-'));
    try {
      const told = await Promise.all(Array.from({ length: processes }, (_, index) => worker(folder, seconds, seed * 100 + index)));
      const after = openStore(folder);
      let lost = 0;
      for (const { runs } of told) {
        for (const { id, epochs } of runs) {
          const history = after.history(id);
          for (let epoch = 1; epoch <= epochs; epoch++) {
            for (const [metric, value] of Object.entries(campaignValues(epoch))) {
              const found = history[metric]?.[epoch - 1];
              if (found?.[0] !== epoch || !Object.is(found[1], value)) lost++;
            }
          }
        }
      }
      after.close();
      const sum = (pick: (one: Told) => number): number => told.reduce((total, one) => total + pick(one), 0);
      const errors = sum((one) => one.errorCount);
      const rate = Math.round(sum((one) => one.values) / seconds);
      return {
        good: errors === 0 && lost === 0,
        told: `${sum((one) => one.runs.length)} runs, ${sum((one) => one.values)} values and ${sum((one) => one.reads)} reads in ${seconds} s; ${errors} errors, ${lost} values lost or changed ${told.flatMap((one) => one.errors).join('; ')}`,
        measured: rate,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
