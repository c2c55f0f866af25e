/** Evaluations and predictions as `evaluate` and `predict` print them. */
import { classScores } from '#contract/class-scores.ts';
import { placesText } from '#contract/places-text.ts';
import type { Answer, EvaluatedPart, PredictedRow, Predictions } from '#contract/predictions.ts';
import { say } from '../words.ts';
import { columnOfNumbers, plainNumber } from './numbers.ts';
import { confusionTable } from './observations.ts';
import { type Column, facts, table } from './table.ts';

/** A part's metrics and, of classes, what is taken for what. */
export function evaluatedText({ part, samples, metrics, confusion }: EvaluatedPart, path: string): string[] {
  return [
    say('cli.evaluated', { part, samples, path }),
    ...facts(Object.entries(metrics).map(([name, value]) => [`  ${name}`, plainNumber(value)] as const)),
    ...(confusion ? [say('cli.confusionOf'), ...confusionTable(confusion, classScores(confusion))] : []),
  ];
}

type Head = Pick<Predictions, 'outputs' | 'unit'>;

/** At most this many values in a row of the table. */
const mostValues = 6;

/** A class may be a line's end. */
const onOneLine = (text: string) => (/\s/.test(text.replaceAll(' ', '')) ? JSON.stringify(text) : text);

const shortNumbers = (values: readonly number[]) => {
  const shown = values.slice(0, mostValues).map(plainNumber).join(' ');
  return values.length > mostValues ? `${shown} …` : shown;
};

/** With few classes all their shares, else that of the class that is said. */
function columnsOf({ name, classes = [] }: Head['outputs'][number], answers: readonly Answer[], prefix: string): Column[] {
  const shares = answers.map(({ probabilities = [] }) => probabilities);
  const most = Math.max(...shares.map(({ length }) => length));
  const columns: Column[] = [];
  if (answers.some((answer) => answer.class !== undefined))
    columns.push({ title: prefix + say('cli.word.class'), cells: answers.map((answer) => onOneLine(answer.class ?? '')) });
  if (most > 0 && most <= mostValues)
    for (let index = 0; index < most; index++) {
      const title = `p(${classes[index] ?? index})`;
      columns.push({ title: prefix === '' ? title : `${name} ${title}`, cells: shares.map((each) => each[index].toFixed(4)), right: true });
    }
  else if (most > 0)
    columns.push({ title: prefix + say('cli.word.probability'), cells: shares.map((each) => Math.max(...each).toFixed(4)), right: true });
  const places = answers.map((answer) => answer.classes);
  if (places.some((each) => each !== undefined))
    columns.push({ title: prefix + say('cli.word.class'), cells: places.map((each) => onOneLine(placesText(each ?? []))) });
  const values = answers.map((answer) => answer.values);
  if (values.some((each) => each !== undefined)) {
    const single = values.every((each) => each?.length === 1);
    columns.push({
      title: prefix + say('cli.word.value'),
      cells: single ? columnOfNumbers(values.map((each) => each?.[0])) : values.map((each) => shortNumbers(each ?? [])),
      right: single,
    });
  }
  return columns;
}

/** Lines of a table; its titles first. */
export function predictedText({ outputs, unit }: Head, rows: readonly PredictedRow[]): string[] {
  const files = new Set(rows.map(({ file }) => file));
  return table([
    ...(unit === 'file' || files.size > 1 ? [{ title: say('cli.word.file'), cells: rows.map(({ file }) => file) }] : []),
    ...(unit === 'file'
      ? []
      : [
          {
            title: say(unit === 'line' ? 'cli.word.line' : 'cli.word.row'),
            cells: rows.map(({ place }) => String(place ?? '')),
            right: true,
          },
        ]),
    ...outputs.flatMap((output, index) =>
      columnsOf(
        output,
        rows.map(({ answers }) => answers[index]),
        outputs.length > 1 ? `${output.name} ` : '',
      ),
    ),
  ]);
}

/** A row as `predict --json` has it: a single output's answer beside its place, several by their names. */
export function predictedJson({ outputs, unit }: Head, { file, place, answers }: PredictedRow): Record<string, unknown> {
  return {
    file,
    ...(unit !== 'file' && { [unit]: place }),
    ...(outputs.length === 1 ? answers[0] : { outputs: Object.fromEntries(outputs.map(({ name }, index) => [name, answers[index]])) }),
  };
}
