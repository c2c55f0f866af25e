/** `runs`: the list. */
import { EpochbookError, toPlainError } from '#contract/errors.ts';
import type { RunSummary } from '#contract/runs.ts';
import { type LocalizedCommand, wholeNumber, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes, reportFailure } from '../failure.ts';
import { note, print, printJson } from '../output.ts';
import { runJson } from '../text/run-json.ts';
import { bestOf, metricNames } from '../text/metrics.ts';
import { columnOfNumbers, dateAndTime, duration } from '../text/numbers.ts';
import { type Column, table } from '../text/table.ts';
import { tellUnknownNames, inWhere } from '../where.ts';
import { say } from '../words.ts';

interface RunsOptions {
  readonly where?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly deleted?: boolean;
  readonly workspace?: string;
  readonly json?: boolean;
}

/** More would not fit beside each other. */
const mostMetrics = 3;
const mostParams = 4;

const allEqual = (values: readonly unknown[]): boolean => values.every((value) => value === values[0]);

/** A column of a param that is not the same in all of them, and that no other column tells already. */
function paramColumns(runs: readonly RunSummary[]): Column[] {
  const names = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  return names
    .filter((name) => !allEqual(runs.map(({ params }) => params[name])))
    .filter((name) => !runs.every(({ params, plannedEpochs }) => params[name] === plannedEpochs))
    .slice(0, mostParams)
    .map((title) => {
      const values = runs.map(({ params }) => params[title]);
      return { title, cells: values.map((value) => String(value ?? '')), right: values.every((value) => typeof value !== 'string') };
    });
}

function metricColumns(runs: readonly RunSummary[], first: string | undefined): Column[] {
  const names = metricNames(runs.map(({ metrics }) => metrics));
  const validation = names.filter((name) => name.startsWith('val_'));
  const shown = new Set([...(first === undefined ? [] : [first]), ...(validation.length > 0 ? validation : names)]);
  return [...shown].slice(0, mostMetrics).map((name) => ({
    title: `${say('cli.word.best')} ${name}`,
    cells: columnOfNumbers(runs.map(({ metrics }) => bestOf(name, metrics[name])?.value)),
    right: true,
  }));
}

function runsTable(runs: readonly RunSummary[], sort: string | undefined): string[] {
  const notebooks = runs.map(({ notebook }) => notebook);
  return table([
    { title: say('cli.word.id'), cells: runs.map(({ id }) => id) },
    { title: say('cli.word.name'), cells: runs.map(({ name }) => name) },
    ...(allEqual(notebooks) ? [] : [{ title: say('cli.word.notebook'), cells: notebooks }]),
    { title: say('cli.word.status'), cells: runs.map(({ status }) => say('cli.status', { status })) },
    { title: say('cli.word.started'), cells: runs.map(({ startedAt }) => dateAndTime(startedAt)) },
    { title: say('cli.word.time'), cells: runs.map(({ elapsedMs }) => duration(elapsedMs)), right: true },
    {
      title: say('cli.word.epochs'),
      cells: runs.map(({ epochs, plannedEpochs }) => (epochs === plannedEpochs ? String(epochs) : `${epochs}/${plannedEpochs}`)),
      right: true,
    },
    { title: say('cli.word.seed'), cells: runs.map(({ seed }) => String(seed)), right: true },
    ...paramColumns(runs),
    ...metricColumns(runs, sort),
  ]);
}

async function perform({ where, sort, limit, deleted, workspace, json }: RunsOptions): Promise<number> {
  try {
    const folder = workspaceHere({ workspace });
    return await withCore(folder, async (core) => {
      const runs = await core.call('runs.list', { where, sort, limit, deleted });
      await tellUnknownNames(core, where);
      if (sort !== undefined && runs.length > 0 && !runs.some(({ metrics }) => sort in metrics)) {
        throw new EpochbookError('cli.sortUnknown', { metric: sort, known: metricNames(runs.map(({ metrics }) => metrics)).join(', ') });
      }
      if (json) printJson(runs.map(runJson));
      else if (runs.length > 0) print(...runsTable(runs, sort));
      else note(where === undefined ? say('cli.noRuns', { folder }) : say('cli.noMatch'));
      return exitCodes.done;
    });
  } catch (error) {
    return reportFailure(inWhere(toPlainError(error)), { json: json === true });
  }
}

export function addRuns(program: LocalizedCommand): void {
  const command = withJson(
    withWorkspace(
      program
        .command('runs')
        .description(say('cli.runs'))
        .option('--where <EXPRESSION>', say('cli.option.where'))
        .option('--sort <METRIC>', say('cli.option.sort'))
        .option('--limit <N>', say('cli.option.limit'), wholeNumber('--limit', 'count'))
        .option('--deleted', say('cli.option.deleted')),
    ),
  ).action(async (options: RunsOptions) => {
    process.exitCode = await perform(options);
  });
  command.footer = say('cli.runs.where');
}
