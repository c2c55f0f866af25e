/**
 * A notebook as one HTML file: prose, cells and what they came to, runs with their charts. It asks for nothing, works
 * without a script (charts then do not zoom), and prints.
 */
import { createHash } from 'node:crypto';
import type { Block, CellBlock, CellOutcome, CheckedNotebook, DataPreview, ModelTable } from '#contract/notebook.ts';
import { durationText, familyName, familyOf, heading, metricName, validationPrefix } from '#contract/measured.ts';
import type { RunDetail } from '#contract/runs.ts';
import { type Locale, message, type MessageKey, type MessageValues } from '#contract/words/message.ts';
import { type Chart, drawChart, extentOf } from './chart.ts';
import { highlight } from './highlight.ts';
import { type Html, markup, raw } from './html.ts';
import { script, style } from './page.ts';
import { pngAddress } from './png.ts';
import { renderProse } from './prose.ts';

export interface ReportInput {
  readonly locale: Locale;
  readonly title: string;
  readonly path: string;
  readonly blocks: readonly Block[];
  readonly checked: CheckedNotebook;
  /** Newest first, those that are shown. */
  readonly runs: readonly RunDetail[];
  readonly totalRuns: number;
  /** Data addresses of the images that the prose names, by their paths. */
  readonly images: ReadonlyMap<string, string>;
  readonly version: string;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
}

/** By which an earlier report is known. */
export const generator = '<meta name="generator" content="Epochbook">';

interface Words {
  readonly say: (key: MessageKey, values?: MessageValues) => string;
  /** A count or a setting. */
  readonly count: (value: number) => string;
  /** A measurement: five digits. */
  readonly measure: (value: number | undefined) => string;
  readonly moment: (at: number) => string;
  readonly duration: (milliseconds: number) => string;
}

function wordsIn(locale: Locale): Words {
  const whole = new Intl.NumberFormat(locale);
  const digits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
  const say = (key: MessageKey, values?: MessageValues) => message(locale, key, values);
  const measure = (value: number | undefined) => {
    if (value === undefined) return '';
    if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
    return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(3) : digits.format(value);
  };
  return {
    say,
    measure,
    count: (value) => whole.format(value),
    moment: (at) => date.format(at),
    duration: (milliseconds) => durationText(locale, milliseconds),
  };
}

const shapeText = (shape: readonly number[]): string => shape.join(' × ');

