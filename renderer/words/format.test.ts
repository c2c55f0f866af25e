import { describe, expect, test } from 'vitest';
import { formats } from './format.ts';

const en = formats('en');
const zh = formats('zh-CN');

test.each([
  [0.88741, '0.8874'],
  [0.4, '0.4000'],
  [12.345, '12.35'],
  [1234.5, '1,235'],
  [-0.0162, '−0.0162'],
  [0, '0'],
  [1.234e-7, '1.234e−7'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '−∞'],
])('measure %s is %s', (value, text) => {
  expect(en.measure(value)).toBe(text);
});

test('a setting keeps its digits', () => {
  expect(en.setting(0.001)).toBe('0.001');
  expect(en.setting(2.5e-5)).toBe('0.000025');
  expect(en.setting(true)).toBe('yes');
  expect(zh.setting(false)).toBe('否');
  expect(en.setting('relu')).toBe('relu');
});

test.each([
  [0, '0 ms', '0 毫秒'],
  [0.4, '0.4 ms', '0.4 毫秒'],
  [812, '812 ms', '812 毫秒'],
  [999.7, '1.0 s', '1.0 秒'],
  [1840, '1.8 s', '1.8 秒'],
  [59_800, '1 min 0 s', '1 分 0 秒'],
  [125_000, '2 min 5 s', '2 分 5 秒'],
  [3_790_000, '1 h 3 min', '1 小时 3 分'],
])('%s ms is %s', (elapsed, english, chinese) => {
  expect(en.duration(elapsed)).toBe(english);
  expect(zh.duration(elapsed)).toBe(chinese);
});

test.each([
  [532, '532 B'],
  [11_157, '11 kB'],
  [4_422_102, '4.4 MB'],
  [999_800, '1.0 MB'],
])('%s bytes are %s', (count, text) => {
  expect(en.bytes(count)).toBe(text);
});

test('shapes and percentages', () => {
  expect(en.shape([28, 28, 1])).toBe('28 × 28 × 1');
  expect(en.shape([1352])).toBe('1,352');
  expect(en.percent(0.42)).toBe('42.0 %');
  expect(zh.percent(-0.105)).toBe('−10.5%');
});

describe('moments', () => {
  const now = new Date(2026, 10, 23, 14, 3).getTime();
  test.each([
    [new Date(2026, 10, 23, 9, 5), 'today 09:05', '今天 09:05'],
    [new Date(2026, 10, 22, 23, 59), 'yesterday 23:59', '昨天 23:59'],
    [new Date(2026, 10, 3, 8, 0), 'Nov 3 08:00', '11月3日 08:00'],
    [new Date(2025, 10, 3, 8, 0), 'Nov 3, 2025 08:00', '2025年11月3日 08:00'],
  ])('%s', (date, english, chinese) => {
    expect(en.moment(date.getTime(), now)).toBe(english);
    expect(zh.moment(date.getTime(), now)).toBe(chinese);
  });
});

test('what is left is told in whole seconds', () => {
  expect(en.timeLeft(0)).toBe('1 s');
  expect(en.timeLeft(3200)).toBe('4 s');
  expect(en.timeLeft(61_000)).toBe('1 min 1 s');
});
