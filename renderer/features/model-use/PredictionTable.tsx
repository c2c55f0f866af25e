import { placesText } from '#contract/places-text.ts';
import type { Answer, Predictions } from '#contract/predictions.ts';
import { useErrorText } from '../../words/errors.ts';
import type { Formats } from '../../words/format.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';

/** Rows on the screen; all of them are in the file that is saved. */
const shown = 200;
/** With more classes, only the share of the one that is said has a column. */
const mostShares = 8;
const mostValues = 6;

interface Column {
  readonly title: string;
  readonly isNumber: boolean;
  readonly of: (answer: Answer) => string;
}

function columnsOf(
  { classes = [] }: Predictions['outputs'][number],
  first: Answer,
  words: { readonly class: string; readonly share: string; readonly value: string },
  formats: Formats,
): Column[] {
  const columns: Column[] = [];
  if (first.class !== undefined) columns.push({ title: words.class, isNumber: false, of: (answer) => answer.class ?? '' });
  if (first.classes) columns.push({ title: words.class, isNumber: false, of: (answer) => placesText(answer.classes ?? []) });
  const share = (value: number | undefined) => (value === undefined ? '' : formats.percent(value, 1));
  if (first.probabilities && first.probabilities.length > mostShares)
    columns.push({ title: words.share, isNumber: true, of: ({ probabilities = [] }) => share(Math.max(...probabilities)) });
  else
    first.probabilities?.forEach((_, index) =>
      columns.push({ title: classes[index] ?? String(index), isNumber: true, of: ({ probabilities }) => share(probabilities?.[index]) }),
    );
  if (first.values)
    columns.push({
      title: words.value,
      isNumber: true,
      of: ({ values = [] }) =>
        values
          .slice(0, mostValues)
          .map((value) => formats.measure(value, 5))
          .join('  '),
    });
  return columns;
}

/** What the model says of the first samples, and what it does not know. */
export function PredictionTable({ predictions }: { readonly predictions: Predictions }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const { rows, outputs, unit, count, findings } = predictions;
  const [first] = rows;
  const words = { class: t('modelUse.class'), share: t('modelUse.share'), value: t('modelUse.value') };
  const columns = first ? outputs.map((output, index) => columnsOf(output, first.answers[index], words, formats)) : [];
  const title = t('modelUse.predictions', { count, shown: Math.min(shown, rows.length) });
  const hasFiles = unit === 'file' || rows.some(({ file }) => file !== first?.file);
  return (
    <div className="use-result">
      <p className="visually-hidden" role="status">
        {title}
      </p>
      <h3>{title}</h3>
      {findings.map((finding) => (
        <p key={JSON.stringify(finding.values)} className="use-warning">
          {errorText(finding)}
        </p>
      ))}
      <ScrollRegion className="use-table" label={title}>
        <table>
          <thead>
            <tr>
              {hasFiles && (
                <th scope="col" className="left">
                  {t('modelUse.fileColumn')}
                </th>
              )}
              {unit !== 'file' && <th scope="col">{t('modelUse.place', { unit })}</th>}
              {columns.flatMap((own, index) =>
                own.map(({ title, isNumber }) => (
                  <th key={`${outputs[index].name} ${title}`} scope="col" className={isNumber ? undefined : 'left'}>
                    {outputs.length > 1 ? `${outputs[index].name} · ${title}` : title}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <tr key={`${row.file} ${row.place ?? ''}`}>
                {hasFiles && <td className="left">{row.file}</td>}
                {unit !== 'file' && <td>{formats.count(row.place ?? 0)}</td>}
                {columns.flatMap((own, index) =>
                  own.map(({ title, isNumber, of }) => (
                    <td key={`${outputs[index].name} ${title}`} className={isNumber ? undefined : 'left'}>
                      {of(row.answers[index])}
                    </td>
                  )),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}
