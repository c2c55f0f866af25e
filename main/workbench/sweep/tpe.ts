/**
 * The Tree-structured Parzen Estimator (Bergstra, Bardenet, Bengio, Kégl: Algorithms for Hyper-Parameter Optimization,
 * 2011), one knob at a time, with the settings that Optuna made usual: 10 random trials to begin with, the best tenth
 * of the trials (25 at most) against the rest, 24 candidates.
 */
import type { RandomStream } from '#engine/loop/random.ts';
import type { Dimension } from './space.ts';

export const startupTrials = 10;
const candidates = 24;
const mostGood = 25;

/** How many of so many trials, ranked, are the good ones. */
export const goodCount = (trials: number): number => Math.min(mostGood, Math.ceil(0.1 * trials));

/** Abramowitz and Stegun, 7.1.26: to 1.5e-7. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - polynomial * Math.exp(-x * x));
}

const below = (x: number) => (1 + errorFunction(x / Math.SQRT2)) / 2;

interface Density {
  readonly draw: (stream: RandomStream) => number;
  readonly logarithmAt: (place: number) => number;
}

/** Normal distributions around the places, cut off at 0 and 1, and a wide one over all of the line. */
function parzen(places: readonly number[]): Density {
  const means = [...places, 0.5].sort((a, b) => a - b);
  const prior = means.indexOf(0.5);
  // As far as the farther neighbour; not so narrow that a few points are all that is left.
  const least = 1 / Math.min(100, 1 + means.length);
  const deviations = means.map((mean, index) => {
    if (index === prior) return 1;
    const left = index === 0 ? 0 : means[index - 1];
    const right = index === means.length - 1 ? 1 : means[index + 1];
    return Math.min(1, Math.max(least, mean - left, right - mean));
  });
  const inside = means.map((mean, index) => below((1 - mean) / deviations[index]) - below(-mean / deviations[index]));
  return {
    draw(stream) {
      const index = Math.min(means.length - 1, Math.floor(stream.uniform() * means.length));
      for (;;) {
        const place = means[index] + deviations[index] * stream.normal();
        if (place >= 0 && place < 1) return place;
      }
    },
    logarithmAt(place) {
      let sum = 0;
      means.forEach((mean, index) => {
        const distance = (place - mean) / deviations[index];
        sum += Math.exp(-0.5 * distance * distance) / (deviations[index] * inside[index]);
      });
      return Math.log(sum / means.length);
    },
  };
}

/** Each choice as often as it was made, and once more shared by all. */
function counted(places: readonly number[], count: number): Density {
  const weights = Array.from({ length: count }, () => 1 / count);
  for (const place of places) weights[Math.min(count - 1, Math.floor(place * count))] += 1;
  const total = places.length + 1;
  return {
    draw(stream) {
      let rest = stream.uniform() * total;
      const index = weights.findIndex((weight) => (rest -= weight) < 0);
      return ((index < 0 ? count - 1 : index) + 0.5) / count;
    },
    logarithmAt: (place) => Math.log(weights[Math.min(count - 1, Math.floor(place * count))] / total),
  };
}

/** The place that is the likeliest to be among the good rather than among the others. */
export function proposePlace(dimension: Dimension, good: readonly number[], others: readonly number[], stream: RandomStream): number {
  const { count, ordered } = dimension;
  const density = (places: readonly number[]) => (ordered || count === undefined ? parzen(places) : counted(places, count));
  const [promising, common] = [density(good), density(others)];
  let best = { place: 0, gain: -Infinity };
  for (let number = 0; number < candidates; number++) {
    const drawn = promising.draw(stream);
    // Where there are only some values, what is judged is the one that would be taken.
    const place = count === undefined ? drawn : (Math.min(count - 1, Math.floor(drawn * count)) + 0.5) / count;
    const gain = promising.logarithmAt(place) - common.logarithmAt(place);
    if (gain > best.gain) best = { place, gain };
  }
  return best.place;
}
