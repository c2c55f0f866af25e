/**
 * Reads a run's curves: rules of thumb over the losses, each with the epoch it shows from and how sure it is. What is
 * small beside the curve's own noise, or beside where the loss began, is nothing.
 */
import type { Diagnosis, Verdict } from '#contract/diagnosis.ts';
import type { RunDetail } from '#contract/runs.ts';
import type { KnobValue } from '#contract/spec.ts';
import { message, type MessageKey, type MessageValues } from '#contract/words/message.ts';

export interface Curves {
  /** Training loss, by epoch; what is not a number is NaN. */
  readonly loss: readonly number[];
  /** Empty without validation data. */
  readonly validationLoss: readonly number[];
  /** Numbers of the epochs. */
  readonly epochs: readonly number[];
  readonly diverged: boolean;
  /** Whether it ended because its planned epochs were done. */
  readonly ranOut: boolean;
  /** The loss of one who guesses, where it is known: ln of the number of classes under a cross-entropy. */
  readonly guess: number | undefined;
  readonly params: Readonly<Record<string, KnobValue>>;
  readonly learningRate: number | undefined;
}

/** Fewer epochs say nothing, unless the loss is no number any more. */
const fewestEpochs = 5;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far a curve jumps about its own course: the median step between an epoch and the mean of its neighbours. */
function noiseOf(values: readonly number[]): number {
  const jumps = values.slice(1, -1).map((value, index) => Math.abs(value - (values[index] + values[index + 2]) / 2));
  jumps.sort((a, b) => a - b);
  return jumps.length === 0 ? 0 : jumps[Math.floor(jumps.length / 2)];
}

const indexOfLowest = (values: readonly number[]): number =>
  values.reduce((best, value, index) => (value < values[best] ? index : best), 0);
/** 0 at `low`, 1 at `high`, in steps of a hundredth. */
const ramp = (value: number, low: number, high: number): number =>
  Math.round(100 * Math.min(1, Math.max(0, (value - low) / (high - low)))) / 100;
const sure = (share: number): number => Math.round(100 * (0.5 + 0.49 * share)) / 100;

type Remedy = Verdict['remedies'][number];

function remedy(code: Remedy['code'], set: Record<string, KnobValue> = {}): Remedy {
  const [entry] = Object.entries(set);
  const values: MessageValues = { knob: entry?.[0] ?? 'none', value: entry === undefined ? '' : String(entry[1]) };
  return { code, values, set, message: message('en', `diagnosis.try.${code}` as MessageKey, values) };
}

function verdict(
  code: Verdict['code'],
  fromEpoch: number,
  confidence: number,
  remedies: readonly Remedy[],
  values: MessageValues = {},
): Verdict {
  const all = { epoch: fromEpoch, ...values };
  return {
    code,
    fromEpoch,
    confidence,
    values: all,
    message: message('en', `diagnosis.${code}` as MessageKey, all),
    remedies: [...remedies],
  };
}

const rounded = (value: number): number => Number(value.toPrecision(2));

/** The first knob whose name fits, at another value. */
function turned(params: Curves['params'], name: RegExp, change: (value: number) => number): Record<string, KnobValue> {
  const found = Object.entries(params).find(([knob, value]) => typeof value === 'number' && name.test(knob));
  if (!found) return {};
  const value = change(Number(found[1]));
  return value === found[1] ? {} : { [found[0]]: value };
}

const rateKnob = /^(learning_?rate|lr|rate|eta)$/i;
const sizeKnob = /^(units|filters|hidden|width|neurons|size|channels)\w*$/i;
const epochsKnob = /^epochs?$/i;
const dropoutKnob = /drop/i;

function byRate(params: Curves['params'], learningRate: number | undefined, factor: number): Record<string, KnobValue> {
  const named = turned(params, rateKnob, (value) => rounded(value * factor));
  if (Object.keys(named).length > 0 || learningRate === undefined) return named;
  // Whatever its name: a knob that has the optimizer's very rate.
  const same = Object.entries(params).find(([, value]) => value === learningRate);
  return same ? { [same[0]]: rounded(learningRate * factor) } : {};
}

