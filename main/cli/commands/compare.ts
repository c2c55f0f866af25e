/** `compare RUN RUN…`: side by side. */
import { EpochbookError } from '#contract/errors.ts';
import type { Comparison, MetricSummary, SeedNoise } from '#contract/runs.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { bestOf, metricNames } from '../text/metrics.ts';
import { columnOfNumbers, duration, plainNumber } from '../text/numbers.ts';
import { runJson } from '../text/run-json.ts';
import { table } from '../text/table.ts';
import { say } from '../words.ts';

/** A title, and a value for each run. */
type Row = readonly [title: string, values: readonly string[]];

const shortText = (value: unknown): string =>
  value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);

function metricRows(name: string, summaries: readonly (MetricSummary | null)[]): Row[] {
  const best = summaries.map((summary) => bestOf(name, summary)?.value);
  const last = summaries.map((summary) => summary?.last);
  // Last and best of a metric are read against each other, so they have the same digits.
  const texts = columnOfNumbers([...last, ...best]).map((text) => (text === '' ? '–' : text));
  return [
    [`${name}, ${say('cli.word.last')}`, texts.slice(0, last.length)],
    [`${name}, ${say('cli.word.best')}`, texts.slice(last.length)],
  ];
}

function comparisonTable({ runs, params, settings, metrics }: Comparison): string[] {
  const differ = (title: string, values: readonly string[]): Row[] => (new Set(values).size > 1 ? [[title, values]] : []);
  const knobPaths = new Set(
    settings.filter(({ values }) => Object.values(params).some((given) => JSON.stringify(given) === JSON.stringify(values))),
  );
  const rows: Row[] = [
    [say('cli.word.name'), runs.map(({ name }) => name)],
    [say('cli.word.status'), runs.map(({ status }) => say('cli.status', { status }))],
    ...differ(
      say('cli.word.notebook'),
      runs.map(({ notebook }) => notebook),
    ),
    [say('cli.word.epochs'), runs.map(({ epochs }) => String(epochs))],
    [say('cli.word.time'), runs.map(({ elapsedMs }) => duration(elapsedMs))],
    [say('cli.word.parameters'), runs.map(({ parameters }) => String(parameters))],
    ...differ(
      say('cli.word.backend'),
      runs.map(({ backend }) => backend),
    ),
    ...differ(
      say('cli.word.threads'),
      runs.map(({ threads }) => String(threads)),
    ),
    ...differ(
      say('cli.word.data'),
      runs.map(({ dataHash }) => dataHash.slice(0, 12)),
    ),
    ...Object.entries(params).map(([name, values]): Row => [name, values.map(shortText)]),
    // What a knob set is told under the knob's name.
    ...settings.filter((setting) => !knobPaths.has(setting)).map(({ path, values }): Row => [path, values.map(shortText)]),
    ...metricNames([metrics]).flatMap((name) => metricRows(name, metrics[name])),
  ];
  return table([
    { title: say('cli.word.id'), cells: rows.map(([title]) => title) },
    ...runs.map(({ id }, index) => ({ title: id as string, cells: rows.map(([, values]) => values[index]), right: true })),
  ]);
}

/** Each metric's difference from the first run's group, and whether other seeds alone would make it. */
function noiseText({ runs }: Comparison, { groups, metrics }: SeedNoise): string[] {
  const rows = metrics.flatMap(({ metric, at, groups: spreads, tests }) =>
    tests.flatMap((test, index) => {
      if (!test) return [];
      const difference = spreads[index].mean - spreads[0].mean;
      return {
        metric: `${metric}, ${say(at === 'best' ? 'cli.word.best' : 'cli.word.last')}`,
        run: runs[groups[index].compared[0]].name,
        difference: `${difference > 0 ? '+' : ''}${plainNumber(difference)}`,
        n: `${spreads[0].n}, ${spreads[index].n}`,
        p: plainNumber(test.adjustedP),
        verdict: say(test.adjustedP < 0.05 ? 'cli.noiseBeyond' : 'cli.noiseWithin'),
      };
    }),
  );
  if (rows.length === 0) return [say('cli.noiseUntested')];
  return [
    say('cli.noise', { run: runs[groups[0].compared[0]].name }),
    ...table([
      { title: say('cli.word.metric'), cells: rows.map(({ metric }) => metric) },
      { title: say('cli.word.name'), cells: rows.map(({ run }) => run) },
      { title: say('cli.word.difference'), cells: rows.map(({ difference }) => difference), right: true },
      { title: 'n', cells: rows.map(({ n }) => n), right: true },
      { title: 'p', cells: rows.map(({ p }) => p), right: true },
      { title: '', cells: rows.map(({ verdict }) => verdict) },
    ]),
  ];
}

async function perform(references: readonly string[], { workspace, json }: { workspace?: string; json?: boolean }): Promise<number> {
  return withCore(workspaceHere({ workspace }), async (core) => {
    const ids = [];
    for (const reference of references) ids.push((await core.call('runs.find', { reference })).id);
    const runIds = [...new Set(ids)];
    if (runIds.length < 2) throw new EpochbookError('cli.twoRuns');
    const comparison = await core.call('runs.compare', { runIds });
    const { runs, params, metrics, settings, noise } = comparison;
    if (json) printJson({ runs: runs.map(runJson), params, metrics, settings, ...(noise && { noise }) });
    else {
      print(...comparisonTable(comparison));
      if (noise) print('', ...noiseText(comparison, noise));
    }
    return exitCodes.done;
  });
}

export function addCompare(program: LocalizedCommand): void {
  withJson(withWorkspace(program.command('compare').description(say('cli.compare')).argument('<RUN...>', say('cli.argument.runs')))).action(
    async (references: string[], options: { workspace?: string; json?: boolean }) => {
      process.exitCode = await perform(references, options);
    },
  );
}