export function renderReport(input: ReportInput): string {
  const words = wordsIn(input.locale);
  const { say } = words;
  const outcomes = new Map(input.checked.cells.map((cell) => [cell.id, cell]));
  const body = input.blocks.map((block) => {
    if (block.type === 'front') return undefined;
    if (block.type === 'prose') return renderProse(block.text, input.images);
    return cellPart(block, outcomes.get(block.id), words);
  });
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
    <html lang="${input.locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        ${raw(generator)}
        <title>${input.title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${input.title}</h1>
          <p class="by">${say('report.by', { path: input.path, date: words.moment(input.at), version: input.version })}</p>
          ${body} ${runsPart(input, words)}
        </main>
        <script>${raw(script)}</script>
      </body>
    </html> `.html;
}

function cellPart(cell: CellBlock, outcome: CellOutcome | undefined, words: Words): Html {
  const { say } = words;
  const { error } = outcome ?? {};
  const failure = error && errorText(error.code, error.message, error.values, words);
  const parts = [
    failure === undefined ? undefined : markup`<p class="error">${failure}</p>`,
    outcome?.data && dataPart(outcome.data, words),
    outcome?.model && modelPart(outcome.model, words),
    outcome?.text === undefined || outcome.text === '' ? undefined : markup`<pre>${outcome.text}</pre>`,
  ].filter((part) => part !== undefined);
  return markup`<section class="cell">
    <header><b>${cell.id}</b> · ${say('report.kind', { kind: cell.kind })}</header>
    <pre>${highlight(cell.source.replace(/\r?\n$/, ''))}</pre>
    ${parts.length > 0 ? markup`<div class="output">${parts}</div>` : undefined}
  </section> `;
}

function errorText(code: string, fallback: string, values: MessageValues | undefined, { say }: Words): string {
  try {
    return say(code as MessageKey, values);
  } catch {
    return fallback;
  }
}

/** `heads`: a column's title; those of numbers end at the right. */
function tablePart(
  heads: readonly (readonly [title: string, isNumber: boolean])[],
  rows: readonly (readonly (Html | string)[])[],
  foot?: readonly string[],
): Html {
  const look = (index: number) => (heads[index]?.[1] ? raw(' class="n"') : undefined);
  return markup`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${heads.map(([title], index) => (title === '' ? markup`<td></td>` : markup`<th scope="col" ${look(index)}>${title}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            markup`<tr>
              ${row.map((cell, index) => markup`<td${look(index)}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
      ${
        foot &&
        markup`<tfoot>
          <tr>
            ${foot.map((cell, index) => markup`<td${look(index)}>${cell}</td>`)}
          </tr>
        </tfoot>`
      }
    </table>
  </div> `;
}

function factsPart(facts: readonly (readonly [name: string, value: string])[]): Html {
  return markup`<dl class="facts">
    ${facts
      .map(
        ([name, value]) =>
          value !== '' &&
          markup`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )
      .filter((part) => part !== false)}
  </dl> `;
}

function dataPart(data: DataPreview, words: Words): Html {
  const { say, count, measure } = words;
  const { samples, classes, images, table } = data;
  const split = (['train', 'validation', 'test'] as const).flatMap((part) =>
    samples[part] > 0 ? [`${count(samples[part])} ${say(`report.${part}`)}`] : [],
  );
  const most = Math.max(1, ...(classes ?? []).map((one) => one.count));
  return markup`${factsPart([
    [say('report.samples'), split.join(' · ')],
    [say('report.input'), shapeText(data.inputShape)],
    [say('report.dataHash'), data.hash.slice(0, 16)],
  ])}
  ${data.findings.map((finding) => markup`<p class="finding">${errorText(finding.code, finding.message, finding.values, words)} ${finding.evidence}</p>`)}
  ${
    images &&
    markup`<ul class="thumbs" aria-label="${say('report.images')}">
      ${images.thumbnails.slice(0, 24).map(({ label, pixels }) => {
        const address = pngAddress(pixels, images.width, images.height, images.channels);
        return address === undefined ? undefined : markup`<li><img src="${raw(address)}" alt="" />${label}</li>`;
      })}
    </ul>`
  }
  ${
    classes &&
    tablePart(
      [
        [say('report.class'), false],
        [say('report.count'), true],
        ['', false],
      ],
      classes.map((one) => [
        one.name,
        count(one.count),
        markup`<span class="bar" style="width:${Math.round((one.count / most) * 160)}px"></span>`,
      ]),
    )
  }
  ${
    table &&
    markup`<details>
        <summary>${say('report.columns')}</summary>
        ${tablePart(
          [
            [say('report.column'), false],
            [say('report.range'), true],
            [say('report.mean'), true],
            [say('report.missing'), true],
          ],
          table.columns.map((one) => [
            one.name,
            one.min === undefined || one.max === undefined ? '' : `${measure(one.min)} … ${measure(one.max)}`,
            measure(one.mean),
            count(one.missing),
          ]),
        )}
      </details>
      <details>
        <summary>${say('report.firstRows', { shown: table.rows.length, total: table.totalRows })}</summary>
        ${tablePart(
          table.columns.map((one) => [one.name, one.type === 'number']),
          table.rows.map((row) => row.map((value) => (value === null ? '' : String(value)))),
        )}
      </details>`
  }`;
}

function modelPart({ layers, parameters }: ModelTable, { say, count }: Words): Html {
  return tablePart(
    [
      [say('report.layer'), false],
      [say('report.type'), false],
      [say('report.output'), false],
      [say('report.parameters'), true],
    ],
    layers.map((layer) => [layer.name, layer.className, shapeText(layer.outputShape), count(layer.parameters)]),
    [say('report.total'), '', '', count(parameters)],
  );
}

function dot({ color }: RunDetail): Html {
  return markup`<span class="dot r${(color % 6) + 1}"></span>`;
}

function runsPart({ runs, totalRuns, locale }: ReportInput, words: Words): Html {
  const { say, count, measure } = words;
  if (runs.length === 0) return markup`<h2>${say('report.runs', { count: 0 })}</h2>`;
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics).map(familyOf)))];
  const params = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  const number = true;
  return markup`<h2>${say('report.runs', { count: totalRuns })}</h2>
    ${runs.length < totalRuns ? markup`<p class="note">${say('report.newestOf', { shown: runs.length, total: totalRuns })}</p>` : undefined}
    ${tablePart(
      [
        [say('report.run'), false],
        [say('report.state'), false],
        ...params.map((name) => [name, number] as const),
        [say('report.epochs'), number],
        [say('report.time'), number],
        [say('report.best', { metric: '' }).trim(), false],
      ],
      runs.map((run) => [
        markup`${dot(run)}${run.name}`,
        say('report.status', { status: run.status }),
        ...params.map((name) => (run.params[name] === undefined ? '' : String(run.params[name]))),
        count(run.epochs),
        words.duration(run.elapsedMs),
        run.best
          ? `${metricName(say, run.best.metric)} ${say('report.atEpoch', { value: measure(run.best.value), epoch: run.best.epoch })}`
          : '',
      ]),
    )}
    <p class="note">
      ${say('report.trainingLine')} · ${say('report.validationLine')}<span class="hint"> · ${say('report.chartHint')}</span>
    </p>
    <div class="charts">${metrics.map((metric) => chartPart(metric, runs, locale, words))}</div>
    ${runs.map((run) => runPart(run, words))}`;
}

function chartPart(metric: string, runs: readonly RunDetail[], locale: Locale, { say }: Words): Html {
  const chart: Chart = {
    locale,
    lines: runs.flatMap((run) =>
      [metric, validationPrefix + metric].flatMap((name) => {
        const points = run.epochRows.flatMap((row) => {
          const value = row.metrics[name];
          return value === undefined ? [] : [[row.epoch, Number.isFinite(value) ? value : null] as const];
        });
        return points.length === 0 ? [] : [{ color: run.color, dotted: name !== metric, points }];
      }),
    ),
  };
  const [from, to] = extentOf(chart);
  const name = heading(familyName(say, metric));
  const label = say('report.chart', { metric: name });
  return markup`<figure data-chart="${JSON.stringify(chart)}" data-from="${from}" data-to="${to}">
    <figcaption>
      <b>${name}</b><button type="button" data-by="0.5" aria-label="${say('report.zoomIn')}">+</button
      ><button type="button" data-by="2" aria-label="${say('report.zoomOut')}">−</button>
    </figcaption>
    <svg viewBox="0 0 560 260" role="img" aria-label="${label}">${raw(drawChart(chart, from, to))}</svg>
  </figure> `;
}

function runPart(run: RunDetail, words: Words): Html {
  const { say, count, measure } = words;
  const metrics = [...new Set(run.epochRows.flatMap((row) => Object.keys(row.metrics)))];
  const { environment } = run;
  return markup`<h3>${dot(run)}${run.name}</h3>
    ${run.note === '' ? undefined : markup`<p>${run.note}</p>`}
    ${run.error && markup`<p class="error">${errorText(run.error.code, run.error.message, run.error.values, words)}</p>`}
    ${factsPart([
      [say('report.state'), say('report.status', { status: run.status })],
      [say('report.started'), words.moment(run.startedAt)],
      [say('report.time'), words.duration(run.elapsedMs)],
      [
        say('report.samples'),
        `${count(run.samples.train)} ${say('report.train')} · ${count(run.samples.validation)} ${say('report.validation')}`,
      ],
      [say('report.parameters'), count(run.parameters)],
      [say('report.seed'), String(run.seed)],
      [say('report.backend'), `${run.backend} ${environment?.backendVersion ?? ''}`.trim()],
      [say('report.threads'), String(run.threads)],
      [say('report.machine'), environment ? `${environment.cpu}, ${environment.platform}` : ''],
      [say('report.dataHash'), run.dataHash],
      [say('report.tags'), run.tags.join(', ')],
    ])}
    <details>
      <summary>${say('report.everyEpoch', { run: run.name })}</summary>
      ${tablePart(
        [[say('report.epoch'), true], ...metrics.map((name) => [metricName(say, name), true] as const), [say('report.time'), true]],
        run.epochRows.map((row) => [
          String(row.epoch),
          ...metrics.map((name) => measure(row.metrics[name])),
          words.duration(row.elapsedMs),
        ]),
      )}
    </details> `;
}
