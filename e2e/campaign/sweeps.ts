/**
 * A sweep is killed at random moments and gone on with, again and again: it ends with the trials, the values and the bits
 * of one that nobody disturbed, though each of its later choices follows from all trials before.
 */
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../fixtures/typing.ts';
import type { Campaign } from './campaign.ts';
import { inPlace, killedUntilDone, type Place, told, undisturbedMs } from './killing.ts';

const data = fileURLToPath(new URL('../../resources/samples/wine', import.meta.url));
const fill = (folder: string) => cpSync(data, folder, { recursive: true });

/** The first ten trials are drawn at random; what comes then is chosen by what these came to. */
const asked = 'sweep wine.epoch.md --trials 13 --only units --only learningRate --set epochs=25 --threads 1'.split(' ');

interface StoredRun {
  readonly status: string;
  readonly reason: string;
  readonly epochs: number;
  readonly params: object;
  readonly metrics: object;
  readonly sweep: { readonly trial: number };
}

/** By trial: values to the bit. */
const resultOf = (place: Place): string =>
  JSON.stringify(
    (told(place, 'runs', '--json') as StoredRun[])
      .map(({ status, reason, epochs, params, metrics, sweep: { trial } }) => ({ trial, status, reason, epochs, params, metrics }))
      .sort((a, b) => a.trial - b.trial),
  );

let undisturbed: Promise<{ elapsedMs: number; result: string }> | undefined;

export const sweeps: Campaign = {
  usual: 20,
  async run(seed) {
    const { result, elapsedMs } = await (undisturbed ??= inPlace(fill, async (place) => ({
      elapsedMs: await undisturbedMs(place, asked),
      result: resultOf(place),
    })));
    return inPlace(fill, async (place) => {
      const betweenMs = [elapsedMs * 0.15, elapsedMs * 0.55] as const;
      const how = { first: asked, after: ['sweep', '--resume', 'latest'], kills: 4, random: randomFrom(seed), betweenMs };
      const { kills, code } = await killedUntilDone(place, how);
      if (code !== 0) return { good: false, told: `ended with ${code} after ${kills} kills`, measured: kills };
      const found = resultOf(place);
      const good = found === result;
      return {
        good,
        told: `${kills} kills, ${good ? 'the same trials to the bit' : `OTHER TRIALS: ${found.slice(0, 300)}`}`,
        measured: kills,
      };
    });
  },
};
