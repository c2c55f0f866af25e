/** On runs that were really trained (Wine, XOR and noisy labels; their losses to six digits), and on drawn curves. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KnobValue } from '#contract/spec.ts';
import { type Curves, diagnoseCurves } from './diagnose.ts';

interface RealRun {
  readonly status: string;
  readonly reason: string;
  readonly params: Record<string, KnobValue>;
  readonly classes: number;
  readonly loss: readonly (number | string)[];
  readonly val_loss: readonly (number | string | null)[];
}

const real = JSON.parse(readFileSync(new URL('testing/real-runs.json', import.meta.url), 'utf8')) as Record<string, RealRun>;
const numbers = (values: readonly (number | string | null)[]): number[] =>
  values.map((value) => (value === null ? Number.NaN : Number(value)));

function curvesOf(run: RealRun): Curves {
  return {
    loss: numbers(run.loss),
    validationLoss: numbers(run.val_loss),
    epochs: run.loss.map((_, index) => index + 1),
    diverged: run.status === 'diverged',
    ranOut: run.reason === 'epochs',
    guess: Math.log(run.classes),
    params: run.params,
    learningRate: Number(run.params['learningRate']),
  };
}

const drawn = (length: number, of: (epoch: number) => number, more: Partial<Curves> = {}): Curves => {
  const loss = Array.from({ length }, (_, index) => of(index + 1));
  const epochs = loss.map((_, index) => index + 1);
  return {
    loss,
    validationLoss: loss,
    epochs,
    diverged: false,
    ranOut: true,
    guess: undefined,
    params: {},
    learningRate: undefined,
    ...more,
  };
};

describe('runs that were trained', () => {
  it('are found well where nothing is wrong', () => {
    expect(diagnoseCurves(curvesOf(real['good']))).toEqual([]);
  });

  it.each([
    ['overfitting', 'overfitting', 3],
    ['oscillating', 'learningRateTooHigh', 2],
    ['diverging', 'diverging', 5],
    ['slow', 'learningRateTooLow', 1],
    ['underfitting', 'underfitting', undefined],
    ['stillImproving', 'stillImproving', 12],
    ['plateau', 'plateau', undefined],
  ])('that went wrong by %s are told so, and nothing else', (name, code, from) => {
    const verdicts = diagnoseCurves(curvesOf(real[name]));
    expect(verdicts.map((verdict) => verdict.code)).toEqual([code]);
    expect(verdicts[0].confidence).toBeGreaterThanOrEqual(0.5);
    if (from !== undefined) expect(verdicts[0].fromEpoch).toBe(from);
    expect(verdicts[0].remedies.length).toBeGreaterThan(0);
  });

  it('are told what to set, by the knobs they have', () => {
    const sets = (name: string) => diagnoseCurves(curvesOf(real[name]))[0].remedies.map(({ set }) => set);
    expect(sets('overfitting')).toEqual([{ epochs: 2 }, {}, { units: 64 }, {}]);
    expect(sets('diverging')).toEqual([{ learningRate: 0.6 }, {}]);
    expect(sets('slow')).toEqual([{ learningRate: 0.003 }]);
    expect(sets('stillImproving')[0]).toEqual({ epochs: 30 });
  });
});

describe('curves', () => {
  it('of a few epochs say nothing', () => {
    expect(diagnoseCurves(drawn(4, () => 1))).toEqual([]);
    expect(diagnoseCurves(drawn(0, () => 1))).toEqual([]);
  });

  it('that become no number diverge from there on, however short', () => {
    const [verdict] = diagnoseCurves(drawn(3, (epoch) => (epoch < 3 ? 1 : Number.NaN)));
    expect(verdict).toMatchObject({ code: 'diverging', fromEpoch: 3 });
    expect(diagnoseCurves(drawn(2, () => 1, { diverged: true }))[0].fromEpoch).toBe(3);
  });

  it('that fall and settle near nothing are good, noisy or not', () => {
    expect(diagnoseCurves(drawn(60, (epoch) => Math.exp(-epoch / 6)))).toEqual([]);
    const noisy = (epoch: number) => Math.exp(-epoch / 6) + 0.01 + 0.004 * Math.sin(epoch * 12.9898);
    expect(diagnoseCurves(drawn(60, noisy))).toEqual([]);
  });

  it('name a knob by its value where its name says nothing', () => {
    const [verdict] = diagnoseCurves(drawn(2, () => 1, { diverged: true, params: { alpha: 0.5 }, learningRate: 0.5 }));
    expect(verdict.remedies[0].set).toEqual({ alpha: 0.05 });
    expect(verdict.remedies[0].message).toContain('alpha = 0.05');
  });
});
