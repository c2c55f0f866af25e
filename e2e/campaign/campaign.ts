/** Campaigns repeat one experiment with seed after seed, more often than npm test has time for. */
import { ensureChromium } from '../run/chromium.mjs';
import { accuracy } from './accuracy.ts';
import { gradients } from './gradients.ts';
import { faults } from './faults.ts';
import { kills } from './kills.ts';
import { store } from './store.ts';
import { malformed } from './malformed.ts';
import { large } from './large.ts';
import { layers } from './layers.ts';
import { memory } from './memory.ts';
import { parts } from './parts.ts';
import { resume } from './resume.ts';
import { stream } from './stream.ts';
import { sweeps } from './sweeps.ts';

export interface Campaign {
  /** How many times it is run unless told otherwise. */
  readonly usual: number;
  readonly needsBrowser?: boolean;
  run(seed: number): Promise<{ readonly good: boolean; readonly told: string; readonly measured: number }>;
  /** When all are done. */
  close?(): Promise<void>;
}

/** A campaign that is listed here can be run. */
const campaigns: Readonly<Record<string, Campaign>> = {
  malformed,
  faults,
  kills,
  resume,
  gradients,
  layers,
  parts,
  accuracy,
  large,
  memory,
  store,
  stream,
  sweeps,
};

const [name = '', times, first = '1'] = process.argv.slice(2);
const campaign = Object.hasOwn(campaigns, name) ? campaigns[name] : undefined;
if (campaign) process.exitCode = await repeat(campaign, Number(times ?? campaign.usual), Number(first));
else {
  console.error(`npm run campaign -- NAME [TIMES] [FIRST SEED], with NAME one of: ${Object.keys(campaigns).join(', ')}`);
  process.exitCode = 2;
}

async function repeat(repeated: Campaign, count: number, from: number): Promise<number> {
  if (repeated.needsBrowser) {
    const chromium = ensureChromium(console.error);
    if (chromium) process.env['EPOCHBOOK_CHROMIUM'] = chromium;
  }
  const measured: number[] = [];
  let bad = 0;
  for (let seed = from; seed < from + count; seed++) {
    const result = await repeated.run(seed).catch((error: unknown) => ({ good: false, told: String(error), measured: Number.NaN }));
    measured.push(result.measured);
    if (!result.good) bad += 1;
    console.log(`${name} ${seed}: ${result.good ? 'good' : 'BAD'}, ${result.told}`);
  }
  await repeated.close?.();
  const sorted = measured.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  console.log(
    `${name}: ${count - bad} of ${count} good; measured median ${at(0.5)}, 95th percentile ${at(0.95)}, largest ${sorted.at(-1)}`,
  );
  return bad === 0 ? 0 : 1;
}