export function diagnoseCurves(curves: Curves): Verdict[] {
  const { loss, validationLoss, epochs, params, learningRate } = curves;
  const lower = (factor: number) => remedy('lowerLearningRate', byRate(params, learningRate, factor));
  const broken = [loss, validationLoss].map((values) => values.findIndex((value) => !Number.isFinite(value))).filter((index) => index >= 0);
  const last = epochs.at(-1) ?? 0;
  if (curves.diverged || broken.length > 0) {
    const from = broken.length > 0 ? epochs[Math.min(...broken)] : last + 1;
    return [verdict('diverging', from, 0.99, [lower(0.1), remedy('clip')])];
  }
  const n = loss.length;
  if (n < fewestEpochs) return [];

  const start = loss[0];
  const lowest = indexOfLowest(loss);
  const tail = Math.max(2, Math.round(n * 0.15));
  const ending = mean(loss.slice(-tail));
  const floor = Math.max(curves.guess ?? 0, loss[lowest]);
  // Growing away: many times what it was, or what guessing costs.
  const rises = loss.slice(1).filter((value, index) => value > loss[index] * 1.02).length;
  const isHigh = curves.guess !== undefined ? ending > 3 * curves.guess : ending > 1.5 * floor && ending > start;
  const swings = rises / (n - 1) >= 0.3 && noiseOf(loss) > 0.05 * mean(loss.slice(1));
  if (swings && (isHigh || ending > 0.7 * loss[1])) {
    return [verdict('learningRateTooHigh', epochs[1], sure(ramp(rises / (n - 1), 0.25, 0.5)), [lower(0.1)])];
  }
  if (ending > 2 * floor && ending > loss[lowest] + 6 * noiseOf(loss) && n - lowest > 3 && rises / (n - 1) > 0.5) {
    return [verdict('diverging', epochs[lowest + 1], sure(ramp(ending / floor, 2, 6)), [lower(0.1), remedy('clip')])];
  }

  const found: Verdict[] = [];
  const judged = validationLoss.length === n ? validationLoss : loss;
  const best = indexOfLowest(judged);
  const noise = noiseOf(judged);
  const fallen = start - ending;
  const steps = loss.slice(1).filter((value, index) => value < loss[index]).length / (n - 1);
  const half = Math.floor(n / 2);
  const firstHalf = loss[0] - loss[half];
  const secondHalf = loss[half] - loss[n - 1];

  // Straight down, and hardly at all: nothing bends yet.
  const isSlow = steps > 0.9 && fallen > 0 && ending > 0.75 * start && secondHalf > 0.6 * firstHalf;
  if (isSlow) {
    found.push(
      verdict('learningRateTooLow', epochs[0], sure(ramp(ending / start, 0.7, 0.9)), [
        remedy('raiseLearningRate', byRate(params, learningRate, 10)),
      ]),
    );
  }

  // Worse on what it has not seen while still better on what it has.
  const after = n - 1 - best;
  const rise = mean(judged.slice(-tail)) - judged[best];
  const scale = Math.max(judged[best], 0.1 * judged[0]);
  const overfits =
    judged === validationLoss &&
    after >= Math.max(2, 0.1 * n) &&
    rise > 3 * noise &&
    rise > 0.08 * scale &&
    ending < mean(loss.slice(best, best + 2)) * 0.98;
  if (overfits) {
    found.push(
      verdict('overfitting', epochs[Math.min(n - 1, best + 1)], sure(ramp(rise / scale, 0.05, 0.5)), [
        remedy(
          'fewerEpochs',
          turned(params, epochsKnob, () => Math.max(1, epochs[best])),
        ),
        remedy(
          'moreDropout',
          turned(params, dropoutKnob, (value) => Math.min(0.6, rounded(value + 0.2))),
        ),
        remedy(
          'smallerModel',
          turned(params, sizeKnob, (value) => Math.max(1, Math.round(value / 2))),
        ),
        remedy('moreData'),
      ]),
    );
    return found;
  }

  // Where nothing moves any more: the last epoch that was clearly better than all before.
  const margin = Math.max(noise, 0.01 * Math.max(judged[best], 0.02 * judged[0]));
  let moved = 0;
  for (let index = 1, reached = judged[0]; index < n; index++) {
    if (judged[index] < reached - margin) {
      reached = judged[index];
      moved = index;
    }
  }
  const isFlat = n - 1 - moved >= Math.max(4, 0.35 * n) && secondHalf < 0.1 * Math.max(firstHalf, 1e-12) + margin;
  // No better than guessing; where nobody can say what that costs, no better than it began.
  const isPoor = curves.guess === undefined ? ending > 0.9 * start : ending > 0.9 * curves.guess;
  if (isFlat && isPoor && !isSlow) {
    found.push(
      verdict('underfitting', epochs[moved], sure(ramp(curves.guess === undefined ? ending / start : ending / curves.guess, 0.85, 1)), [
        remedy(
          'largerModel',
          turned(params, sizeKnob, (value) => Math.round(value * 2)),
        ),
        remedy('raiseLearningRate', byRate(params, learningRate, 3)),
      ]),
    );
    return found;
  }
  // What ended near nothing is done, and needs no remedy.
  if (isFlat && ending > 0.2 * start) {
    found.push(
      verdict('plateau', epochs[Math.min(n - 1, moved + 1)], sure(ramp((n - 1 - moved) / n, 0.3, 0.8)), [
        lower(0.3),
        remedy(
          'fewerEpochs',
          turned(params, epochsKnob, () => epochs[Math.min(n - 1, moved + 2)]),
        ),
        remedy(
          'largerModel',
          turned(params, sizeKnob, (value) => Math.round(value * 2)),
        ),
      ]),
    );
    return found;
  }

  // The epochs were used up on the way down.
  const stretch = Math.max(3, Math.round(n * 0.25));
  const before = mean(judged.slice(-2 * stretch, -stretch));
  const gain = before - mean(judged.slice(-stretch));
  const remaining = judged[n - 1] / judged[0];
  if (curves.ranOut && !isSlow && best >= n - 2 && gain > 0.06 * before && gain > 3 * noise && remaining > 0.12) {
    found.push(
      verdict('stillImproving', epochs[n - stretch], sure(ramp(gain / before, 0.05, 0.3)), [
        remedy(
          'moreEpochs',
          turned(params, epochsKnob, (value) => Math.round(value * 2)),
        ),
        remedy('raiseLearningRate', byRate(params, learningRate, 3)),
      ]),
    );
  }
  return found;
}

