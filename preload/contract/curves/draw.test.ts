import { describe, expect, it } from 'vitest';
import { drawCurves, type WholeCurve, wholeCurves } from './draw.ts';
import { type DrawnCurves, numbersOf } from './request.ts';

const epochs = Float64Array.from({ length: 10_000 }, (_, index) => index + 1);
const wave = (spikeAt: number, spike: number) => epochs.map((epoch) => (epoch === spikeAt ? spike : 5 + Math.sin(epoch / 50)));
const view = { points: 200, logX: false, withoutOutliers: false };
const all = { points: 2 ** 31, logX: false, withoutOutliers: true };
const pointsOf = ({ curves: [curve] }: DrawnCurves) => Array.from(numbersOf(curve.x), (x, index) => [x, numbersOf(curve.y)[index]]);

describe('what is drawn of whole curves', () => {
  it('is the same from every point that was sent as from the stored ones', () => {
    const whole: WholeCurve[] = [{ metric: 'loss', runs: 1, x: epochs, y: wave(4000, -3), ascends: true, raw: wave(7000, 90) }];
    const sent = wholeCurves(drawCurves(whole, all));
    for (const range of [undefined, [3900, 4100], [6990.5, 7010.5], [1, 9999]] as const) {
      const asked = { ...view, withoutOutliers: true, ...(range && { range: [range[0], range[1]] as [number, number] }) };
      expect(drawCurves(sent, asked)).toEqual(drawCurves(whole, asked));
    }
  });

  it('reaches as far as a band does, though its middle does not', () => {
    const y = wave(0, 0);
    const whole: WholeCurve[] = [
      { group: 'a', metric: 'loss', runs: 3, x: epochs, y, low: wave(123, -40), high: wave(5678, 70), ascends: true },
    ];
    const drawn = drawCurves(whole, view);
    expect(drawn.y).toMatchObject({ low: -40, high: 70 });
    expect(numbersOf(drawn.curves[0].low!)).toContain(-40);
    expect(numbersOf(drawn.curves[0].high!)).toContain(70);
    expect(drawn.curves[0].x.byteLength / 8).toBeLessThanOrEqual(410);
    expect(drawn.curves[0].points).toBe(10_000);
  });

  it('finds the least number above 0, though a lower one stands beside it', () => {
    const y = epochs.map((epoch) => (epoch % 2 === 0 ? -1 : epoch === 5001 ? 0.001 : 1));
    expect(drawCurves([{ metric: 'loss', runs: 1, x: epochs, y, ascends: true }], view).y?.lowPositive).toBe(0.001);
  });

  it('of a line that goes back and forth has every point in view, and no piece that was not there', () => {
    // Right, back, and right again: x passes 10 three times.
    const x = Float64Array.from([0, 5, 9, 11, 30, 40, 12, 8, 2, 1, 3, 10, 20]);
    const y = x.map((_, index) => index);
    const whole: WholeCurve[] = [{ metric: 'loss', runs: 1, x, y, ascends: false }];
    expect(pointsOf(drawCurves(whole, { ...view, range: [9.5, 10.5] }))).toEqual([
      [9, 2],
      [11, 3],
      [12, 6],
      [8, 7],
      [3, 10],
      [10, 11],
      [20, 12],
    ]);
    expect(drawCurves(whole, view).curves[0]).toMatchObject({ unordered: true, extent: [0, 40], points: 13 });
  });
});
