import { describe, expect, it } from 'vitest';
import { crc32 } from '#contract/crc.ts';
import { type Face, facesFor, firstFamily, pictureFamilies, rangesOf } from './fonts.ts';
import { drawLegend, type LegendEntry, placeLegend, wrapText, xmlText } from './legend.ts';
import { withDensity } from './png-density.ts';

const measure = (text: string) => 7 * Array.from(text).length;
const entry = (name: string): LegendEntry => ({ name, color: '#123456', dash: undefined, faint: false, shape: 'circle' });

describe('fonts of a picture', () => {
  const face = (name: string, rangeText: string): Face => ({ ranges: rangesOf(rangeText), rangeText, weight: '100 900', address: name });
  const faces = [face('latin', 'U+0000-00FF,U+2000-206F'), face('greek', 'U+0370-0377, U+38C'), face('wild', 'U+4??'), face('all', '')];

  it('are those that the text needs', () => {
    const chosen = (text: string) => facesFor(text, faces).map(({ address }) => address);
    expect(chosen('loss')).toEqual(['latin', 'all']);
    expect(chosen('Ό')).toEqual(['greek', 'all']);
    expect(chosen('Ѐ loss')).toEqual(['latin', 'wild', 'all']);
    expect(chosen('')).toEqual([]);
  });

  it('are named in an order that ends with what every machine has', () => {
    const families = pictureFamilies(`"Inter Variable", Inter, 'Noto Sans SC', system-ui, sans-serif`);
    expect(firstFamily(families)).toBe('Inter Variable');
    expect(families).not.toContain('"');
    expect(families).toMatch(/'Noto Sans SC', .*'Noto Color Emoji', system-ui, sans-serif$/);
  });
});

describe('a legend', () => {
  it('breaks a long name at spaces, and a word only where it must', () => {
    expect(wrapText('one two three', 70, measure)).toEqual(['one two', 'three']);
    expect(wrapText('a 更宽的第一层学习率减半', 49, measure)).toEqual(['a', '更宽的第一层学', '习率减半']);
    expect(wrapText('', 49, measure)).toEqual(['']);
  });

  it('holds every name whole, none over another and none outside', () => {
    const names = ['a', 'bb', 'x'.repeat(300), 'word '.repeat(40).trim(), ...Array.from({ length: 60 }, (_, index) => `run ${index}`)];
    const width = 600;
    const { placed, lines } = placeLegend(names.map(entry), width, measure);
    expect(placed.map((one) => one.lines.join(one.entry.name.includes(' ') ? ' ' : ''))).toEqual(names);
    const taken = new Set<string>();
    for (const { x, line, lines: own } of placed) {
      for (const [index, text] of own.entries()) {
        expect(x + 28 + measure(text)).toBeLessThanOrEqual(width);
        expect(line + index).toBeLessThan(lines);
        for (let at = Math.floor(x); at < x + 28 + measure(text); at++) {
          expect(taken.has(`${line + index}:${at}`)).toBe(false);
          taken.add(`${line + index}:${at}`);
        }
      }
    }
  });

  it('is XML whatever the name', () => {
    expect(xmlText('a<b>&\u0001\uD800')).toBe('a&lt;b&gt;&amp;\uFFFD\uFFFD');
    expect(drawLegend(placeLegend([entry('<script>')], 300, measure).placed, '#000')).toContain('&lt;script&gt;');
  });
});

it('a PNG says how large it is on paper, and stays whole', () => {
  const png = Uint8Array.from({ length: 80 }, (_, index) => index);
  const sized = withDensity(png, 300);
  const view = new DataView(sized.buffer);
  expect(String.fromCharCode(...sized.subarray(37, 41))).toBe('pHYs');
  expect([view.getUint32(33), view.getUint32(41), view.getUint32(45), sized[49]]).toEqual([9, 11811, 11811, 1]);
  expect(view.getUint32(50)).toBe(crc32(sized, 37, 50));
  expect([...sized.subarray(0, 33), ...sized.subarray(54)]).toEqual([...png]);
});
