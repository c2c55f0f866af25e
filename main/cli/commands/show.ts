/** `show RUN`: all there is to know about one run. */
import type { Observations } from '#contract/observations.ts';
import type { RunData, RunDetail } from '#contract/runs.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes, failureLine } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { metricNames } from '../text/metrics.ts';
import { columnOfNumbers, dateAndTime, duration, plainNumber } from '../text/numbers.ts';
import { confusionText, paceFacts, rateSearchText, watchedText } from '../text/observations.ts';
import { historyOf, runJson } from '../text/run-json.ts';
import { facts, table } from '../text/table.ts';
import { say } from '../words.ts';

function summaryText(run: RunDetail): string[] {
  const { best, error, note } = run;
  const pairs: (readonly [string, string])[] = [
    [say('cli.word.id'), run.id],
    [say('cli.word.name'), run.name],
    run.imported ? [say('cli.word.importedFrom'), run.imported.path] : [say('cli.word.notebook'), run.notebook],
    ...(run.origin ? [[say('cli.word.origin'), say('cli.origin', { ...run.origin })] as const] : []),
    [say('cli.word.status'), say('cli.status', { status: run.status })],
    [say('cli.word.started'), dateAndTime(run.startedAt)],
    [say('cli.word.time'), duration(run.elapsedMs)],
    [
      say('cli.word.epochs'),
      run.epochs === run.plannedEpochs ? String(run.epochs) : say('cli.epochsOf', { epochs: run.epochs, planned: run.plannedEpochs }),
    ],
    [say('cli.word.backend'), `${run.backend} ${run.environment?.backendVersion ?? ''}`.trim()],
  ];
  if (!run.imported) {
    pairs.push(
      [say('cli.word.threads'), String(run.threads)],
      [say('cli.word.seed'), String(run.seed)],
      [say('cli.word.samples'), say('cli.samples', { ...run.samples, test: 0 })],
      [say('cli.word.data'), run.dataHash],
      [say('cli.word.parameters'), String(run.parameters)],
    );
  }
  pairs.push(...paceFacts(run.epochRows));
  if (best)
    pairs.push([say('cli.word.best'), say('cli.bestValue', { metric: best.metric, value: plainNumber(best.value), epoch: best.epoch })]);
  if (run.tags.length > 0) pairs.push([say('cli.word.tags'), run.tags.join(', ')]);
  if (note !== '') pairs.push([say('cli.word.note'), note]);
  if (error) pairs.push([say('cli.word.error'), failureLine(error)]);
  return facts(pairs);
}

function paramsText({ params }: RunDetail): string[] {
  const entries = Object.entries(params);
  return table([
    { title: say('cli.word.knob'), cells: entries.map(([name]) => name) },
    { title: say('cli.word.value'), cells: entries.map(([, value]) => String(value)), right: true },
  ]);
}

function epochsText({ epochRows: rows, best }: RunDetail): string[] {
  const names = metricNames(rows.map(({ metrics }) => metrics));
  return table([
    { title: say('cli.word.epoch'), cells: rows.map(({ epoch }) => String(epoch)), right: true },
    { title: '', cells: rows.map(({ epoch }) => (epoch === best?.epoch ? '*' : '')) },
    ...names.map((name) => ({ title: name, cells: columnOfNumbers(rows.map(({ metrics }) => metrics[name])), right: true })),
    ...(rows.every(({ learningRate }) => Number.isNaN(learningRate))
      ? []
      : [{ title: say('cli.word.learningRate'), cells: rows.map(({ learningRate }) => String(learningRate)), right: true }]),
    { title: say('cli.word.time'), cells: rows.map(({ elapsedMs }) => duration(elapsedMs)), right: true },
  ]);
}

function observationsText({ confusion: { best, last }, watched, rateSearch }: Observations): string[] {
  const shown = best ?? last;
  return [
    ...(rateSearch ? ['', rateSearchText(rateSearch)] : []),
    ...(shown ? ['', ...confusionText(shown)] : []),
    ...(watched.length > 0 ? ['', ...watchedText(watched.at(-1)!)] : []),
  ];
}

function detailJson(run: RunDetail, { confusion, watched, rateSearch }: Observations, { files, rows }: RunData): unknown {
  const { spec, environment, checkpoints } = run;
  const epochRows = run.epochRows.map(({ epoch, elapsedMs, learningRate, samples, steps, phasesMs, memoryBytes }) => {
    return { epoch, elapsedMs, learningRate, samples, steps, phasesMs, memoryBytes };
  });
  return {
    ...runJson(run),
    history: historyOf(run),
    spec,
    environment,
    checkpoints,
    epochRows,
    confusion,
    watched,
    rateSearch,
    files,
    rows,
  };
}

interface ShowOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly rows?: boolean;
}

/** What is no more as it was, and the rows of each part where asked for. */
function dataText({ files, rows = {} }: RunData): string[] {
  const since = files.flatMap(({ path, state }) => (state === 'same' ? [] : [say('cli.fileSince', { path, state })]));
  const parts = Object.entries(rows).map(([part, list]) => say('cli.rowsOf', { part, rows: list.map((row) => row + 1).join(' ') }));
  return [...since, ...parts].flatMap((line) => ['', line]);
}

async function perform(reference: string, { workspace, json, rows = false }: ShowOptions): Promise<number> {
  return withCore(workspaceHere({ workspace }), async (core) => {
    const { id } = await core.call('runs.find', { reference });
    const run = await core.call('runs.get', { runId: id });
    const seen = await core.call('runs.observations', { runId: id });
    const data = await core.call('runs.data', { runId: id, rows });
    if (json) printJson(detailJson(run, seen, data));
    else {
      print(...summaryText(run));
      if (Object.keys(run.params).length > 0) print('', ...paramsText(run));
      if (run.epochRows.length > 0) print('', ...epochsText(run));
      print(...dataText(data));
      print(...observationsText(seen));
    }
    return exitCodes.done;
  });
}

export function addShow(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('show')
        .description(say('cli.show'))
        .argument('<RUN>', say('cli.argument.run'))
        .option('--rows', say('cli.option.rows')),
    ),
  ).action(async (reference: string, options: ShowOptions) => {
    process.exitCode = await perform(reference, options);
  });
}
