/** What was seen of a run beside its metrics, as text. */
import { type ClassScores, classScores } from '#contract/class-scores.ts';
import type { Confusion, RateSearch, WatchedEpoch } from '#contract/observations.ts';
import { paceOf } from '#contract/pace.ts';
import type { EpochRow } from '#contract/runs.ts';
import { say } from '../words.ts';
import { columnOfNumbers, fileSize } from './numbers.ts';
import { table } from './table.ts';

const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`);

/** Facts about speed and memory. */
export function paceFacts(rows: readonly EpochRow[]): [name: string, value: string][] {
  const pace = paceOf(rows);
  if (!pace) return [];
  const { dataMs, stepsMs, evaluationMs, otherMs, memoryBytes } = pace;
  const all = dataMs + stepsMs + evaluationMs + otherMs;
  const shares = { data: percent(dataMs / all), steps: percent(stepsMs / all), evaluation: percent(evaluationMs / all) };
  return [
    [say('cli.word.speed'), say('cli.speed', { speed: Math.round(pace.samplesPerSecond) })],
    [say('cli.word.timeSplit'), say('cli.timeSplit', shares)],
    ...(memoryBytes === undefined ? [] : [[say('cli.word.memory'), fileSize(memoryBytes)] as [string, string]]),
  ];
}

/** Classes in the rows, what the model says in the columns, each class' scores behind; above 20 classes the scores alone. */
export function confusionText(confusion: Confusion): string[] {
  const { epoch, part } = confusion;
  return [say('cli.confusion', { epoch, part }), ...confusionTable(confusion, classScores(confusion))];
}

export function confusionTable({ classes, counts }: Pick<Confusion, 'classes' | 'counts'>, scores: readonly ClassScores[]): string[] {
  const width = Math.max(3, ...counts.flat().map((count) => String(count).length));
  const short = (name: string) => (name.length > Math.max(width, 8) ? `${name.slice(0, Math.max(width, 8) - 1)}…` : name);
  const columns =
    classes.length > 20
      ? []
      : classes.map((name, column) => ({ title: short(name), cells: counts.map((row) => String(row[column])), right: true }));
  return table([
    { title: '', cells: [...classes] },
    ...columns,
    { title: say('cli.word.precision'), cells: scores.map(({ precision }) => percent(precision)), right: true },
    { title: say('cli.word.recall'), cells: scores.map(({ recall }) => percent(recall)), right: true },
    { title: 'F1', cells: scores.map(({ f1 }) => percent(f1)), right: true },
    { title: say('cli.word.samples'), cells: scores.map(({ samples }) => String(samples)), right: true },
  ]);
}

/** The layers at one look. */
export function watchedText({ epoch, layers }: WatchedEpoch): string[] {
  const column = (title: string, values: readonly (number | undefined)[]) => ({ title, cells: columnOfNumbers(values), right: true });
  return [
    say('cli.watched', { epoch }),
    ...table([
      { title: say('cli.word.layer'), cells: layers.map(({ name }) => name) },
      column(
        say('cli.word.gradientNorm'),
        layers.map(({ gradientNorm }) => gradientNorm),
      ),
      column(
        say('cli.word.weightNorm'),
        layers.map(({ weightNorm }) => weightNorm),
      ),
      column(
        say('cli.word.updateRatio'),
        layers.map(({ updateRatio }) => updateRatio),
      ),
      {
        title: say('cli.word.dead'),
        cells: layers.map(({ deadShare }) => (deadShare === undefined ? '' : percent(deadShare))),
        right: true,
      },
    ]),
  ];
}

export function rateSearchText({ suggested, rates }: RateSearch): string {
  const short = (value: number) => String(Number(value.toPrecision(2)));
  const range = { from: short(rates[0] ?? 0), to: short(rates.at(-1) ?? 0) };
  return say('cli.rateFound', { ...range, suggested: suggested === undefined ? 'none' : String(suggested) });
}