/** ln of the number of classes that the last layer tells apart, under a cross-entropy. */
function guessOf({ spec }: RunDetail): number | undefined {
  const loss = spec?.train.loss;
  if (typeof loss !== 'string') return undefined;
  if (/binary_?crossentropy/i.test(loss)) return Math.LN2;
  if (!/categorical_?crossentropy/i.test(loss)) return undefined;
  const layers = (spec?.model as { config?: { layers?: readonly { config?: { units?: unknown } }[] } } | undefined)?.config?.layers;
  const units = layers?.at(-1)?.config?.units;
  return typeof units === 'number' && units > 1 ? Math.log(units) : undefined;
}

export function diagnose(run: RunDetail): Diagnosis {
  const names = new Set(run.epochRows.flatMap(({ metrics }) => Object.keys(metrics)));
  const name = ['loss', 'train_loss', 'training_loss', 'train/loss'].find((known) => names.has(known));
  const validation = ['val_loss', 'validation_loss', 'valid_loss', 'val/loss', 'eval_loss'].find((known) => names.has(known));
  const rows = run.epochRows.filter(({ metrics }) => name !== undefined && name in metrics);
  if (name === undefined && run.status !== 'diverged') return { verdicts: [] };
  const isWhole = validation !== undefined && rows.every(({ metrics }) => validation in metrics);
  const optimizer = run.spec?.train.optimizer.config as { learningRate?: unknown } | undefined;
  return {
    verdicts: diagnoseCurves({
      loss: name === undefined ? [] : rows.map(({ metrics }) => metrics[name]),
      validationLoss: isWhole ? rows.map(({ metrics }) => metrics[validation]) : [],
      epochs: rows.map(({ epoch }) => epoch),
      diverged: run.status === 'diverged',
      ranOut: run.status === 'completed' && run.reason === 'epochs',
      guess: guessOf(run),
      params: run.params,
      learningRate: typeof optimizer?.learningRate === 'number' ? optimizer.learningRate : undefined,
    }),
  };
}
