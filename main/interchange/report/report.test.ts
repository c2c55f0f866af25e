import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Block, CheckedNotebook } from '#contract/notebook.ts';
import type { RunDetail } from '#contract/runs.ts';
import { drawChart, extentOf } from './chart.ts';
import { highlight } from './highlight.ts';
import { pngAddress } from './png.ts';
import { imagesIn, renderProse } from './prose.ts';
import { renderReport, type ReportInput } from './report.ts';

const blocks: Block[] = [
  { type: 'front', text: '---\nepochbook: 1\ntitle: A <b>\n---\n' },
  {
    type: 'prose',
    text: 'Which? <script>alert(1)</script> [x](javascript:alert(1)) ![far](https://example.org/a.png) ![near](a%20b.png)\n',
  },
  { type: 'cell', id: 'data', kind: 'data', open: '```ts data #data\n', source: "data.csv('</pre><script>') // no\n", close: '```\n' },
];
const checked: CheckedNotebook = {
  knobs: [],
  cells: [
    {
      id: 'data',
      kind: 'data',
      status: 'ok',
      inputHash: '',
      data: {
        samples: { train: 1234, validation: 56, test: 0 },
        inputShape: [2, 2, 1],
        task: 'classification',
        classes: [{ name: '<i>', count: 3 }],
        hash: 'abc',
        findings: [],
        images: { height: 2, width: 2, channels: 1, thumbnails: [{ label: 'one', pixels: Uint8Array.of(0, 255, 7, 9) }] },
      },
    },
  ],
};
const run = {
  id: 'run1',
  name: 'calm-otter',
  status: 'completed',
  startedAt: 0,
  elapsedMs: 1500,
  epochs: 2,
  plannedEpochs: 2,
  backend: 'native',
  threads: 2,
  seed: 7,
  params: { units: 16 },
  tags: [],
  note: '',
  dataHash: 'abc',
  samples: { train: 1234, validation: 56 },
  parameters: 4321,
  metrics: { loss: {}, val_loss: {} },
  best: { metric: 'val_loss', epoch: 2, value: 0.34567 },
  color: 0,
  environment: { epochbook: '0', node: '24', platform: 'linux', cpu: 'A', cores: 2, backendVersion: '1' },
  epochRows: [
    { epoch: 1, elapsedMs: 700, metrics: { loss: 0.9, val_loss: 0.8 } },
    { epoch: 2, elapsedMs: 800, metrics: { loss: 0.41234, val_loss: Number.NaN } },
  ],
} as unknown as RunDetail;
const input: ReportInput = {
  locale: 'en',
  title: 'A <b>',
  path: 'a.epoch.md',
  blocks,
  checked,
  runs: [run],
  totalRuns: 1,
  images: new Map([['a b.png', 'data:image/png;base64,AA']]),
  version: '1',
  at: 0,
};

describe('a report', () => {
  const page = renderReport(input);

  it('holds the numbers, in the language asked for', () => {
    for (const part of ['1,234', '56', '4,321', '0.34567', '0.41234', 'calm-otter', 'completed', '<dd>7</dd>'])
      expect(page).toContain(part);
    const chinese = renderReport({ ...input, locale: 'zh-CN' });
    expect(chinese).toContain('<html lang="zh-CN">');
    expect(chinese).toContain('已完成');
    expect(chinese).not.toContain('completed');
    for (const part of ['>验证损失<', '<b>损失</b>', '700 毫秒']) expect(chinese).toContain(part);
    expect(chinese).not.toContain('>val_loss<');
  });

  it('lets nothing of the notebook be markup or an address', () => {
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toMatch(/<i>|href="javascript|<b>A|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('src="data:image/png;base64,AA" alt="near"');
    const [, script] = /<script>([^]*)<\/script>/.exec(page)!;
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).toContain(createHash('sha256').update(script).digest('base64'));
  });
});

describe('its parts', () => {
  it('a picture is a PNG of the same pixels', () => {
    const file = Buffer.from(pngAddress(Uint8Array.of(1, 2, 3, 4, 5, 6), 1, 2, 3)!.split(',')[1], 'base64');
    const at = file.indexOf('IDAT');
    expect([...inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)))]).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
    expect(pngAddress(new Uint8Array(5), 1, 1, 5)).toBeUndefined();
  });

  it('a chart breaks where a value is not a number, and zooms', () => {
    const line = {
      color: 1,
      dotted: false,
      points: [
        [1, 1],
        [2, null],
        [3, 3],
        [4, 2],
      ] as const,
    };
    const chart = { lines: [line], locale: 'en' };
    expect(extentOf(chart)).toEqual([1, 4]);
    expect(drawChart(chart, 1, 4).match(/M/g)).toHaveLength(2);
    expect(drawChart(chart, 3, 4)).not.toBe(drawChart(chart, 1, 4));
    // The page has the function's text alone.
    const alone = runInNewContext(`(${drawChart.toString()})`) as typeof drawChart;
    expect(alone(chart, 1, 4)).toBe(drawChart(chart, 1, 4));
  });

  it('a cell’s text stays what it is under its colours', () => {
    const source = "const a = `x${1}` // it's <b>\nlayers.dense({ units: 1_000 })";
    const { html } = highlight(source);
    const text = html
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
    expect(text).toBe(source);
    expect(html).toContain('<span class="c-call">dense</span>');
    expect(html).toContain('<span class="c-keyword">const</span>');
  });

  it('images are those of the workspace', () => {
    expect(imagesIn('![a](b.png) ![c](https://d/e.png) ![f](//g/h.png) ![i](data:image/png;base64,AA)')).toEqual(['b.png']);
    expect(renderProse('<img src=x onerror=alert(1)>', new Map()).html).not.toContain('<img');
    expect(renderProse('$x^2$ \\href{javascript:alert(1)}{a}', new Map()).html).toMatch(/<msup><mi>x<\/mi><mn>2<\/mn><\/msup>/);
    expect(renderProse('$\\href{javascript:alert(1)}{a}$', new Map()).html).not.toMatch(/ href=/);
    expect(renderProse('- [x] done', new Map()).html).toContain('<input type="checkbox" checked disabled>');
  });
});
