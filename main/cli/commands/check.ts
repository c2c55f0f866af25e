/** `check FILE`: what the notebook comes to, without training. */
import type { CellOutcome, CheckedNotebook, DataPreview, ModelTable } from '#contract/notebook.ts';
import type { Knob } from '#contract/spec.ts';
import type { MessageKey } from '#contract/words/message.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { notebookHere, withCore } from '../core.ts';
import { exitCodeOf, exitCodes, failureJson, failureLine, type Ground, reportFailure } from '../failure.ts';
import { type Knobs, setKnob } from '../knobs.ts';
import { note, print, printJson } from '../output.ts';
import { columnOfNumbers, fileSize } from '../text/numbers.ts';
import { facts, table } from '../text/table.ts';
import { say } from '../words.ts';

interface CheckOptions {
  readonly set?: Knobs;
  readonly workspace?: string;
  readonly json?: boolean;
}

const dimensions = (shape: readonly number[]): string => shape.join(' × ');

/** The last one: what a train cell at the notebook's end takes. */
function last<T>(cells: readonly CellOutcome[], read: (cell: CellOutcome) => T | undefined): T | undefined {
  return cells.map(read).findLast((value) => value !== undefined);
}

function checkedJson({ cells, knobs }: CheckedNotebook): unknown {
  const data = last(cells, (cell) => cell.data);
  const model = last(cells, (cell) => cell.model);
  const memoryBytes = last(cells, (cell) => cell.memoryBytes);
  return {
    ...(data && {
      data: {
        samples: data.samples,
        inputShape: data.inputShape,
        reading: data.reading,
        series: data.series,
        classes: data.classes,
        findings: data.findings.map(({ code, message, evidence, column, rows }) => ({ code, message, evidence, column, rows })),
      },
    }),
    ...(model && {
      model: {
        layers: model.layers.map(({ name, className, outputShape, parameters }) => ({ name, className, outputShape, parameters })),
        parameters: model.parameters,
      },
    }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    knobs: knobs.map(({ name, value, min, max, log, choices }) => ({ name, value, min, max, log, choices })),
  };
}

function findingText({ code, message, values }: DataPreview['findings'][number]): string {
  try {
    return say(code as MessageKey, values);
  } catch {
    return message;
  }
}

/** How a delimited text was read. What the notebook does not say itself was found. */
function readingText({ encoding, delimiter, header, decimal, nulls, told }: NonNullable<DataPreview['reading']>): string {
  const parts: [name: string, value: string][] = [
    ['encoding', encoding],
    ['delimiter', JSON.stringify(delimiter)],
    ['header', String(header)],
    ['decimal', JSON.stringify(decimal)],
    ...(nulls.length > 0
      ? [
          [
            'nulls',
            nulls
              .slice(0, 5)
              .map((text) => JSON.stringify(text))
              .join(' '),
          ] as [string, string],
        ]
      : []),
  ];
  return parts.map(([name, value]) => `${name}: ${value}${told.includes(name) ? '' : ` (${say('cli.word.found')})`}`).join(', ');
}

function dataText({ samples, inputShape, classes, reading, findings, streamed }: DataPreview): string[] {
  const lines = facts([
    [say('cli.word.samples'), say('cli.samples', samples)],
    [say('cli.word.input'), dimensions(inputShape)],
    ...(reading ? [[say('cli.word.reading'), readingText(reading)] as const] : []),
    ...(classes ? [[say('cli.word.classes'), classes.map(({ name, count }) => `${name} (${count})`).join(', ')] as const] : []),
  ]);
  const { shuffled = 0, samples: looked = 0 } = streamed ?? {};
  if (streamed) lines.push(say('cli.streamed', { shuffled, looked }));
  return [...lines, ...findings.map((finding) => say('cli.warning', { message: `${findingText(finding)} ${finding.evidence}`.trim() }))];
}

function modelText({ layers, parameters }: ModelTable): string[] {
  return table([
    { title: say('cli.word.layer'), cells: [...layers.map(({ name }) => name), say('cli.word.total')] },
    { title: say('cli.word.type'), cells: layers.map(({ className }) => className) },
    { title: say('cli.word.output'), cells: layers.map(({ outputShape }) => dimensions(outputShape)) },
    {
      title: say('cli.word.parameters'),
      cells: columnOfNumbers([...layers.map((layer) => layer.parameters), parameters]),
      right: true,
    },
  ]);
}

function rangeText({ min, max, choices }: Knob): string {
  if (choices) return choices.join(', ');
  return min === undefined && max === undefined ? '' : `${min ?? ''} … ${max ?? ''}`;
}

function knobsText(knobs: readonly Knob[]): string[] {
  return table([
    { title: say('cli.word.knob'), cells: knobs.map(({ name }) => name) },
    { title: say('cli.word.value'), cells: knobs.map(({ value }) => String(value)), right: true },
    { title: say('cli.word.range'), cells: knobs.map(rangeText) },
  ]);
}

function printText({ cells, knobs }: CheckedNotebook): void {
  const data = last(cells, (cell) => cell.data);
  const model = last(cells, (cell) => cell.model);
  const memoryBytes = last(cells, (cell) => cell.memoryBytes);
  const parts = [
    data && dataText(data),
    model && modelText(model),
    memoryBytes === undefined ? undefined : [say('cli.memory', { size: fileSize(memoryBytes) })],
    knobs.length > 0 ? knobsText(knobs) : undefined,
  ];
  const blocks = parts.filter((part) => part !== undefined);
  blocks.forEach((lines, index) => print(...(index === 0 ? [] : ['']), ...lines));
}

/** Errors on both streams; a cell that only waits for a failed one is not told of. */
function report(checked: CheckedNotebook, ground: Ground, json: boolean): number {
  const errors = checked.cells.flatMap(({ status, error }) => (status === 'failed' && error ? [error] : []));
  if (errors.length === 0) {
    if (json) printJson(checkedJson(checked));
    else printText(checked);
    return exitCodes.done;
  }
  if (!json) printText(checked);
  for (const error of errors) {
    note(failureLine(error, ground));
    if (json) printJson(failureJson(error, ground));
  }
  return Math.min(...errors.map(exitCodeOf));
}

async function perform(file: string, options: CheckOptions): Promise<number> {
  const json = options.json === true;
  let ground: Ground | undefined;
  try {
    const place = notebookHere(file, options);
    ground = place;
    return await withCore(place.workspace, async (core) => {
      const { path, blocks, problems } = await core.call('notebook.open', { path: place.notebook });
      for (const problem of problems) note(failureLine(problem, place));
      return report(await core.call('notebook.check', { path, blocks, knobs: { ...options.set } }), place, json);
    });
  } catch (error) {
    return reportFailure(error, { json, ground });
  }
}

export function addCheck(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('check')
        .description(say('cli.check'))
        .argument('<FILE>', say('cli.argument.file'))
        .option('--set <NAME=VALUE>', say('cli.option.set'), setKnob),
    ),
  ).action(async (file: string, options: CheckOptions) => {
    process.exitCode = await perform(file, options);
  });
}
