import { describe, expect, it } from 'vitest';
import { message } from '#contract/words/message.ts';
import type { Part } from '#contract/samples.ts';
import type { DataStep } from '#contract/spec.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';
import { secondsIn, writtenOut } from './windows.ts';

const { write, load } = makeWorkspace();
const target: DataStep = { op: 'target', column: 'y' };
const window = (more: Partial<Extract<DataStep, { op: 'window' }>> = {}): DataStep => ({ op: 'window', length: 3, ...more });
const split: DataStep = { op: 'split', validation: 0.25 };
const day = (number: number) => new Date(Date.UTC(2024, 0, number)).toISOString().slice(0, 10);

/** y counts from 0, x is ten times it; rows in the given order of days. */
function series(name: string, days: readonly number[]): void {
  write(name, ['day,x,y', ...days.map((one) => `${day(one)},${one * 10},${one}`)].join('\n'));
}
const samples = (part: Part) => {
  const { inputs, targets, count } = writtenOut(part);
  return Array.from({ length: count }, (_, index) => [
    [...inputs.subarray((index * inputs.length) / count, ((index + 1) * inputs.length) / count)],
    [...targets.subarray((index * targets.length) / count, ((index + 1) * targets.length) / count)],
  ]);
};
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('windows', () => {
  it('sees the past of the target and all features, and predicts what follows', async () => {
    series('days.csv', upTo(6));
    const { dataset, preview } = await load({ format: 'csv', path: 'days.csv' }, target, window({ time: 'day', length: 2, horizon: 2 }));
    expect(dataset.inputShape).toEqual([2, 2]);
    expect(dataset.targetShape).toEqual([1]);
    expect(dataset.features?.map(({ column }) => column)).toEqual(['x', 'y']);
    expect(samples(dataset.train)).toEqual([
      [[10, 1, 20, 2], [4]],
      [[20, 2, 30, 3], [5]],
      [[30, 3, 40, 4], [6]],
    ]);
    expect([...dataset.train.rows]).toEqual([3, 4, 5]);
    expect(preview.series).toMatchObject({ length: 2, horizon: 2, outputs: 1, stride: 1, time: 'day', gap: 129_600, gaps: 0 });
  });

  it('orders rows by time, steps by the stride and predicts several', async () => {
    series('mixed.csv', [5, 1, 4, 2, 6, 3, 8, 7]);
    const { dataset } = await load(
      { format: 'csv', path: 'mixed.csv' },
      target,
      { op: 'select', columns: ['x'] },
      window({ time: 'day', length: 2, outputs: 2, stride: 3 }),
    );
    expect(samples(dataset.train)).toEqual([
      [
        [10, 20],
        [3, 4],
      ],
      [
        [40, 50],
        [6, 7],
      ],
    ]);
    expect(dataset.targetShape).toEqual([2]);
  });

  it('holds no gap, unless a larger one is allowed', async () => {
    series('gap.csv', [1, 2, 3, 4, 5, 8, 9, 10, 11]);
    const source = { format: 'csv', path: 'gap.csv' } as const;
    const cut = await load(source, target, { op: 'select', columns: ['y'] }, window({ time: 'day' }));
    expect(samples(cut.dataset.train)).toEqual([
      [[1, 2, 3], [4]],
      [[2, 3, 4], [5]],
      [[8, 9, 10], [11]],
    ]);
    expect(cut.preview.series?.gaps).toBe(1);
    const whole = await load(source, target, { op: 'select', columns: ['y'] }, window({ time: 'day', gap: '3 days' }));
    expect(whole.dataset.train.count).toBe(6);
    const none = await fault(load(source, target, window({ time: 'day', length: 5 })));
    expect(none).toMatchObject({ code: 'data.windowNone', at: '/data/steps/1' });
    expect(message('en', 'data.windowNone', none.values)).toContain(
      '6 rows without a gap, and the longest stretch of the training part has 5',
    );
    expect(await fault(load(source, target, window({ time: 'day', gap: 'long' })))).toMatchObject({ code: 'data.windowGap' });
  });

  it('takes filtered rows for a gap', async () => {
    series('filter.csv', upTo(12));
    const { dataset } = await load(
      { format: 'csv', path: 'filter.csv' },
      target,
      { op: 'select', columns: ['y'] },
      { op: 'filter', column: 'y', noneOf: [5] },
      window(),
    );
    expect(samples(dataset.train).map(([inputs]) => inputs)).toEqual([
      [1, 2, 3],
      [6, 7, 8],
      [7, 8, 9],
      [8, 9, 10],
      [9, 10, 11],
    ]);
  });

  it('learns nothing from later: parts lie one after another, share no row, and scales are those of the training part', async () => {
    series('long.csv', upTo(40));
    const { dataset } = await load(
      { format: 'csv', path: 'long.csv' },
      target,
      { op: 'select', columns: ['y'] },
      { op: 'normalize' },
      window({ time: 'day', horizon: 2 }),
      split,
    );
    const { offset, scale } = dataset.features![0];
    expect(offset).toBe(15.5);
    const daysOf = ({ inputs, targets }: { inputs: Float32Array; targets: Float32Array }) => [
      ...Array.from(inputs, (value) => Math.round(value * scale + offset)),
      ...targets,
    ];
    expect(Math.max(...daysOf(dataset.train))).toBe(30);
    expect(Math.min(...daysOf(dataset.validation!))).toBe(31);
    expect(dataset.train.count).toBe(26);
    expect(dataset.validation!.count).toBe(6);
  });

  it('never crosses from one series into another', async () => {
    const rows = ['a', 'b'].flatMap((name, index) => upTo(20).map((one) => `${name},${one},${one + 100 * index}`));
    write('two.csv', ['station,hour,y', ...rows].join('\n'));
    const source = { format: 'csv', path: 'two.csv' } as const;
    const { dataset } = await load(source, target, window({ group: 'station' }), split);
    expect(dataset.features?.map(({ column }) => column)).toEqual(['hour', 'y']);
    const ends = (part: typeof dataset.train) => samples(part).map(([inputs, [wanted]]) => [inputs[5], wanted]);
    for (const [last, wanted] of [...ends(dataset.train), ...ends(dataset.validation!)]) expect(wanted).toBe(last + 1);
    // Each gives its own last quarter.
    expect([...dataset.validation!.targets]).toEqual([19, 20, 119, 120]);
    const mixed = await fault(load(source, target, window({ time: 'hour' })));
    expect(mixed).toMatchObject({ code: 'data.windowMoments', values: { time: 'hour' } });
    const groups = await load(source, target, window({ time: 'hour' }), { op: 'split', validation: 0.5, group: 'station', seed: 1 });
    expect(new Set(Array.from(groups.dataset.validation!.targets, (value) => value > 100)).size).toBe(1);
  });

  it('takes the class of the row it ends at, without looking at it', async () => {
    write('moves.csv', ['x,y', ...upTo(12).map((one) => `${one},${one % 2 ? 'walk' : 'run'}`)].join('\n'));
    const { dataset } = await load({ format: 'csv', path: 'moves.csv' }, target, window({ horizon: 0 }));
    expect(dataset.features?.map(({ column }) => column)).toEqual(['x']);
    expect([...dataset.train.targets].map((index) => dataset.classes![index]).slice(0, 3)).toEqual(['walk', 'run', 'walk']);
    expect(dataset.train.count).toBe(10);
  });

  it('is a view over rows that are there once: the same samples as written out one by one', async () => {
    // Series of different lengths, mixed, with gaps, windows that overlap much, little and not at all.
    const lines: { station: string; time: number; x: number; y: number }[] = [];
    for (const [number, station] of ['a', 'b', 'c'].entries())
      for (let index = 0, time = number; index < 60 + 25 * number; index += 1) {
        time += (index * 7 + number) % 19 === 0 ? 50 : 1;
        lines.push({ station, time, x: (index * 37 + number) % 101, y: Math.sin(index * 1.7 + number) });
      }
    const partAt = (time: number) => (time < 150 ? 'train' : 'validation');
    lines.sort((a, b) => ((a.time * 31) % 17) - ((b.time * 31) % 17));
    write(
      'views.csv',
      ['station,time,x,y,part', ...lines.map(({ station, time, x, y }) => [station, time, x, y, partAt(time)].join())].join('\n'),
    );
    for (const [length, horizon, outputs, stride] of [
      [5, 1, 1, 1],
      [4, 3, 2, 3],
      [3, 2, 1, 7],
    ] as const) {
      const { dataset } = await load(
        { format: 'csv', path: 'views.csv' },
        target,
        { op: 'select', columns: ['x', 'y'] },
        window({ length, horizon, outputs, stride, time: 'time', group: 'station', gap: 1 }),
        { op: 'split', validation: ['validation'], column: 'part' },
      );
      for (const part of ['train', 'validation'] as const) {
        const rows = lines.map((line, row) => ({ ...line, row })).filter(({ time }) => partAt(time) === part);
        const wanted: number[][][] = [];
        for (const name of new Set(rows.map(({ station }) => station))) {
          const series = rows.filter(({ station }) => station === name).sort((a, b) => a.time - b.time);
          for (let from = 0; from < series.length;) {
            let end = from + 1;
            while (end < series.length && series[end].time - series[end - 1].time <= 1) end += 1;
            for (let start = from; start + length - 1 + horizon + outputs <= end; start += stride)
              wanted.push([
                series.slice(start, start + length).flatMap(({ x, y }) => [x, Math.fround(y)]),
                series.slice(start + length - 1 + horizon, start + length - 1 + horizon + outputs).map(({ y }) => Math.fround(y)),
              ]);
            from = end;
          }
        }
        expect(samples(dataset[part]!)).toEqual(wanted);
        expect(wanted.length).toBeGreaterThan(3);
        expect(dataset[part]!.inputs.length).toBeLessThanOrEqual(rows.length * 2);
      }
    }
  });

  it('refuses what cannot be', async () => {
    series('few.csv', upTo(8));
    const source = { format: 'csv', path: 'few.csv' } as const;
    expect(await fault(load(source, target, window(), { op: 'split', validation: 0.25, stratify: true }))).toMatchObject({
      code: 'data.windowStratify',
    });
    expect(await fault(load(source, target, window({ time: 'day', length: 6 }), split))).toMatchObject({
      code: 'data.windowPart',
      at: '/data/steps/1',
    });
  });
});

it.each([
  ['90s', 90],
  ['5 min', 300],
  ['1 hour', 3600],
  ['1.5 days', 129_600],
  ['2 Weeks', 1_209_600],
  ['3 months', undefined],
])('reads %s', (text, seconds) => expect(secondsIn(text)).toBe(seconds));
